"""Turns errors that a view did not handle into an answer that the user understands."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from klantenbeheer.kernel.disk import is_full
from klantenbeheer.kernel.errors import KlantenbeheerError, NotAllowed, NotFound

from . import errors

_PAGES = {NotAllowed: "403.html", NotFound: "404.html"}


class Errors:
    """Answers the product's own errors with their status, a full disk with 507; all else stays Django's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Give the answer, or ``None`` for what is not ours."""
        if is_full(error):
            return errors.disk_full(request)
        if not isinstance(error, KlantenbeheerError):
            return None
        page = next((name for kind, name in _PAGES.items() if isinstance(error, kind)), "ui/refused.html")
        return errors.answer(request, page, error.status, {"error": error})
