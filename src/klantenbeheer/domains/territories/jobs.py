"""Moving many customers to other territories as background work, a batch in each transaction."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.customers.bulk import customers_move, moved_after
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action, Touch
from klantenbeheer.foundation.audit.sets import BATCH
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


def enqueue_undo(*, actor: Actor, action: Action) -> Job:
    """Put the undoing of a reassignment in the queue."""
    title = _("Undo of %(name)s") % {"name": action.reason}
    total = Touch.objects.filter(action=action).count()
    return job_enqueue(
        actor=actor, kind="territories.undo", title=title, params={"action": action.pk}, total=total
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


def undo(work: Run) -> None:
    """Bring back batch by batch; goes on after the last customer that was done."""
    actor: Any = _actor(work)
    original = Action.objects.get(pk=work.params["action"])
    state = {"after": 0, "done": 0, "restored": 0, "kept": 0, **work.result}
    moving.require(actor)
    undoing, _made = Action.objects.get_or_create(
        undoes=original,
        kind=moving.UNASSIGN,
        defaults={"user_id": actor.user_id, "actor_label": actor.label[:120], "reason": original.reason},
    )
    while keys := moved_after(original, state["after"], BATCH):
        with transaction.atomic():
            with acting(actor, undoing.kind, action=undoing):
                restored, kept = moving.move_back(actor, original, keys)
            state |= {
                "after": keys[-1], "done": state["done"] + len(keys), "restored": state["restored"] + restored,
                "kept": state["kept"] + kept,
            }  # fmt: skip
            work.result = dict(state)
            work.step(state["done"])


def register() -> None:
    """Make both kinds known to the worker."""
    KINDS.register(Kind("territories.assign", gettext_lazy("Moving customers to other territories"), assign))
    KINDS.register(Kind("territories.undo", gettext_lazy("Undo of moving customers"), undo))
