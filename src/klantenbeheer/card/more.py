"""What the card's menu 'More' leads to besides its own entries. Domains above supply them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from klantenbeheer.customers.models import Customer
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class MoreLink:
    """An entry: ``url`` holds ``%s`` for the number of the customer; ``right`` at ``level`` is what seeing it needs."""

    key: str
    label: Any
    url: str
    icon: str
    right: str
    level: Level = Level.VIEW
    order: int = 50


MORE: Registry[MoreLink] = Registry(
    "more links", MoreLink, key=lambda m: m.key, order=lambda m: (m.order, m.key)
)


def more_links(actor: Actor, customer: Customer) -> list[tuple[MoreLink, str]]:
    """Give the entries that this actor may follow, each with its address. No queries."""
    return [(link, link.url % quote(customer.number)) for link in MORE if actor.may(link.right, link.level)]
