"""The registry, beside what the house tests refuse: order and reading."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from klantenbeheer.kernel.registry import Registry, RegistryError


@dataclass(frozen=True)
class Entry:
    key: str
    place: int


def test_the_order_is_by_place_whoever_came_first() -> None:
    registry: Registry[Entry] = Registry("test", Entry, key=lambda e: e.key, order=lambda e: (e.place, e.key))
    for entry in (Entry("c", 2), Entry("b", 2), Entry("a", 9), Entry("d", 1)):
        assert registry.register(entry) is entry
    assert [entry.key for entry in registry] == ["d", "b", "c", "a"]
    assert ("a" in registry, "x" in registry, len(registry)) == (True, False, 4)
    registry.register(Entry("e", 0))
    assert next(iter(registry)).key == "e"


def test_a_refusal_names_the_registry_and_the_key() -> None:
    registry: Registry[Entry] = Registry("tabs", Entry, key=lambda e: e.key)
    registry.register(Entry("a", 1))
    with pytest.raises(RegistryError, match="tabs: the key 'a' is taken"):
        registry.register(Entry("a", 2))
    with pytest.raises(RegistryError, match="tabs: 'z' is not registered"):
        registry.get("z")
    registry.close()
    with pytest.raises(RegistryError, match="start-up is over"):
        registry.register(Entry("b", 1))
    assert registry.get("a").place == 1
