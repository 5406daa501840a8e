"""What templates know of the user."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def signed_in(request: HttpRequest) -> dict[str, Any]:
    """Give ``user``."""
    return {"user": getattr(request, "user", None)}
