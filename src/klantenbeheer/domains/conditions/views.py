"""Pages of the condition groups: the list, a group with its customers, and the dialogs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from klantenbeheer.customers.models import GENERAL_GROUP
from klantenbeheer.customers.permissions import CUSTOMERS
from klantenbeheer.foundation.access.guard import actor_of, needs
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.foundation.ui.dialogs import record_dialog
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.errors import Refused

from . import jobs, selectors, services
from .forms import GroupForm
from .permissions import CONDITIONS

SHOWN = 50
LIST = "/condition-groups/"


@needs(CONDITIONS)
def group_list(request: HttpRequest) -> HttpResponse:
    """Every group: what it gives today and how many customers are in it."""
    actor, today = actor_of(request), timezone.localdate()
    rows = [
        {"group": group, "count": count, "given": selectors.conditions_of(group, today)}
        for group, count in selectors.groups_with_counts(actor)
    ]
    context = {
        "rows": rows,
        "may_edit": actor.may(CONDITIONS, Level.EDIT),
        "general": GENERAL_GROUP,
        "may_delete": services.may_delete_group(actor),
        "deleted": selectors.deleted_lately(),
    }
    return htmx.render(request, "conditions/list.html", context)


@needs(CONDITIONS)
def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """One group with the first of its customers."""
    actor = actor_of(request)
    found = selectors.group_by_id(group_id)
    customers = selectors.customers_of(actor, found)
    context = {
        "group": found, "given": selectors.conditions_of(found, timezone.localdate()), "customers": customers[:SHOWN],
        "count": customers.count(), "shown": SHOWN, "may_edit": actor.may(CONDITIONS, Level.EDIT),
        "may_delete": services.may_delete_group(actor), "is_general": found.pk == GENERAL_GROUP,
        "may_list": actor.may(CUSTOMERS),
    }  # fmt: skip
    return htmx.render(request, "conditions/group.html", context)


@needs(CONDITIONS, Level.EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """A new group."""
    actor = actor_of(request)
    return record_dialog(
        request, form=GroupForm, title=_("Condition group"), message=_("Group added."),
        save=lambda values, version: services.group_create(actor=actor, values=values),
        done=lambda saved: f"{LIST}{saved.pk}/",
    )  # fmt: skip


@needs(CONDITIONS, Level.EDIT)
def edit(request: HttpRequest, group_id: int) -> HttpResponse:
    """Change a group."""
    actor = actor_of(request)
    found = selectors.group_by_id(group_id)
    return record_dialog(
        request, form=GroupForm, title=found.name, record=found, message=_("Saved."),
        save=lambda values, version: services.group_update(
            actor=actor, group_id=group_id, version=version, values=values
        ),
        done=lambda saved: f"{LIST}{saved.pk}/",
    )  # fmt: skip


@needs(CONDITIONS, Level.EDIT)
def delete(request: HttpRequest, group_id: int) -> HttpResponse:
    """Show how many and which customers would move; on POST delete the group and move them."""
    actor = actor_of(request)
    services.require_delete_group(actor)
    found = selectors.group_by_id(group_id)
    if group_id == GENERAL_GROUP:
        raise Refused(
            _("The general group cannot be deleted: every customer must be in a group."), code="general"
        )
    customers = selectors.customers_of(actor, found)
    count = customers.count()
    if request.method != "POST":
        context = {
            "group": found, "general": selectors.group_by_id(GENERAL_GROUP), "count": count,
            "customers": customers[:20], "rest": max(0, count - 20), "form_url": f"{LIST}{group_id}/delete/",
        }  # fmt: skip
        return htmx.render(request, "conditions/delete.html", context)
    if count > jobs.AT_ONCE:
        job = jobs.enqueue_delete(actor=actor, group=found)
        return htmx.redirect(request, f"/jobs/{job.pk}/")
    done = services.group_delete(actor=actor, group_id=group_id)
    text = ngettext(
        "“%(name)s” deleted; %(count)d customer moved.", "“%(name)s” deleted; %(count)d customers moved.", done.moved
    ) % {"name": done.name, "count": done.moved}  # fmt: skip
    return htmx.toast(htmx.redirect(request, LIST), text)
