"""Settings of customers that are merged: one record stands, with the chosen values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.customers.merging import Belonging, Choice, Merging, Option, choice, fold, register
from klantenbeheer.customers.models import Customer
from klantenbeheer.kernel.actors import Actor

from .choices import Channel
from .models import CustomerSettings
from .services import RIGHT

_NOT_CHOSEN = {"id", "version", "customer"}


def _held(customers: Sequence[Customer]) -> dict[int, CustomerSettings]:
    keys = [customer.pk for customer in customers]
    return {one.customer_id: one for one in CustomerSettings.objects.filter(customer_id__in=keys)}


def _text(record: CustomerSettings, column: Any) -> str:
    value = getattr(record, column.attname)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(dict(column.flatchoices).get(value, value)) if value not in (None, "") else ""


def lines(actor: Actor, customers: Sequence[Customer]) -> list[Choice]:
    """Give whose settings count, one by one, of those who have settings of their own."""
    held = _held(customers)
    holders = [customer.pk for customer in customers if customer.pk in held]
    if len(holders) < 2:
        return []
    return [
        choice(
            f"settings.{column.name}", column.verbose_name, [Option(key, _text(held[key], column)) for key in holders],
            right=RIGHT, group=gettext_lazy("Settings"),
        )
        for column in CustomerSettings._meta.concrete_fields
        if column.name not in _NOT_CHOSEN
    ]  # fmt: skip


def move(merging: Merging) -> None:
    """Make one record of them."""
    held = _held(merging.everybody)
    taken: dict[str, Any] = {}
    for line in lines(merging.actor, merging.everybody):
        name = line.name.removeprefix("settings.")
        source = merging.pick(line)
        taken[name] = getattr(held[source], name)
        if name == "invoice_by" and taken[name] == Channel.PEPPOL:
            taken["peppol_id"] = held[source].peppol_id
        elif name == "peppol_id" and not taken[name]:
            taken.pop(name)  # what the invoices need was taken with them
    if taken.get("invoice_by") == Channel.PEPPOL and not taken.get("peppol_id"):
        taken["peppol_id"] = next(one.peppol_id for one in held.values() if one.peppol_id)
    fold(merging, held, taken)


def declare() -> None:
    """Say how settings move."""
    register(
        Belonging(
            "customer_settings.customersettings", gettext_lazy("Settings"), RIGHT, 41, move, lines=lines
        )
    )
