"""Turns errors that a view did not handle into an answer that the user understands."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from klantenbeheer.kernel.disk import is_full
from klantenbeheer.kernel.errors import KlantenbeheerError, NotAllowed, NotFound, Refused

from . import errors

_log = logging.getLogger(__name__)
_PAGES = {NotAllowed: "403.html", NotFound: "404.html"}


class Errors:
    """Answers the product's own errors with their status, a full disk with 507; all else stays Django's.

    Services check first and say precisely what is wrong. What only the database saw (somebody deleted the condition
    group, or took the number, between the check and the end of the transaction) is told in general words.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Give the answer, or ``None`` for what is not ours."""
        if is_full(error):
            return errors.disk_full(request)
        if isinstance(error, IntegrityError):
            _log.warning("refused by the database: %s", request.path, exc_info=error)
            words = _(
                "At the same moment somebody else took this name or number, or deleted what this refers to. Nothing "
                "was saved; look again and try once more."
            )
            return errors.answer(request, "ui/refused.html", 409, {"error": Refused(words)})
        if not isinstance(error, KlantenbeheerError):
            return None
        page = next((name for kind, name in _PAGES.items() if isinstance(error, kind)), "ui/refused.html")
        return errors.answer(request, page, error.status, {"error": error})
