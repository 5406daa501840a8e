"""Turns errors that a view did not handle into an answer that the user understands."""

from __future__ import annotations

import errno
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from klantenbeheer.kernel.errors import KlantenbeheerError, NotAllowed, NotFound

_PAGES = {NotAllowed: "403.html", NotFound: "404.html"}
# PostgreSQL's code for a full disk, and SQLite's words: it has no code that reaches us.
_DISK_FULL_SQLSTATE = "53100"
_DISK_FULL_WORDS = "disk is full"


def disk_is_full(error: BaseException) -> bool:
    """Say whether ``error`` means that the server's disk is full, from the system or either database."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    if isinstance(error, DatabaseError):
        sqlstate = getattr(error.__cause__, "sqlstate", None)
        return sqlstate == _DISK_FULL_SQLSTATE or _DISK_FULL_WORDS in str(error)
    return False


class Errors:
    """Answers the product's own errors with their status, a full disk with 507; all else stays Django's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Give the answer, or ``None`` for what is not ours."""
        if disk_is_full(error):
            return render(request, "507.html", status=507)
        if not isinstance(error, KlantenbeheerError):
            return None
        page = next((name for kind, name in _PAGES.items() if isinstance(error, kind)), "ui/refused.html")
        return render(request, page, {"error": error}, status=error.status)
