"""What a check answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value is wrong: a stable code, and a sentence that names the value (translated when shown).

    ``details`` fill further places of the sentence.
    """

    code: str
    message: Any
    value: str
    details: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        return str(self.message) % {**dict(self.details), "value": self.value[:60]}


@dataclass(frozen=True, slots=True)
class Checked:
    """``value`` is normalised when ``ok``, and as typed when not."""

    value: str
    ok: bool
    problems: tuple[Problem, ...] = ()


def right(value: str) -> Checked:
    """A value in its normal form."""
    return Checked(value, True)


def wrong(value: str, code: str, message: Any, **details: object) -> Checked:
    """A value as typed, with the reason."""
    return Checked(value, False, (Problem(code, message, value, tuple(details.items())),))
