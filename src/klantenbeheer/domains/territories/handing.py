"""Whose territories go to a colleague from a day: the times somebody sells or deputises in them, split at that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.models import write

from .models import TerritoryStaff


@dataclass(frozen=True, slots=True)
class Spell:
    """A time of somebody in a territory, as salesperson or as deputy."""

    territory: str
    since: date
    until: date | None
    selling: bool


def _rows(user_id: int, since: date) -> list[TerritoryStaff]:
    mine = Q(salesperson_id=user_id) | Q(deputy_id=user_id)
    current = Q(until__isnull=True) | Q(until__gte=since)
    rows = TerritoryStaff.objects.filter(mine, current).select_related("territory")
    return list(rows.order_by("territory__code", "since", "pk"))


def spells_of(user_id: int, since: date) -> list[Spell]:
    """Give the times of somebody that go on at this day or begin later."""
    return [
        Spell(str(row.territory), row.since, row.until, row.salesperson_id == user_id)
        for row in _rows(user_id, since)
    ]


def _replace(row: TerritoryStaff, user_id: int, successor: User) -> None:
    if row.salesperson_id == user_id:
        row.salesperson = successor
        if row.deputy_id == successor.pk:  # nobody deputises for himself
            row.deputy = None
    else:
        row.deputy = None if row.salesperson_id == successor.pk else successor


def spells_hand_over(user_id: int, successor: User, since: date) -> int:
    """Give the times to the successor from this day, inside the action at hand; gives how many.

    A time that began earlier ends the day before, and the successor's begins.
    """
    rows = _rows(user_id, since)
    for row in rows:
        if row.since >= since:
            _replace(row, user_id, successor)
        else:
            after = TerritoryStaff(
                territory_id=row.territory_id, salesperson_id=row.salesperson_id, deputy_id=row.deputy_id,
                since=since, until=row.until,
            )  # fmt: skip
            _replace(after, user_id, successor)
            row.until = since - timedelta(days=1)
            write([after], new=True)
        row.version += 1
        write([row], new=False)
    return len(rows)
