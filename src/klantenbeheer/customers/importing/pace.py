"""How many rows are stored at once: few enough that others hardly wait."""

from __future__ import annotations

import time

# The write lock of SQLite is held for one chunk: its size follows the time that the last one took.
# Below a hundred rows what a chunk costs by itself would be more than its rows.
TARGET_SECONDS = 0.05
LEAST, MOST = 100, 1_000
# Carefully up, quickly down: others wait while a chunk is too large.
GROWTH = 1.3


class Pace:
    """Adapts the size of a chunk so that others wait about :data:`TARGET_SECONDS` for it.

    What it times begins where the chunk holds what others need (:meth:`holds`), not where it waits for it, and ends
    when the transaction is over.
    """

    def __init__(self, size: int = LEAST) -> None:
        self.size = size
        self.longest = 0.0
        self._began = 0.0

    def __enter__(self) -> Pace:
        self.holds()
        return self

    def holds(self) -> None:
        """Say that from now on others wait."""
        self._began = time.perf_counter()

    def __exit__(self, *exc: object) -> None:
        took = time.perf_counter() - self._began
        self.longest = max(self.longest, took)
        self.size = int(
            min(MOST, max(LEAST, self.size * min(GROWTH, max(0.25, TARGET_SECONDS / max(took, 0.001)))))
        )
