"""The index by which PostgreSQL finds the version before another one of the same record.

SQLite's index of a record's versions has their keys in it; PostgreSQL's does not, and sorts all versions of a record
for each one that is asked for: seconds for a customer with a hundred thousand.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

from .kinds import audited_models


def index_name(table: str) -> str:
    """The name of the index on a table of versions."""
    return f"{table[:48]}_in_order"


def ensure(sender: Any, using: str, **kwargs: Any) -> None:
    """Make the index on each table of versions that has none, after migrations: also on those of later domains."""
    connection = connections[using]
    if connection.vendor != "postgresql" or getattr(sender, "label", "") != "audit":
        return
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for model in audited_models():
            options: Any = model.history.model._meta
            if options.db_table in there:
                key = quote(options.get_field(model._meta.pk.name).column)
                cursor.execute(
                    f"CREATE INDEX IF NOT EXISTS {quote(index_name(options.db_table))} "
                    f"ON {quote(options.db_table)} ({key}, {quote(options.pk.column)})"
                )
