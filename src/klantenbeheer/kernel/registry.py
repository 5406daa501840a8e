"""A typed, ordered collection that is filled at start-up and closed afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class RegistryError(RuntimeError):
    """A programming error in a registration: wrong type, key twice, unknown key, or too late."""


class Registry(Generic[T]):
    """Things by key. The order is by ``order``, never by who was imported first.

    ``kind`` is the only type accepted; ``key`` and ``order`` say how to read both from an entry.
    """

    def __init__(
        self, name: str, kind: type[T], *, key: Callable[[T], str], order: Callable[[T], Any] | None = None
    ) -> None:
        self.name = name
        self._kind = kind
        self._key = key
        self._order = order or key
        self._entries: dict[str, T] = {}
        self._sorted: list[T] | None = None
        self._closed = False

    def register(self, entry: T) -> T:
        """Add an entry; raises :class:`RegistryError` for a wrong type, a known key, or after start-up."""
        if self._closed:
            raise RegistryError(f"{self.name}: start-up is over; register in an AppConfig.ready()")
        if not isinstance(entry, self._kind):
            raise RegistryError(f"{self.name}: {entry!r} is no {self._kind.__name__}")
        key = self._key(entry)
        if key in self._entries:
            raise RegistryError(f"{self.name}: the key {key!r} is taken")
        self._entries[key] = entry
        self._sorted = None
        return entry

    def close(self) -> None:
        """End start-up: from here on a registration is an error."""
        self._closed = True

    def get(self, key: str) -> T:
        """Give the entry; an unknown key is an error, never a quiet nothing."""
        try:
            return self._entries[key]
        except KeyError:
            raise RegistryError(f"{self.name}: {key!r} is not registered") from None

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[T]:
        if self._sorted is None:
            self._sorted = sorted(self._entries.values(), key=self._order)
        return iter(self._sorted)

    def __len__(self) -> int:
        return len(self._entries)
