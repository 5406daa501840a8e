"""``column__has_terms=[…]``: every term occurs somewhere in the column. Limited; ``has_all_terms`` is not."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup, TextField
from django.db.models.sql.compiler import SQLCompiler

from .index import fts_table

# More than this nobody reads; a limit inside the subquery keeps a common term as fast as a rare one.
MOST = 500
SHORTEST = 3


class HasTerms(Lookup):
    """True for at most :data:`MOST` rows that hold all terms. Terms are normalised, three characters or more."""

    lookup_name = "has_terms"
    limit = f" LIMIT {MOST}"
    prepare_rhs = False

    def _terms(self) -> list[str]:
        return [str(term) for term in self.rhs if len(str(term)) >= SHORTEST]

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        quote = connection.ops.quote_name
        column, table = quote(self.lhs.target.column), quote(self.lhs.target.model._meta.db_table)
        key, of = (
            quote(self.lhs.target.model._meta.pk.column),
            compiler.quote_name_unless_alias(self.lhs.alias),
        )
        terms = self._terms()
        tests = " AND ".join([f"{column} LIKE %s"] * len(terms))
        escaped = [term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for term in terms]
        return (
            f"{of}.{key} IN (SELECT {key} FROM {table} WHERE {tests}{self.limit})",
            [f"%{term}%" for term in escaped],
        )

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        quote = connection.ops.quote_name
        fts = quote(fts_table(self.lhs.target.model._meta.db_table))
        key, of = (
            quote(self.lhs.target.model._meta.pk.column),
            compiler.quote_name_unless_alias(self.lhs.alias),
        )
        match = " AND ".join('"' + term.replace('"', '""') + '"' for term in self._terms())
        return (
            f"{of}.{key} IN (SELECT rowid FROM {fts} WHERE {fts} MATCH %s{self.limit})",
            [match],
        )


class HasAllTerms(HasTerms):
    """True for every row that holds all terms: slow for common ones, right where other conditions come on top."""

    lookup_name = "has_all_terms"
    limit = ""


def register_lookup() -> None:
    """Make the lookups known to text columns."""
    TextField.register_lookup(HasTerms)
    TextField.register_lookup(HasAllTerms)
