"""Which page of the handbook belongs to where one is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from klantenbeheer.kernel.registry import Registry

HOME = "index"


@dataclass(frozen=True, slots=True)
class Place:
    """Addresses that match ``pattern`` (at their beginning) are explained by ``page``.

    A group named ``page`` in the pattern gives the page itself. The lowest ``order`` is asked first.
    """

    pattern: str
    page: str
    order: int


PLACES: Registry[Place] = Registry(
    "handbook places",
    Place,
    key=lambda place: place.pattern,
    order=lambda place: (place.order, place.pattern),
)


# Each says of a page's key whether the product has nothing of what it explains: then there is no such page.
HIDDEN: list[Callable[[str], bool]] = []


def is_hidden(page: str) -> bool:
    """Say whether this page explains what the product does not have now."""
    return any(says(page) for says in HIDDEN)


def register_place(place: Place) -> Place:
    """Tell the handbook which page explains an address. Called from an ``apps.py``."""
    return PLACES.register(place)


def page_for(path: str) -> str:
    """Give the key of the page that explains this address; the list of contents where none does."""
    for place in PLACES:
        match = re.match(place.pattern, path)
        if match:
            return match.groupdict().get("page") or place.page
    return HOME
