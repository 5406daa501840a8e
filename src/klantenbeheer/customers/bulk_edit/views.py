"""Changing many customers in the browser: the selection, what to do, what it would do, and how far it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.lists.conditions import Group
from klantenbeheer.foundation.lists.fields import in_words
from klantenbeheer.foundation.lists.views import address, back_of
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.errors import InvalidInput
from klantenbeheer.kernel.text import clean

from .. import list_fields
from ..list_kind import CUSTOMER_LIST, query_of
from ..permissions import BULK, CUSTOMERS
from . import jobs, plans, services
from .models import BulkEdit
from .plans import MARKED


@needs(BULK, Level.EDIT)
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Keep what was chosen in the list, and ask what to do with it."""
    actor = actor_of(request)
    by_filter = request.POST.get("all") == "1"
    edit = services.edit_create(
        actor=actor, parameters=back_of(request) if by_filter else None,
        numbers=[clean(number) for number in request.POST.getlist("number")],
    )  # fmt: skip
    return htmx.redirect(request, f"/customers/bulk/{edit.pk}")


@needs(CUSTOMERS)
def page(request: HttpRequest, edit_id: int) -> HttpResponse:
    """What to do and what it would do; once begun, how far it is and what became of it."""
    actor = actor_of(request)
    edit = services.edit_of(actor, edit_id)
    context: dict[str, Any] = {
        "edit": edit,
        "job": edit.job,
        "back_url": address(CUSTOMER_LIST, edit.parameters),
    }
    if edit.is_started:
        context |= _result(edit)
        return htmx.render(request, "customers/bulk/page.html", context, part="state")
    services.require(actor)
    offered = plans.offered(actor)
    field = request.GET.get("field", "")
    value = request.GET.get("value", "")
    problems: dict[str, list[str]] = {}
    if field:
        try:
            if field not in dict(offered):
                raise InvalidInput(
                    {"field": [_("“%(value)s” cannot be changed for many at once.") % {"value": field[:40]}]}
                )
            context["input"] = plans.input_of(field, value, [])
            if "preview" in request.GET:
                plan = plans.plan_of(actor, field, value)
                context |= {"plan": plan, "preview": plans.preview(services.chosen(actor, edit), plan)}
        except InvalidInput as error:
            problems = error.problems
            if "value" in problems:
                context["input"] = plans.input_of(field, value, problems["value"])
    context |= {
        "offered": offered, "field": field, "value": value, "problems": problems,
        "count": services.chosen(actor, edit).count(), "conditions": _conditions(request, edit),
    }  # fmt: skip
    return htmx.render(request, "customers/bulk/page.html", context, status=422 if problems else 200)


def _conditions(request: HttpRequest, edit: BulkEdit) -> list[str]:
    """Give what the selection is narrowed by, in words."""
    if not edit.by_filter:
        return []
    actor = actor_of(request)
    query, fields = query_of(actor, edit.parameters), list_fields.fields(actor)
    found = []
    for item in query.where.items:
        own = item.items if isinstance(item, Group) else (item,)
        joint = _(" or ") if isinstance(item, Group) and item.any else _(" and ")
        found.append(joint.join(in_words(fields.get(one.field), one) for one in own))
    if query.where.any:
        found = [_(" or ").join(found)]
    known = {
        "status": "status",
        "country": "country",
        "territory": "territory",
        "group": "condition_group",
        "code": "code",
    }
    for name, key in known.items():
        if getattr(query, name):
            choices = dict(fields[key].choices()) if fields[key].choices else {}  # type: ignore[misc]  # checked
            found.append(f"{fields[key].label}: {choices.get(getattr(query, name), getattr(query, name))}")
    found += [str(fields[key].label) for key in ("marked", "flagged") if getattr(query, key)]
    found += [f"{fields[key].label if key in fields else key}: {text}" for key, text in query.extra]
    return [f"“{query.q}”", *found] if query.q else found


def _result(edit: BulkEdit) -> dict[str, Any]:
    open_job = edit.job if edit.job is not None and edit.job.is_open else None
    handled = edit.changed + edit.already + sum(edit.refused.values())
    return {
        "open_job": open_job, "handled": handled, "refused": sorted(edit.refused.items()),
        "is_marking": edit.field == MARKED,
        "may_undo": open_job is None and edit.changed > 0 and edit.step != BulkEdit.Step.UNDONE,
    }  # fmt: skip


@needs(BULK, Level.EDIT)
@require_POST
def start(request: HttpRequest, edit_id: int) -> HttpResponse:
    """Do it."""
    actor = actor_of(request)
    edit = services.edit_of(actor, edit_id)
    edit = jobs.start(
        actor=actor, edit=edit, field=request.POST.get("field", ""), value=request.POST.get("value", "")
    )
    response = htmx.redirect(request, f"/customers/bulk/{edit.pk}")
    return response if edit.job is not None else _told(response, edit)


def _told(response: HttpResponse, edit: BulkEdit) -> HttpResponse:
    text = ngettext("%(count)d customer changed.", "%(count)d customers changed.", edit.changed) % {
        "count": edit.changed
    }
    return htmx.toast(response, text)


def mark_all(request: HttpRequest, *, marked: bool) -> HttpResponse:
    """Mark, or unmark, all that fit."""
    actor = actor_of(request)
    parameters = back_of(request)
    edit = services.edit_create(actor=actor, parameters=parameters, marking=True)
    edit = jobs.start(actor=actor, edit=edit, field=MARKED, value="1" if marked else "0")
    if edit.job is not None:
        return htmx.redirect(request, f"/customers/bulk/{edit.pk}")
    text = _("%(count)d marked.") if marked else _("%(count)d no longer marked.")
    response = htmx.redirect(request, address(CUSTOMER_LIST, edit.parameters))
    undo_url = f"/customers/bulk/{edit.pk}/undo" if edit.changed else None
    return htmx.toast(response, text % {"count": edit.changed}, undo_url)


@needs(CUSTOMERS, write_level=Level.VIEW)
@require_POST
def undo(request: HttpRequest, edit_id: int) -> HttpResponse:
    """Take it back as a whole."""
    actor = actor_of(request)
    edit = jobs.undo(actor=actor, edit=services.edit_of(actor, edit_id))
    if edit.job is not None and edit.job.is_open:
        return htmx.redirect(request, f"/customers/bulk/{edit.pk}")
    response = htmx.redirect(request, address(CUSTOMER_LIST, edit.parameters))
    return htmx.toast(response, _("Undone."))
