"""What becomes of personal data when a person asks to be forgotten: declared with each record that has history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Erasure:
    """What goes, from the record and from every version of it.

    ``remove``: the record as a whole. ``fields``: these are emptied and the rest stays. Neither: nothing in it is about
    a person. ``books`` are those of the fields that the administration must keep for as long as tax law says (art. 52
    AWR): until then they stay. ``stand_ins`` give what takes the place of a value that may not be empty; ``{id}`` in it
    becomes the key of the record, where it must be unique.
    """

    fields: tuple[str, ...] = ()
    remove: bool = False
    books: tuple[str, ...] = ()
    stand_ins: Mapping[str, str] = field(default_factory=dict)


NOTHING_PERSONAL = Erasure()
REMOVED = Erasure(remove=True)
