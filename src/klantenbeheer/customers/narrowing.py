"""Narrowing the list to a value, by an index or past it."""

from __future__ import annotations

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
