"""Changing many customers as background work, and taking it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.jobs import enqueue_undo
from klantenbeheer.foundation.audit.undo import undo_action
from klantenbeheer.foundation.jobs.models import Job
from klantenbeheer.foundation.jobs.registry import KINDS, Kind
from klantenbeheer.foundation.jobs.running import Run
from klantenbeheer.foundation.jobs.services import job_enqueue
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import Refused
from klantenbeheer.kernel.text import clean

from . import services
from .models import BulkEdit
from .plans import MARKED, plan_of
from .undoing import unmark

# Up to here it is done while one waits, in well under half a second.
AT_ONCE = 500
# Customers whose keys are looked up together, and those that are changed in one transaction.
FETCHED, CHUNK = 9_000, 900
KEEP = timedelta(days=90)


def start(*, actor: Actor, edit: BulkEdit, field: str, value: str) -> BulkEdit:
    """Begin a change: at once when few were chosen, else in the background.

    Raises ``InvalidInput``, ``NotAllowed``, and ``Refused`` for one that was begun already.
    """
    value = clean(value)
    # Marks are one's own and begin from the list alone; a change begins from its page.
    if edit.field == MARKED and field == MARKED:
        title = _("Marking customers") if value == "1" else _("Unmarking customers")
    else:
        services.require(actor)
        plan = plan_of(actor, field, value)
        words = _("Changing customers: %(field)s, %(value)s")
        title = words % {"field": plan.label, "value": plan.words}
    with transaction.atomic():
        edit = BulkEdit.objects.select_for_update().get(pk=edit.pk)
        if edit.is_started:
            raise Refused(_("This was begun already."), code="begun")
        edit.field, edit.value, edit.step = field, value, BulkEdit.Step.STARTED
        count = services.chosen(actor, edit).count()
        edit.save()
        if count > AT_ONCE:
            edit.job = job_enqueue(
                actor=actor, kind="customers.bulk", title=title, params={"edit": edit.pk}, total=count
            )
            edit.save(update_fields=["job"])
            return edit
        _perform(actor, edit, None)
    return edit


def perform(work: Run) -> None:
    """Go on after the last customer that was done."""
    edit = BulkEdit.objects.select_related("action").get(pk=work.params["edit"])
    if edit.job_id != work.job.pk:
        raise Refused(_("A later job took its place."), code="replaced")
    if edit.step == BulkEdit.Step.UNDONE:
        raise Refused(_("This was undone already."), code="undone")
    _perform(_actor(work), edit, work)


def _perform(actor: Actor, edit: BulkEdit, work: Run | None) -> None:
    marking = edit.field == MARKED
    # The rights are asked again: they may have been taken away since.
    if not marking:
        services.require(actor)
    plan = None if marking else plan_of(actor, edit.field, edit.value)
    while keys := services.next_keys(actor, edit, edit.after, FETCHED):
        for begin in range(0, len(keys), CHUNK):
            part = keys[begin : begin + CHUNK]
            with transaction.atomic():
                if plan is None:
                    services.mark(actor, edit, part)
                else:
                    # Stands in the history of each: that it was one of many, and what was asked.
                    words = _("Many customers changed (%(field)s: %(value)s)")
                    reason = words % {"field": plan.label, "value": plan.words}
                    with acting(actor, services.ACTION, reason=reason, action=edit.action) as action:
                        edit.action = action
                        services.change(actor, edit, plan, part)
                edit.after = part[-1]
                edit.save()
                if work is not None:
                    work.step(sum((edit.changed, edit.already, *edit.refused.values())))
    edit.step = BulkEdit.Step.DONE
    edit.save(update_fields=["step"])


def undo(*, actor: Actor, edit: BulkEdit) -> BulkEdit:
    """Take a change back as a whole, what there is of it: at once when it was of few, else in the background.

    Raises ``NotAllowed``, ``Refused`` where there is nothing to undo, or while it is under way.
    """
    if edit.field != MARKED:
        services.require(actor)
    with transaction.atomic():
        edit = BulkEdit.objects.select_for_update().get(pk=edit.pk)
        if edit.job_id is not None and edit.job is not None and edit.job.is_open:
            raise Refused(_("This is still under way: stop it first."), code="busy")
        if edit.step == BulkEdit.Step.UNDONE:
            raise Refused(_("This was undone already."), code="undone")
        if not edit.changed:
            raise Refused(_("There is nothing to undo."), code="nothing")
        if edit.changed > AT_ONCE:
            edit.job = _enqueue_undo(actor, edit)
            edit.save(update_fields=["job"])
            return edit
    if edit.action is None:
        _unmark(actor, edit, None)
    else:
        undo_action(actor, edit.action)
        edit.refresh_from_db()
    return edit


def _enqueue_undo(actor: Actor, edit: BulkEdit) -> Job:
    title = _("Undo of a change of %(count)d customers") % {"count": edit.changed}
    if edit.action is not None:
        return enqueue_undo(actor=actor, action=edit.action, title=title, page=f"/customers/bulk/{edit.pk}")
    return job_enqueue(
        actor=actor, kind="customers.bulk.undo", title=title, params={"edit": edit.pk}, total=edit.changed
    )


def perform_undo(work: Run) -> None:
    """Go on after the last mark that was put back."""
    edit = BulkEdit.objects.select_related("action").get(pk=work.params["edit"])
    if edit.job_id != work.job.pk:
        raise Refused(_("A later job took its place."), code="replaced")
    _unmark(_actor(work), edit, work)


def _unmark(actor: Actor, edit: BulkEdit, work: Run | None) -> None:
    state: dict[str, Any] = {"after": 0, "restored": 0, **(work.result if work else {})}
    while True:
        with transaction.atomic():
            found = unmark(actor, edit, state, CHUNK)
            if work is not None:
                work.result = dict(state)
                work.step(state["restored"])
        if not found:
            break
    edit.step = BulkEdit.Step.UNDONE
    edit.save(update_fields=["step"])


def _actor(work: Run) -> User:
    return User.objects.get(pk=work.job.user_id or 0)


def tidy(work: Run) -> None:
    """Forget selections that nothing was done with, and after a time what was done: the history has it."""
    now = timezone.now()
    BulkEdit.objects.filter(step=BulkEdit.Step.CHOSEN, created_at__lt=now - timedelta(days=2)).delete()
    BulkEdit.objects.filter(created_at__lt=now - KEEP).delete()


def shown_at(params: dict[str, Any]) -> str:
    """Give the page of a change."""
    return f"/customers/bulk/{params['edit']}" if "edit" in params else ""


def register() -> None:
    """Make these kinds known to the worker."""
    label = gettext_lazy("Changing many customers")
    KINDS.register(Kind("customers.bulk", label, perform, shown_at=shown_at))
    KINDS.register(
        Kind(
            "customers.bulk.undo",
            gettext_lazy("Undoing many marks"),
            perform_undo,
            shown_at=shown_at,
        )
    )
    KINDS.register(
        Kind(
            "customers.bulk.tidy",
            gettext_lazy("Clearing away old selections"),
            tidy,
            every=timedelta(hours=24),
        )
    )
