"""The Characteristics tab: what is known, in groups, and one form to change it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext_lazy as _

from klantenbeheer.card.records import RecordTab, SingleKind
from klantenbeheer.card.tabs import CardRequest
from klantenbeheer.customers.models import Customer
from klantenbeheer.kernel.actors import Actor, Level

from . import services
from .defining import ADMINISTRATION
from .forms import customer_form
from .models import CustomerCharacteristics
from .values import definitions, text_of


@dataclass(frozen=True, slots=True)
class Line:
    """One characteristic as it is shown."""

    label: str
    text: str
    help: str
    retired: bool


def _groups(customer: Customer, values: dict[str, Any]) -> list[tuple[str, list[Line]]]:
    shown = [one for one in definitions() if one.is_for(customer.status) or one.key in values]
    shown.sort(key=lambda one: one.group)
    return [
        (
            name,
            [
                Line(one.label, text_of(one, values.get(one.key)), one.help, not one.is_for(customer.status))
                for one in members
            ],
        )
        for name, members in groupby(shown, key=lambda one: one.group)
    ]


def _context(card: CardRequest) -> dict[str, Any]:
    record = services.characteristics_of(card.customer)
    return {
        "groups": _groups(card.customer, record.values),
        "asked": any(one.is_for(card.customer.status) for one in definitions()),
        "may_define": card.actor.may(ADMINISTRATION, Level.EDIT),
    }


def _options(customer: Customer) -> dict[str, Any]:
    return {"status": customer.status, "values": services.characteristics_of(customer).values}


def _update(
    *, actor: Actor, record: CustomerCharacteristics, version: int, values: dict[str, Any]
) -> CustomerCharacteristics:
    return services.characteristics_update(
        actor=actor, customer=record.customer, version=version, values=values
    )


CHARACTERISTICS = SingleKind(
    key="edit",
    singular=_("Characteristics"),
    form=customer_form,
    form_options=_options,
    record=services.characteristics_of,
    update=_update,
)


def register() -> None:
    """Put the tab on the card."""
    RecordTab(
        key="characteristics", label=_("Characteristics"), order=70, kinds=(), single=CHARACTERISTICS,
        template="characteristics/tab.html", context=_context, past=True,
    ).register()  # fmt: skip
