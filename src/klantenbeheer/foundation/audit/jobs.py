"""Taking an action on many back as background work, a chunk in each transaction."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.jobs.models import Job
from klantenbeheer.foundation.jobs.registry import KINDS, Kind
from klantenbeheer.foundation.jobs.running import Run
from klantenbeheer.foundation.jobs.services import job_enqueue
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import Refused

from .context import acting
from .models import Action
from .undo import Undone, action_rule, root_of, subjects_of, undo_action, undo_some
from .undo.engine import finish, require_partly, undoing_kind

# Up to here it is done while one waits, in well under a second.
AT_ONCE = 2_000
KIND = "audit.undo"
# Reasons that the result tells.
_TOLD = 10


def enqueue_undo(*, actor: Actor, action: Action, title: str = "", page: str = "") -> Job:
    """Put taking an action back in the queue; ``page`` is where its progress is shown too.

    Raises ``NotFound`` and ``NotAllowed`` before anything of the action is told, be it its name.
    """
    root = root_of(action)
    require_partly(actor, action)
    when = timezone.localtime(root.at).strftime("%d-%m-%Y %H:%M")
    name = root.reason or _("what was done on %(when)s") % {"when": when}
    return job_enqueue(
        actor=actor, kind=KIND, title=title or _("Undo of %(name)s") % {"name": name},
        params={"action": action.pk, "page": page}, total=subjects_of(action),
    )  # fmt: skip


def undo(work: Run) -> None:
    """Chunk by chunk where who changed since stays, else all or nothing; goes on after the last that was done."""
    actor: Any = User.objects.get(pk=work.job.user_id or 0)
    action = Action.objects.get(pk=work.params["action"])
    root = root_of(action)
    if not action_rule(root).partly:
        with transaction.atomic():
            done = undo_action(actor, action)
            work.result = {"restored": done.restored, "kept": done.kept}
            work.step(done.restored)
        return
    state: dict[str, Any] = {
        "undoing": 0, "after": -1, "done": 0, "restored": 0, "kept": 0, "wrote": 0, "reasons": [], **work.result,
    }  # fmt: skip
    while state["after"] is not None:
        with transaction.atomic():
            undoing = Action.objects.filter(pk=state["undoing"]).first()
            with acting(
                actor, undoing_kind(root), undoes=action, reason=action.reason, action=undoing
            ) as current:
                require_partly(actor, action, begun=state["after"] >= 0)
                done = Undone(current)
                state["after"] = undo_some(actor, action, current, done, state["after"])
                if state["after"] is None and not state["wrote"] + len(done.changes):
                    raise Refused(
                        " ".join(state["reasons"] + done.reasons) or _("This was undone already."),
                        code="undone",
                    )
            state["undoing"] = current.pk
            state["done"] += done.restored + done.kept
            state["restored"] += done.restored
            state["wrote"] += len(done.changes)
            state["kept"] += done.kept
            state["reasons"] = (state["reasons"] + done.reasons)[:_TOLD]
            if state["after"] is None:
                finish(actor, action, current, kept=state["kept"])
            work.result = dict(state)
            work.step(state["done"])


def register() -> None:
    """Make the kind known to the worker."""
    KINDS.register(
        Kind(
            KIND, gettext_lazy("Undoing an action"), undo, shown_at=lambda params: str(params.get("page", ""))
        )
    )
