"""Putting a change of many back: by the one engine; marks, which have no history, by what was remembered of them."""

from __future__ import annotations

from typing import Any

from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.audit.undo import ACTION_RULES, ActionRule, root_of
from klantenbeheer.kernel.actors import Actor

from ..services import marks_set
from . import services
from .models import BulkEdit


def _allowed(actor: Actor, action: Action) -> None:
    services.require(actor)


def _finished(action: Action, undoing: Action, *, actor: Actor, back: bool, kept: int) -> None:
    """Let the page of the change say what holds now."""
    step = BulkEdit.Step.UNDONE if back else BulkEdit.Step.DONE
    BulkEdit.objects.filter(action=root_of(action)).update(step=step, kept=kept if back else 0)


def register() -> None:
    """Make known what is special: who changed since stays, and what each record asks is asked of it."""
    ACTION_RULES.register(
        ActionRule(kind=services.ACTION, partly=True, moves=True, allowed=_allowed, finished=_finished)
    )


def unmark(actor: Actor, edit: BulkEdit, state: dict[str, Any], most: int) -> bool:
    """Put the next marks back and count them in ``state``; gives whether there were any. Inside a transaction."""
    keys = [key for key in edit.marks if key > state["after"]][:most]
    if keys:
        marks_set(actor=actor, customer_ids=keys, marked=edit.value != "1")
        state["after"], state["restored"] = keys[-1], state["restored"] + len(keys)
    return bool(keys)
