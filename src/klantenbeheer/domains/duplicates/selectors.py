"""Reading pairs, decisions and merges: only of customers whom the actor may see, both of a pair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from klantenbeheer.customers.absorbing import Box, address_boxes, basic_lines
from klantenbeheer.customers.former import owners_of
from klantenbeheer.customers.likeness import Likeness, Reason, faces_of, likeness, reasons_of
from klantenbeheer.customers.merging import BELONGINGS, Choice
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.selectors import customer_by_number
from klantenbeheer.foundation.access.rights import RIGHTS
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import InvalidInput, Moved, NotFound

from .models import Decision, Merge, Pair, Verdict

PAGE = 40
_SHOWN = ("id", "number", "name", "city", "postcode", "phone", "email", "status", "version")


@dataclass(frozen=True, slots=True)
class PairShown:
    """A pair with both customers; ``group`` are the keys of everybody it hangs together with on this page."""

    key: int
    score: int
    reasons: list[Reason]
    low: dict[str, Any]
    high: dict[str, Any]
    group: tuple[int, ...] = ()
    verdict: str = ""
    decided_label: str = ""
    decided_at: Any = None

    @property
    def more(self) -> int:
        """How many others hang together with these two."""
        return max(0, len(self.group) - 2)


@dataclass(frozen=True, slots=True)
class Listing:
    """A page and the position of the next."""

    rows: list[PairShown]
    after: str = ""


def _of_visible(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    visible = Customer.objects.visible_to(actor).order_by().values("pk")
    return rows.filter(low_id__in=visible, high_id__in=visible)


def _position(after: str) -> tuple[int, int] | None:
    if not after:
        return None
    score, dot, key = after.partition(".")
    if not (dot and score.isdecimal() and key.isdecimal() and len(score) < 4 and len(key) < 19):
        raise InvalidInput({"after": [_("This page of the list does not exist.")]})
    return int(score), int(key)


def _customers(rows: Iterable[Any]) -> dict[int, dict[str, Any]]:
    keys = {key for row in rows for key in (row.low_id, row.high_id)}
    return {row["id"]: row for row in Customer.objects.filter(pk__in=keys).values(*_SHOWN)}


def open_pairs(actor: Actor, *, after: str = "", verdict: str = "") -> Listing:
    """Give the pairs to be decided about (or decided to be the same: to be merged), the most alike first.

    Raises ``InvalidInput`` for a broken position.
    """
    rows = _of_visible(actor, Pair.objects.filter(verdict=verdict))
    position = _position(after)
    if position:
        score, key = position
        rows = rows.filter(Q(score__lt=score) | Q(score=score, id__gt=key))
    found = list(rows.order_by("-score", "id")[: PAGE + 1])
    shown, customers = found[:PAGE], _customers(found[:PAGE])
    groups = _groups(actor, shown)
    listed = [
        PairShown(
            row.pk, row.score, reasons_of(row.reasons), customers[row.low_id], customers[row.high_id],
            groups[row.low_id], row.verdict,
        )
        for row in shown
    ]  # fmt: skip
    last = shown[-1] if len(found) > PAGE else None
    return Listing(listed, f"{last.score}.{last.pk}" if last else "")


def _groups(actor: Actor, shown: Sequence[Pair]) -> dict[int, tuple[int, ...]]:
    """Give who hangs together with whom through one pair more than those shown. One query."""
    keys = {key for row in shown for key in (row.low_id, row.high_id)}
    around = _of_visible(actor, Pair.objects.filter(Q(low_id__in=keys) | Q(high_id__in=keys)))
    links = around.exclude(verdict=Verdict.DIFFERENT).values_list("low_id", "high_id")
    leader: dict[int, int] = {}

    def lead(key: int) -> int:
        while leader.setdefault(key, key) != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    for low, high in [*links, *((row.low_id, row.high_id) for row in shown)]:
        leader[lead(high)] = lead(low)
    members: dict[int, list[int]] = {}
    for key in sorted(leader):
        members.setdefault(lead(key), []).append(key)
    return {key: tuple(members[lead(key)]) for key in keys}


def decided(actor: Actor, *, after: str = "") -> Listing:
    """Give the decisions that two are different, the latest first. Raises ``InvalidInput`` for a broken position."""
    rows = _of_visible(actor, Decision.objects.filter(verdict=Verdict.DIFFERENT))
    position = _position(f"0.{after}" if after else "")
    if position:
        rows = rows.filter(id__lt=position[1])
    found = list(rows.order_by("-id")[: PAGE + 1])
    shown, customers = found[:PAGE], _customers(found[:PAGE])
    listed = [
        PairShown(
            row.pk, 0, [], customers[row.low_id], customers[row.high_id], (), row.verdict, row.decided_label,
            row.decided_at,
        )
        for row in shown
    ]  # fmt: skip
    return Listing(listed, str(shown[-1].pk) if len(found) > PAGE else "")


def counts(actor: Actor) -> dict[str, int]:
    """Give how many pairs are open, are to be merged, and were decided to be different. Three queries."""
    return {
        "open": _of_visible(actor, Pair.objects.filter(verdict="")).count(),
        "same": _of_visible(actor, Pair.objects.filter(verdict=Verdict.SAME)).count(),
        "different": _of_visible(actor, Decision.objects.filter(verdict=Verdict.DIFFERENT)).count(),
    }


# -- merging --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Count:
    """How many records of a kind move."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What merging would do: whose value survives (to be chosen), which addresses can come along, and what moves."""

    customers: list[Customer]
    choices: list[Choice]
    boxes: list[Box]
    counts: list[Count]
    same: int
    alike: dict[int, Likeness] = field(default_factory=dict)

    @property
    def survivor(self) -> Customer:
        """Who stays."""
        return self.customers[0]


