"""Error answers: a page for a browser, a fragment for htmx."""

from __future__ import annotations

import html
import sys
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.html import strip_tags

from klantenbeheer.kernel.disk import is_full

from . import htmx

# Typed text that is never sent back to the browser.
_SECRET = ("password", "csrfmiddlewaretoken")


def answer(
    request: HttpRequest, template: str, status: int, context: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Answer with an error page; as htmx part it is the page's fragment.

    A form that htmx sent stays on the screen as it was typed: the error comes as a toast. Who is signed in keeps the
    app bar, to go on from there.
    """
    response = render(request, template, {**(context or {}), "layout": _layout(request)}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    if request.method not in ("GET", "HEAD") and htmx.wants_part(request):
        words = html.unescape(strip_tags(response.content.decode().replace("</h1>", ": ")))
        htmx.toast(response, " ".join(words.split())[:600], tone="danger")
        response["HX-Reswap"] = "none"
    return response


def _layout(request: HttpRequest) -> str:
    if htmx.wants_part(request):
        return "ui/error_part.html"
    user = getattr(request, "user", None)  # absent when an earlier middleware failed
    return "ui/error_page.html" if user is not None and user.is_authenticated else "ui/signin.html"


def disk_full(request: HttpRequest) -> HttpResponse:
    """507, with what was typed and a button to send it once more."""
    try:
        typed = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if not any(word in name for word in _SECRET)
        ]
        complete = not request.FILES and not any("password" in name for name in request.POST)
    except Exception:  # noqa: BLE001 - the upload itself may be what did not fit on the disk
        typed, complete = [], False
    return answer(request, "507.html", 507, {"typed": typed if complete else []})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what came in cannot be read."""
    return answer(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the role does not allow it."""
    return answer(request, "403.html", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such address or record, or not for this user."""
    return answer(request, "404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 507 when a full disk stopped a middleware (an upload, the session).

    Context processors may be what broke, so the page is made without them if they fail.
    """
    full = is_full(sys.exc_info()[1])
    try:
        return disk_full(request) if full else answer(request, "500.html", 500)
    except Exception:  # noqa: BLE001 - whatever failed, the user gets an answer
        return HttpResponse(render_to_string("507.html" if full else "500.html"), status=507 if full else 500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old (``CSRF_FAILURE_VIEW``)."""
    return answer(request, "403_csrf.html", 403)
