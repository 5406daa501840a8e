"""What stands around the tab: head, basic data, strip, status bar. Its number of queries is fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from klantenbeheer.customers import display, hours
from klantenbeheer.customers.fields import FIELD_BY_KEY
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.selectors import current_addresses, is_marked
from klantenbeheer.customers.services import editable_fields
from klantenbeheer.kernel.actors import Actor, Level

from .actions import menu_of
from .offers import offers_for
from .status import status_lines
from .tabs import CardRequest, Tab, level_of, strip_tabs, visible_tabs, warnings_for


@dataclass(frozen=True, slots=True)
class StripItem:
    """One tab in the strip."""

    tab: Tab
    url: str
    active: bool
    counted: bool


def strip_items(actor: Actor, customer: Customer, active: Tab | None) -> list[StripItem]:
    """Give the strip for this actor; a tab that he hid stands in it while it is open."""
    shown = strip_tabs(actor)
    return [
        StripItem(
            tab,
            f"/customers/{customer.number}/{tab.key}/",
            active is not None and tab.key == active.key,
            tab.badge is not None,
        )
        for tab in visible_tabs(actor)
        if tab in shown or tab == active
    ]


@dataclass(frozen=True, slots=True)
class CreateItem:
    """One entry of the card's menu 'New'."""

    label: Any
    url: str
    icon: str


def creates_for(actor: Actor, customer: Customer) -> list[CreateItem]:
    """Give what this actor may add to the customer, in the order of the tabs."""
    return [
        CreateItem(new.label, f"/customers/{customer.number}/{tab.key}/{new.path}/", new.icon)
        for tab in visible_tabs(actor)
        if tab.creates and level_of(actor, tab) == Level.EDIT
        for new in tab.creates
        if not new.right or actor.may(new.right, Level.EDIT)
    ]


def context(actor: Actor, customer: Customer, active: Tab | None) -> dict[str, Any]:
    """Give what the card's template shows around the tab."""
    addresses = current_addresses(customer.addresses.all())
    editable = editable_fields(actor)
    opening = hours.now_of(customer)
    return {
        "customer": customer,
        "addresses": addresses,
        "heading": display.heading(customer, addresses),
        "hours": opening,
        "name_item": display.shown(customer, FIELD_BY_KEY["name"], editable="name" in editable),
        "groups": display.groups(customer, editable, actor),
        "glance": display.glance(customer),
        "creates": creates_for(actor, customer),
        "more": menu_of(actor, customer, hours=bool(editable) or bool(opening)),
        "can_edit": bool(editable),
        "marked": is_marked(actor, customer),
        "warnings": display.own_warnings(customer) + warnings_for(actor, customer),
        "offers": offers_for(actor, customer) if editable else [],
        "status_lines": status_lines(actor, customer, editable),
        "strip": strip_items(actor, customer, active),
        "active": active,
    }


def title(card_request: CardRequest) -> str:
    """Give the page's title for a swapped tab; the strip itself follows the address (tabs.js)."""
    customer = card_request.customer
    return format_html(
        "<title>{} ({}) · {} · Klantenbeheer</title>", customer.name, customer.number, card_request.tab.label
    )


def trusted(response: HttpResponse) -> SafeString:
    """Give the contents of a tab's own response, which a template of ours has already escaped."""
    return SafeString(response.content.decode())
