"""What is taken out of merges and pairs when somebody is erased."""

from __future__ import annotations

from klantenbeheer.domains.privacy.places import PLACES, Place

from .models import Merge, Pair


def register() -> None:
    """Make both tables known."""
    PLACES.register(Place("duplicates.pair", Pair.objects.all, ("reasons",)))
    PLACES.register(Place("duplicates.merge", Merge.objects.all, ("survivor_name", "others", "lost", "kept")))
