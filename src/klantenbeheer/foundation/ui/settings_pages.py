"""The pages among the settings. Each part registers its own in its ``apps.py``; this floor knows none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from klantenbeheer.foundation.access.guard import actor_of, signed_in
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import NotAllowed
from klantenbeheer.kernel.registry import Registry

from .htmx import render


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """An entry: ``right`` at edit level is what opening it needs; ``help`` says in a line what one does there.

    Where ``when`` says no, there is no such page. ``makes`` is a word for what the dialog at ``new/`` below it makes,
    where ``makes_when`` says that it can.
    """

    key: str
    label: Any
    url: str
    order: int
    right: str
    help: Any = ""
    when: Callable[[], bool] = lambda: True
    makes: Any = ""
    makes_when: Callable[[], bool] = lambda: True


PAGES: Registry[SettingsPage] = Registry(
    "settings pages", SettingsPage, key=lambda page: page.key, order=lambda page: (page.order, page.key)
)


def register_settings_page(page: SettingsPage) -> SettingsPage:
    """Add a page to the settings."""
    return PAGES.register(page)


def settings_pages(actor: Actor) -> list[SettingsPage]:
    """Give the pages that this actor may open, in order."""
    return [page for page in PAGES if page.when() and actor.may(page.right, Level.EDIT)]


@signed_in
def index(request: HttpRequest) -> HttpResponse:
    """What there is to set; refused for who may set nothing."""
    pages = settings_pages(actor_of(request))
    if not pages:
        raise NotAllowed(right="administration")
    return render(request, "ui/settings.html", {"pages": pages})
