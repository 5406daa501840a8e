"""Whole page or part: how views answer a browser that may be swapping, and what they can tell its scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render as render_template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.encoding import iri_to_uri
from django_htmx.http import trigger_client_event

from klantenbeheer.foundation.audit.context import noted_actions
from klantenbeheer.foundation.audit.undo import may_take_back_own

TOAST_COOKIE = "kb_toast"


def wants_part(request: HttpRequest) -> bool:
    """Say whether ``request`` replaces a part of a page that is already there.

    A boosted link and a history restore (htmx lost its copy of the page) need the whole page.
    """
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


@contextmanager
def shown_zone(request: HttpRequest) -> Iterator[None]:
    """Show times in the zone that the user chose for himself, around making text of a template.

    Only there: which day it is, and so what holds today, stays a matter of the company's zone.
    """
    zone = getattr(getattr(request, "user", None), "time_zone", "")
    with timezone.override(ZoneInfo(zone)) if zone else nullcontext():
        yield


def to_text(template: str, context: Mapping[str, Any], request: HttpRequest) -> str:
    """Make the text of a part that a view puts in its answer itself, in the user's own time zone."""
    with shown_zone(request):
        return render_to_string(template, dict(context), request)


def render(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    part: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with ``template``, or only its partial ``part`` when htmx swaps a part.

    ``part`` is the name of a ``{% partialdef %}`` in the template. Without it the whole template is always
    given, which is right for templates that are fragments themselves. The answer varies on ``HX-Request`` so
    that no cache gives a part to someone who asked for the page.
    """
    name = f"{template}#{part}" if part and wants_part(request) else template
    with shown_zone(request):
        response = render_template(request, name, dict(context or {}), status=status)
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


def toast(
    response: HttpResponse, message: Any, undo_url: str | None = None, *, tone: str = "success"
) -> HttpResponse:
    """Let the browser show ``message`` after this response; ``undo_url`` adds a button that posts to it.

    What the request wrote with history can be undone without more: the button is there by itself.
    ``tone`` is 'success', 'info', 'warning' or 'danger'. Works on htmx answers (an event in ``HX-Trigger``)
    and on redirects, whose headers scripts never see (a cookie for one minute, read once by the next page).
    Gives ``response`` back.
    """
    detail = {"message": str(message), "tone": tone}
    undo_url = undo_url or (_undo_url() if tone in ("success", "info") else None)
    if undo_url:
        detail["undo_url"] = undo_url
    if 300 <= response.status_code < 400:
        response.set_cookie(TOAST_COOKIE, quote(json.dumps(detail)), max_age=60, samesite="Lax")
        return response
    return trigger_client_event(response, "kb:toast", detail)


def _undo_url() -> str | None:
    """Give where to post to undo what this request did: its one action, unless who did it could not undo it."""
    found = noted_actions()
    if len(found) != 1 or not may_take_back_own(found[0].actor, found[0].action, found[0].wrote):
        return None
    return f"/history/undo/{found[0].action.pk}/"


def close_dialog(response: HttpResponse) -> HttpResponse:
    """Let the browser close the open dialog and return focus to where it was. Gives ``response`` back."""
    return trigger_client_event(response, "kb:close-dialog", {"close": True})


def redirect(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to ``url``: a 302, or ``HX-Redirect`` for htmx, which would follow a 302 unseen.

    ``url`` is an address of ours, never one that came in with the request.
    """
    if not wants_part(request):
        return HttpResponseRedirect(url)
    response = HttpResponse()
    response["HX-Redirect"] = iri_to_uri(url)
    return response
