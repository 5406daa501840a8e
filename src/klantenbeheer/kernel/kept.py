"""Small settings that every page needs, kept in memory for some seconds instead of read at each request."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_all: list[Kept[Any]] = []


class Kept(Generic[T]):
    """What ``read`` gives, read anew after ``seconds``.

    The process that changes the setting calls :meth:`forget` when its transaction ended; the others follow within
    ``seconds``.
    """

    def __init__(self, read: Callable[[], T], seconds: Callable[[], float]) -> None:
        self._read = read
        self._seconds = seconds
        self._found: tuple[float, T] | None = None
        _all.append(self)

    def get(self) -> T:
        """Give it, at most so old."""
        now = time.monotonic()
        found = self._found
        if found is None or now - found[0] > self._seconds():
            found = self._found = (now, self._read())
        return found[1]

    def keep(self, value: T) -> None:
        """Have it without reading it."""
        self._found = (time.monotonic(), value)

    def forget(self) -> None:
        """Read it anew at the next call."""
        self._found = None


def forget_all() -> None:
    """Read every setting anew: the tables were made, emptied or filled by other means (migrating, restoring)."""
    for kept in _all:
        kept.forget()
