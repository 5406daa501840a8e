"""Start-up check: no route without a declaration of who may use it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, URLResolver, get_resolver

from .guard import Guard
from .rights import RIGHTS


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Give every route of the product as (path pattern, url pattern)."""
    resolver = resolver or get_resolver()
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, path)
        else:
            yield path, pattern


def every_route_is_guarded(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Find routes without a guard, and guards with an unknown right."""
    found: list[CheckMessage] = []
    for path, pattern in routes():
        guard = getattr(pattern.callback, "guard", None)
        if not isinstance(guard, Guard):
            found.append(Error(f"The route {path!r} declares no guard.", id="access.E001"))
        elif guard.right and guard.right not in RIGHTS:
            found.append(
                Error(f"The route {path!r} asks an unknown right {guard.right!r}.", id="access.E002")
            )
    return found
