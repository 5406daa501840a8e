"""Narrowing the list to a value, by an index or past it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce


def where(rows: QuerySet[Any], column: str, value: Any, nothing: Any, *, aside: bool) -> QuerySet[Any]:
    """Narrow to a value; ``aside`` hides the column in an expression, which no index has."""
    if not aside:
        return rows.filter(**{column: value})
    return rows.alias(**{f"{column}_aside": Coalesce(column, Value(nothing))}).filter(
        **{f"{column}_aside": value}
    )


def where_any(
    rows: QuerySet[Any], column: str, values: Sequence[Any], nothing: Any, *, aside: bool
) -> QuerySet[Any]:
    """Narrow to any of some values, as :func:`where` does to one."""
    if len(values) == 1:
        return where(rows, column, values[0], nothing, aside=aside)
    if not aside:
        return rows.filter(**{f"{column}__in": values})
    return rows.alias(**{f"{column}_aside": Coalesce(column, Value(nothing))}).filter(
        **{f"{column}_aside__in": values}
    )
