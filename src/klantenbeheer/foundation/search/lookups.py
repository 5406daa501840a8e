"""``column__has_terms=[…]``: every term occurs somewhere in the column. Limited; ``has_all_terms`` is not."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup, TextField
from django.db.models.sql.compiler import SQLCompiler

from .index import fts_table

# More than this nobody reads; a limit inside the subquery keeps a common term as fast as a rare one.
MOST = 500
# Looked at to find those that hold the terms in front: a word that is common behind would cost a walk through all.
CANDIDATES = 10 * MOST
SHORTEST = 3


# What stands behind it only some may search: normalised text and terms never hold it.
APART = "|"


class HasTerms(Lookup):
    """True for at most :data:`MOST` rows that hold all terms. Terms are normalised, three characters or more."""

    lookup_name = "has_terms"
    limit = f" LIMIT {MOST}"
    most = f" LIMIT {CANDIDATES}"
    prepare_rhs = False
    # Only in front of APART.
    in_front = False

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
        params = [f"%{term}%" for term in escaped]
        if self.in_front:  # besides, not instead: the index has the whole column
            own = f"split_part({column}, '{APART}', 1)"
            fits = " AND ".join([f"strpos({own}, %s) > 0"] * len(terms))
            candidates = f"SELECT {key}, {column} FROM {table} WHERE {tests}{self.most}"
            table, tests, params = f"({candidates}) AS candidates", fits, params + terms
        return f"{of}.{key} IN (SELECT {key} FROM {table} WHERE {tests}{self.limit})", params

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        quote = connection.ops.quote_name
        fts = quote(fts_table(self.lhs.target.model._meta.db_table))
        key, of = (
            quote(self.lhs.target.model._meta.pk.column),
            compiler.quote_name_unless_alias(self.lhs.alias),
        )
        terms = self._terms()
        match = " AND ".join('"' + term.replace('"', '""') + '"' for term in terms)
        tests, params = f"{fts} MATCH %s", [match]
        if self.in_front:
            column = quote(self.lhs.target.column)
            own = f"substr({column}, 1, instr({column} || '{APART}', '{APART}'))"
            fits = " AND ".join([f"instr({own}, %s) > 0"] * len(terms))
            candidates = f"SELECT rowid, {column} FROM {fts} WHERE {tests}{self.most}"
            fts, tests, params = f"({candidates})", fits, params + terms
        return f"{of}.{key} IN (SELECT rowid FROM {fts} WHERE {tests}{self.limit})", params


class HasAllTerms(HasTerms):
    """True for every row that holds all terms: slow for common ones, right where other conditions come on top."""

    lookup_name = "has_all_terms"
    limit = most = ""


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
