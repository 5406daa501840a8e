"""The floor of writing: the very rows that the product wrote, put into the same tables by hand-written INSERTs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

# Each table with the column that says whose a row is, and its key that the database gives (history) or we do.
TABLES = (
    ("customers_customer", "id", ""),
    ("customers_historicalcustomer", "id", "history_id"),
    ("customers_address", "customer_id", ""),
    ("customers_historicaladdress", "customer_id", "history_id"),
    ("customers_customermailingcode", "customer_id", ""),
    ("customers_historicalcustomermailingcode", "customer_id", "history_id"),
    ("contacts_contact", "customer_id", ""),
    ("contacts_historicalcontact", "customer_id", "history_id"),
    ("audit_touch", "subject_id", "id"),
)


@dataclass(slots=True)
class _Stored:
    table: str
    columns: list[str]
    rows: list[list[Any]]
    owner: int


class Copier:
    """Reads the rows of customers, and inserts them again as other customers."""

    def __init__(self, ids: list[int]) -> None:
        self.rounds = 0
        self.stored: list[_Stored] = []
        least, most, wanted = min(ids), max(ids), set(ids)
        with connection.cursor() as cursor:
            for table, owner, made in TABLES:
                cursor.execute(f"SELECT * FROM {table} WHERE {owner} BETWEEN %s AND %s", [least, most])
                names = [column[0] for column in cursor.description]
                kept = [place for place, name in enumerate(names) if name != made]
                columns = [names[place] for place in kept]
                at = columns.index(owner)
                found = ([row[place] for place in kept] for row in cursor.fetchall())
                self.stored.append(_Stored(table, columns, [row for row in found if row[at] in wanted], at))

    def _shifted(self, part: _Stored, rows: list[list[Any]], shift: int) -> list[list[Any]]:
        places = {part.owner, *([part.columns.index("id")] if "id" in part.columns else [])}
        number = part.columns.index("number") if "number" in part.columns else None
        found = []
        for row in rows:
            copy = list(row)
            for place in places:
                copy[place] += shift
            if number is not None:
                copy[number] = f"F{self.rounds}-{copy[number]}"
            found.append(copy)
        return found

    def _beyond(self) -> int:
        """Give what makes every key that was read larger than every key that is stored."""
        found = 0
        with connection.cursor() as cursor:
            for part in self.stored:
                key = "id" if "id" in part.columns else part.columns[part.owner]
                cursor.execute(f"SELECT max({key}) FROM {part.table}")
                found = max(found, cursor.fetchone()[0] or 0)
        return found + 1

    def _counters(self) -> list[tuple[str, int]]:
        """Give where SQLite counts on: a key that is written moves it, and what comes after must not begin up there."""
        if connection.vendor != "sqlite":
            return []
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
            return [row for row in cursor.fetchall() if row[0] in {part.table for part in self.stored}]

    def insert(self, chunk: int) -> float:
        """Insert all rows for ``chunk`` customers per transaction; give the seconds that it took.

        They are removed afterwards.
        """
        self.rounds += 1
        shift = self._beyond()
        counters = self._counters()
        work: list[list[tuple[str, list[list[Any]]]]] = []
        ids = sorted(row[self.stored[0].owner] for row in self.stored[0].rows)
        for start in range(0, len(ids), chunk):
            mine = set(ids[start : start + chunk])
            statements = []
            for part in self.stored:
                rows = [row for row in part.rows if row[part.owner] in mine]
                if rows:
                    marks = ", ".join(["%s"] * len(part.columns))
                    names = ", ".join(f'"{name}"' for name in part.columns)
                    sql = f"INSERT INTO {part.table} ({names}) VALUES ({marks})"
                    statements.append((sql, self._shifted(part, rows, shift)))
            work.append(statements)
        began = time.perf_counter()
        for statements in work:
            with transaction.atomic(), connection.cursor() as cursor:
                for sql, rows in statements:
                    cursor.executemany(sql, rows)
        took = time.perf_counter() - began
        with transaction.atomic(), connection.cursor() as cursor:
            for part in reversed(self.stored):
                owner = part.columns[part.owner]
                cursor.execute(f"DELETE FROM {part.table} WHERE {owner} >= %s", [min(ids) + shift])
            for table, last in counters:
                cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [last, table])
        return took
