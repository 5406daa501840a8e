"""Handing over many customers as background work, a batch in each transaction."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.customers.bulk import moved_after
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action, Touch
from klantenbeheer.foundation.audit.sets import BATCH
from klantenbeheer.foundation.jobs.models import Job
from klantenbeheer.foundation.jobs.registry import KINDS, Kind
from klantenbeheer.foundation.jobs.running import Run
from klantenbeheer.foundation.jobs.services import job_enqueue
from klantenbeheer.kernel.actors import Actor

from . import services
from .services import Leaving

# Up to here it is done while one waits.
AT_ONCE = 2_000


def leave(*, actor: Actor, leaving: Leaving, total: int) -> Job:
    """End the account at once, and have the customers handed over; both belong to one action."""
    services.require(actor)
    title = services.title_of(leaving)
    with acting(actor, services.LEAVE, reason=title) as action:
        services.begin(actor, leaving, action)
        params = leaving.stored() | {"action": action.pk}
        return job_enqueue(actor=actor, kind="leaving.hand_over", title=title, params=params, total=total)


def undo(*, actor: Actor, departure_id: int) -> Job:
    """Open the account again at once, and have the customers brought back."""
    services.require(actor)
    with transaction.atomic():
        departure = services.undoable(departure_id)
        action = departure.action
        with acting(actor, services.RETURN, undoes=action, reason=action.reason) as undoing:
            services.come_back(departure)
            params = {"action": action.pk, "undoing": undoing.pk}
            title = _("Undo of %(name)s") % {"name": action.reason}
            total = Touch.objects.filter(action=action).count()
            return job_enqueue(
                actor=actor, kind="leaving.bring_back", title=title, params=params, total=total
            )


def _actor(run: Run) -> Any:
    return User.objects.get(pk=run.job.user_id or 0)


def hand_over(run: Run) -> None:
    """Hand over batch by batch; who went is not found again, so a second attempt goes on with the rest."""
    actor, leaving = _actor(run), Leaving.read(run.params)
    action = Action.objects.get(pk=run.params["action"])
    services.require(actor)
    done = int(run.result.get("done", 0))
    if action.undone_by.exists():
        return
    for keys in services.steps(actor, leaving):
        with transaction.atomic():
            with acting(actor, services.LEAVE, action=action):
                services.hand_over(actor, leaving, keys)
            done += len(keys)
            run.result = {"done": done}
            run.step(done)


def bring_back(run: Run) -> None:
    """Bring back batch by batch; goes on after the last customer that was done."""
    actor = _actor(run)
    original = Action.objects.get(pk=run.params["action"])
    undoing = Action.objects.get(pk=run.params["undoing"])
    services.require(actor)
    state = {"after": 0, "done": 0, **run.result}
    while keys := moved_after(original, state["after"], BATCH):
        with transaction.atomic():
            with acting(actor, undoing.kind, action=undoing):
                services.move_back(actor, original, keys)
            state |= {"after": keys[-1], "done": state["done"] + len(keys)}
            run.result = dict(state)
            run.step(state["done"])


def register() -> None:
    """Make both kinds known to the worker."""
    KINDS.register(Kind("leaving.hand_over", gettext_lazy("Handing customers over"), hand_over))
    KINDS.register(Kind("leaving.bring_back", gettext_lazy("Bringing customers back"), bring_back))
