"""Characteristics of customers that are merged: each has the value that was chosen, or that only one of them has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from klantenbeheer.customers.merging import (
    Belonging,
    Choice,
    Merging,
    Option,
    Unmerging,
    choice,
    fold,
    register,
)
from klantenbeheer.customers.models import Customer
from klantenbeheer.kernel.actors import Actor

from .models import CharacteristicValue, CustomerCharacteristics
from .services import RIGHT, index
from .values import by_key, text_of


def _held(customers: Sequence[Customer]) -> dict[int, CustomerCharacteristics]:
    keys = [customer.pk for customer in customers]
    return {one.customer_id: one for one in CustomerCharacteristics.objects.filter(customer_id__in=keys)}


def lines(actor: Actor, customers: Sequence[Customer]) -> list[Choice]:
    """Give whose value of each characteristic survives."""
    held, found = _held(customers), []
    keys = dict.fromkeys(key for one in customers if one.pk in held for key in held[one.pk].values)
    for key in keys:
        definition = by_key(key)
        options = [
            Option(one.pk, text_of(definition, held[one.pk].values.get(key)) if one.pk in held else "")
            for one in customers
        ]
        label = definition.label if definition else key
        group = gettext_lazy("Characteristics")
        found.append(choice(f"characteristic.{key}", label, options, right=RIGHT, group=group))
    return found


def move(merging: Merging) -> None:
    """Make one record of them, and the rows that the list filters by."""
    held = _held(merging.everybody)
    values: dict[str, Any] = {}
    for line in lines(merging.actor, merging.everybody):
        key, source = line.name.removeprefix("characteristic."), merging.pick(line)
        if source in held and key in held[source].values:
            values[key] = held[source].values[key]
    record: Any = fold(merging, held, {"values": values})
    _reindex([customer.pk for customer in merging.everybody], [record] if record else [])


def _reindex(keys: list[int], records: Sequence[CustomerCharacteristics]) -> None:
    CharacteristicValue.objects.filter(customer_id__in=keys).delete()
    index(records, fresh=True)


def undo(undoing: Unmerging) -> None:
    """Write the rows to filter by of everybody anew."""
    everybody = [undoing.survivor, *undoing.others]
    _reindex([customer.pk for customer in everybody], list(_held(everybody).values()))


def declare() -> None:
    """Say how characteristics move; the rows to filter by follow from them."""
    label = gettext_lazy("Characteristics")
    register(
        Belonging(
            "characteristics.customercharacteristics",
            label,
            RIGHT,
            45,
            move,
            lines=lines,
            undo=undo,
            counted=False,
        )
    )
    register(
        Belonging(
            "characteristics.characteristicvalue", label, RIGHT, 46, lambda _merging: None, counted=False
        )
    )
