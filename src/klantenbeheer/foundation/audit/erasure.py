"""What becomes of personal data when a person asks to be forgotten: declared with each record that has history."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Erasure:
    """What goes, from the record and from every version of it.

    ``remove``: the record as a whole. ``fields``: these are emptied and the rest stays, as the books need it. Neither:
    nothing in it is about a person. What the law obliges one to keep stays as long as it does, whatever this says.
    """

    fields: tuple[str, ...] = ()
    remove: bool = False


NOTHING_PERSONAL = Erasure()
REMOVED = Erasure(remove=True)
