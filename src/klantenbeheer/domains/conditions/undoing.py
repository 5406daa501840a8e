"""Undoing what was done to condition groups."""

from __future__ import annotations

from klantenbeheer.customers import permissions
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.audit.undo import ACTION_RULES, RECORD_RULES, ActionRule, RecordRule
from klantenbeheer.kernel.actors import Actor

from .permissions import CONDITIONS
from .services import DELETE, require_delete_group


def _allowed(actor: Actor, action: Action) -> None:
    require_delete_group(actor)


def register() -> None:
    """Who was moved by a deletion goes back with the group, but for those who were moved again since."""
    RECORD_RULES.register(RecordRule(kind="condition_group", right=CONDITIONS, page="/condition-groups/"))
    rights = (CONDITIONS, permissions.DELETE, permissions.BULK)
    ACTION_RULES.register(ActionRule(kind=DELETE, rights=rights, partly=True, allowed=_allowed))
