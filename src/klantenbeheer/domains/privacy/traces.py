"""By what somebody is recognised in texts and files: all names, mail addresses and numbers that he ever had here."""

from __future__ import annotations

from typing import Any

from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.contacts.models import Contact
from klantenbeheer.foundation.audit.erasing import Traces, tables_of
from klantenbeheer.kernel.text import normalise

_NAMES = ("first_name", "infix", "last_name")
_CODES = ("vat_number", "kvk_number", "iban")


def _persons(where: dict[str, Any]) -> list[dict[str, Any]]:
    columns = (*_NAMES, "email", "phone", "mobile")
    return [
        row
        for table in tables_of(Contact)
        for row in table.filter(**where).order_by().values(*columns).distinct()
    ]


def _of_persons(rows: list[dict[str, Any]], *, alone: bool) -> tuple[set[str], set[str]]:
    words: set[str] = set()
    phones: set[str] = set()
    for row in rows:
        first, infix, last = (row[name] for name in _NAMES)
        whole = [" ".join(part for part in parts if part) for parts in ((first, infix, last), (infix, last))]
        words.update(text for text in whole if alone or " " in text)
        words.update(normalise(text) for text in whole if alone or " " in text)
        if alone:
            words.add(last)
        words.add(row["email"])
        phones.update((row["phone"], row["mobile"]))
    return words, phones


def of_person(contact: Contact, *, alone: bool = True) -> Traces:
    """Give the traces of a contact person.

    ``alone``: his last name by itself tells of him too; so in what belongs to his own customer, not elsewhere.
    """
    words, phones = _of_persons(_persons({"id": contact.pk}), alone=alone)
    return Traces(words, phones)


def of_customer(customer: Customer, *, keep_books: bool, alone: bool = False) -> Traces:
    """Give the traces of a customer and of everybody who ever worked there; of what stays in the books none.

    ``alone`` as in :func:`of_person`.
    """
    words, phones = _of_persons(_persons({"customer_id": customer.pk}), alone=alone)
    for table in tables_of(Customer):
        for row in (
            table.filter(id=customer.pk)
            .order_by()
            .values("name", "email", "phone", "fax", *_CODES)
            .distinct()
        ):
            words.add(row["email"])
            phones.update((row["phone"], row["fax"]))
            if not keep_books:
                words.update((row["name"], normalise(row["name"]), *(row[code] for code in _CODES)))
    return Traces(words, phones)


def names_of(customer: Customer) -> set[str]:
    """Give the words of all names that a customer ever had, as the search keeps them."""
    names = {
        row
        for table in tables_of(Customer)
        for row in table.filter(id=customer.pk).values_list("name", flat=True)
    }
    return {word for name in names for word in normalise(name).split()}
