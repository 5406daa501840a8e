"""Archives and erasures as background work, and the removal of archives whose time is over."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.jobs.registry import KINDS, Kind
from klantenbeheer.foundation.jobs.running import Run
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.errors import NotAllowed

from . import archive as building
from . import erasing as engine
from .models import Archive, Erasing
from .permissions import ERASE, PRIVACY
from .services import ARCHIVE_JOB, ERASE_JOB, TIDY_JOB


def folder() -> Path:
    """Give the folder of archives; only :func:`views.archive_file` serves from it."""
    path = Path(settings.FILES) / "privacy"
    path.mkdir(parents=True, exist_ok=True)
    return path


def _actor(run: Run, right: str, level: Level) -> User:
    actor = User.objects.get(pk=run.job.user_id or 0)
    if not actor.may(right, level):
        raise NotAllowed(_("You may not do this."), right=right)
    return actor


def archive(run: Run) -> None:
    """Make an archive under the name of its row: a second attempt makes the same file anew."""
    row = Archive.objects.filter(pk=run.params["archive"]).first()
    if row is None or row.path:
        return
    actor = _actor(run, PRIVACY, Level.VIEW)
    customer = Customer.objects.visible_to(actor).get(pk=row.customer_id)
    name = f"{row.pk}.zip"
    half = folder() / f"{name}.half"
    building.write(half, customer, row.person_id, progress=run.step)
    half.replace(folder() / name)
    with transaction.atomic():
        made = Archive.objects.filter(pk=row.pk).update(path=name, size=(folder() / name).stat().st_size)
        run.step()
    if not made:  # he was erased meanwhile
        (folder() / name).unlink(missing_ok=True)


def erase(run: Run) -> None:
    """Erase; what was done stays done, what was not is done anew."""
    row = Erasing.objects.filter(pk=run.params["erasing"]).first()
    if row is None or row.done_at is not None:
        return
    actor = _actor(run, ERASE, Level.EDIT)
    engine.perform(row, actor, still=run.step)


def tidy(run: Run) -> None:
    """Remove archives whose time is over, and files that belong to none."""
    Archive.objects.filter(expires_at__lt=timezone.now()).delete()
    kept = set(Archive.objects.values_list("pk", flat=True))
    for path in folder().iterdir():
        key = path.name.partition(".")[0]
        if not key.isdecimal() or int(key) not in kept:
            path.unlink(missing_ok=True)


def _archive_page(params: dict[str, object]) -> str:
    return f"/privacy/archives/{params['archive']}/"


def _erasing_page(params: dict[str, object]) -> str:
    return f"/privacy/erasures/{params['erasing']}/"


def register() -> None:
    """Make the kinds known to the worker."""
    KINDS.register(
        Kind(ARCHIVE_JOB, gettext_lazy("Making an archive of personal data"), archive, shown_at=_archive_page)
    )
    KINDS.register(Kind(ERASE_JOB, gettext_lazy("Erasing personal data"), erase, shown_at=_erasing_page))
    KINDS.register(Kind(TIDY_JOB, gettext_lazy("Removing old archives"), tidy, every=timedelta(hours=1)))
