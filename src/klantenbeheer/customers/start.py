"""Customers on the start page: those opened lately, and those that the user marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.foundation.start.registry import MOST, Asked, Block, Chip, Line, Link, register_block
from klantenbeheer.kernel.actors import Actor, Level

from . import selectors
from .choices import Status
from .permissions import CUSTOMERS, IMPORT


def line_of(row: dict[str, Any]) -> Line:
    """Give a row of a customer as a line."""
    status = row["status"]
    chips = (Chip(Status(status).label, "warning"),) if status != Status.ACTIVE else ()
    detail = " · ".join(part for part in (row["number"], row["city"]) if part)
    return Line(row["name"], f"/customers/{row['number']}/", detail, chips)


def _recent(asked: Asked) -> Sequence[Line]:
    return [line_of(row) for row in selectors.by_numbers(asked.actor, asked.recent)[:MOST]]


def _marked(asked: Asked) -> Sequence[Line]:
    return [line_of(row) for row in selectors.last_marked(asked.actor, MOST)]


def _first(actor: Actor) -> Link:
    if actor.may(IMPORT, Level.EDIT):
        return Link(_("Import customers"), "/customers/import")
    return Link(_("All customers"), "/customers/")


def register() -> None:
    """Put both blocks on the start page."""
    register_block(
        Block(
            "recent", gettext_lazy("Opened lately"), "clock", 10, _recent,
            gettext_lazy("The customers that you open in this browser stand here, the last one first."),
            right=CUSTOMERS, links=lambda actor: [Link(_("All customers"), "/customers/")], first=_first,
            remembered=True,
        )
    )  # fmt: skip
    register_block(
        Block(
            "marked", gettext_lazy("My marked customers"), "star", 20, _marked,
            gettext_lazy("Mark a customer with the star on the card, and it stands here."),
            right=CUSTOMERS, links=lambda actor: [Link(_("All my marked customers"), "/customers/?marked=1")],
        )
    )  # fmt: skip
