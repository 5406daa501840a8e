"""The list of customers counted by what they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.lists.conditions import Condition
from klantenbeheer.kernel.actors import Actor

from . import list_fields
from .list_query import GROUPS, ListQuery
from .listing import filtered
from .models import Territory


@dataclass(frozen=True, slots=True)
class Counted:
    """A group of the list: what is the same for all in it, as a condition has it, and how many they are."""

    value: str
    label: str
    count: int
    condition: Condition


def grouped(actor: Actor, query: ListQuery) -> list[Counted]:
    """Count the customers of each group, the largest first. Two queries."""
    column = GROUPS[query.by]
    base = filtered(actor, query).order_by().values_list(column)
    found = [(value, count) for value, count in base.annotate(count=Count("id")).order_by("-count", column)]
    one = list_fields.fields(actor)[query.by]
    names = _names(query.by, [value for value, _count in found])
    words = {str(value): str(label) for value, label in (one.choices() if one.choices else ())}
    # Within a territory lie others, which are groups of their own.
    same = "just" if query.by == "territory" else "is"
    rows = []
    for value, count in found:
        name, label = names.get(value, ("" if value is None else str(value), ""))
        condition = Condition(query.by, same, name) if name else Condition(query.by, "empty")
        rows.append(Counted(name, words.get(name) or label or name, count, condition))
    return rows


def _names(by: str, values: Sequence[Any]) -> dict[Any, tuple[str, str]]:
    """Give the name in conditions, and the words, of what customers point at."""
    wanted = [value for value in values if value is not None]
    if by == "territory":
        return {one.pk: (one.code, str(one)) for one in Territory.objects.filter(pk__in=wanted)}
    if by == "salesperson":
        return {one.pk: (one.username, str(one)) for one in User.objects.filter(pk__in=wanted)}
    return {}
