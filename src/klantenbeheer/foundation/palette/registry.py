"""What the palette can find. Each part registers its own in its ``apps.py``; this floor knows none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.registry import Registry


class Mode(StrEnum):
    """What the first sign of a query narrows to."""

    ALL = ""
    ACTIONS = ">"
    NUMBERS = "#"
    CONTACTS = "@"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: ``query`` without its sign, ``path`` of the page below, numbers of customers opened lately.

    ``here`` are the controls that stand on that page: what each is called, and its address if it has one.
    """

    actor: Actor
    query: str = ""
    mode: Mode = Mode.ALL
    path: str = ""
    recent: tuple[str, ...] = ()
    here: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """Something found. It has an address (``dialog``: opened as one), or ``press``: a control of the page, by selector
    or, as 'here:3', by its place among those that the page named.

    ``words`` are other words for the same, ``hint`` is the key that does it without the palette.
    """

    key: str
    label: Any
    url: str = ""
    icon: str = "chevron-right"
    detail: Any = ""
    dialog: bool = False
    press: str = ""
    words: Any = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A group of the palette. ``entries`` gives all of them (``matches``: the palette chooses by the query), or, where
    the source searches itself, those that the query finds. It gives nothing that the actor may not open. What another
    group offers too is left out of one that ``yields``."""

    key: str
    label: Any
    order: int
    entries: Callable[[Asked], Sequence[Entry]]
    modes: frozenset[Mode] = frozenset({Mode.ALL})
    matches: bool = True
    most: int = 6
    yields: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """Something that one can do on every page: an address, or a control of the page that is pressed.

    ``right`` at ``level`` decides who is offered it ('' is everybody), ``when`` whether anybody is.
    """

    entry: Entry
    order: int
    right: str = ""
    level: Level = Level.VIEW
    page: bool = False
    when: Callable[[Actor], bool] = field(default=lambda actor: True)

    def is_for(self, actor: Actor) -> bool:
        """Say whether this actor is offered it."""
        return (not self.right or actor.may(self.right, self.level)) and self.when(actor)


SOURCES: Registry[Source] = Registry(
    "palette sources", Source, key=lambda source: source.key, order=lambda source: (source.order, source.key)
)
ACTIONS: Registry[Action] = Registry(
    "palette actions",
    Action,
    key=lambda action: action.entry.key,
    order=lambda action: (action.order, action.entry.key),
)


def register_action(action: Action) -> Action:
    """Offer something on every page. Called from an ``apps.py``."""
    return ACTIONS.register(action)


def register_source(source: Source) -> Source:
    """Add a group. Called from an ``apps.py``."""
    return SOURCES.register(source)
