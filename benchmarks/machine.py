"""What the figures were made with."""

from __future__ import annotations

import subprocess
from importlib.metadata import version

from tests.programs import find_postgres


def _sqlite() -> str:
    try:
        from pysqlite3 import sqlite_version
    except ImportError:
        from sqlite3 import sqlite_version
    return str(sqlite_version)


def _postgres() -> str:
    programs = find_postgres()
    if programs is None:
        return "not installed"
    said = subprocess.run(
        [str(programs / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    return said.stdout.strip().split(" ")[2]


def versions(kinds: list[str]) -> dict[str, str]:
    """Give the versions of what these databases run on."""
    found = {"Django": version("django")}
    if "sqlite" in kinds:
        found["SQLite"] = f"{_sqlite()} (WAL, synchronous FULL)"
    if "postgresql" in kinds:
        found["PostgreSQL"] = f"{_postgres()} (durable, its own defaults)"
    return found
