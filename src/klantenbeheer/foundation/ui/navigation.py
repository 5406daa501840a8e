"""The applications in the app bar. Each registers itself in its ``apps.py``; this floor knows none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Application:
    """An entry: ``right`` is what seeing needs ('' is nothing); ``creates`` lets '+ New' follow it."""

    key: str
    label: Any
    url: str
    order: int
    right: str = ""
    creates: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as it is shown."""

    label: Any
    url: str
    active: bool


APPLICATIONS: Registry[Application] = Registry(
    "applications", Application, key=lambda a: a.key, order=lambda a: (a.order, a.key)
)


def applications_for(actor: Actor) -> list[Application]:
    """Give the applications that this actor may open, in order."""
    return [entry for entry in APPLICATIONS if not entry.right or actor.may(entry.right)]


def shell_for(actor: Actor, path: str) -> dict[str, Any]:
    """Give ``navigation`` (what ``actor`` may open, with the one that ``path`` is in) and ``can_create``."""
    seen = applications_for(actor)
    return {
        "navigation": [Item(entry.label, entry.url, path.startswith(entry.url)) for entry in seen],
        "can_create": any(entry.creates and actor.may(entry.right, Level.EDIT) for entry in seen),
    }
