"""Asking for work, cancelling it, trying it again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.kernel.actors import Actor, Level, Reach
from klantenbeheer.kernel.errors import NotAllowed, NotFound, Refused

from .models import Job, State
from .registry import KINDS


def job_enqueue(
    *, actor: Actor, kind: str, title: str, params: dict[str, Any], total: int | None = None,
    run_after: datetime | None = None,
) -> Job:  # fmt: skip
    """Put work in the queue, for a registered kind. It starts after the surrounding transaction commits, or later."""
    KINDS.get(kind)
    return Job.objects.create(
        kind=kind, title=title[:200], params=params, total=total, user_id=actor.user_id,
        run_after=run_after or timezone.now(),
    )  # fmt: skip


def visible_jobs(actor: Actor) -> QuerySet[Job]:
    """Give one's own jobs; with the right, everybody's.

    The titles and results of others tell of customers, so who does not see all of those sees his own jobs alone.
    """
    jobs = Job.objects.select_related("user")
    if actor.may("jobs", Level.VIEW) and actor.reach == Reach.ALL:
        return jobs
    return jobs.filter(user_id=actor.user_id or 0)


def _own(actor: Actor, job_id: int) -> Job:
    job = visible_jobs(actor).select_for_update(of=("self",)).filter(pk=job_id).first()
    if job is None:
        raise NotFound(_("This job does not exist."))
    if job.user_id != actor.user_id and not actor.may("jobs", Level.EDIT):
        raise NotAllowed(_("This job is somebody else's."), right="jobs")
    return job


@transaction.atomic
def job_cancel(*, actor: Actor, job_id: int) -> Job:
    """Stop a job: at once when it waits, at its next step when it runs. What it stored stays."""
    job = _own(actor, job_id)
    if not job.is_open:
        raise Refused(_("This job has ended already."), code="ended")
    job.cancel_requested = True
    if job.state == State.READY:
        job.state, job.finished_at = State.CANCELLED, timezone.now()
    job.save(update_fields=["cancel_requested", "state", "finished_at"])
    return job


@transaction.atomic
def job_retry(*, actor: Actor, job_id: int) -> Job:
    """Let a failed or cancelled job go on where it stopped."""
    job = _own(actor, job_id)
    if job.state not in (State.FAILED, State.CANCELLED):
        raise Refused(_("Only a failed or cancelled job can be tried again."), code="not_failed")
    job.state, job.attempts, job.cancel_requested, job.error = State.READY, 0, False, ""
    job.run_after, job.finished_at = timezone.now(), None
    job.save()
    return job
