"""Moving many customers to other territories as background work, a batch in each transaction."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from klantenbeheer.customers.bulk import customers_move
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.jobs.models import Job
from klantenbeheer.foundation.jobs.registry import KINDS, Kind
from klantenbeheer.foundation.jobs.running import Run
from klantenbeheer.foundation.jobs.services import job_enqueue
from klantenbeheer.kernel.actors import Actor

from . import moving

# Up to here it is done while one waits.
AT_ONCE = 2_000


def enqueue_assign(*, actor: Actor, move: moving.Move, total: int) -> Job:
    """Put a reassignment in the queue."""
    return job_enqueue(
        actor=actor, kind="territories.assign", title=moving.title_of(move), params=move.stored(), total=total
    )


def _actor(work: Run) -> User:
    return User.objects.get(pk=work.job.user_id or 0)


def assign(work: Run) -> None:
    """Move batch by batch; who was moved is not found again, so a second attempt goes on with the rest."""
    actor: Any = _actor(work)
    move = moving.Move(**work.params)
    done = int(work.result.get("done", 0))
    moving.require(actor)
    for keys, values in moving.steps(actor, move):
        with transaction.atomic():
            action = Action.objects.filter(pk=work.result.get("action", 0)).first()
            with acting(actor, moving.ASSIGN, action=action, reason=moving.title_of(move)) as current:
                customers_move(actor=actor, keys=keys, values=values)
            done += len(keys)
            work.result = {"action": current.pk, "done": done}
            work.step(done)


def register() -> None:
    """Make the kind known to the worker."""
    KINDS.register(Kind("territories.assign", gettext_lazy("Moving customers to other territories"), assign))
