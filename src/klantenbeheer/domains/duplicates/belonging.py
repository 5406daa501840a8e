"""What this domain itself keeps of customers who are merged: pairs and decisions."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from klantenbeheer.customers.merging import Belonging, Merging, Unmerging, register
from klantenbeheer.foundation.audit.models import remove, write

from .models import Decision, Pair
from .permissions import DUPLICATES


def _ordered(one: int, other: int) -> dict[str, int]:
    return {"low_id": min(one, other), "high_id": max(one, other)}


def move_decisions(merging: Merging) -> None:
    """Let what was decided about those who go and a third hold for the survivor; what was decided among them goes."""
    gone, survivor = set(merging.keys), merging.survivor.pk
    touched = Decision.objects.filter(Q(low_id__in=gone) | Q(high_id__in=gone)).order_by("pk")
    own = Decision.objects.filter(Q(low_id=survivor) | Q(high_id=survivor))
    known = {one.high_id if one.low_id == survivor else one.low_id for one in own}
    for decision in touched:
        third = next((key for key in (decision.low_id, decision.high_id) if key not in gone), survivor)
        if third == survivor or third in known:
            remove([decision])
            continue
        known.add(third)
        for name, value in _ordered(survivor, third).items():
            setattr(decision, name, value)
        decision.version += 1
        write([decision], new=False)
        Pair.objects.filter(low_id=decision.low_id, high_id=decision.high_id).update(verdict=decision.verdict)


def move_pairs(merging: Merging) -> None:
    """Forget the pairs of those who go, and keep them for undoing; the survivor's own are scored anew afterwards."""
    gone = merging.keys
    pairs = Pair.objects.filter(Q(low_id__in=gone) | Q(high_id__in=gone))
    merging.kept["pairs"] = list(
        pairs.order_by("pk").values_list("low_id", "high_id", "score", "reasons", "verdict")
    )
    pairs.delete()


def undo_pairs(undoing: Unmerging) -> None:
    """Show the pairs again that were there, of customers that still are."""
    from klantenbeheer.customers.models import Customer

    kept = undoing.kept.get("pairs", ())
    keys = {key for row in kept for key in row[:2]}
    there = set(Customer.objects.filter(pk__in=keys).values_list("pk", flat=True))
    everybody = [undoing.survivor.pk, *(one.pk for one in undoing.others)]
    decided = {
        (low, high): verdict
        for low, high, verdict in Decision.objects.filter(
            Q(low_id__in=everybody) | Q(high_id__in=everybody)
        ).values_list("low_id", "high_id", "verdict")
    }
    for pair in Pair.objects.filter(Q(low_id__in=everybody) | Q(high_id__in=everybody)):
        Pair.objects.filter(pk=pair.pk).update(verdict=decided.get((pair.low_id, pair.high_id), ""))
    for low, high, score, reasons, _verdict in kept:
        if low in there and high in there:
            values = {"score": score, "reasons": reasons, "verdict": decided.get((low, high), "")}
            Pair.objects.update_or_create(low_id=low, high_id=high, defaults=values)


def declare() -> None:
    """Say how these move."""
    register(
        Belonging(
            "duplicates.decision", _("Decisions about duplicates"), DUPLICATES, 60, move_decisions, column="low_id",
            counted=False,
        )
    )  # fmt: skip
    register(
        Belonging(
            "duplicates.pair",
            _("Pairs"),
            DUPLICATES,
            61,
            move_pairs,
            undo=undo_pairs,
            column="low_id",
            counted=False,
        )
    )
