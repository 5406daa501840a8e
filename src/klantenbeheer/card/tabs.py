"""Tabs as data. The strip, the addresses, the rights and the badges all read this one record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.access.rights import RIGHTS, Right
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.kept import Kept
from klantenbeheer.kernel.registry import Registry

from .models import CustomTab


@dataclass(frozen=True, slots=True)
class CardRequest:
    """What the gate gives a tab: the request, who acts, the customer he may see, and his level on this tab."""

    request: HttpRequest
    actor: Actor
    customer: Customer
    tab: Tab
    level: Level

    @property
    def at(self) -> datetime | None:
        """The moment whose card this is; nothing: now."""
        return self.customer.as_of

    @property
    def may_edit(self) -> bool:
        """Whether controls that write are shown, and writing is let through."""
        return self.level >= Level.EDIT

    def url(self, *parts: str) -> str:
        """The address of this tab, or of something below it."""
        tail = "".join(f"{part}/" for part in parts)
        return f"/customers/{self.customer.number}/{self.tab.key}/{tail}"


# A tab's contents: gives the inside of the tab; the shell puts the card around it when that is asked for.
TabView = Callable[[CardRequest], HttpResponse]
# Something below the tab's address: the rest of the path comes as text parts.
SubView = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class SubRoute:
    """An address below a tab: ``path`` may hold ``<int:name>`` parts. ``level`` is what every method needs.

    ``in_card``: what it shows stands in the place of the tab.
    """

    path: str
    view: SubView
    level: Level = Level.EDIT
    in_card: bool = False


@dataclass(frozen=True, slots=True)
class Create:
    """What a tab lets one add from the card's menu 'New': ``path`` is a route of the tab that answers a dialog.

    ``right`` is asked besides the tab's.
    """

    label: Any
    path: str
    icon: str = "add"
    right: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A subject of the customer. ``badge`` counts for one customer and is asked in a second request.

    A ``custom`` one is made for this company: until the application manager switches it on there is no link, address,
    right, or page of the handbook. ``past``: it can show the customer as he was, from the customer that it is given
    (``customer.as_of``).
    """

    key: str
    label: Any
    order: int
    view: TabView
    routes: tuple[SubRoute, ...] = ()
    badge: Callable[[Customer], int] | None = None
    right: str = ""
    creates: tuple[Create, ...] = ()
    custom: bool = False
    past: bool = False

    @property
    def is_on(self) -> bool:
        """Whether the product has this tab now."""
        return not self.custom or self.key in SWITCHED_ON.get()

    @property
    def right_key(self) -> str:
        """The right whose level opens this tab."""
        return self.right or f"tab.{self.key}"


TABS: Registry[Tab] = Registry("tabs", Tab, key=lambda tab: tab.key, order=lambda tab: (tab.order, tab.key))


# The keys of the custom tabs that are switched on; read only when there is a custom tab.
SWITCHED_ON: Kept[frozenset[str]] = Kept(
    lambda: frozenset(CustomTab.objects.filter(active=True).values_list("key", flat=True)),
    lambda: settings.KEPT_SETTINGS_SECONDS,
)


def register_tab(tab: Tab) -> Tab:
    """Add a tab and its right. Called from a domain's ``apps.py``."""
    TABS.register(tab)
    if tab.right_key not in RIGHTS:
        RIGHTS.register(
            Right(tab.right_key, tab.label, 100 + tab.order, group="tab", exists=lambda: tab.is_on)
        )
    return tab


def level_of(actor: Actor, tab: Tab) -> Level:
    """Give the actor's level on a tab."""
    if actor.may(tab.right_key, Level.EDIT):
        return Level.EDIT
    return Level.VIEW if actor.may(tab.right_key, Level.VIEW) else Level.NONE


def visible_tabs(actor: Actor) -> list[Tab]:
    """Give the tabs that this actor may open, in his order: his own, else his role's, else as they were made."""
    tabs = [tab for tab in TABS if tab.is_on and level_of(actor, tab) > Level.NONE]
    if not isinstance(actor, User):
        return tabs
    return in_order(tabs, actor.tab_order or actor.held.tab_order)


def in_order(tabs: Sequence[Tab], keys: Sequence[str]) -> list[Tab]:
    """Give tabs in the order of these keys; those that are not among them come last, as they were made."""
    places = {key: place for place, key in enumerate(keys)}
    return sorted(tabs, key=lambda tab: places.get(tab.key, len(places)))


def strip_tabs(actor: Actor) -> list[Tab]:
    """Give the tabs of the strip: those that the actor did not hide."""
    hidden = actor.tabs_hidden if isinstance(actor, User) else []
    return [tab for tab in visible_tabs(actor) if tab.key not in hidden]


@dataclass(frozen=True, slots=True)
class Warning:
    """A chip in the card's head (H8): ``tone`` is 'warning' or 'danger'; ``url`` leads to the cause."""

    text: str
    tone: str = "warning"
    url: str = ""


WarningSource = Callable[[Actor, Customer], list[Warning]]
_warning_sources: list[tuple[str, WarningSource, bool]] = []


def register_warning(right: str, source: WarningSource, *, past: bool = False) -> None:
    """Let a domain warn in the card's head, for those who have ``right``. One query at most.

    ``past``: it can say what it would have warned of, on the card as it was.
    """
    _warning_sources.append((right, source, past))


def warnings_for(actor: Actor, customer: Customer) -> list[Warning]:
    """Give the warnings on this customer that the actor may know of."""
    return [
        warning
        for right, source, past in _warning_sources
        if actor.may(right) and (past or customer.as_of is None)
        for warning in source(actor, customer)
    ]
