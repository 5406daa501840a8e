"""Records as they were at a moment, from their versions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Max, QuerySet, Value

from .models import Audited

R = TypeVar("R", bound=Audited)


def versions_at(model: type[Audited], subject_id: int, at: datetime) -> list[Any]:
    """Give the versions of a subject's records of one kind that held at a moment. One query.

    A record that belonged to another subject then is not his, one that does now is not yet.
    """
    return list(_held(model, subject_id, at).order_by("id"))


def versions_at_both(
    model: type[Audited], subject_id: int, first: datetime, second: datetime
) -> tuple[list[Any], list[Any]]:
    """Give :func:`versions_at` of two moments. One query for both."""
    held = [
        _held(model, subject_id, at).annotate(moment=Value(place)) for place, at in enumerate((first, second))
    ]
    found: tuple[list[Any], list[Any]] = ([], [])
    for row in sorted(held[0].union(held[1], all=True), key=lambda row: int(row.id)):
        found[row.moment].append(row)
    return found


def _held(model: type[Audited], subject_id: int, at: datetime) -> QuerySet[Any]:
    historical = model.history.model
    owner = str(model.subject_field)
    versions = historical.objects.order_by()
    ever = versions.filter(**{owner: subject_id}).values("id")
    latest = versions.filter(id__in=ever, history_date__lte=at).values("id").annotate(last=Max("history_id"))
    rows = versions.filter(history_id__in=latest.values("last"), **{owner: subject_id})
    return rows.exclude(history_type="-")


def records_at(model: type[R], subject_id: int, at: datetime) -> list[R]:
    """Give a subject's records of one kind as they were at a moment, in the order of the model."""
    records = [row.instance for row in versions_at(model, subject_id, at)]
    for name in reversed(model._meta.ordering or ["id"]):
        key = str(name).removeprefix("-")
        down = str(name).startswith("-")
        records.sort(key=lambda record, key=key: _sortable(getattr(record, key)), reverse=down)  # type: ignore[misc]
    return records


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is not None, value if value is not None else 0)


def by_key_at(model: type[R], keys: Iterable[int | None], at: datetime) -> dict[int, R]:
    """Give records by their keys as they were at a moment; one whose history begins later as it is now.

    At most two queries, whatever their number.
    """
    wanted = {key for key in keys if key is not None}
    if not wanted:
        return {}
    versions = model.history.model.objects.order_by()
    latest = (
        versions.filter(id__in=wanted, history_date__lte=at).values("id").annotate(last=Max("history_id"))
    )
    found: dict[int, R] = {
        row.id: row.instance for row in versions.filter(history_id__in=latest.values("last"))
    }
    missing = wanted - set(found)
    return found | model._base_manager.in_bulk(missing) if missing else found
