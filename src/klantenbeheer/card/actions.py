"""What one can do on a card besides what its tabs add: the menu 'More', the button 'Edit' and the palette read this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.permissions import CUSTOMERS
from klantenbeheer.foundation.palette.registry import Entry
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class CardAction:
    """Something to do on a card: ``path`` is below the customer's address; ``press`` a control of the card instead.

    ``right`` at ``level`` decides who may. ``menu`` puts it in 'More'; ``hint`` is its key.
    """

    key: str
    label: Any
    path: str
    icon: str
    order: int
    right: str = CUSTOMERS
    level: Level = Level.VIEW
    dialog: bool = True
    menu: bool = True
    press: str = ""
    hint: str = ""
    words: Any = ""

    def is_for(self, actor: Actor) -> bool:
        """Say whether this actor may do it."""
        return actor.may(self.right, self.level)

    def entry(self, number: str) -> Entry:
        """Give it as it is offered for one customer."""
        url = "" if self.press else f"/customers/{number}/{self.path}"
        return Entry(
            f"card.{self.key}", self.label, url, self.icon, dialog=self.dialog and not self.press, press=self.press,
            hint=self.hint, words=self.words,
        )  # fmt: skip


CARD_ACTIONS: Registry[CardAction] = Registry(
    "card actions", CardAction, key=lambda action: action.key, order=lambda action: (action.order, action.key)
)


def menu_of(actor: Actor, customer: Customer, *, hours: bool) -> list[Entry]:
    """Give the addresses of the card's menu 'More'; ``hours``: whether there are opening hours to see or to set."""
    return [
        one.entry(customer.number)
        for one in CARD_ACTIONS
        if one.menu and not one.press and one.is_for(actor) and (one.key != "hours" or hours)
    ]


def register() -> None:
    """Register what every card has."""
    for action in (
        CardAction(
            "edit", _("Edit"), "edit", "edit", 10, level=Level.EDIT, menu=False, hint="e", words=_("basic data change")
        ),
        CardAction("addresses", _("Addresses"), "addresses", "location", 20),
        CardAction("hours", _("Opening hours"), "hours", "clock", 30),
        CardAction(
            "picture", _("Change the picture"), "picture", "user", 40, level=Level.EDIT, menu=False,
            words=_("logo photo"),
        ),
        CardAction("label", _("Address label"), "label", "print", 50, dialog=False),
        CardAction("copy", _("Copy name and address"), "", "copy", 60, press="#card-more [data-copy]"),
        CardAction("print", _("Print"), "", "print", 70, press="#card-more [data-print]"),
        CardAction("mark", _("Mark, or unmark"), "", "star", 80, press="form.mark button", menu=False),
    ):  # fmt: skip
        CARD_ACTIONS.register(action)
