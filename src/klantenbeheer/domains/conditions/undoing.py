"""Undoing what was done to condition groups."""

from __future__ import annotations

from klantenbeheer.foundation.audit.undo import ACTION_RULES, RECORD_RULES, ActionRule, RecordRule

from .permissions import CONDITIONS
from .services import DELETE


def register() -> None:
    """Who was moved by a deletion goes back with the group, but for those who were moved again since."""
    RECORD_RULES.register(RecordRule(kind="condition_group", right=CONDITIONS, page="/condition-groups/"))
    ACTION_RULES.register(ActionRule(kind=DELETE, right=CONDITIONS, partly=True))
