"""The dialog of the opening hours, and the line in the head of the card."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.audit.models import at_version
from klantenbeheer.foundation.ui import conflict, htmx
from klantenbeheer.foundation.ui.dialogs import posted_version
from klantenbeheer.kernel import hours as kernel
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.countries import country_name
from klantenbeheer.kernel.errors import InvalidInput, StaleVersion

from . import hours, selectors
from .models import Customer
from .permissions import CUSTOMERS
from .views import show_saved


def _day_names() -> dict[str, str]:
    words = (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )
    return dict(zip(kernel.DAYS, words, strict=True))


def _labels(typed: hours.Typed) -> dict[str, str]:
    parts = {"first": _("from"), "last": _("until"), "hours": _("hours"), "reason": _("reason")}
    labels = _day_names() | {"holidays": _("Public holidays"), "zone": _("Time zone")}
    for name in typed:
        if name.startswith("exception."):
            _word, place, part = name.split(".")
            labels[name] = _("Exception %(number)d: %(part)s") % {
                "number": int(place) + 1,
                "part": parts[part],
            }
    return labels


def _conflict(request: HttpRequest, customer: Customer, typed: hours.Typed, version: int) -> HttpResponse:
    theirs = hours.typed_values(customer)
    before = at_version(customer, version)
    was = hours.typed_values(before.instance) if before else {}
    labels = _labels(typed | theirs)
    rows = [
        conflict.Row(
            name,
            labels[name],
            (typed.get(name, ""),),
            (theirs.get(name, ""),),
            typed.get(name, ""),
            theirs.get(name, ""),
            touched=typed.get(name, "").strip() != was.get(name, ""),
        )
        for name in labels
        if name in typed or name in theirs
    ]
    title = _("Opening hours of %(name)s: two versions") % {"name": customer.name}
    return conflict.answer(
        request, customer, rows, title=title, form_url=f"/customers/{customer.number}/hours"
    )


def _exceptions(typed: hours.Typed, problems: dict[str, list[str]], rows: int) -> list[dict[str, Any]]:
    return [
        {
            part: {
                "name": f"exception.{place}.{part}",
                "value": typed.get(f"exception.{place}.{part}", ""),
                "problems": problems.get(f"exception.{place}.{part}", []),
            }
            for part in hours.EXCEPTION_PARTS
        }
        for place in range(rows)
    ]


def _read_only(request: HttpRequest, customer: Customer) -> HttpResponse:
    """The week, what is still to come of the exceptions, and the holidays, for who may not change them."""
    plan, today = kernel.from_json(customer.opening_hours), timezone.localdate()
    country = customer.country or "NL"
    context = {
        "customer": customer, "hours": hours.now_of(customer),
        "days": [
            (name, kernel.intervals_text(plan.week[place]))
            for place, name in enumerate(_day_names().values())
        ],
        "exceptions": [
            (one, kernel.intervals_text(one.intervals)) for one in plan.exceptions if one.last >= today
        ],
        "open_on_holidays": plan.open_on_holidays, "zone": hours.zone_of(plan, customer.country),
        "holidays": hours.coming(country), "country": country_name(country, get_language() or "nl"),
    }  # fmt: skip
    return htmx.render(request, "customers/hours_read.html", context)


@needs(CUSTOMERS)
def dialog(request: HttpRequest, number: str) -> HttpResponse:
    """A week, exceptions, holidays and the zone in one dialog; copying a day, or a further row, stores nothing.

    Who may not change them reads them.
    """
    actor = actor_of(request)
    customer = selectors.customer_by_number(actor, number)
    if not actor.may(CUSTOMERS, Level.EDIT):
        return _read_only(request, customer)
    typed, version = hours.typed_values(customer), customer.version
    problems: dict[str, list[str]] = {}
    rows = hours.exception_count(typed) + 1
    if request.method == "POST":
        version = posted_version(request)
        typed = hours.sent_values(conflict.merge(request.POST, {k: (v,) for k, v in typed.items()}))
        rows = hours.exception_count(typed)
        if "copy" in request.POST:
            typed = hours.copied(typed, *request.POST["copy"].partition(":")[::2])
        elif "more" in request.POST:
            rows = min(rows + 1, hours.EXCEPTIONS_MOST)
        else:
            try:
                saved = hours.hours_save(actor=actor, customer_id=customer.pk, version=version, typed=typed)
            except StaleVersion:
                return _conflict(request, customer, typed, version)
            except InvalidInput as error:
                problems = error.problems
            else:
                return show_saved(request, saved, _("Opening hours saved."), version=version)
    names = _day_names()
    country = customer.country or "NL"
    context = {
        "customer": customer, "version": version, "problems": problems, "dialog_size": "wide",
        "form_url": f"/customers/{number}/hours",
        "days": [
            {"key": day, "label": names[day], "value": typed.get(day, ""), "problems": problems.get(day, [])}
            for day in kernel.DAYS
        ],
        "exceptions": _exceptions(typed, problems, rows), "typed": typed,
        "zones": kernel.zones_of(country), "zone_problems": problems.get("zone", []),
        "holidays": hours.coming(country), "country": country_name(country, get_language() or "nl"),
    }  # fmt: skip
    return htmx.render(request, "customers/hours.html", context, status=422 if problems else 200)


@needs(CUSTOMERS)
def now(request: HttpRequest, number: str) -> HttpResponse:
    """The line in the head, asked again at the minute in which it changes."""
    customer = selectors.customer_by_number(actor_of(request), number)
    context = {"customer": customer, "hours": hours.now_of(customer)}
    return htmx.render(request, "customers/hours_now.html", context)
