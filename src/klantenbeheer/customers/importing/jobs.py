"""The import as background work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.jobs import enqueue_undo as enqueue_undo_of
from klantenbeheer.foundation.jobs.models import Job
from klantenbeheer.foundation.jobs.registry import KINDS, Kind
from klantenbeheer.foundation.jobs.running import Run
from klantenbeheer.foundation.jobs.services import job_enqueue
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import Refused

from ..models import ImportRun
from . import services

KEEP_FILES = timedelta(days=30)


def enqueue(*, actor: Actor, run: ImportRun, dry_run: bool) -> Job:
    """Put the preview or the import of a run in the queue.

    Raises ``NotAllowed``, and ``Refused`` while a job works on it or when its file was cleared away.
    """
    services.require_import(actor)
    with transaction.atomic():
        services.require_idle(run)
        if run.is_undoable:
            raise Refused(
                _("A part of “%(name)s” is stored already: go on with it, or undo it first.")
                % {"name": run.name},
                code="stored",
            )
        if not (services.folder() / run.path).exists():
            raise Refused(
                _("The file “%(name)s” was cleared away; choose it again.") % {"name": run.name},
                code="no_file",
            )
        # The preview went through the whole file: the import knows how many rows there are.
        total = run.read if run.step == ImportRun.Step.PREVIEWED and not dry_run else None
        services.reset(run, dry_run=dry_run)
        title = _("Preview of %(name)s") if dry_run else _("Import of %(name)s")
        run.job = job_enqueue(
            actor=actor,
            kind="customers.import",
            title=title % {"name": run.name},
            params={"run": run.pk},
            total=total,
        )
        run.save(update_fields=["job"])
    return run.job


def enqueue_undo(*, actor: Actor, run: ImportRun) -> Job:
    """Put the undoing of an import in the queue. Raises ``NotAllowed``, ``Refused``."""
    services.require_import(actor)
    with transaction.atomic():
        services.require_idle(run)
        action = services.require_undoable(run)
        services.require_columns(actor, run)
        run.kept = 0
        title = _("Undo of the import of %(name)s") % {"name": run.name}
        run.job = enqueue_undo_of(actor=actor, action=action, title=title, page=f"/customers/import/{run.pk}")
        run.save(update_fields=["job", "kept"])
    return run.job


def _current(work: Run) -> ImportRun:
    """Give the run of a job; raises ``Refused`` for an old job that somebody starts again."""
    run = ImportRun.objects.select_related("action").get(pk=work.params["run"])
    if run.job_id != work.job.pk:
        raise Refused(_("A later job of this import took its place."), code="replaced")
    return run


def _actor(job: Job) -> User:
    return User.objects.get(pk=job.user_id or 0)


def perform(work: Run) -> None:
    """Preview or import: goes on at the row where the last attempt stopped."""
    run = _current(work)
    actor = _actor(work.job)
    services.require_import(actor)  # what was allowed when it was asked for may not be any more
    work.result = {"run": run.pk}
    if work.job.total is None:
        work.step(total=services.count_rows(run, still=work.step))
    services.perform(run, actor, progress=lambda done: work.step(done))
    run.step = ImportRun.Step.PREVIEWED if run.dry_run else ImportRun.Step.IMPORTED
    run.save(update_fields=["step"])


def tidy(work: Run) -> None:
    """Remove uploaded files that nobody needs any more; what was stored and what was refused stays known."""
    before = timezone.now() - KEEP_FILES
    kept = set(ImportRun.objects.filter(created_at__gte=before).values_list("path", flat=True))
    for path in services.folder().iterdir():
        if path.name not in kept and path.stat().st_mtime < before.timestamp():
            path.unlink()


def _page(params: dict[str, Any]) -> str:
    return f"/customers/import/{params['run']}" if "run" in params else ""


def register() -> None:
    """Make these kinds known to the worker."""
    KINDS.register(Kind("customers.import", gettext_lazy("Import of customers"), perform, shown_at=_page))
    KINDS.register(
        Kind(
            "customers.import.tidy", gettext_lazy("Upkeep of imported files"), tidy, every=timedelta(hours=24)
        )
    )
