"""Reading contacts and branches of a customer that the card's gate has let through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from klantenbeheer.customers.derive import phone_terms
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.owned import records_of
from klantenbeheer.kernel.text import email_words, normalise

from .models import Branch, Consent, Contact


def contacts_of(customer: Customer) -> list[Contact]:
    """Give the persons, those who left last."""
    if customer.as_of is None:
        rows = list(
            Contact.objects.filter(customer=customer).select_related("branch").prefetch_related("consents")
        )
    else:
        rows = records_of(Contact, customer)
        branches = {branch.pk: branch for branch in branches_of(customer)}
        for row in rows:
            row.branch = branches.get(row.branch_id or 0)
        said = records_of(Consent, customer)
        for row in rows:
            mine = [consent for consent in said if consent.contact_id == row.pk]
            setattr(row, "_prefetched_objects_cache", {"consents": mine})  # noqa: B010 - as prefetching does
    return sorted(rows, key=lambda row: (row.left_on is not None, normalise(row.last_name), row.pk))


def branches_of(customer: Customer) -> list[Branch]:
    """Give the branches by name."""
    return records_of(Branch, customer)


def contact_count(customer: Customer) -> int:
    """Give how many persons work there now."""
    return Contact.objects.filter(customer=customer, left_on=None).count()


def search_texts(customer_ids: Sequence[int]) -> Mapping[int, list[str]]:
    """Give the words by which a customer is found through his people."""
    found: dict[int, list[str]] = {}
    rows = Contact.objects.filter(customer_id__in=customer_ids).values_list(
        "customer_id", "first_name", "infix", "last_name", "phone", "mobile", "email"
    )
    for customer_id, first, infix, last, phone, mobile, email in rows:
        found.setdefault(customer_id, []).extend(contact_words(first, infix, last, phone, mobile, email))
    return found


def contact_words(first: str, infix: str, last: str, phone: str, mobile: str, email: str) -> list[str]:
    """Give the normalised words of one person."""
    return [
        normalise(f"{first} {infix} {last}"),
        *phone_terms(phone),
        *phone_terms(mobile),
        *email_words(email),
    ]
