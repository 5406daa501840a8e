"""``column__has_terms=[…]``: every term occurs somewhere in the column. Limited; ``has_all_terms`` is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup, QuerySet, TextField
from django.db.models.sql.compiler import SQLCompiler

from .index import fts_table

# More than this nobody reads; a limit inside the subquery keeps a common term as fast as a rare one.
MOST = 500
# Among the rows of some only, so many: each is looked for among the many of others.
MOST_WITHIN = 200
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms to look for; of the rows of ``within`` (a queryset of this one table) alone where it is given.

    Narrowing outside would come after the limit: of a common term hardly anything would be left.
    """

    terms: Sequence[str]
    within: QuerySet[Any] | None = None


class HasTerms(Lookup):
    """True for at most :data:`MOST` rows that hold all terms. Terms are normalised, three characters or more."""

    lookup_name = "has_terms"
    limit = f" LIMIT {MOST}"
    prepare_rhs = False

    def _terms(self) -> list[str]:
        terms = self.rhs.terms if isinstance(self.rhs, Terms) else self.rhs
        return [str(term) for term in terms if len(str(term)) >= SHORTEST]

    def _within(self, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Give the condition on the table's own rows that counts before the limit."""
        queryset = self.rhs.within if isinstance(self.rhs, Terms) else None
        if queryset is None or not queryset.query.where:
            return "", ()
        # Of one table, whose columns are named by the table itself: it stands in the subquery under its own name.
        compiler = queryset.query.get_compiler(connection=connection)
        compiler.setup_query()
        sql, params = compiler.compile(queryset.query.where)
        return f" AND ({sql})", tuple(params)

    def _limit(self, within: str) -> str:
        return f" LIMIT {MOST_WITHIN}" if within and self.limit else self.limit

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
        within, params = self._within(connection)
        return (
            f"{of}.{key} IN (SELECT {key} FROM {table} WHERE {tests}{within}{self._limit(within)})",
            [*(f"%{term}%" for term in escaped), *params],
        )

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        quote = connection.ops.quote_name
        fts = quote(fts_table(self.lhs.target.model._meta.db_table))
        key, of = (
            quote(self.lhs.target.model._meta.pk.column),
            compiler.quote_name_unless_alias(self.lhs.alias),
        )
        match = " AND ".join('"' + term.replace('"', '""') + '"' for term in self._terms())
        within, params = self._within(connection)
        if not within:
            return f"{of}.{key} IN (SELECT rowid FROM {fts} WHERE {fts} MATCH %s{self.limit})", [match]
        table = quote(self.lhs.target.model._meta.db_table)
        # CROSS: the words decide which rows are looked at, never the other way round.
        joined = f"{fts} CROSS JOIN {table} ON {table}.{key} = {fts}.rowid"
        return (
            f"{of}.{key} IN (SELECT {fts}.rowid FROM {joined} WHERE {fts} MATCH %s{within}{self._limit(within)})",
            [match, *params],
        )


class HasAllTerms(HasTerms):
    """True for every row that holds all terms: slow for common ones, right where other conditions come on top."""

    lookup_name = "has_all_terms"
    limit = ""


def register_lookup() -> None:
    """Make the lookups known to text columns."""
    TextField.register_lookup(HasTerms)
    TextField.register_lookup(HasAllTerms)
