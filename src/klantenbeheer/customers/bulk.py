"""Giving many customers another region, salesperson or condition group at once.

The domains that manage regions and groups decide who moves where; what moving is, and its history, is the same. Taking
it back is what it is for every action (:mod:`foundation.audit.undo`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from klantenbeheer.foundation.audit.sets import change_many
from klantenbeheer.kernel.actors import Actor

from .models import Customer

MOVABLE = ("territory_id", "salesperson_id", "condition_group_id")


def modified(actor: Actor) -> dict[str, Any]:
    """Give the columns that say who changed a customer, and when."""
    return {"modified_at": timezone.now(), "modified_by_id": actor.user_id}


def customers_move(*, actor: Actor, keys: Sequence[int], values: Mapping[str, int | None]) -> None:
    """Give these customers other values in columns of :data:`MOVABLE`, inside the action at hand.

    The caller checked the rights, narrowed the keys to what the actor may see, and left out who has the values already.
    """
    unknown = set(values) - set(MOVABLE)
    if unknown:
        raise KeyError(sorted(unknown))
    change_many(Customer, keys, values, derived=modified(actor))
