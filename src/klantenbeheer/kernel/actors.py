"""Who acts: a user, or a named part of the system. ``None`` is never an actor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol, runtime_checkable


class Level(IntEnum):
    """What a role may do with a subject."""

    NONE = 0
    VIEW = 1
    EDIT = 2


class Reach(IntEnum):
    """Which customers somebody may know of. The two bits in the middle add up."""

    NOBODY = 0
    TERRITORIES = 1
    OWN = 2
    BOTH = 3
    ALL = 4


@runtime_checkable
class Actor(Protocol):
    """Anyone who reads or writes."""

    @property
    def label(self) -> str: ...

    @property
    def user_id(self) -> int | None: ...

    @property
    def reach(self) -> Reach:
        """Which customers this actor may know of."""
        ...

    def may(self, right: str, level: Level = Level.VIEW) -> bool:
        """Say whether this actor has ``right`` at ``level`` or higher; an unknown right is an error."""
        ...


@dataclass(frozen=True, slots=True)
class SystemActor:
    """A part of the product that writes without a person: an import on the command line, a nightly job."""

    name: str

    @property
    def label(self) -> str:
        return self.name

    @property
    def user_id(self) -> int | None:
        return None

    @property
    def reach(self) -> Reach:
        return Reach.ALL

    def may(self, right: str, level: Level = Level.VIEW) -> bool:
        return True
