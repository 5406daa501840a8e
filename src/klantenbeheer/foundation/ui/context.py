"""What every page shows around its contents."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from .navigation import shell_for


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give ``navigation`` and ``can_create``; empty for who is not signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return shell_for(user, request.path)
