"""Files of what a list shows, made in the background for who asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.jobs.registry import KINDS, Kind
from klantenbeheer.foundation.jobs.running import Run
from klantenbeheer.foundation.jobs.services import job_enqueue
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import NotAllowed, NotFound

from .kinds import LISTS, ListKind
from .models import ListFile

KIND = "lists.file"
KEEP = timedelta(days=7)
FORMS = ("csv", "xlsx")


def folder() -> Path:
    """Give the folder of these files; only :func:`file_of` leads to one."""
    path = Path(settings.FILES) / "lists"
    path.mkdir(parents=True, exist_ok=True)
    return path


def path_of(file: ListFile) -> Path:
    """Give where a file is, or will be."""
    return folder() / f"{file.pk}.{file.form}"


def require_export(actor: Actor, kind: ListKind) -> None:
    """Raise ``NotAllowed`` for who may not open the list, or may not make files of it."""
    kind.require(actor)
    if not actor.may(kind.export_right, Level.EDIT):
        raise NotAllowed(_("You may not export this."), right=kind.export_right)


@transaction.atomic
def file_start(
    *,
    actor: Actor,
    kind: ListKind,
    form: str,
    parameters: Mapping[str, str],
    columns: Iterable[Sequence[Any]],
    everything: bool,
    total: int | None,
) -> ListFile:
    """Put the making of a file in the queue. Raises ``NotAllowed``, ``NotFound`` for an unknown form."""
    require_export(actor, kind)
    if form not in FORMS:
        raise NotFound(_("There is no such file."))
    file: ListFile = ListFile.objects.create(
        user_id=actor.user_id or 0, list_key=kind.key, form=form, parameters=kind.clean(actor, parameters),
        columns=list(columns), everything=everything,
    )  # fmt: skip
    file.job = job_enqueue(
        actor=actor,
        kind=KIND,
        title=_("Export of %(name)s") % {"name": kind.label},
        params={"file": file.pk},
        total=total,
    )  # fmt: skip
    file.save(update_fields=["job"])
    return file


def file_of(actor: Actor, file_id: int) -> ListFile:
    """Give a file that the actor asked for. Raises ``NotFound`` for anybody else's, ``NotAllowed``."""
    file = ListFile.objects.select_related("job").filter(pk=file_id, user_id=actor.user_id or 0).first()
    if file is None or file.list_key not in LISTS:
        raise NotFound(_("There is no such file."))
    require_export(actor, LISTS.get(file.list_key))
    return file


def perform(work: Run) -> None:
    """Make the file anew from its beginning: half of one is of no use. What its user may see is asked now."""
    file = ListFile.objects.filter(pk=work.params["file"]).first()
    if file is None:
        return
    user: Any = User.objects.get(pk=file.user_id)
    kind = LISTS.get(file.list_key)
    require_export(user, kind)
    path = path_of(file)
    half = path.with_suffix(f".half.{file.form}")
    try:
        count = kind.write(user, file, half, lambda done: work.step(done))
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    with transaction.atomic():
        work.step(count, count)
        ListFile.objects.filter(pk=file.pk).update(rows=count)


def tidy(work: Run) -> None:
    """Remove files that nobody fetched for a week, and what knows of them."""
    ListFile.objects.filter(created_at__lt=timezone.now() - KEEP).delete()
    kept = {path_of(file).name for file in ListFile.objects.all()}
    before = (timezone.now() - KEEP).timestamp()
    for path in folder().iterdir():
        if path.name not in kept and path.stat().st_mtime < before:
            path.unlink()


def register() -> None:
    """Make both kinds known to the worker."""
    KINDS.register(
        Kind(
            KIND,
            gettext_lazy("Export of a list"),
            perform,
            shown_at=lambda params: f"/lists/files/{params['file']}/",
        )
    )
    KINDS.register(
        Kind("lists.tidy", gettext_lazy("Clearing away old exports"), tidy, every=timedelta(hours=24))
    )
