"""What domains add to the card's menu 'More': links that ask the database nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from klantenbeheer.customers.models import Customer
from klantenbeheer.kernel.actors import Actor, Level


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry: ``url`` holds %s for the customer's number; ``right`` at the level of editing decides who gets it."""

    key: str
    label: Any
    url: str
    right: str
    icon: str


_items: list[MenuItem] = []


def register_menu_item(item: MenuItem) -> None:
    """Add an entry. Called from a domain's ``apps.py``."""
    _items.append(item)


def menu_for(actor: Actor, customer: Customer) -> list[dict[str, Any]]:
    """Give the entries for this actor, with their addresses."""
    return [
        {"label": item.label, "icon": item.icon, "url": item.url % quote(customer.number)}
        for item in _items
        if actor.may(item.right, Level.EDIT)
    ]
