"""The least SQL that the work needs, written by hand and run by cursor: what every figure is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from klantenbeheer.foundation.search.lookups import MOST, SHORTEST
from klantenbeheer.kernel.text import normalise, query_terms

COLUMNS = (
    "id, number, name, status, city, postcode, country, phone, email, vat_number, modified_at, flagged, name_norm, "
    "city_norm"
)
_END = "\U0010ffff"


def fetch(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Give the rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _holding(terms: Sequence[str]) -> tuple[str, list[str]]:
    """Give the condition on rows that hold all terms (three characters or more)."""
    if connection.vendor == "sqlite":
        match = " AND ".join(f'"{term}"' for term in terms)
        return (
            "id IN (SELECT rowid FROM customers_customer_fts WHERE customers_customer_fts MATCH %s "
            f"LIMIT {MOST})",
            [match],
        )
    tests = " AND ".join(["search_text LIKE %s"] * len(terms))
    return f"id IN (SELECT id FROM customers_customer WHERE {tests} LIMIT {MOST})", [f"%{t}%" for t in terms]


def search(query: str, limit: int = 12) -> list[tuple[Any, ...]]:
    """Find as the suggestions do: by number and name beginning, then anywhere when those are too few."""
    text, number = normalise(query), query.strip().upper()
    found = []
    if number.isalnum():
        found = fetch(
            f"SELECT {COLUMNS} FROM customers_customer WHERE upper(number) >= %s AND upper(number) < %s "
            f"ORDER BY upper(number) LIMIT {limit}",
            [number, number + _END],
        )
    if len(found) < limit:
        found += fetch(
            f"SELECT {COLUMNS} FROM customers_customer WHERE name_norm >= %s AND name_norm < %s "
            f"ORDER BY name_norm, id LIMIT {limit}",
            [text, text + _END],
        )
    terms = [term for term in query_terms(query) if len(term) >= SHORTEST]
    if len(found) < limit and terms:
        condition, params = _holding(terms)
        for term in query_terms(query):
            if len(term) < SHORTEST:
                condition, params = f"{condition} AND search_text LIKE %s", [*params, f"%{term}%"]
        found += fetch(
            f"SELECT {COLUMNS} FROM customers_customer WHERE {condition} ORDER BY name_norm, id LIMIT {limit}",
            params,
        )
    return found


def mended(query: str, right: str, limit: int = 12) -> list[tuple[Any, ...]]:
    """Find what a mistyped query meant, by somebody who knows the right word: the miss, then the hit."""
    return search(query, limit) or search(right, limit)


def account(user_id: int) -> list[tuple[Any, ...]]:
    """Read what every request needs: the session, the user and his rights."""
    fetch("SELECT session_key, session_data, expire_date FROM accounts_session LIMIT 1")
    fetch("SELECT * FROM access_user WHERE id = %s", [user_id])
    return fetch(
        "SELECT r.is_manager, l.right, l.level FROM access_role r JOIN access_user_roles u ON u.role_id = r.id "
        "LEFT JOIN access_rolelevel l ON l.role_id = r.id WHERE u.user_id = %s",
        [user_id],
    )


def card(user_id: int, number: str) -> None:
    """Read what the card shows around a tab."""
    account(user_id)
    (row,) = fetch(
        "SELECT c.*, t.code, t.name, s.full_name, m.full_name FROM customers_customer c "
        "LEFT JOIN customers_territory t ON t.id = c.territory_id "
        "LEFT JOIN access_user s ON s.id = c.salesperson_id LEFT JOIN access_user m ON m.id = c.modified_by_id "
        "WHERE upper(c.number) = %s",
        [number.upper()],
    )
    key = row[0]
    fetch("SELECT * FROM customers_address WHERE customer_id = %s", [key])
    fetch("SELECT 1 FROM customers_customermark WHERE customer_id = %s AND user_id = %s", [key, user_id])
    fetch(
        "SELECT m.code FROM customers_customermailingcode c JOIN customers_mailingcode m ON m.id = c.code_id "
        "WHERE c.customer_id = %s",
        [key],
    )


def tab(user_id: int, number: str, table: str) -> None:
    """Read a tab of records alone."""
    account(user_id)
    fetch(
        f"SELECT t.* FROM {table} t JOIN customers_customer c ON c.id = t.customer_id WHERE upper(c.number) = %s",
        [number.upper()],
    )
