"""Merging on the screen: choose, look at what it does, do it; and what a merge did, with the way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from klantenbeheer.customers.merging import Choice, Option
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.permissions import CUSTOMERS
from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, NotFound, Refused

from . import selectors
from .merging import MOST, ChangedMeanwhile, customers_merge
from .permissions import MERGE
from .undoing import merge_undo
from .views import HOME, may_merge

_CHOOSE = "choose."


def _typed(data: Any) -> list[str]:
    return [number.strip() for number in data.getlist("customer") if number.strip()]


def _numbers(data: Any) -> list[str]:
    return list(dict.fromkeys(_typed(data)))[: MOST + 1]


def _chosen(data: Mapping[str, Any]) -> dict[str, str]:
    """Read what was chosen: of a box its last value counts, the hidden '0' stands before it."""
    return {
        name.removeprefix(_CHOOSE): str(data[name])[:20]
        for name in data
        if name.startswith((_CHOOSE, "keep."))
    }


def _lines(actor: Actor, plan: selectors.Plan, chosen: Mapping[str, str]) -> list[dict[str, Any]]:
    """Give the choices by group: of each an option per customer, with which one is ticked."""
    found: list[dict[str, Any]] = []
    for line in plan.choices:
        by_customer = {option.customer_id: option for option in line.options}
        taken = _taken(line, chosen) if line.may_choose(actor) else line.proposed
        options = [(by_customer.get(one.pk), one.number) for one in plan.customers]
        entry = {"choice": line, "options": options, "taken": taken, "fixed": not line.may_choose(actor)}
        if not found or found[-1]["group"] != str(line.group):
            found.append({"group": str(line.group), "lines": []})
        found[-1]["lines"].append(entry)
    return found


def _taken(line: Choice, chosen: Mapping[str, str]) -> int:
    typed = chosen.get(line.name, "")
    return int(typed) if typed in {str(one.customer_id) for one in line.options} else line.proposed


def _losing(actor: Actor, plan: selectors.Plan, chosen: Mapping[str, str]) -> list[tuple[Any, Option, str]]:
    """Give what would not survive: label, value, whose. An address that comes along as a further one does."""
    numbers = {one.pk: one.number for one in plan.customers}
    found = []
    for line in plan.choices:
        taken = _taken(line, chosen) if line.may_choose(actor) else line.proposed
        kept = next(one for one in line.options if one.customer_id == taken)
        if not line.name.startswith("address."):
            found += [
                (line.label, one, numbers[one.customer_id])
                for one in line.options
                if one.value and one.value != kept.value
            ]
    for box in plan.boxes:
        if chosen.get(box.name, "1") != "1":
            found.append((box.label, Option(0, box.text), ""))
    return found


@needs(MERGE, Level.EDIT)
def merge(request: HttpRequest) -> HttpResponse:
    """Choose what survives of two or more customers, the first of which stays; then see it; then do it."""
    actor = actor_of(request)
    data = request.POST if request.method == "POST" else request.GET
    context: dict[str, Any] = {"problems": [], "typed": "", "most": MOST}
    customers: list[Customer] = []
    for number in _numbers(data):
        try:
            customers += [
                one for one in selectors.customers_by_number(actor, [number]) if one not in customers
            ]
        except NotFound as error:
            context["problems"].append(str(error))
            context["typed"] = number
    if request.method != "POST" and len(customers) == 1 and len(_typed(data)) > 1 and not context["problems"]:
        context["problems"].append(_("That is one and the same customer."))
    if len(customers) > MOST:
        context["problems"].append(_("At most %(most)d customers can be merged at once.") % {"most": MOST})
        customers = customers[:MOST]
    chosen = _chosen(data)
    if request.method == "POST" and len(customers) < 2:
        context["problems"].append(_("A customer cannot be merged with himself: choose two or more."))
    elif request.method == "POST" and "confirmed" in data and not context["problems"]:
        versions = {
            # Longer than any version is another one, and too long for a number.
            one.pk: int(text[:10])
            for one in customers
            if (text := data.get(f"version.{one.pk}", "")).isdecimal()
        }
        try:
            done = customers_merge(
                actor=actor, keys=[one.pk for one in customers], survivor=customers[0].pk, chosen=chosen,
                versions=versions,
            )  # fmt: skip
        except InvalidInput as error:
            context["problems"] += [reason for reasons in error.problems.values() for reason in reasons]
        except (Refused, ChangedMeanwhile) as error:
            context["problems"].append(str(error))
            context["status"] = error.status
        else:
            return _done(request, done.pk, customers)
    status = context.pop("status", 422) if context["problems"] else 200
    if len(customers) > 1:
        plan = selectors.merge_plan(actor, customers)
        look = request.method == "POST" and "back" not in data and not context["problems"]
        context |= {
            "plan": plan, "groups": _lines(actor, plan, chosen), "look": look, "losing": _losing(actor, plan, chosen),
            "boxes": [(box, chosen.get(box.name, "1") == "1") for box in plan.boxes],
            "sent": [(name if name.startswith("keep.") else _CHOOSE + name, text) for name, text in chosen.items()],
        }  # fmt: skip
    context["customers"] = customers
    return htmx.render(request, "duplicates/merge.html", context, status=status)


def _done(request: HttpRequest, merge_id: int, customers: list[Customer]) -> HttpResponse:
    others = len(customers) - 1
    text = ngettext(
        "%(count)d customer merged with this one.", "%(count)d customers merged with this one.", others
    )
    response = htmx.redirect(request, f"/customers/{customers[0].number}/")
    return htmx.toast(response, text % {"count": others}, f"{HOME}merges/{merge_id}/undo/")


@needs(CUSTOMERS)
def merged(request: HttpRequest, merge_id: int) -> HttpResponse:
    """What a merge did: what moved, and what did not survive."""
    actor = actor_of(request)
    context = {"shown": selectors.merge_by_id(actor, merge_id), "may_merge": may_merge(actor)}
    return htmx.render(request, "duplicates/merged.html", context)


@needs(MERGE, Level.EDIT)
@require_POST
def undo(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Take a merge back."""
    done = merge_undo(actor=actor_of(request), merge_id=merge_id)
    text = _("The merge was undone: every customer is back.")
    return htmx.toast(htmx.redirect(request, f"/customers/{done.survivor_number}/"), text)
