"""Turns errors that a view did not handle into an answer that the user understands."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from urllib.parse import quote

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from klantenbeheer.kernel.disk import is_full
from klantenbeheer.kernel.errors import InvalidInput, KlantenbeheerError, Moved, NotAllowed, NotFound, Refused

from . import errors, htmx

_log = logging.getLogger(__name__)
_DIALOG = re.compile(rb"\s*<dialog\s")
_TITLE = re.compile(r'<h2 id="page-dialog-title">(.*?)</h2>', re.DOTALL)
_PAGES = {NotAllowed: "403.html", NotFound: "404.html"}


class DialogPages:
    """Gives a dialog a page around it where no page is waiting for it: a link opened in a new window, no script."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.streaming or htmx.wants_part(request) or not _DIALOG.match(response.content):
            return response
        # Our own templates rendered it, with everything in it escaped.
        dialog = response.content.decode()
        title = _TITLE.search(dialog)
        context = {
            "dialog": SafeString(dialog),
            "title": SafeString(title[1]) if title else "",
            "back": _behind(request.path),
        }
        response.content = render_to_string("ui/dialog_page.html", context, request)
        patch_vary_headers(response, ["HX-Request"])
        return response


def _behind(path: str) -> str:
    """Give the page that a dialog belongs to: the card of a customer, one record or the list of something else."""
    parts = path.strip("/").split("/")
    deep = len(parts) > 2 and (parts[0] in ("customers", "settings") or parts[1].isdigit())
    return "/" + "/".join(parts[: 2 if deep else 1]) + "/"


def _clean_page(request: HttpRequest, error: KlantenbeheerError) -> str:
    """Give the page that was asked for without what its address asks and is refused; not of files and windows."""
    asked = request.method in ("GET", "HEAD") and bool(request.GET) and request.path.endswith("/")
    if not asked or not isinstance(error, InvalidInput):
        return ""
    return error.clean_url or quote(request.path)


def _lead_on(request: HttpRequest, error: Moved) -> HttpResponse:
    """Send who reads an old address to the new one, with a word; who writes to it is told, and nothing is written."""
    parts = request.path.split("/")
    places = [place for place, part in enumerate(parts) if part.upper() == error.former.upper()]
    if request.method not in ("GET", "HEAD") or not places:
        return errors.answer(request, "ui/refused.html", error.status, {"error": error})
    parts[places[0]] = error.number
    query = request.META.get("QUERY_STRING", "")
    url = quote("/".join(parts)) + (f"?{query}" if query else "")
    return htmx.toast(htmx.redirect(request, url), error, tone="info")


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
        if isinstance(error, Moved):
            return _lead_on(request, error)
        page = next((name for kind, name in _PAGES.items() if isinstance(error, kind)), "ui/refused.html")
        context = {"error": error, "clean_url": _clean_page(request, error)}
        return errors.answer(request, page, error.status, context)
