"""Deciding about pairs, keeping pairs true, and starting the search through the whole file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from klantenbeheer.customers.likeness import Likeness, faces_of, likeness
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.reach import within
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import remove, write
from klantenbeheer.foundation.jobs.models import Job, State
from klantenbeheer.foundation.jobs.services import job_enqueue
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import NotAllowed, NotFound, Refused

from .models import Decision, Pair, Verdict
from .permissions import DUPLICATES

FIND = "duplicates.find"


def require_decide(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may decide about duplicates."""
    if not actor.may(DUPLICATES, Level.EDIT):
        raise NotAllowed(_("You may not decide about duplicate customers."), right=DUPLICATES)


def may_search(actor: Actor) -> bool:
    """Say whether the actor may have the whole file searched: how far it is tells how many customers there are."""
    return actor.may(DUPLICATES, Level.EDIT) and within(actor).everything


def _both_visible(actor: Actor, low: int, high: int) -> None:
    if low == high:
        raise Refused(_("That is one and the same customer."), code="same_customer")
    if Customer.objects.visible_to(actor).filter(pk__in=[low, high]).count() != 2:
        raise NotFound(_("This customer does not exist."))


def decide(*, actor: Actor, one: int, other: int, verdict: str) -> Decision:
    """Remember that two customers (by key) are the same or different; a later decision replaces it.

    Raises ``NotAllowed``, ``NotFound`` unless the actor sees both, ``Refused`` for one customer twice.
    """
    require_decide(actor)
    verdict = Verdict(verdict)
    low, high = sorted((one, other))
    _both_visible(actor, low, high)
    with acting(actor, "duplicate.decide"):
        list(Customer.objects.select_for_update().filter(pk__in=[low, high]).order_by("pk").values_list("pk"))
        stored = Decision.objects.filter(low_id=low, high_id=high).first()
        decision = stored or Decision(low_id=low, high_id=high)
        if stored is None or stored.verdict != verdict:
            decision.verdict, decision.decided_by_id = verdict, actor.user_id
            decision.decided_label = actor.label[:120]
            decision.version += 0 if stored is None else 1
            write([decision], new=stored is None)
        Pair.objects.filter(low_id=low, high_id=high).update(verdict=verdict)
    return decision


def decision_revoke(*, actor: Actor, decision_id: int) -> None:
    """Take a decision back: when the two still look alike, the pair is to be decided about again.

    Raises ``NotAllowed``, ``NotFound``.
    """
    require_decide(actor)
    with acting(actor, "duplicate.revoke"):
        decision = Decision.objects.select_for_update().filter(pk=decision_id).first()
        if decision is None:
            raise NotFound(_("This was taken back already."))
        visible = Customer.objects.visible_to(actor).filter(pk__in=[decision.low_id, decision.high_id])
        if visible.count() != 2:  # the same words: a number that is tried tells nothing
            raise NotFound(_("This was taken back already."))
        remove([decision])
        Pair.objects.filter(low_id=decision.low_id, high_id=decision.high_id).update(verdict="")
        score_pairs([(decision.low_id, decision.high_id)])


def score_pairs(pairs: Iterable[tuple[int, int]]) -> int:
    """Score pairs of customers (lower key first) and store those that are likely; gives how many that are.

    Stored ones that are no longer likely go. What did not change is not written. Inside a transaction of the caller.
    """
    wanted = set(pairs)
    faces = faces_of(key for pair in wanted for key in pair)
    found = {
        pair: alike
        for pair in wanted
        if pair[0] in faces
        and pair[1] in faces
        and (alike := likeness(faces[pair[0]], faces[pair[1]])).is_likely
    }
    store(wanted, found)
    return len(found)


def store(looked_at: set[tuple[int, int]], found: dict[tuple[int, int], Likeness]) -> None:
    """Keep the likely ones of the pairs that were looked at."""
    stored: dict[tuple[int, int], Pair] = {}
    verdicts: dict[tuple[int, int], str] = {}
    lows = sorted({low for low, _high in looked_at})
    for start in range(0, len(lows), 900):
        part = lows[start : start + 900]
        stored |= {(one.low_id, one.high_id): one for one in Pair.objects.filter(low_id__in=part)}
        if found:
            rows = Decision.objects.filter(low_id__in=part).values_list("low_id", "high_id", "verdict")
            verdicts |= {(low, high): verdict for low, high, verdict in rows}
    new = []
    for (low, high), alike in found.items():
        reasons = [reason.stored() for reason in alike.reasons]
        pair = stored.get((low, high))
        if pair is None:
            values: dict[str, Any] = {"score": alike.score, "reasons": reasons}
            new.append(Pair(low_id=low, high_id=high, verdict=verdicts.get((low, high), ""), **values))
        elif (pair.score, pair.reasons) != (alike.score, reasons):
            pair.score, pair.reasons = alike.score, reasons
            pair.save(update_fields=["score", "reasons"])
    # Somebody may have stored one meanwhile: that one is as good.
    Pair.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    gone = [stored[pair].pk for pair in looked_at if pair in stored and pair not in found]
    for start in range(0, len(gone), 900):
        Pair.objects.filter(pk__in=gone[start : start + 900]).delete()


def customers_changed(customers: Sequence[Customer]) -> None:
    """Score the pairs of changed customers anew, in their transaction. One query where there are none."""
    keys = [customer.pk for customer in customers]
    found = Pair.objects.filter(Q(low_id__in=keys) | Q(high_id__in=keys))
    pairs = list(found.values_list("low_id", "high_id"))
    if pairs:
        score_pairs(pairs)


def find_start(*, actor: Actor) -> Job:
    """Put the search through the whole file in the queue. Raises ``NotAllowed``, ``Refused`` while one is under way."""
    require_decide(actor)
    if not may_search(actor):
        text = _("Only who may see all customers starts the search through the whole file.")
        raise NotAllowed(text, right=DUPLICATES)
    with transaction.atomic():
        running = Job.objects.select_for_update().filter(kind=FIND, state__in=(State.READY, State.RUNNING))
        if running.exists():
            raise Refused(_("The search for duplicates is under way already."), code="under_way")
        return job_enqueue(
            actor=actor, kind=FIND, title=_("Search for duplicate customers"), params={},
            total=Customer.objects.count(),
        )  # fmt: skip
