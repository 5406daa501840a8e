"""Which actions stand on a subject's timeline: index ranges, whatever is filtered by and however many there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from .models import Action, Touch

# Pairs of person and kinds that a filter looks at; each is a range of its own.
_PAIRS_MOST = 400
# Clocks are set back and forth; the number of an action is near its moment, not the same.
_SLACK = timedelta(days=1)

_PAIRS = """
WITH RECURSIVE pair(who, kinds) AS (
    SELECT * FROM (
        SELECT who, kinds FROM audit_touch WHERE subject_id = %s ORDER BY who, kinds LIMIT 1
    ) AS first
    UNION ALL
    SELECT t.who, t.kinds FROM pair p JOIN audit_touch t ON t.id = (
        SELECT u.id FROM audit_touch u WHERE u.subject_id = %s AND (u.who, u.kinds) > (p.who, p.kinds)
        ORDER BY u.who, u.kinds LIMIT 1
    )
)
SELECT who, kinds FROM pair LIMIT 2000
"""

_UNDOINGS = """
WITH RECURSIVE undoing(id, undoes_id, part, at, who) AS (
    SELECT id, undoes_id, part, at, actor_label FROM audit_action WHERE undoes_id IN ({marks})
    UNION ALL
    SELECT a.id, a.undoes_id, a.part, a.at, a.actor_label FROM audit_action a JOIN undoing u ON a.undoes_id = u.id
)
SELECT id, undoes_id, part, at, who FROM undoing u
WHERE EXISTS (SELECT 1 FROM audit_touch t WHERE t.action_id = u.id AND t.subject_id IN ({subjects}))
ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Period:
    """From when until when, both included; either may be open."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Undoing:
    """An action that took back another, or one record of it (``part``)."""

    action_id: int
    undoes_id: int
    part: str
    at: datetime
    who: str


def pairs_of(subjects: Sequence[int]) -> list[tuple[str, str]]:
    """Give every person with the kinds that his actions touched together, each pair once.

    ``subjects`` are one and who was merged into him. The index is jumped through from pair to pair: as many steps as
    there are pairs, not actions.
    """
    found: dict[tuple[str, str], None] = {}
    with connection.cursor() as cursor:
        for subject_id in subjects:
            cursor.execute(_PAIRS, [subject_id, subject_id])
            found |= dict.fromkeys(cursor.fetchall())
    return list(found)


def page_of(
    subjects: Sequence[int],
    *,
    pairs: Collection[tuple[str, str]] | None = None,
    fields: tuple[str, str] | None = None,
    period: Period | None = None,
    before: int | None = None,
    most: int = 40,
) -> dict[int, str]:
    """Give the next actions with the kinds they touched, the latest first.

    ``subjects`` are one and who was merged into him. ``pairs`` narrows by person and kinds, ``fields`` to one field
    (its name, and perhaps a person).
    """
    found: dict[int, str] = {}
    for subject_id in subjects:
        page = _page_of(subject_id, pairs, fields, period or Period(), before, most)
        for number, told in page.items():
            found[number] = " ".join(sorted({*found.get(number, "").split(), *told.split()}))
    return dict(sorted(found.items(), reverse=True)[:most])


def _page_of(
    subject_id: int, pairs: Collection[tuple[str, str]] | None, fields: tuple[str, str] | None, period: Period,
    before: int | None, most: int,
) -> dict[int, str]:  # fmt: skip
    source, conditions, values = _where(subject_id, period, before)
    if fields is not None:
        name, who = fields
        conditions, values = [*conditions, "t.name = %s"], [*values, name]
        if who:
            conditions, values = [*conditions, "t.who = %s"], [*values, who]
        found = _numbers([_select("audit_fieldtouch", "name", source, conditions, most)], values, most)
        return {number: told.split(".")[0] for number, told in found.items()}
    if pairs is None:
        return _numbers([_select("audit_touch", "kinds", source, conditions, most)], values, most)
    chosen = list(pairs)[:_PAIRS_MOST]
    if not chosen:
        return {}
    each = _select("audit_touch", "kinds", source, [*conditions, "t.who = %s", "t.kinds = %s"], most)
    return _numbers([each] * len(chosen), [v for pair in chosen for v in (*values, *pair)], most)


def _where(subject_id: int, period: Period, before: int | None) -> tuple[str, list[str], list[Any]]:
    conditions = ["t.subject_id = %s"]
    values: list[Any] = [subject_id]
    source = ""
    if before is not None:
        conditions.append("t.action_id < %s")
        values.append(before)
    for moment, sign, at_least in ((period.since, ">=", True), (period.until, "<=", False)):
        if moment is None:
            continue
        source = "JOIN audit_action a ON a.id = t.action_id"
        bound = _bound(moment - _SLACK if at_least else moment + _SLACK)
        if bound is not None:
            conditions.append(f"t.action_id {sign} %s")
            values.append(bound)
        elif at_least:
            conditions.append("1 = 0")  # nothing was done since then
        conditions.append(f"a.at {sign} %s")
        values.append(connection.ops.adapt_datetimefield_value(moment))
    return source, conditions, values


def _bound(moment: datetime) -> int | None:
    """Give the first action at or after a moment."""
    rows = Action.objects.filter(at__gte=moment).order_by("at").values_list("pk", flat=True)
    return rows.first()


def _select(table: str, told: str, source: str, conditions: Sequence[str], most: int) -> str:
    return (
        f"SELECT t.action_id, t.{told} AS told FROM {table} t {source} WHERE {' AND '.join(conditions)} "  # noqa: S608 - names of ours
        f"ORDER BY t.action_id DESC LIMIT {int(most)}"
    )


def _numbers(selects: Sequence[str], values: Sequence[Any], most: int) -> dict[int, str]:
    # Each range gives its own latest; the latest of those are the latest of all.
    union = " UNION ALL ".join(f"SELECT * FROM ({select}) AS part" for select in selects)  # noqa: S608 - see _select
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT action_id, told FROM ({union}) AS found ORDER BY action_id DESC LIMIT {int(most)}",  # noqa: S608 - see _select
            list(values),
        )
        return dict(cursor.fetchall())


def _marks(values: Sequence[int]) -> str:
    return ", ".join(["%s"] * len(values))


def undoings_of(subjects: Sequence[int], actions: Sequence[int]) -> list[Undoing]:
    """Give what took these actions back for a subject, and what took that back, and so on. One query."""
    if not actions:
        return []
    sql = _UNDOINGS.format(marks=_marks(actions), subjects=_marks(subjects))
    with connection.cursor() as cursor:
        cursor.execute(sql, [*actions, *subjects])
        rows = cursor.fetchall()
    return [Undoing(number, undoes, part, _moment(at), who) for number, undoes, part, at, who in rows]


def _moment(at: datetime) -> datetime:
    """Give a moment as the database holds it: SQLite keeps UTC and says no zone."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def undone_parts(undoings: Sequence[Undoing], action_id: int) -> dict[str, Undoing]:
    """Give what holds no longer of an action: a record's name, or '' for all of it, with what took it back."""
    found: dict[str, Undoing] = {}
    for one in undoings:
        if one.undoes_id == action_id:
            again = undone_parts(undoings, one.action_id)
            if "" not in again and one.part not in again:
                found[one.part] = one
    return found


def kinds_of(subjects: Sequence[int], actions: Sequence[int]) -> dict[int, str]:
    """Give the kinds that each of these actions touched of these subjects. One query."""
    rows = Touch.objects.filter(subject_id__in=subjects, action__in=actions)
    found: dict[int, str] = {}
    for number, kinds in rows.values_list("action_id", "kinds"):
        found[number] = " ".join(sorted({*found.get(number, "").split(), *kinds.split()}))
    return found


def with_others(subjects: Sequence[int], actions: Sequence[int]) -> set[int]:
    """Give those of these actions that touched other subjects too."""
    if not actions:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT a.id FROM audit_action a WHERE a.id IN ({_marks(actions)}) AND EXISTS "  # noqa: S608 - marks alone
            f"(SELECT 1 FROM audit_touch t WHERE t.action_id = a.id AND t.subject_id NOT IN ({_marks(subjects)}))",
            [*actions, *subjects],
        )
        return {number for (number,) in cursor.fetchall()}
