"""Moving the customers of a large group as background work."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.customers.models import ConditionGroup
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.jobs.models import Job
from klantenbeheer.foundation.jobs.registry import KINDS, Kind
from klantenbeheer.foundation.jobs.running import Run
from klantenbeheer.foundation.jobs.services import job_enqueue
from klantenbeheer.kernel.actors import Actor

from . import services

# Up to here it is done while one waits, in well under half a second.
AT_ONCE = 2_000


def enqueue_delete(*, actor: Actor, group: ConditionGroup) -> Job:
    """Put the deletion of a large group in the queue."""
    title = _("Deleting condition group %(name)s") % {"name": group.name}
    return job_enqueue(actor=actor, kind="conditions.delete", title=title, params={"group": group.pk})


def delete(work: Run) -> None:
    """All or nothing, in one transaction: a kill leaves the group as it was, and the next attempt does it all."""
    if not ConditionGroup.objects.filter(pk=work.params["group"]).exists():
        return
    with transaction.atomic():
        done = services.group_delete(actor=_actor(work), group_id=work.params["group"])
        work.result = {"action": done.action.pk, "moved": done.moved}
        work.step(done.moved, done.moved)


def _actor(work: Run) -> User:
    return User.objects.get(pk=work.job.user_id or 0)


def register() -> None:
    """Make the kind known to the worker."""
    KINDS.register(Kind("conditions.delete", gettext_lazy("Deleting a condition group"), delete))
