"""How a writer waits for another one.

SQLite's own waiting sleeps longer and longer, up to 100 ms at a time. While an import stores chunk after chunk, each
in 50 ms with as much time between, a person who saves can sleep through gap after gap: half a second was measured.
Asked every few milliseconds, the first gap is his.
"""

from __future__ import annotations

import time

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

_PAUSE = 0.003  # well below what lies between two chunks, and 0.5 % of a processor at most


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite as Django has it; the beginning of a transaction asks for the write lock often."""

    def _start_transaction_under_autocommit(self) -> None:
        patience = float(self.settings_dict["OPTIONS"].get("timeout", 5))
        give_up = time.monotonic() + patience
        connection = self.connection
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs
                except OperationalError as error:
                    if "locked" not in str(error) or time.monotonic() > give_up:
                        raise
                    time.sleep(_PAUSE)
                else:
                    return
        finally:
            connection.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
