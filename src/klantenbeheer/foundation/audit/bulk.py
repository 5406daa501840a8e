"""Inserting many records with their versions at once, with no object and no statement per row.

Django's ``bulk_create`` takes most of an import's time: it asks every field of every record for its place in the
statement, and the versions would be objects only to be taken apart again. Here the values of a record are
converted once, and serve its row and its version.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

# Fewer than these go faster, and more simply, as Django does it.
WORTHWHILE = 10

# Fields whose value is what the driver takes, as long as it is one of these plain types.
_PLAIN_FIELDS = {
    models.CharField, models.TextField, models.SlugField, models.IntegerField, models.BigIntegerField,
    models.PositiveIntegerField, models.PositiveSmallIntegerField, models.PositiveBigIntegerField, models.BigAutoField,
    models.BooleanField, models.ForeignKey,
}  # fmt: skip
_PLAIN_TYPES = frozenset({str, int, bool, type(None)})

Row = Sequence[Any]
# SQLite looks at so many entries of each index: enough to choose by, and done at once however much is stored.
_LOOK_AT = 400
# From here on new rows can change which index is best.
MANY = 1_000


@dataclass(frozen=True, slots=True)
class _Shape:
    """How records of a model become rows: all values, then those that need the field's own conversion."""

    values: Callable[[Any], Row]
    plain: tuple[int, ...]
    fields: tuple[Any, ...]
    columns: tuple[str, ...]


@lru_cache(maxsize=256)
def _shape(model: type[models.Model]) -> _Shape:
    fields = tuple(model._meta.concrete_fields)
    return _Shape(
        attrgetter(*(field.attname for field in fields)),
        tuple(place for place, field in enumerate(fields) if type(field) in _PLAIN_FIELDS),
        fields,
        tuple(str(field.column) for field in fields),
    )


def rows_of(records: Sequence[models.Model], connection: BaseDatabaseWrapper) -> list[list[Any]]:
    """Give the rows of records of one model, in the order of its columns, as the driver takes them."""
    shape = _shape(type(records[0]))
    plain = set(shape.plain)
    others = [(place, field) for place, field in enumerate(shape.fields) if place not in plain]
    found = []
    for record in records:
        row = list(shape.values(record))
        for place, field in others:
            row[place] = field.get_db_prep_save(field.pre_save(record, True), connection)
        for place in shape.plain:
            if type(row[place]) not in _PLAIN_TYPES:  # a choice, a lazy text: the field knows
                row[place] = shape.fields[place].get_db_prep_save(row[place], connection)
        found.append(row)
    return found


def _take_keys(table: str, column: str, count: int, connection: BaseDatabaseWrapper) -> list[int]:
    """Take keys from the table's own counter, as inserting would."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # The write lock is ours (IMMEDIATE), and an explicit key moves the counter along.
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            last = cursor.fetchone()
            first = last[0] + 1 if last else 1
            return list(range(first, first + count))
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [table, column, count],
        )
        return [key for (key,) in cursor.fetchall()]


def insert_rows(
    table: str, columns: Sequence[str], rows: Sequence[Row], connection: BaseDatabaseWrapper
) -> None:
    """Insert rows: one prepared statement on SQLite, COPY on PostgreSQL."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})", rows)
            return
        with (
            connection.wrap_database_errors,
            cursor.copy(f"COPY {quote(table)} ({names}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)


def insert(records: Sequence[models.Model], historical: Any, version: dict[str, Any], alias: str) -> None:
    """Insert new records of one model, and into ``historical`` a version of each.

    ``version`` has the values of the historical columns that are not the record's own. The records get their keys.
    Inside a transaction of the caller.
    """
    connection = connections[alias]
    model = type(records[0])
    shape = _shape(model)
    key = model._meta.pk
    without = [record for record in records if record.pk is None]
    if without:
        keys = _take_keys(model._meta.db_table, str(key.column), len(without), connection)
        for record, taken in zip(without, keys, strict=True):
            record.pk = taken
    rows = rows_of(records, connection)
    insert_rows(model._meta.db_table, shape.columns, rows, connection)
    tracked = {field.attname for field in historical.tracked_fields}
    kept = [place for place, field in enumerate(shape.fields) if field.attname in tracked]
    constant: list[tuple[str, Any]] = []
    for field in historical._meta.concrete_fields:
        if not field.primary_key and field.attname not in tracked:
            value = version.get(field.attname, field.get_default())
            constant.append((str(field.column), field.get_db_prep_save(value, connection)))
    own = itemgetter(*kept)
    added = tuple(value for _name, value in constant)
    insert_rows(
        historical._meta.db_table,
        [*(shape.columns[place] for place in kept), *(name for name, _value in constant)],
        [own(row) + added for row in rows],
        connection,
    )
    for record in records:
        record._state.adding = False
        record._state.db = alias


def refresh_statistics(alias: str = DEFAULT_DB_ALIAS) -> None:
    """Let the database look at its tables after many rows came in: it chooses its indexes by how common values are.

    Outside a transaction. Without it SQLite would look for a customer's versions by the action of an import, which has
    all the others too.
    """
    connection = connections[alias]
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit = {_LOOK_AT}")
        cursor.execute("ANALYZE")
