"""Querysets that are composed once and run many times with other values.

While somebody types, composing a statement takes Django three times as long as the database takes to answer it. So the
statement of a queryset is kept, and only its values change. Whom the actor may see stays in the queryset: a narrowed
one is composed anew each time, only the unrestricted one is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

_MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    params: tuple[Any, ...]
    names: tuple[str, ...]
    compiler: Any
    converters: Any


_kept: dict[Hashable, _Statement] = {}
_lock = Lock()


def mark(name: str) -> str:
    """Give the text that stands for a value while the queryset is composed."""
    return f"\x02{name}\x03"


def _compose(queryset: QuerySet[Any]) -> _Statement:
    compiler = queryset.query.get_compiler(queryset.db)
    sql, params = compiler.as_sql()
    converters = compiler.get_converters([column[0] for column in compiler.select])
    # The order of the columns is the statement's own; annotations come after the columns of the table.
    names = (*queryset.query.values_select, *queryset.query.annotation_select)
    return _Statement(sql, tuple(params), names, compiler, converters)


def _filled(param: Any, values: Mapping[str, str]) -> Any:
    if isinstance(param, str) and "\x02" in param:
        for name, value in values.items():
            param = param.replace(mark(name), value)
    return param


def rows(
    key: Hashable,
    visible: QuerySet[Any],
    compose: Callable[[QuerySet[Any]], QuerySet[Any]],
    values: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Give the rows of ``compose(visible)``, a ``values()`` queryset in which marks stand for ``values``.

    ``key`` names the statement: everything that changes it besides the values must be in it. Values are texts, put
    into parameters only, never into the statement; they may hold no wildcards.
    """
    if visible.query.is_empty():
        return []
    alias = visible.db
    unrestricted = not visible.query.where and len(visible.query.alias_map) <= 1
    kept = (connections[alias].vendor, key)
    statement = _kept.get(kept) if unrestricted else None
    if statement is None:
        try:
            statement = _compose(compose(visible))
        except EmptyResultSet:
            return []
        if unrestricted:
            with _lock:
                if len(_kept) >= _MOST_KEPT:
                    _kept.clear()
                _kept[kept] = statement
    connection = connections[alias]
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, [_filled(param, values) for param in statement.params])
        found: Any = cursor.fetchall()
    for place, (functions, expression) in statement.converters.items():
        found = [list(row) for row in found] if found and isinstance(found[0], tuple) else found
        for row in found:
            for function in functions:
                row[place] = function(row[place], expression, connection)
    return [dict(zip(statement.names, row, strict=True)) for row in found]
