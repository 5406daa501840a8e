"""Signing in with a name and a password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from .models import User


def attempted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Give the name that somebody tried to sign in with, as accounts are named: the lock-out counts by it."""
    given = (credentials or {}).get("username") or request.POST.get("username") or ""
    return str(given).strip().casefold()[:255]


def _may_sign_in(user: User) -> bool:
    """Say whether the account is open: active, and one of the demonstration in the demonstration only."""
    return user.is_active and (settings.DEMO or not user.is_demo)


class AccountBackend(BaseBackend):
    """Checks the password of an active user; takes as long for an unknown name as for a known one."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if username is None or password is None:
            return None
        try:
            user = User.objects.get_by_natural_key(username)
        except User.DoesNotExist:
            User().set_password(password)  # the same work, so that time does not tell whether a name exists
            return None
        return user if user.check_password(password) and _may_sign_in(user) else None

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.filter(pk=user_id).first()
        return user if user is not None and _may_sign_in(user) else None
