"""Signing in, in one or two steps: what is remembered in between, and what happens when one is in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import login
from django.http import HttpRequest
from django.utils import timezone

from klantenbeheer.foundation.access.models import User

from . import log, rules, sessions
from .models import SignIn

BACKEND = "klantenbeheer.foundation.access.backend.AccountBackend"
_PENDING = "kb_pending"
# After the password one has so long for the second step.
PATIENCE = timedelta(minutes=10)


def enter(request: HttpRequest, user: User, kind: SignIn.Kind, *, factor: bool) -> None:
    """Sign in: a new session, noted with its place, and a line in the log."""
    request.session.pop(_PENDING, None)
    login(request, user, backend=BACKEND)
    sessions.begin(request, factor=factor)
    log.note(request, user, kind)


def hold(request: HttpRequest, user: User, to: str) -> None:
    """Remember that this browser gave the password of ``user``, who is not signed in yet."""
    request.session.cycle_key()
    request.session[_PENDING] = {
        "user": user.pk,
        "at": timezone.now().isoformat(),
        "to": to,
        "hash": _hash(user),
    }


def _hash(user: User) -> str:
    return user.get_session_auth_hash()


def held(request: HttpRequest) -> tuple[User, str] | None:
    """Give whose password was given here just now, and where he was going; nothing when that is too long ago."""
    kept: dict[str, Any] | None = request.session.get(_PENDING)
    if kept is None or timezone.now() - datetime.fromisoformat(kept["at"]) > PATIENCE:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or kept["hash"] != _hash(user):  # the password was changed meanwhile
        return None
    return user, str(kept["to"])


def must_set_up(user: User, request: HttpRequest) -> bool:
    """Say whether a role of the user asks for a second factor that this session has not shown."""
    return user.pk in rules.REQUIRED.get() and not request.session.get(sessions.FACTOR)
