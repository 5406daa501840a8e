"""Rights as data: each part registers its own; a role gives a level to each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Right:
    """Something that a role may be allowed. ``levels`` are those a manager can choose from."""

    key: str
    label: Any
    order: int
    levels: tuple[Level, ...] = (Level.NONE, Level.VIEW, Level.EDIT)


YES_NO = (Level.NONE, Level.EDIT)

RIGHTS: Registry[Right] = Registry("rights", Right, key=lambda r: r.key, order=lambda r: (r.order, r.key))
