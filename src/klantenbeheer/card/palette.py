"""The palette's group of the card that one is on: what one may add, its dialogs, its tabs."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.customers.display import label_links
from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.palette.registry import Asked, Entry, Mode, Source, register_source
from klantenbeheer.kernel.actors import Level

from . import shell
from .actions import CARD_ACTIONS
from .more import more_links
from .tabs import visible_tabs

_ADDRESS = re.compile(r"/customers/([A-Za-z0-9._-]{1,20})/[a-z_]+/")


def _customer_at(asked: Asked) -> Customer | None:
    """Give the customer whose card is the page below, if the actor may see him. One query."""
    match = _ADDRESS.match(asked.path)
    if match is None:
        return None
    return (
        Customer.objects.visible_to(asked.actor)
        .only("id", "number", "name", "erased_on")
        .with_numbers([match[1]])
        .first()
    )


def _entries(asked: Asked) -> list[Entry]:
    customer = _customer_at(asked)
    if customer is None:
        return []
    found = [
        Entry(
            f"create.{item.url}",
            _("New: %(kind)s") % {"kind": item.label},
            item.url,
            item.icon,
            dialog=True,
            words=_("add"),
        )
        for item in shell.creates_for(asked.actor, customer)
    ]
    found += [
        one.entry(customer.number)
        for one in CARD_ACTIONS
        if one.is_for(asked.actor) and (one.level == Level.VIEW or customer.erased_on is None)
    ]
    found += [
        Entry(f"more.{link.key}", link.label, url, link.icon)
        for link, url in more_links(asked.actor, customer)
    ]
    found += [
        Entry(f"label.{link.key}", link.text, link.url % customer.number, "chevron-right", dialog=True)
        for link in label_links(asked.actor)
    ]
    tabs = visible_tabs(asked.actor)
    if tabs:
        order = f"/customers/{customer.number}/tab-order"
        found.append(Entry("card.tab_order", _("Order of the tabs"), order, "settings", dialog=True))
    found += [
        Entry(
            f"tab.{tab.key}",
            _("Tab: %(name)s") % {"name": tab.label},
            f"/customers/{customer.number}/{tab.key}/",
            "columns",
            hint=f"Alt+{place}" if place < 10 else "",
        )
        for place, tab in enumerate(tabs, start=1)
    ]
    return found


def register() -> None:
    """Put the group in the palette, before all others."""
    both = frozenset({Mode.ALL, Mode.ACTIONS})
    register_source(Source("card", gettext_lazy("This customer"), 10, _entries, both))
