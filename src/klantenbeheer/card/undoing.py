"""Undoing the switching of custom tabs."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from klantenbeheer.foundation.audit.undo import RECORD_RULES, Change, RecordRule
from klantenbeheer.kernel.actors import Actor

from .tabs import SWITCHED_ON


def _after(actor: Actor, changes: Sequence[Change]) -> None:
    transaction.on_commit(SWITCHED_ON.forget)


def register() -> None:
    """Make this known to the engine."""
    RECORD_RULES.register(RecordRule(kind="custom_tab", right="administration", part=True, after=_after))
