"""Declaring who may use a view. A view without a declaration is not served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from klantenbeheer.kernel.actors import Level

from .models import User

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Guard:
    """What a request needs: nothing (public), a signed-in user (right empty), or a right at a level.

    ``write_level`` is asked of every method but GET and HEAD; ``by_tab`` marks the views of the card, whose
    tab decides the right (the card's gate checks it). ``while_seeing`` lets it write also while a manager looks at the
    product as a role.
    """

    right: str = ""
    level: Level = Level.VIEW
    write_level: Level = Level.EDIT
    public: bool = False
    by_tab: bool = False
    while_seeing: bool = False

    def level_for(self, method: str | None) -> Level:
        """The level that this HTTP method needs."""
        return self.level if method in ("GET", "HEAD", "OPTIONS") else max(self.level, self.write_level)


def _mark(view: View, guard: Guard) -> View:
    view.guard = guard  # type: ignore[attr-defined]  # a function carries its declaration
    return view


def public(view: View) -> View:
    """For signing in, and for the health page."""
    return _mark(view, Guard(public=True))


def signed_in(view: View) -> View:
    """For what every user has: his own password, the start page."""
    return _mark(view, Guard())


def ends_seeing(view: View) -> View:
    """For what a manager may do while he looks at the product as a role: end that."""
    return _mark(view, Guard(while_seeing=True))


def needs(
    right: str, level: Level = Level.VIEW, *, write_level: Level = Level.EDIT, by_tab: bool = False
) -> Callable[[View], View]:
    """Ask ``right`` at ``level`` for reading and ``write_level`` for anything else."""
    return lambda view: _mark(view, Guard(right, level, write_level, by_tab=by_tab))


def actor_of(request: HttpRequest) -> User:
    """The signed-in user as the actor of what this request does."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
