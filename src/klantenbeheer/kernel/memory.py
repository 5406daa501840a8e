"""Memory during bulk work."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Young objects between two collections: a chunk of a bulk work makes some ten thousands, and they die by themselves.
_YOUNG = 50_000


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let the garbage collector look rarely, and not at what was there before.

    Each look goes through all that the process keeps (models, translations, tables of telephone numbers); that took a
    fifth of the time of an import. What bulk work makes is in no cycles.
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
