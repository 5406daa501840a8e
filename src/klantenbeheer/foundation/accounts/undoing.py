"""What undoing is not, where signing in is concerned."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.audit.undo import RECORD_RULES, Change, RecordRule
from klantenbeheer.kernel.actors import Actor

from .rules import REQUIRED

RIGHT = "administration"


def _after(actor: Actor, changes: Sequence[Change]) -> None:
    transaction.on_commit(REQUIRED.forget)


def register() -> None:
    """Let what a role asks be undone, and nothing that somebody signs in with.

    A withdrawn token or invitation would work again, and a profile is held by the user's own row, which has its history
    elsewhere (``access.changes``).
    """
    RECORD_RULES.register(RecordRule(kind="role_rule", right=RIGHT, part=True, after=_after))
    frozen = _("Accounts, invitations and tokens are not undone; change them once more.")
    for kind in ("profile", "invitation", "api_token"):
        RECORD_RULES.register(RecordRule(kind=kind, right=RIGHT, frozen=frozen))
