"""Undoing, from a message, from the timeline, and from the pages that list what was done lately."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.access.guard import actor_of, signed_in
from klantenbeheer.foundation.audit.jobs import AT_ONCE, enqueue_undo
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.audit.undo import RECORD_RULES, Undone, subjects_of, undo_action, undo_record
from klantenbeheer.foundation.ui import htmx
from klantenbeheer.kernel.errors import NotFound


def _action(action_id: int) -> Action:
    action = Action.objects.filter(pk=action_id).first()
    if action is None:
        raise NotFound(_("There is nothing to undo."))
    return action


@signed_in
@require_POST
def undo(request: HttpRequest, action_id: int) -> HttpResponse:
    """Take a whole action back; on many customers as background work. The engine asks the rights."""
    actor, action = actor_of(request), _action(action_id)
    if subjects_of(action) > AT_ONCE:
        job = enqueue_undo(actor=actor, action=action)
        return htmx.redirect(request, f"/jobs/{job.pk}/")
    return _done(request, undo_action(actor, action))


@signed_in
@require_POST
def undo_one(request: HttpRequest, action_id: int, kind: str, key: int) -> HttpResponse:
    """Take back what an action did to one record."""
    return _done(request, undo_record(actor_of(request), _action(action_id), kind, key))


def _told(done: Undone) -> str:
    if done.restored < 2 and not done.kept:
        return _("Undone.")
    text = ngettext(
        "Undone for %(count)d customer.", "Undone for %(count)d customers.", done.restored
    ) % {"count": done.restored}  # fmt: skip
    if done.kept:
        text += " " + _("Changed since, and therefore kept: %(count)d.") % {"count": done.kept}
    return text


def _done(request: HttpRequest, done: Undone) -> HttpResponse:
    """Let the page that asked show what holds now; where what it showed is gone, its list."""
    text = _told(done)
    elsewhere = _page_of_the_gone(done)
    if elsewhere:
        return htmx.toast(htmx.redirect(request, elsewhere), text)
    here = urlsplit(request.headers.get("HX-Current-URL", "")).path
    if not htmx.wants_part(request):
        return htmx.toast(htmx.redirect(request, _home(done)), text)
    response = htmx.toast(HttpResponse(), text)
    if here.startswith("/customers/") and here.endswith("/") and here != "/customers/":
        trigger_client_event(response, "kb:card-whole", {})
        return trigger_client_event(response, "kb:tab", {})
    response["HX-Refresh"] = "true"
    return response


def _home(done: Undone) -> str:
    subjects = {change.subject for change in done.changes}
    number = None
    if len(subjects) == 1:
        number = Customer.objects.filter(pk=subjects.pop() or 0).values_list("number", flat=True).first()
    return f"/customers/{number}/history/" if number else "/"


def _page_of_the_gone(done: Undone) -> str:
    for change in done.changes:
        is_page = change.model.subject_field in ("id", None)
        if change.sign == "+" and is_page and change.model.audit_kind in RECORD_RULES:
            return RECORD_RULES.get(change.model.audit_kind).page
    return ""
