"""The page of the VAT check, and the evidence of one customer."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.permissions import CUSTOMERS, EXPORT
from klantenbeheer.customers.selectors import customer_by_number
from klantenbeheer.customers.vat import is_for_vies, remark_text, vat_status
from klantenbeheer.customers.views import show_saved
from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.exchange.writing import CsvWriter
from klantenbeheer.foundation.jobs.models import Job
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.kernel.actors import Actor, Level, Reach
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, Refused

from . import selectors, services, vies
from .choices import Selection
from .permissions import VAT_CHECK

_TONES = {"green": "success", "amber": "warning", "red": "danger", "blue": "info", "grey": "info"}


def _last_job(actor: Actor) -> Job | None:
    """Give the last check of the file; for who does not see all customers, the last of his own."""
    jobs = Job.objects.select_related("user").filter(kind=services.FILE_JOB)
    if actor.reach != Reach.ALL:
        jobs = jobs.filter(user_id=actor.user_id or 0)
    return jobs.order_by("-id").first()


def _halted(job: Job | None) -> str:
    """Say why the last check stopped early."""
    code = str(job.result.get("halted", "")) if job else ""
    if code == "NOT_ALLOWED":
        return _("The check stopped: who started it may not check any more.")
    return _("The check stopped: %(reason)s.") % {"reason": remark_text(code)} if code else ""


def _page(
    request: HttpRequest, *, problems: dict[str, list[Any]] | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    job = _last_job(actor)
    state = request.GET.get("state", "")
    tally = (
        {name: job.result.get(name, 0) for name in ("valid", "invalid", "no_answer", "refused", "not_asked")}
        if job
        else {}
    )
    counts = selectors.counts(actor)
    rows = selectors.in_state(actor, state) if state else []
    context = {
        "counts": counts, "state": state, "rows": rows,
        "cut_of": next((item.count for item in counts if item.key == state and item.count > len(rows)), 0),
        "job": job, "tally": tally, "halted": _halted(job), "waiting": selectors.waiting_count(actor),
        "latest": selectors.latest(actor), "selections": Selection.choices, "problems": problems or {},
        "may_start": actor.may(VAT_CHECK, Level.EDIT),
        "may_export": actor.may(EXPORT, Level.EDIT), "is_on": vies.is_on(), "requester": vies.requester_number(),
        "requester_typed": vies.requester_typed(), "valid_days": settings.VAT_VALID_DAYS,
        "typed": {"selection": request.POST.get("selection", ""), "days": request.POST.get("days", "90")},
    }  # fmt: skip
    response = htmx.render(request, "vat_check/page.html", context, part="progress", status=status)
    if htmx.wants_part(request) and (job is None or not job.is_open):
        # It ended while somebody looked: the rest of the page has news too.
        response["HX-Refresh"] = "true"
    return response


@needs(VAT_CHECK)
def page(request: HttpRequest) -> HttpResponse:
    """Counts per state, the check of the whole file with its progress, and the last answers."""
    return _page(request)


@needs(VAT_CHECK, Level.EDIT)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Start the check of the whole file."""
    try:
        services.file_check_start(
            actor=actor_of(request),
            selection=request.POST.get("selection", ""),
            days=request.POST.get("days", ""),
        )
    except InvalidInput as error:
        return _page(request, problems=error.problems, status=422)
    except Refused as error:
        return _page(request, problems={"__all__": [str(error)]}, status=422)
    return htmx.toast(htmx.redirect(request, "/vat-check/"), _("The check is in the queue."))


@needs(EXPORT, Level.EDIT)
def export(request: HttpRequest) -> StreamingHttpResponse:
    """All evidence as a file: the right to see it, and the right to take data out."""
    if not actor_of(request).may(VAT_CHECK):
        raise NotAllowed(right=VAT_CHECK)
    response = StreamingHttpResponse(_lines(actor_of(request)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="btw-controle.csv"'
    return response


def _lines(actor: Actor) -> Iterator[str]:
    buffer = io.StringIO()
    writer = CsvWriter(buffer, selectors.evidence_headers())
    for row in selectors.evidence_rows(actor):
        writer.write_row(row)
        if buffer.tell() > 65_536:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _evidence(request: HttpRequest, customer: Customer) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "customer": customer, "status": vat_status(customer), "answers": selectors.answers_of(customer),
        "waiting": selectors.waiting_of(customer), "dialog_size": "wide",
        "can_check": vies.is_on() and is_for_vies(customer) and actor.may(CUSTOMERS, Level.EDIT),
    }  # fmt: skip
    template = "vat_check/dialog.html" if htmx.wants_part(request) else "vat_check/evidence.html"
    return htmx.render(request, template, context)


@needs(VAT_CHECK)
def evidence(request: HttpRequest, number: str) -> HttpResponse:
    """Every answer about one customer's numbers: a dialog on the card, a page of its own otherwise."""
    return _evidence(request, customer_by_number(actor_of(request), number))


@needs(CUSTOMERS, Level.EDIT)
@require_POST
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Ask VIES about this customer now."""
    actor = actor_of(request)
    customer = customer_by_number(actor, number)
    services.check_one(actor=actor, customer_id=customer.pk)
    status = vat_status(customer_by_number(actor, number))
    word = "; ".join([status.word, *(reason.text for reason in status.reasons if reason.text != status.word)])
    return show_saved(request, customer, word, version=customer.version, tone=_TONES[status.colour])
