"""The index by which the timeline of a record with very many versions finds the few that a page shows.

SQLite's index of a record's versions has their keys in it, so the version before another is found; those of some
actions it would pick from all versions of the record. PostgreSQL combines indexes for that, but sorts all versions of
the record for each one before another: seconds for a customer with a hundred thousand.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

from .kinds import audited_models
from .models import Audited


def index_name(table: str) -> str:
    """The name of the index on a table of versions."""
    return f"{table[:48]}_in_order"


def columns_of(model: type[Audited], vendor: str) -> list[str]:
    """Give what the index on the versions of a model is of, on this kind of database."""
    options: Any = model.history.model._meta
    second = options.pk if vendor == "postgresql" else options.get_field("action")
    return [options.get_field(model._meta.pk.name).column, second.column]


def ensure(sender: Any, using: str, **kwargs: Any) -> None:
    """Make the index on each table of versions that has none, after migrations: also on those of later domains."""
    connection = connections[using]
    if getattr(sender, "label", "") != "audit":
        return
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for model in audited_models():
            options: Any = model.history.model._meta
            if options.db_table in there:
                columns = ", ".join(quote(column) for column in columns_of(model, connection.vendor))
                cursor.execute(
                    f"CREATE INDEX IF NOT EXISTS {quote(index_name(options.db_table))} "
                    f"ON {quote(options.db_table)} ({columns})"
                )
