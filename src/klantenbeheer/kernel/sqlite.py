"""One SQLite library for every process, new enough to be safe in WAL mode."""

from __future__ import annotations

import importlib
import sys

# SQLite 3.7.0 up to 3.51.2 can corrupt a WAL database when a checkpoint races with a writer
# (repaired in 3.51.3, and in the 3.50.7 and 3.44.6 branches).
_REPAIRED = (3, 51, 3)
_REPAIRED_BRANCHES = {(3, 50): 7, (3, 44): 6}


def is_repaired(version: tuple[int, ...]) -> bool:
    """Say whether this SQLite version is free of the WAL-reset bug."""
    if version >= _REPAIRED:
        return True
    lowest = _REPAIRED_BRANCHES.get((version[0], version[1]))
    return lowest is not None and version[2] >= lowest


def use_safe_sqlite() -> None:
    """Put the packaged SQLite in the place of the system's, for the whole process.

    Two SQLite libraries in one process on one file lose each other's locks, so this runs once, in the
    package's ``__init__``, before Django can import a driver. Where no package exists for the platform the
    system's library stays; :func:`klantenbeheer.config.console` then refuses to serve when it is not repaired.
    """
    try:
        module = importlib.import_module("pysqlite3")
    except ImportError:
        return
    sys.modules["sqlite3"] = module
    sys.modules["sqlite3.dbapi2"] = importlib.import_module("pysqlite3.dbapi2")
