"""Trigram indexes: FTS5 on SQLite, pg_trgm on PostgreSQL. Used by migrations."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

INDEXED: set[tuple[str, str]] = set()


def fts_table(table: str) -> str:
    """The name of the FTS5 table beside a table."""
    return f"{table}_fts"


def _create_triggers(connection: BaseDatabaseWrapper, table: str, column: str) -> None:
    fts = fts_table(table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TRIGGER IF NOT EXISTS {fts}_ai AFTER INSERT ON {table} BEGIN "
            f"INSERT INTO {fts}(rowid, {column}) VALUES (new.id, new.{column}); END"
        )
        cursor.execute(
            f"CREATE TRIGGER IF NOT EXISTS {fts}_ad AFTER DELETE ON {table} BEGIN "
            f"INSERT INTO {fts}({fts}, rowid, {column}) VALUES ('delete', old.id, old.{column}); END"
        )
        cursor.execute(
            f"CREATE TRIGGER IF NOT EXISTS {fts}_au AFTER UPDATE OF {column} ON {table} "
            f"WHEN old.{column} <> new.{column} BEGIN "
            f"INSERT INTO {fts}({fts}, rowid, {column}) VALUES ('delete', old.id, old.{column}); "
            f"INSERT INTO {fts}(rowid, {column}) VALUES (new.id, new.{column}); END"
        )


class TrigramIndex(Operation):
    """Make infix search on a text column fast on either database."""

    reversible = True

    def __init__(self, table: str, column: str) -> None:
        self.table = table
        self.column = column
        INDEXED.add((table, column))

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models do not change."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "sqlite":
            fts = fts_table(self.table)
            schema_editor.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {fts} USING fts5({self.column}, content='{self.table}', "
                "content_rowid='id', tokenize='trigram')"
            )
            schema_editor.execute(f"INSERT INTO {fts}({fts}) VALUES ('rebuild')")
            _create_triggers(schema_editor.connection, self.table, self.column)
        else:
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            # fastupdate off: its pending list makes a search slow at moments nobody can foresee.
            schema_editor.execute(
                f"CREATE INDEX IF NOT EXISTS {self.table}_{self.column}_trgm ON {self.table} "
                f"USING gin ({self.column} gin_trgm_ops)"
            )

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "sqlite":
            fts = fts_table(self.table)
            for suffix in ("ai", "ad", "au"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {fts}_{suffix}")
            schema_editor.execute(f"DROP TABLE IF EXISTS {fts}")
        else:
            schema_editor.execute(f"DROP INDEX IF EXISTS {self.table}_{self.column}_trgm")

    def describe(self) -> str:
        return f"Trigram index on {self.table}.{self.column}"


class BinaryCollation(Operation):
    """Let a column of normalised text sort by code point on PostgreSQL, as SQLite does.

    Only then is a prefix a range of the index, and paging by key the same on both.
    """

    reversible = True

    def __init__(self, table: str, column: str, length: int) -> None:
        self.table, self.column, self.length = table, column, length

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models do not change."""

    def _alter(self, schema_editor: BaseDatabaseSchemaEditor, collation: str) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"ALTER TABLE {self.table} ALTER COLUMN {self.column} "
                f'TYPE varchar({self.length}) COLLATE "{collation}"'
            )

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        self._alter(schema_editor, "C")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        self._alter(schema_editor, "default")

    def describe(self) -> str:
        return f"Binary collation for {self.table}.{self.column}"


def restore_triggers(sender: Any, using: str, **kwargs: Any) -> None:
    """Put the triggers back that SQLite lost while a migration rebuilt the table (they hang on the old one)."""
    connection = connections[using]
    if connection.vendor != "sqlite" or getattr(sender, "label", "") != "search":
        return
    with connection.cursor() as cursor:
        for table, column in sorted(INDEXED):
            cursor.execute(
                "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = %s", [fts_table(table)]
            )
            if cursor.fetchone() is None:
                continue
            cursor.execute(
                "SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s",
                [fts_table(table) + "_a%"],
            )
            if cursor.fetchone()[0] < 3:
                _create_triggers(connection, table, column)
                cursor.execute(f"INSERT INTO {fts_table(table)}({fts_table(table)}) VALUES ('rebuild')")
