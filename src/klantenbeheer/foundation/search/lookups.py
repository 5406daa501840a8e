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

# What stands behind it only some may search: normalised text and terms never hold it.
APART = "|"
# For each row wanted so many are looked at to find those that hold the terms in front: a word that is common behind
# would cost a walk through all.
TRIES = 10


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
    limited = True
    prepare_rhs = False
    # Only in front of APART.
    in_front = False

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

    def _limit(self, within: str, times: int = 1) -> str:
        return f" LIMIT {(MOST_WITHIN if within else MOST) * times}" if self.limited else ""

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
        within, narrow = self._within(connection)
        params = [*(f"%{term}%" for term in escaped), *narrow]
        limit = self._limit(within)
        if not self.in_front:
            return f"{of}.{key} IN (SELECT {key} FROM {table} WHERE {tests}{within}{limit})", params
        # Besides, not instead: the index has the whole column.
        candidates = f"SELECT {key}, {column} FROM {table} WHERE {tests}{within}{self._limit(within, TRIES)}"
        fits = " AND ".join([f"strpos(split_part({column}, '{APART}', 1), %s) > 0"] * len(terms))
        return (
            f"{of}.{key} IN (SELECT {key} FROM ({candidates}) AS candidates WHERE {fits}{limit})",
            [*params, *terms],
        )

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        quote = connection.ops.quote_name
        fts = quote(fts_table(self.lhs.target.model._meta.db_table))
        key, of = (
            quote(self.lhs.target.model._meta.pk.column),
            compiler.quote_name_unless_alias(self.lhs.alias),
        )
        terms = self._terms()
        match = " AND ".join('"' + term.replace('"', '""') + '"' for term in terms)
        within, narrow = self._within(connection)
        source, limit, params = fts, self._limit(within), [match, *narrow]
        if within:
            table = quote(self.lhs.target.model._meta.db_table)
            # CROSS: the words decide which rows are looked at, never the other way round.
            source = f"{fts} CROSS JOIN {table} ON {table}.{key} = {fts}.rowid"
        tests = f"{fts} MATCH %s{within}"
        if not self.in_front:
            return f"{of}.{key} IN (SELECT {fts}.rowid FROM {source} WHERE {tests}{limit})", params
        column = f"{fts}.{quote(self.lhs.target.column)}"
        own = f"substr({column}, 1, instr({column} || '{APART}', '{APART}')) AS own"
        candidates = (
            f"SELECT {fts}.rowid AS found, {own} FROM {source} WHERE {tests}{self._limit(within, TRIES)}"
        )
        fits = " AND ".join(["instr(own, %s) > 0"] * len(terms))
        return f"{of}.{key} IN (SELECT found FROM ({candidates}) WHERE {fits}{limit})", [*params, *terms]


class HasAllTerms(HasTerms):
    """True for every row that holds all terms: slow for common ones, right where other conditions come on top."""

    lookup_name = "has_all_terms"
    limited = False


class HasTermsInFront(HasTerms):
    """As ``has_terms``, of rows that hold all of them in front of :data:`APART`."""

    lookup_name = "has_terms_in_front"
    in_front = True


class HasAllTermsInFront(HasAllTerms):
    """As ``has_all_terms``, of rows that hold all of them in front of :data:`APART`."""

    lookup_name = "has_all_terms_in_front"
    in_front = True


class ContainsInFront(Lookup):
    """``contains``, in front of :data:`APART`: for terms too short for an index."""

    lookup_name = "contains_in_front"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        column, params = self.process_lhs(compiler, connection)
        return f"strpos(split_part({column}, '{APART}', 1), %s) > 0", [*params, str(self.rhs)]

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        own = f"substr({column}, 1, instr({column} || '{APART}', '{APART}'))"
        return f"instr({own}, %s) > 0", [*params, *params, str(self.rhs)]


def register_lookup() -> None:
    """Make the lookups known to text columns."""
    TextField.register_lookup(HasTerms)
    for lookup in (HasAllTerms, HasTermsInFront, HasAllTermsInFront, ContainsInFront):
        TextField.register_lookup(lookup)
