"""Error answers: a page for a browser, a fragment for htmx."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from klantenbeheer.kernel.disk import is_full


def _answer(request: HttpRequest, template: str, status: int) -> HttpResponse:
    response = render(request, template, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what came in cannot be read."""
    return _answer(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the role does not allow it."""
    return _answer(request, "403.html", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such address or record, or not for this user."""
    return _answer(request, "404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 507 when a full disk stopped a middleware (an upload, the session).

    Context processors may be what broke, so the page is made without them if they fail.
    """
    status = 507 if is_full(sys.exc_info()[1]) else 500
    try:
        return _answer(request, f"{status}.html", status)
    except Exception:  # noqa: BLE001 - whatever failed, the user gets an answer
        return HttpResponse(render_to_string(f"{status}.html"), status=status)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old (``CSRF_FAILURE_VIEW``)."""
    return _answer(request, "403_csrf.html", 403)
