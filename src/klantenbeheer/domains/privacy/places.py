"""Where else people are told of, besides records with history. Domains above supply their tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from klantenbeheer.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Place:
    """Columns of a table without history, out of which is taken what tells of somebody who is erased."""

    key: str
    rows: Callable[[], Any]
    columns: tuple[str, ...]


PLACES: Registry[Place] = Registry("places of personal data", Place, key=lambda place: place.key)
