"""Characteristics in files: a column for each, read and written by its name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models.functions import Upper

from klantenbeheer.customers.importing.parts import ImportField
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.kernel.text import clean

from .models import CustomerCharacteristics
from .services import RIGHT, index
from .values import Definition, by_key, definitions, read, text_of


def _read(one: Definition, typed: Mapping[str, str]) -> Any:
    """Read a cell; a choice that was removed may stay with the customer who has it, as in our own export."""
    try:
        return read(one, typed[one.name])
    except ValueError:
        if not one.removed or not typed.get("number"):
            raise
    rows = CustomerCharacteristics.objects.annotate(number=Upper("customer__number"))
    stored = rows.filter(number=clean(typed["number"]).upper()).first()
    return read(one, typed[one.name], stored.values.get(one.key) if stored else None)


class CharacteristicsPart:
    """What a row says of a customer; what it does not mention stays."""

    key = "characteristics"
    right = RIGHT

    @property
    def fields(self) -> tuple[ImportField, ...]:
        return tuple(
            ImportField(one.name, one.label, (one.name_nl, one.name_en) if one.name_en else (one.name_nl,))
            for one in definitions()
            if not one.retired
        )

    def clean(self, typed: Mapping[str, str], country: str) -> tuple[Any, list[str], list[str]]:
        values: dict[str, Any] = {}
        reasons = []
        for one in definitions():
            if one.name not in typed or one.retired:
                continue
            try:
                value = _read(one, typed)
            except ValueError as error:
                reasons.append(f"{one.label}: {error}")
                continue
            if value is not None:
                values[one.key] = value
        return values or None, reasons, []

    def known(self, customer_ids: Sequence[int]) -> Mapping[int, set[str]]:
        rows = CustomerCharacteristics.objects.filter(customer_id__in=customer_ids)
        return {row.customer_id: self.identities(row.values) for row in rows}

    def identities(self, values: Any) -> set[str]:
        return {json.dumps([key, value]) for key, value in values.items()}

    def words(self, values: Any) -> list[str]:
        return []

    def write(self, items: Sequence[tuple[int, Any]]) -> None:
        ids = [customer_id for customer_id, _values in items]
        stored = {row.customer_id: row for row in CustomerCharacteristics.objects.filter(customer_id__in=ids)}
        new = [
            CustomerCharacteristics(customer_id=customer_id, values=values)
            for customer_id, values in items
            if customer_id not in stored
        ]
        write(new, new=True)
        index(new, fresh=True)
        changed = []
        for customer_id, values in items:
            row = stored.get(customer_id)
            if row is not None:
                row.values = row.values | values
                row.version += 1
                changed.append(row)
        write(changed, new=False)
        if changed:
            index(changed)


class CharacteristicsExport:
    """A column for each definition that is in use."""

    key = "characteristics"
    right = RIGHT

    def headers(self) -> Sequence[str]:
        return [one.label for one in definitions() if not one.retired]

    def values(self, customer_ids: Sequence[int]) -> Mapping[int, Sequence[Any]]:
        keys = [one.key for one in definitions() if not one.retired]
        rows = CustomerCharacteristics.objects.filter(customer_id__in=customer_ids)
        return {
            row.customer_id: [
                text_of(by_key(key), row.values.get(key), separator="; ", unit=False) for key in keys
            ]
            for row in rows
        }
