"""What stands around the tab: head, basic data, strip, status bar. Its number of queries is fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from klantenbeheer.customers import display
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.selectors import addresses_of, is_marked
from klantenbeheer.customers.services import editable_fields
from klantenbeheer.kernel.actors import Actor

from .tabs import CardRequest, Tab, visible_tabs, warnings_for


@dataclass(frozen=True, slots=True)
class StripItem:
    """One tab in the strip."""

    tab: Tab
    url: str
    active: bool


def strip_items(actor: Actor, customer: Customer, active: Tab | None) -> list[StripItem]:
    """Give the strip for this actor."""
    return [
        StripItem(
            tab, f"/customers/{customer.number}/{tab.key}/", active is not None and tab.key == active.key
        )
        for tab in visible_tabs(actor)
    ]


def context(actor: Actor, customer: Customer, active: Tab | None) -> dict[str, Any]:
    """Give what the card's template shows around the tab."""
    addresses = addresses_of(customer)
    editable = editable_fields(actor)
    return {
        "customer": customer,
        "addresses": addresses,
        "heading": display.heading(customer, addresses),
        "groups": display.groups(customer, editable),
        "can_edit": bool(editable),
        "marked": is_marked(actor, customer),
        "warnings": display.own_warnings(customer) + warnings_for(actor, customer),
        "strip": strip_items(actor, customer, active),
        "active": active,
    }


def strip(card_request: CardRequest) -> str:
    """Give the strip as an out-of-band part, so that it follows a swapped tab."""
    items = strip_items(card_request.actor, card_request.customer, card_request.tab)
    return render_to_string(
        "card/card.html#strip", {"strip": items, "out_of_band": True, "customer": card_request.customer}
    )


def trusted(response: HttpResponse) -> SafeString:
    """Give the contents of a tab's own response, which a template of ours has already escaped."""
    return SafeString(response.content.decode())
