"""Which kinds of number there are. Each part registers its own in its ``apps.py``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from klantenbeheer.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class SeriesKind:
    """A kind of number. ``gapless`` is for what the law wants numbered without gaps: invoices and credit notes
    (Wet op de omzetbelasting 1968, article 35a: consecutive numbers, in one or more series)."""

    key: str
    label: Any
    order: int
    start: int = 1
    gapless: bool = False


SERIES: Registry[SeriesKind] = Registry(
    "number series", SeriesKind, key=lambda kind: kind.key, order=lambda kind: (kind.order, kind.key)
)
