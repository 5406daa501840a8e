"""Where else people are told of, besides records with history. Domains above supply their tables.

``PLACES`` is what an erasure looks through, ``TOLD`` what an archive holds besides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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


@dataclass(frozen=True, slots=True)
class Told:
    """A part of the archive of a customer: ``rows`` gives it for all keys that he ever had, each under the headings."""

    key: str
    title: Any
    headings: tuple[Any, ...]
    rows: Callable[[Sequence[int]], Iterable[list[Any]]]
    model: str


TOLD: Registry[Told] = Registry("parts of an archive", Told, key=lambda told: told.key)
