"""A colleague who left comes back, or leaves once more: what the engine cannot know of his account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from klantenbeheer.customers.permissions import CUSTOMERS
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.undo import ACTION_RULES, RECORD_RULES, ActionRule, Change, RecordRule
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import NotFound, Refused

from . import services
from .models import Departure


def _check(actor: Actor, change: Change, record: Departure | None) -> Iterable[str]:
    """Who leaves once more must still be one who can."""
    if record is None:
        return []
    try:
        services.leaver(actor, record.user_id)
    except (Refused, NotFound) as error:
        return [str(error)]
    return []


def _after(actor: Actor, changes: Sequence[Change]) -> None:
    """The account is open while nobody left, and closed again when the leaving is done again."""
    for change in changes:
        row = change.after or change.before
        user = User.objects.select_for_update().get(pk=row.user_id)
        if change.sign == "+":
            services.account_open(actor, user)
        else:
            services.account_end(actor, user)


def register() -> None:
    """Times in a territory go back whole territories at a time; customers, who were not moved again since."""
    RECORD_RULES.register(
        RecordRule(
            kind="departure", right=services.RIGHT, part=True, together="user_id", check=_check, after=_after,
            page="/settings/accounts/",
        )
    )  # fmt: skip
    ACTION_RULES.register(
        ActionRule(kind=services.LEAVE, rights=(services.RIGHT, CUSTOMERS), partly=True, moves=True)
    )
