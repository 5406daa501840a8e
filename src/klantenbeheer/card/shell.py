"""What stands around the tab: head, basic data, strip, status bar. Its number of queries is fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from klantenbeheer.customers import display, hours
from klantenbeheer.customers.fields import FIELD_BY_KEY
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.selectors import current_addresses, is_marked
from klantenbeheer.customers.services import editable_fields
from klantenbeheer.kernel.actors import Actor, Level

from . import past
from .actions import menu_of
from .more import more_links
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
            f"/customers/{customer.number}/{tab.key}/{past.query(customer)}",
            active is not None and tab.key == active.key,
            tab.badge is not None and customer.as_of is None,
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
        if customer.erased_on is None and tab.creates and level_of(actor, tab) == Level.EDIT
        for new in tab.creates
        if not new.right or actor.may(new.right, Level.EDIT)
    ]


def context(actor: Actor, customer: Customer, active: Tab | None) -> dict[str, Any]:
    """Give what the card's template shows around the tab."""
    at = customer.as_of
    day = timezone.localdate(at) if at else None
    addresses = current_addresses(customer.addresses.all(), day)
    editable = editable_fields(actor) if at is None and customer.erased_on is None else set()
    opening = hours.now_of(customer)
    return {
        "customer": customer,
        "addresses": addresses,
        "heading": display.heading(customer, addresses, today=day),
        "hours": opening,
        "name_item": display.shown(customer, FIELD_BY_KEY["name"], editable="name" in editable),
        "groups": display.groups(customer, editable, actor if at is None else None),
        "glance": display.glance(customer),
        "creates": creates_for(actor, customer) if at is None else [],
        "more": menu_of(actor, customer, hours=bool(editable) or bool(opening)) if at is None else [],
        "can_edit": bool(editable),
        "more_links": more_links(actor, customer) if at is None else [],
        "marked": at is None and is_marked(actor, customer),
        "at": at,
        "past_query": past.query(customer),
        "at_text": past.moment_text(at) if at else "",
        "may_compare": at is not None and actor.may(past.RIGHT),
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
