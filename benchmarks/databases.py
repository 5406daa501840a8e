"""Throw-away databases: a file for SQLite, a cluster that writes to disk for PostgreSQL."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres

KINDS = ("sqlite", "postgresql")


def _environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "KLANTENBEHEER_DATA": str(folder),
        "PYTHONPATH": os.pathsep.join(("src", ".")),
    }


@contextmanager
def filled(url: str) -> Iterator[dict[str, str]]:
    """Give the environment of processes that use a database that was filled earlier; it stays."""
    folder = Path(tempfile.mkdtemp(prefix="klantenbeheer-bench-"))
    try:
        yield {**_environment(folder), "DATABASE_URL": url}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(kind: str) -> Iterator[dict[str, str]]:
    """Give the environment of processes that use a fresh database of this kind; it is removed at the end.

    Raises ``tests.postgres.NoPostgres`` when there is no PostgreSQL.
    """
    folder = Path(tempfile.mkdtemp(prefix="klantenbeheer-bench-"))
    environment = _environment(folder)
    try:
        if kind == "sqlite":
            environment["DATABASE_URL"] = f"sqlite:///{folder / 'bench.sqlite3'}"
            yield environment
        else:
            with postgres.cluster(durable=True) as url:
                environment["DATABASE_URL"] = url
                yield environment
    finally:
        shutil.rmtree(folder, ignore_errors=True)
