"""The register of requests: the list, one request, and the dialogs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from klantenbeheer.customers.selectors import customer_by_number
from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.exchange.writing import CsvWriter
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import record_dialog
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import NotFound

from . import selectors, services
from .choices import Kind
from .forms import ChangeForm, CloseForm, RequestForm
from .models import PrivacyRequest
from .permissions import PRIVACY

REGISTER = "/privacy/"


def _wanted(request: HttpRequest) -> selectors.Filter:
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    return selectors.Filter(
        state if state in selectors.STATES else "", kind if kind in Kind.values else "",
        request.GET.get("number", "").strip()[:20],
    )  # fmt: skip


@needs(PRIVACY)
def register(request: HttpRequest) -> HttpResponse:
    """The requests, what is due, and what was erased."""
    actor, wanted = actor_of(request), _wanted(request)
    rows = list(selectors.requests(actor, wanted)[: selectors.SHOWN + 1])
    words = {
        "open": _("Still open"),
        "late": _("Too late"),
        "soon": _("Due within a week"),
        "done": _("Done"),
    }
    tones = {"late": "danger", "soon": "warning"}
    found = selectors.counts(actor)
    context = {
        "rows": rows[: selectors.SHOWN], "cut": len(rows) > selectors.SHOWN, "shown": selectors.SHOWN,
        "counts": [
            (key, word, found[key], tones.get(key, "neutral") if found[key] else "neutral")
            for key, word in words.items()
        ],
        "wanted": wanted, "kinds": Kind.choices, "today": timezone.localdate(),
        "may_edit": actor.may(PRIVACY, Level.EDIT), "erasings": list(selectors.visible_erasings(actor)[:50]),
        "rest_due": selectors.rest_due(actor), "query": request.GET.urlencode(),
    }  # fmt: skip
    return htmx.render(request, "privacy/register.html", context)


@needs(PRIVACY)
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The register as a file, as it is filtered."""
    response = StreamingHttpResponse(
        _lines(actor_of(request), _wanted(request)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="avg-register.csv"'
    return response


def _lines(actor: Actor, wanted: selectors.Filter) -> Iterator[str]:
    buffer = io.StringIO()
    writer = CsvWriter(buffer, selectors.register_headers())
    for row in selectors.register_rows(actor, wanted):
        writer.write_row(row)
    yield buffer.getvalue()


def _persons(request: HttpRequest) -> list[tuple[str, str]]:
    """Give the contact persons to choose from, of the customer whose number is at hand."""
    number = (request.POST if request.method == "POST" else request.GET).get("customer_number", "").strip()
    if not number:
        return []
    try:
        customer = customer_by_number(actor_of(request), number)
    except NotFound:
        return []
    return [(str(one.pk), one.full_name) for one in selectors.persons_of(customer)]


@needs(PRIVACY, Level.EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """Enter a request."""
    actor = actor_of(request)
    initial = {key: request.GET.get(key, "")[:20] for key in ("customer_number", "person_id")}
    return record_dialog(
        request, form=partial(RequestForm, persons=_persons(request)), title=_("Privacy request"),
        message=_("Request entered."), initial={**initial, "received_on": timezone.localdate()},
        save=lambda values, version: services.request_create(actor=actor, values=values),
        done=lambda saved: f"{REGISTER}{saved.pk}/",
    )  # fmt: skip


@needs(PRIVACY)
def detail(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request, and what can be done for it."""
    actor = actor_of(request)
    found = selectors.request_by_id(actor, request_id)
    context: dict[str, Any] = {
        "item": found, "today": timezone.localdate(), "may_edit": actor.may(PRIVACY, Level.EDIT),
        "archives": selectors.archives_of(actor, request=found),
        "erasings": list(selectors.visible_erasings(actor).filter(request=found)),
        "person": _person(found),
    }  # fmt: skip
    return htmx.render(request, "privacy/request.html", context)


def _person(found: PrivacyRequest) -> Any:
    if found.customer is None or found.person_id is None:
        return None
    try:
        return selectors.person_of(found.customer, found.person_id)
    except NotFound:
        return None


@needs(PRIVACY, Level.EDIT)
def edit(request: HttpRequest, request_id: int) -> HttpResponse:
    """Change a request that is open."""
    actor = actor_of(request)
    found = selectors.request_by_id(actor, request_id)
    return record_dialog(
        request, form=ChangeForm, title=found.get_kind_display(), record=found, message=_("Saved."),
        save=lambda values, version: services.request_update(
            actor=actor, request_id=request_id, version=version, values=values
        ),
        done=lambda saved: f"{REGISTER}{saved.pk}/",
    )  # fmt: skip


@needs(PRIVACY, Level.EDIT)
def close(request: HttpRequest, request_id: int) -> HttpResponse:
    """Say how a request ended."""
    actor = actor_of(request)
    found = selectors.request_by_id(actor, request_id)
    if found.done_on is None:
        found.done_on = timezone.localdate()
    return record_dialog(
        request, form=CloseForm, title=_("Close the request"), record=found, message=_("Request closed."),
        save=lambda values, version: services.request_close(
            actor=actor, request_id=request_id, version=version, values=values
        ),
        done=lambda saved: f"{REGISTER}{saved.pk}/",
    )  # fmt: skip


@needs(PRIVACY, Level.EDIT)
@require_POST
def reopen(request: HttpRequest, request_id: int) -> HttpResponse:
    """Open a closed request again."""
    actor = actor_of(request)
    found = selectors.request_by_id(actor, request_id)
    services.request_reopen(actor=actor, request_id=found.pk)
    return htmx.toast(htmx.redirect(request, f"{REGISTER}{found.pk}/"), _("Request opened again."))
