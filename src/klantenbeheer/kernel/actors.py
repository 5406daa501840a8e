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


@runtime_checkable
class Actor(Protocol):
    """Anyone who reads or writes."""

    @property
    def label(self) -> str: ...

    @property
    def user_id(self) -> int | None: ...

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

    def may(self, right: str, level: Level = Level.VIEW) -> bool:
        return True
