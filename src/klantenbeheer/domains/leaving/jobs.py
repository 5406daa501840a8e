"""Handing over many customers as background work, a batch in each transaction."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action
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
        services.begin(actor, leaving)
        params = leaving.stored() | {"action": action.pk}
        return job_enqueue(actor=actor, kind="leaving.hand_over", title=title, params=params, total=total)


def _actor(run: Run) -> Any:
    return User.objects.get(pk=run.job.user_id or 0)


def hand_over(run: Run) -> None:
    """Hand over batch by batch; who went is not found again, so a second attempt goes on with the rest.

    Undone meanwhile, it stops: nobody goes over any more.
    """
    actor, leaving = _actor(run), Leaving.read(run.params)
    action = Action.objects.get(pk=run.params["action"])
    services.require(actor)
    done = int(run.result.get("done", 0))
    for keys in services.steps(actor, leaving):
        with transaction.atomic():
            # The engine locks the same row before it takes back what it finds.
            if Action.objects.select_for_update().get(pk=action.pk).undone_by.exists():
                return
            with acting(actor, services.LEAVE, action=action):
                services.hand_over(actor, leaving, keys)
            done += len(keys)
            run.result = {"done": done}
            run.step(done)


def register() -> None:
    """Make the kind known to the worker."""
    KINDS.register(Kind("leaving.hand_over", gettext_lazy("Handing customers over"), hand_over))
