"""Undoing what was done to the owner's data."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from klantenbeheer.foundation.audit.undo import RECORD_RULES, Change, RecordRule
from klantenbeheer.kernel.actors import Actor

from .services import RIGHT, ZONE


def _after(actor: Actor, changes: Sequence[Change]) -> None:
    transaction.on_commit(ZONE.forget)


def register() -> None:
    """Make this known to the engine."""
    RECORD_RULES.register(RecordRule(kind="company", right=RIGHT, after=_after, page="/settings/company/"))
