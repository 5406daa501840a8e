"""What is done for a person or a customer: archives, erasure, legal holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.selectors import customer_by_number
from klantenbeheer.domains.contacts.models import Contact
from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import record_dialog
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.errors import InvalidInput, Refused

from . import plan as planning
from . import retention, selectors, services
from .choices import Fate
from .forms import HoldForm
from .models import PrivacyRequest
from .permissions import ERASE, PRIVACY


def _subject_of(request: HttpRequest, number: str) -> tuple[Customer, Contact | None, PrivacyRequest | None]:
    """Give whom this is about, and for which request (``?person=``, ``?request=``)."""
    actor = actor_of(request)
    customer = customer_by_number(actor, number)
    given = request.POST if request.method == "POST" else request.GET
    person = selectors.person_of(customer, given.get("person", ""))
    key = given.get("request", "")
    asked = selectors.request_by_id(actor, int(key)) if key.isdecimal() and len(key) < 19 else None
    if asked is not None and asked.customer_id != customer.pk:
        raise Http404
    return customer, person, asked


@needs(PRIVACY)
@require_GET
def subject(request: HttpRequest, number: str) -> HttpResponse:
    """A customer and his people: what was asked, what can be given out or erased, and what forbids it."""
    actor = actor_of(request)
    customer = customer_by_number(actor, number)
    today = timezone.localdate()
    context = {
        "customer": customer, "persons": selectors.persons_of(customer), "today": today,
        "requests": list(selectors.visible_requests(actor).filter(customer=customer)),
        "holds": retention.holds_of(customer), "kept": retention.retention_of(customer),
        "obstacles": retention.obstacles(customer), "archives": selectors.archives_of(actor, customer=customer),
        "erasings": list(selectors.visible_erasings(actor).filter(customer=customer)),
        "may_edit": actor.may(PRIVACY, Level.EDIT), "may_erase": actor.may(ERASE, Level.EDIT),
    }  # fmt: skip
    return htmx.render(request, "privacy/subject.html", context)


@needs(PRIVACY, write_level=Level.VIEW)
@require_POST
def archive_start(request: HttpRequest, number: str) -> HttpResponse:
    """Have an archive made; it can be fetched from its page."""
    customer, person, asked = _subject_of(request, number)
    made = services.archive_start(actor=actor_of(request), customer=customer, person=person, request=asked)
    return htmx.redirect(request, f"/privacy/archives/{made.pk}/")


@needs(PRIVACY)
def archive(request: HttpRequest, archive_id: int) -> HttpResponse:
    """One's own archive: how far it is, and the link to fetch it."""
    found = selectors.archive_by_id(actor_of(request), archive_id)
    context = {"archive": found, "job": found.job, "days": services.ARCHIVE_DAYS}
    return htmx.render(request, "privacy/archive_page.html", context, part="progress")


@needs(PRIVACY)
@require_GET
def archive_file(request: HttpRequest, archive_id: int) -> FileResponse:
    """The archive itself, to who asked for it."""
    found = selectors.archive_by_id(actor_of(request), archive_id)
    path = Path(settings.FILES) / "privacy" / found.path
    if not found.path or not path.is_file():
        raise Http404
    name = f"avg-{found.customer.number}-{found.pk}.zip"
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=name, content_type="application/zip"
    )
    response["Cache-Control"] = "private, no-store"
    return response


@needs(ERASE, Level.EDIT)
def erase(request: HttpRequest, number: str) -> HttpResponse:
    """Show exactly what would go, be anonymised and stay; on POST, with a reason, erase it. It cannot be undone."""
    customer, person, asked = _subject_of(request, number)
    problems: dict[str, list[Any]] = {}
    refusal = ""
    reason = request.POST.get("reason", "")
    if request.method == "POST":
        try:
            if request.POST.get("sure") != "1":
                raise InvalidInput({"sure": [_("Tick that you know that this cannot be undone.")]})
            started = services.erasing_start(
                actor=actor_of(request), customer=customer, person=person, reason=reason, request=asked
            )
        except InvalidInput as error:
            problems = error.problems
        except Refused as error:
            refusal = str(error)
        else:
            return htmx.redirect(request, f"/privacy/erasures/{started.pk}/")
    plan = planning.of_person(person) if person else planning.of_customer(customer)
    context = {
        "customer": customer, "person": person, "asked": asked, "plan": plan, "problems": problems, "reason": reason,
        "refusal": "" if plan.obstacles else refusal,
        "parts": [(fate, fate.label, plan.of(fate)) for fate in Fate if plan.of(fate)],
        "form_url": request.path,
    }  # fmt: skip
    return htmx.render(request, "privacy/erase.html", context, status=422 if problems or refusal else 200)


@needs(PRIVACY)
def erasing(request: HttpRequest, erasing_id: int) -> HttpResponse:
    """One erasure: how far it is, and what became of each kind of record."""
    found = selectors.erasing_by_id(actor_of(request), erasing_id)
    lines = [{**line, "word": str(Fate(line["fate"]).label)} for line in found.lines]
    context = {"erasing": found, "job": found.job, "lines": lines}
    return htmx.render(request, "privacy/erasing.html", context, part="progress")


@needs(PRIVACY, Level.EDIT)
def hold_new(request: HttpRequest, number: str) -> HttpResponse:
    """Forbid erasing anything of this customer."""
    actor = actor_of(request)
    customer = customer_by_number(actor, number)
    return record_dialog(
        request, form=HoldForm, title=_("Legal hold"), message=_("Legal hold noted."),
        initial={"since": timezone.localdate()},
        save=lambda values, version: services.hold_create(actor=actor, customer=customer, values=values),
        done=lambda saved: f"/privacy/customers/{customer.number}/",
    )  # fmt: skip


@needs(PRIVACY, Level.EDIT)
@require_POST
def hold_lift(request: HttpRequest, number: str, hold_id: int) -> HttpResponse:
    """End a legal hold."""
    actor = actor_of(request)
    customer = customer_by_number(actor, number)
    services.hold_lift(actor=actor, customer=customer, hold_id=hold_id)
    return htmx.toast(
        htmx.redirect(request, f"/privacy/customers/{customer.number}/"), _("Legal hold lifted.")
    )
