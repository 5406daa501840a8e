"""The worker's side: claiming, keeping the lease, finishing."""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from klantenbeheer.foundation.company.services import current_zone
from klantenbeheer.kernel.disk import FULL, is_full
from klantenbeheer.kernel.errors import KlantenbeheerError

from .models import Job, Schedule, State, Worker
from .registry import KINDS

logger = logging.getLogger(__name__)


def lease() -> timedelta:
    """Give how long a job stays its worker's after a sign of life (``JOB_LEASE_SECONDS``)."""
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def _attempts(kind: str) -> int:
    # A kind that an upgrade took away fails at its first attempt; it must not stop the jobs behind it.
    return KINDS.get(kind).attempts if kind in KINDS else 1


class Stopped(Exception):
    """The job was cancelled, or its lease went to another worker: end without a trace."""


class Run:
    """What a job's function gets: its parameters, and :meth:`step` to say how far it is."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.params: dict[str, Any] = job.params
        self.result: dict[str, Any] = dict(job.result)

    def step(self, done: int | None = None, total: int | None = None) -> None:
        """Store progress and extend the lease; call it at least every ten seconds.

        Inside a transaction it commits together with the work. Raises :class:`Stopped` when the job was
        cancelled or belongs to another worker now; the transaction then rolls back.
        """
        values: dict[str, Any] = {"lease_until": timezone.now() + lease(), "result": self.result}
        if done is not None:
            values["done"] = done
        if total is not None:
            values["total"] = total
        mine = Job.objects.filter(
            pk=self.job.pk, worker=self.job.worker, state=State.RUNNING, attempts=self.job.attempts
        )
        if not mine.filter(cancel_requested=False).update(**values):
            raise Stopped


def claim(worker: str) -> Job | None:
    """Take the first job that is due, or that was left by a worker whose lease ran out."""
    now = timezone.now()
    with transaction.atomic():
        rows = Job.objects.filter(
            Q(state=State.READY, run_after__lte=now) | Q(state=State.RUNNING, lease_until__lt=now)
        ).order_by("run_after", "id")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        job = rows.first()
        if job is None:
            return None
        if job.attempts >= _attempts(job.kind):
            job.state, job.finished_at = State.FAILED, now
            with translation.override(_language(job)):
                job.error = job.error or _("Given up: the worker stopped at every attempt.")
            job.save(update_fields=["state", "finished_at", "error"])
            return None
        job.state, job.worker, job.lease_until = State.RUNNING, worker, now + lease()
        job.attempts += 1
        job.started_at = job.started_at or now
        job.save(update_fields=["state", "worker", "lease_until", "attempts", "started_at"])
        return job


def perform(job: Job) -> None:
    """Run a claimed job to its end and store how it ended.

    It runs in the language of who asked for it, and 'today' is that of the company.
    """
    run = Run(job)
    mine = Job.objects.filter(pk=job.pk, worker=job.worker, attempts=job.attempts)
    with translation.override(_language(job)), timezone.override(current_zone()):
        try:
            KINDS.get(job.kind).run(run)
        except Stopped:
            mine.filter(state=State.RUNNING, cancel_requested=True).update(
                state=State.CANCELLED, finished_at=timezone.now()
            )  # its result is that of the last step: what came after was rolled back
        except Exception as error:
            logger.exception("job %s %s", job.pk, job.kind)
            # What the user can be told stays true however often it is tried.
            again = not isinstance(error, KlantenbeheerError) and job.attempts < _attempts(job.kind)
            mine.update(
                state=State.READY if again else State.FAILED,
                run_after=timezone.now() + timedelta(seconds=2**job.attempts),
                finished_at=None if again else timezone.now(),
                error=_readable(error),
            )
        else:
            mine.filter(state=State.RUNNING).update(
                state=State.DONE, finished_at=timezone.now(), error="", result=run.result, done=_final(job)
            )


def _language(job: Job) -> str:
    return job.user.language if job.user else "nl"


def _final(job: Job) -> Any:
    return F("done") if job.total is None else F("total")


def _readable(error: Exception) -> str:
    """Give the sentence that the user can be told, else type, message and place without the machine's folders."""
    if is_full(error):
        return str(FULL)
    if isinstance(error, KlantenbeheerError):
        return str(error)[:2000]
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"[:2000]


def enqueue_scheduled() -> None:
    """Enqueue the scheduled kinds that are due, each once however many workers ask."""
    now = timezone.now()
    for kind in KINDS:
        if kind.every is None:
            continue
        with transaction.atomic():
            Schedule.objects.get_or_create(kind=kind.key, defaults={"next_run": now})
            due = Schedule.objects.filter(kind=kind.key, next_run__lte=now)
            if due.update(next_run=now + kind.every):
                Job.objects.create(kind=kind.key, title=str(kind.label), params={})


def heartbeat(worker: str) -> None:
    """Say that this worker lives."""
    Worker.objects.update_or_create(name=worker, defaults={"seen_at": timezone.now()})


def farewell(worker: str) -> None:
    """Say that this worker ends."""
    Worker.objects.filter(name=worker).delete()


def worker_alive(within: timedelta = timedelta(seconds=60)) -> bool:
    """Say whether any worker gave a sign of life lately."""
    return Worker.objects.filter(seen_at__gte=timezone.now() - within).exists()
