"""Computing anew what follows from customers' data: the columns of :mod:`derive`, and who must hear of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from django.db import connections, router

from klantenbeheer.foundation.audit.sets import batches
from klantenbeheer.foundation.search import words
from klantenbeheer.kernel.actors import Actor

from . import derive
from .bank import changes as bank
from .bulk import modified
from .models import Customer
from .selectors import current_addresses

_DERIVED = (
    "name_norm", "phone_norm", "city", "city_norm", "postcode", "postcode_key", "country", "flagged", "search_text",
    "vat_state", "iban_pending",
)  # fmt: skip


def _values(customer: Customer) -> dict[str, Any]:
    return {name: getattr(customer, name) for name in _DERIVED}


def _derive(customers: Sequence[Customer]) -> Iterator[tuple[Customer, dict[str, Any], bool]]:
    """Fill the derived columns; give what they were, and whether the customer came to lie elsewhere."""
    keys = [customer.pk for customer in customers]
    further, waiting = derive.contributions(keys), bank.waiting_texts(keys)
    for customer in customers:
        before = _values(customer)
        addresses = current_addresses(customer.addresses.all())
        derive.derive(customer, addresses, further.get(customer.pk, ()))
        customer.iban_pending = waiting.get(customer.pk, "")
        place = (before["country"], before["postcode_key"])
        yield customer, before, place != (customer.country, customer.postcode_key)


def _store(rows: Sequence[tuple[Any, ...]]) -> None:
    """Write what is derived, the key last: with one statement that is kept for all of them."""
    connection = connections[router.db_for_write(Customer)]
    quote = connection.ops.quote_name
    columns = ", ".join(f"{quote(name)} = %s" for name in _DERIVED)
    with connection.cursor() as cursor:
        # Names of the model's own; every value is a parameter.
        cursor.executemany(f"UPDATE {quote(Customer._meta.db_table)} SET {columns} WHERE id = %s", rows)


def _tell(customers: Sequence[Customer], moved: Iterable[Customer]) -> None:
    for customer in moved:
        derive.place_changed(customer)
    derive.changed(customers)
    words.learn(text for customer in customers for text in (customer.name_norm, customer.city_norm))


def refresh_derived(customer: Customer, *, actor: Actor | None) -> None:
    """Recompute what follows from the customer's data; with an actor also note the change of the basic data."""
    ((_customer, _before, moved),) = _derive([customer])
    values = _values(customer)
    if actor is not None:
        values |= modified(actor)
        customer.modified_at, customer.modified_by_id = values["modified_at"], values["modified_by_id"]
    Customer.objects.filter(pk=customer.pk).update_unversioned(**values)
    _tell([customer], [customer] if moved else [])


def refresh_many(
    customer_ids: Iterable[int], *, noted: Collection[int] = (), actor: Actor | None = None
) -> None:
    """The same for many stored customers, at some queries for hundreds of them.

    ``noted`` are those whose basic data ``actor`` changed.
    """
    for part in batches(sorted(customer_ids)):
        customers = list(Customer.objects.filter(pk__in=part).prefetch_related("addresses"))
        moved, other = [], []
        for customer, before, elsewhere in _derive(customers):
            if _values(customer) != before:
                other.append((*_values(customer).values(), customer.pk))
            if elsewhere:
                moved.append(customer)
        if other:
            _store(other)
        if actor is not None and (chosen := [key for key in part if key in noted]):
            Customer.objects.filter(pk__in=chosen).update_unversioned(**modified(actor))
        _tell(customers, moved)


def reindex(customer_ids: Iterable[int]) -> None:
    """Recompute the search text after something that belongs to the customers changed. No version, no history."""
    refresh_many(customer_ids)