def customers_by_number(actor: Actor, numbers: Iterable[str]) -> list[Customer]:
    """Give these customers, each once, in the order of the numbers; an old number gives who he is now.

    Raises ``NotFound`` when one is not to be seen.
    """
    found: dict[int, Customer] = {}
    for number in numbers:
        try:
            customer = customer_by_number(actor, number)
        except Moved as error:
            customer = customer_by_number(actor, error.number)
        found.setdefault(customer.pk, customer)
    return list(found.values())


def merge_plan(actor: Actor, customers: Sequence[Customer]) -> Plan:
    """Give what merging these would do, the first being who stays. Only what the actor may see is told."""
    keys = [customer.pk for customer in customers[1:]]
    choices = basic_lines(actor, customers)
    counted = []
    for belonging in BELONGINGS:
        if not actor.may(belonging.right):
            continue
        if belonging.lines is not None:
            choices += belonging.lines(actor, customers)
        if belonging.counted and (number := belonging.count(keys)):
            counted.append(Count(str(belonging.label), number))
    # Who may read a value but not change it gets what is proposed, and sees what that is.
    seen = [line for line in choices if actor.may(line.right)]
    asked = [line for line in seen if line.differs]
    faces = faces_of((customer.pk for customer in customers), erased=True)
    first = customers[0].pk
    alike = {key: likeness(faces[first], faces[key]) for key in keys}
    return Plan(list(customers), asked, address_boxes(customers), counted, len(seen) - len(asked), alike)


@dataclass(frozen=True, slots=True)
class LostShown:
    """A value that did not survive, with whose it was."""

    number: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class MergeShown:
    """A merge with what moved and what did not survive, as far as the reader may see it."""

    merge: Merge
    lost: list[LostShown]
    moved: list[Count]
    survivor_number: str

    @property
    def others(self) -> list[str]:
        """Who went, in words."""
        return [f"{name} ({number})" for _key, number, name in self.merge.others]


def _shown_merge(actor: Actor, merge: Merge, number: str) -> MergeShown:
    numbers = {merge.survivor_id: merge.survivor_number} | {
        key: number for key, number, _name in merge.others
    }
    lost = [
        LostShown(numbers.get(key, ""), label, text)
        for key, label, text, right in merge.lost
        if right in RIGHTS and actor.may(right)
    ]
    moved = [
        Count(str(BELONGINGS.get(model).label), count)
        for model, count in merge.moved
        if model in BELONGINGS and actor.may(BELONGINGS.get(model).right)
    ]
    return MergeShown(merge, lost, moved, number)


def merges(actor: Actor, *, after: str = "") -> tuple[list[MergeShown], str]:
    """Give a page of merges whose survivor the actor may see, the latest first, and where the next begins."""
    position = _position(f"0.{after}" if after else "")
    rows = Merge.objects.select_related("action", "undone").defer("kept")
    if position:
        rows = rows.filter(id__lt=position[1])
    visible = Customer.objects.visible_to(actor).order_by()
    # Who was merged further shows under who he is now.
    rows = rows.filter(
        Q(survivor_id__in=visible.values("pk"))
        | Q(survivor_id__in=visible.filter(former_numbers__isnull=False).values("former_numbers__former_id"))
    )
    found = list(rows.order_by("-id")[: PAGE + 1])
    told = _told(actor, found[:PAGE])
    shown = [_shown_merge(actor, merge, merge.survivor_number) for merge in found[:PAGE] if merge.pk in told]
    return shown, str(found[PAGE - 1].pk) if len(found) > PAGE else ""


def _told(actor: Actor, merges: Sequence[Merge]) -> set[int]:
    """Give which of these the actor may read: after undoing, those who went are customers of their own again."""
    back = {merge.pk: {key for key, _number, _name in merge.others} for merge in merges if merge.undone_id}
    owners = owners_of({key for found in back.values() for key in found})
    visible = set(
        Customer.objects.visible_to(actor).filter(pk__in=owners.values()).values_list("pk", flat=True)
    )
    return {merge.pk for merge in merges if all(owners[key] in visible for key in back.get(merge.pk, ()))}


def merge_by_id(actor: Actor, merge_id: int) -> MergeShown:
    """Give one merge; raises ``NotFound`` unless the actor may see who stayed."""
    merge = Merge.objects.select_related("action", "undone").filter(pk=merge_id).first()
    now = _survivor_number(actor, merge) if merge is not None else ""
    if merge is None or not now or not _told(actor, [merge]):
        raise NotFound(_("This merge does not exist."))
    return _shown_merge(actor, merge, now)


def _survivor_number(actor: Actor, merge: Merge) -> str:
    here = Q(pk=merge.survivor_id) | Q(former_numbers__former_id=merge.survivor_id)
    numbers = Customer.objects.visible_to(actor).filter(here).values_list("number", flat=True)
    return str(numbers.first() or "")
