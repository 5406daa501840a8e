"""Writing a customer's characteristics, and the rows that the list filters by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from klantenbeheer.customers import owned
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import locked_customer
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import InvalidInput, StaleVersion

from .choices import NO, YES, Kind
from .models import CharacteristicValue, CustomerCharacteristics
from .values import by_key, definitions, read

RIGHT = "tab.characteristics"


def characteristics_of(customer: Customer) -> CustomerCharacteristics:
    """Give a customer's characteristics, or an unstored record of version 0."""
    found = next(iter(owned.records_of(CustomerCharacteristics, customer)), None)
    return found or CustomerCharacteristics(customer=customer, version=0)


def _rows_of(customer_id: int, values: Mapping[str, Any]) -> Iterable[CharacteristicValue]:
    for key, value in values.items():
        definition = by_key(key)
        if definition is None:
            continue
        given: list[dict[str, Any]]
        if definition.kind == Kind.NUMBER:
            given = [{"number": Decimal(value)}]
        elif definition.kind == Kind.DATE:
            given = [{"day": date.fromisoformat(value)}]
        elif definition.kind == Kind.YES_NO:
            given = [{"text": YES if value else NO}]
        else:
            given = [{"text": text} for text in (value if isinstance(value, list) else [value])]
        for columns in given:
            yield CharacteristicValue(customer_id=customer_id, characteristic_id=definition.pk, **columns)


def index(records: Iterable[CustomerCharacteristics], *, fresh: bool = False) -> None:
    """Write the rows to filter by anew; ``fresh`` when these customers have none yet."""
    found = list(records)
    if not fresh:
        CharacteristicValue.objects.filter(customer_id__in=[r.customer_id for r in found]).delete()
    rows = [row for record in found for row in _rows_of(record.customer_id, record.values)]
    CharacteristicValue.objects.bulk_create(rows, batch_size=4_000)


def reindex(customer_ids: Iterable[int]) -> None:
    """Write the rows to filter by anew, after values went another way than through a service (an erasure)."""
    keys = list(customer_ids)
    CharacteristicValue.objects.filter(customer_id__in=keys).delete()
    index(CustomerCharacteristics.objects.filter(customer_id__in=keys), fresh=True)


def characteristics_update(
    *, actor: Actor, customer: Customer, version: int, values: Mapping[str, Any]
) -> CustomerCharacteristics:
    """Store characteristics: name ('c12') to typed value; those that are not named stay as they are.

    Raises ``InvalidInput`` (an unreadable value, a required one that is empty), ``NotAllowed``, ``NotFound``,
    ``StaleVersion`` when somebody saved since ``version`` (0 while there are none).
    """
    owned.require(actor, RIGHT)
    with acting(actor, "characteristics.update"):
        # The customer's row is the lock: two first saves cannot both find none.
        held = locked_customer(actor, customer.pk)
        record = characteristics_of(held)
        if record.version != version:
            raise StaleVersion(current=record, changes=values)
        kept = dict(record.values)
        problems: dict[str, list[str]] = {}
        for definition in definitions():
            if definition.name not in values:
                continue
            try:
                value = read(definition, values[definition.name], kept.get(definition.key))
            except ValueError as error:
                problems[definition.name] = [str(error)]
                continue
            if value is None and definition.required and definition.is_for(held.status):
                problems[definition.name] = [_("“%(field)s” is required.") % {"field": definition.label}]
            if value is None:
                kept.pop(definition.key, None)
            else:
                kept[definition.key] = value
        if problems:
            raise InvalidInput(problems)
        if kept == record.values:
            return record
        new = not record.version
        record.values = kept
        record.version += 1
        write([record], new=new)
        index([record])
    return record
