"""The words by which a person is found."""

from __future__ import annotations

from klantenbeheer.customers.derive import phone_terms
from klantenbeheer.kernel.text import email_words, normalise


def contact_words(first: str, infix: str, last: str, phone: str, mobile: str, email: str) -> list[str]:
    """Give the normalised words of one person."""
    return [
        normalise(f"{first} {infix} {last}"),
        *phone_terms(phone),
        *phone_terms(mobile),
        *email_words(email),
    ]


def name_key(first: str, infix: str, last: str) -> str:
    """Give the name as it is sorted: the last name, the first name, the infix."""
    return normalise(f"{last} {first} {infix}")[:240]
