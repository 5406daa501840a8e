"""Whose role asks for a second factor gets nowhere without; and sessions know when they were used last."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from django.contrib.auth import logout
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from klantenbeheer.foundation.access.guard import Guard
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.ui import htmx

from . import factor, sessions, signing

View = TypeVar("View", bound=Callable[..., Any])


def before_factor(view: View) -> View:
    """Mark a view that one needs for setting up a second factor: it is served before there is one."""
    view.before_factor = True  # type: ignore[attr-defined]  # a function carries its declaration
    return view


class Accounts:
    """After the gate: it knows who is signed in, and let him through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            # When it was seen is no reason to fail a request that is done.
            with suppress(DatabaseError):
                sessions.seen(request)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        guard = getattr(view, "guard", None)
        user = request.user
        if not isinstance(guard, Guard) or guard.public or not isinstance(user, User):
            return None
        if getattr(view, "before_factor", False) or not signing.must_set_up(user, request):
            return None
        if factor.is_active(user):
            # Set up elsewhere since; this session has shown a password only.
            logout(request)
            return htmx.redirect(request, reverse("accounts:sign_in"))
        return htmx.redirect(request, reverse("accounts:security"))
