"""Columns that a user chooses from, puts in order, and makes as wide as he likes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from klantenbeheer.kernel.actors import Actor

LEAST_WIDTH, MOST_WIDTH = 48, 640
MOST_COLUMNS = 60


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``needs`` are the values of a row that it is made of, ``text`` makes it; none: a part gives its texts.

    ``sort`` names the sort of the list that runs along it. ``default`` stands in the list of who chose nothing,
    ``fixed`` cannot be left out. ``look`` is how its cells are drawn (classes of the table). ``value`` gives what a
    file holds where that is not the text.
    """

    key: str
    label: Any
    text: Callable[[Mapping[str, Any]], str] | None = None
    needs: tuple[str, ...] = ()
    sort: str = ""
    right: str = ""
    default: bool = False
    fixed: bool = False
    look: str = ""
    value: Callable[[Mapping[str, Any]], Any] | None = None

    def is_for(self, actor: Actor) -> bool:
        """Say whether this actor may see it."""
        return not self.right or actor.may(self.right)


@dataclass(frozen=True, slots=True)
class Shown:
    """A chosen column with its width in pixels (0: as wide as what is in it)."""

    column: Column
    width: int = 0


# What is stored: keys with widths, in order.
Stored = Sequence[Sequence[Any]]


def clean_width(value: Any) -> int:
    """Give a width within what is sensible; 0 for nothing or nonsense."""
    text = str(value or "").strip()
    if not (text.isascii() and text.isdecimal()) or len(text) > 5 or not int(text):
        return 0
    return min(max(int(text), LEAST_WIDTH), MOST_WIDTH)


def shown(available: Iterable[Column], stored: Stored | None) -> tuple[list[Shown], list[str]]:
    """Give the columns to show and the keys of stored ones that are not there any more.

    Nothing stored: the default ones. What is fixed is always among them.
    """
    by_key = {column.key: column for column in available}
    if not stored:
        return [Shown(column) for column in by_key.values() if column.default or column.fixed], []
    found, gone = [], []
    for entry in stored:
        key, width = entry[0], entry[1]
        if key in by_key:
            found.append(Shown(by_key.pop(key), clean_width(width)))
        else:
            gone.append(str(key))
    missing = [Shown(column) for column in by_key.values() if column.fixed]
    return [*missing, *found], gone


def to_store(chosen: Iterable[Shown]) -> list[list[Any]]:
    """Give what is stored of chosen columns."""
    return [[one.column.key, one.width] for one in chosen]
