"""What every page shows around its contents."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from .navigation import shell_for
from .settings_pages import settings_pages


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give ``navigation``, ``can_create`` and ``may_set`` (whether there are settings to open).

    Nothing for who is not signed in.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return shell_for(user, request.path) | {"may_set": bool(settings_pages(user))}
