"""Customers in the palette: found as the search does, by number, and those that the browser remembers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.foundation.palette.registry import (
    Action,
    Asked,
    Entry,
    Mode,
    Source,
    register_action,
    register_source,
)
from klantenbeheer.kernel.actors import Level

from . import selectors
from .permissions import CUSTOMERS, IMPORT

_MOST = 7


def entry_of(row: dict[str, Any]) -> Entry:
    """Give a row of a customer as something that opens."""
    place = " ".join(part for part in (row["postcode"], row["city"]) if part)
    detail = " · ".join(part for part in (row["number"], place, row["phone"]) if part)
    return Entry(f"customer.{row['number']}", row["name"], f"/customers/{row['number']}/", "building", detail)


def _recent(asked: Asked) -> Sequence[Entry]:
    if asked.query or not asked.recent:
        return ()
    return [entry_of(row) for row in selectors.by_numbers(asked.actor, asked.recent)[:_MOST]]


def _customers(asked: Asked) -> Sequence[Entry]:
    if not asked.query:
        return ()
    if asked.mode == Mode.NUMBERS:
        return [entry_of(row) for row in selectors.numbered(asked.actor, asked.query, 20)]
    found = selectors.search(asked.actor, asked.query, limit=_MOST)
    entries = [entry_of(row) for row in found.rows]
    if found.capped:
        words = _("All customers found for “%(query)s”") % {"query": asked.query}
        entries.append(
            Entry("customers.all", words, f"/customers/?{selectors.as_address(asked.query)}", "search")
        )
    return entries


def register() -> None:
    """Register the groups, and what one does with customers on every page."""
    searched = frozenset({Mode.ALL, Mode.NUMBERS})
    register_source(Source("recent", gettext_lazy("Opened lately"), 5, _recent, searched, matches=False))
    register_source(Source("customers", gettext_lazy("Customers"), 40, _customers, searched, matches=False))
    create = Entry(
        "customers.new",
        gettext_lazy("New customer"),
        "/customers/new",
        "add",
        words=gettext_lazy("add create"),
    )
    register_action(Action(create, 10, CUSTOMERS, Level.EDIT))
    bring_in = Entry(
        "customers.import", gettext_lazy("Import customers"), "/customers/import", "import",
        words=gettext_lazy("file csv excel upload"),
    )  # fmt: skip
    register_action(Action(bring_in, 20, IMPORT, Level.EDIT))
    marked = Entry("customers.marked", gettext_lazy("My marked customers"), "/customers/?marked=1", "star")
    register_action(Action(marked, 20, CUSTOMERS, page=True))
    flagged = Entry(
        "customers.flagged", gettext_lazy("Customers to be checked"), "/customers/?flagged=1", "alert"
    )
    register_action(Action(flagged, 21, CUSTOMERS, page=True))
