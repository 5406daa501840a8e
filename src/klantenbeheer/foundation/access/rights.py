"""Rights as data: each part registers its own; a role gives a level to each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Right:
    """Something that a role may be allowed. ``levels`` are those a manager can choose from.

    ``group`` gathers rights on the screens. Where ``exists`` says no, nobody has the right and no screen shows it.
    """

    key: str
    label: Any
    order: int
    levels: tuple[Level, ...] = (Level.NONE, Level.VIEW, Level.EDIT)
    group: str = ""
    exists: Callable[[], bool] = lambda: True


YES_NO = (Level.NONE, Level.EDIT)

RIGHTS: Registry[Right] = Registry("rights", Right, key=lambda r: r.key, order=lambda r: (r.order, r.key))


def existing_rights() -> list[Right]:
    """Give the rights that a role can be given now, in order."""
    return [right for right in RIGHTS if right.exists()]
