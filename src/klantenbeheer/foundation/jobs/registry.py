"""Which kinds of work exist."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from klantenbeheer.kernel.registry import Registry

if TYPE_CHECKING:
    from .running import Run


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work. ``run`` may be called again after a kill: it must go on where the last one stopped.

    ``every`` schedules it. ``attempts`` is how often it is tried before it counts as failed. ``shown_at`` gives, of its
    parameters, the page that shows whoever asked for the work what it is about.
    """

    key: str
    label: Any
    run: Callable[[Run], None]
    every: timedelta | None = None
    attempts: int = 5
    shown_at: Callable[[dict[str, Any]], str] | None = None


KINDS: Registry[Kind] = Registry("jobs", Kind, key=lambda kind: kind.key)
