"""What is taken out of merges and pairs when somebody is erased, and what an archive tells of merges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from klantenbeheer.domains.privacy.places import PLACES, TOLD, Place, Told

from .models import Merge, Pair


def _did_not_survive(keys: Sequence[int]) -> Iterator[list[Any]]:
    """Give what merges into a customer took from who went: it stands in no record of his any more."""
    merges = Merge.objects.filter(survivor_id__in=keys, undone=None).select_related("action").order_by("pk")
    for merge in merges.iterator(chunk_size=200):
        numbers = {key: number for key, number, _name in merge.others}
        when = timezone.localtime(merge.action.at).strftime("%d-%m-%Y %H:%M")
        for key, label, text, _right in merge.lost:
            number = numbers.get(key, merge.survivor_number)
            yield [when, merge.action.actor_label, number, label, text]


def register() -> None:
    """Make the tables known."""
    PLACES.register(Place("duplicates.pair", Pair.objects.all, ("reasons",)))
    PLACES.register(Place("duplicates.merge", Merge.objects.all, ("survivor_name", "others", "lost", "kept")))
    headings = (_("When"), _("Who"), _("Customer number"), _("Field"), _("Value"))
    TOLD.register(
        Told("merge", _("What did not survive a merge"), headings, _did_not_survive, Merge._meta.label)
    )
