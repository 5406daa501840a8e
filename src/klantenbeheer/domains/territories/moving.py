"""Giving many customers another territory: by the rules, or from one territory to another. Preview, move, undo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.customers.bulk import customers_move
from klantenbeheer.customers.models import Customer, Territory
from klantenbeheer.customers.permissions import BULK, CUSTOMERS, require_bulk
from klantenbeheer.customers.services import require_edit
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action, Touch
from klantenbeheer.foundation.audit.sets import BATCH
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, NotFound
from klantenbeheer.kernel.postcodes import PostcodeRangeError, postcode_range

from . import selectors
from .deciding import stretches
from .models import TerritoryRule
from .permissions import TERRITORIES
from .services import require_territories

ASSIGN = "territory.assign"
SAMPLE = 20


@dataclass(frozen=True, slots=True)
class Move:
    """What to do. With ``target`` the customers of ``source`` go there, narrowed by country and postcodes when given;
    without it the rules decide: for who has no territory, or with ``everybody`` also for who is elsewhere.

    With ``hand_over`` nobody moves: the customers of ``source`` and of what lies in it get who sells there today.
    ``imported`` narrows to what one import (its action) brought. ``people`` gives them the salesperson too.
    """

    source: int | None = None
    target: int | None = None
    country: str = ""
    low: str = ""
    high: str = ""
    everybody: bool = False
    imported: int | None = None
    people: bool = False
    hand_over: bool = False

    def stored(self) -> dict[str, Any]:
        """Give it as a job's parameters."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Part:
    """Some customers and where they go, or with whom; who is there already is not among them."""

    target: Territory | User
    customers: Any
    values: dict[str, int | None]


@dataclass(slots=True)
class Preview:
    """How many go where (or get whom), and the first of them by name with where they go."""

    total: int = 0
    by_territory: list[tuple[Any, int]] = field(default_factory=list)
    sample: list[tuple[Customer, Any]] = field(default_factory=list)


def require(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may change territories and many customers at once."""
    require_territories(actor)
    require_edit(actor)
    require_bulk(actor)


def may_move(actor: Actor) -> bool:
    """Say whether :func:`require` lets the actor through."""
    return all(actor.may(right, Level.EDIT) for right in (TERRITORIES, CUSTOMERS, BULK))


def parts(actor: Actor, move: Move) -> list[Part]:
    """Give who goes where. Raises ``InvalidInput`` for a range that cannot be, ``NotFound``."""
    visible = Customer.objects.visible_to(actor)
    if move.hand_over:
        return _handed_over(visible, move)
    if move.imported is not None:
        visible = visible.filter(pk__in=Touch.objects.filter(action_id=move.imported).values("subject_id"))
    if move.target is not None:
        return [_between(visible, move)]
    if not move.everybody:
        visible = visible.filter(territory__isnull=True)
    rules = list(TerritoryRule.objects.all())
    regions = selectors.tree()
    found = []
    for stretch in stretches(regions, rules):
        if stretch.rules:
            target = regions.by_id[stretch.rules[0].territory_id]
            customers = visible.filter(
                country=stretch.country, postcode_key__gte=stretch.low, postcode_key__lte=stretch.high
            )
            found.append(_to(target, customers.exclude(territory=target)))
    return found


def _between(visible: Any, move: Move) -> Part:
    target = Territory.objects.filter(pk=move.target or 0).first()
    if target is None:
        raise NotFound(_("This territory does not exist."))
    if move.source == move.target:
        raise InvalidInput({"target": [_("The customers are in “%(value)s” already.") % {"value": target}]})
    customers = visible.filter(territory_id=move.source)
    if move.country:
        try:
            found = postcode_range(move.country, move.low, move.high)
        except PostcodeRangeError as error:
            raise InvalidInput({error.field: [str(error)]}) from error
        customers = customers.filter(
            country=move.country, postcode_key__gte=found.low, postcode_key__lte=found.high
        )
    elif move.low or move.high:
        raise InvalidInput({"country": [_("Choose the country that these postcodes are of.")]})
    return _to(target, customers)


def _to(target: Territory, customers: Any) -> Part:
    return Part(target, customers, {"territory_id": target.pk})


def _handed_over(visible: Any, move: Move) -> list[Part]:
    regions = selectors.tree()
    if move.source not in regions.by_id:
        raise NotFound(_("This territory does not exist."))
    sellers = selectors.sellers_on(timezone.localdate(), regions)
    by_person: dict[User, list[int]] = {}
    for key in regions.within(move.source):
        if key in sellers:
            by_person.setdefault(sellers[key].person, []).append(key)
    return [
        Part(
            person,
            visible.filter(territory_id__in=keys).exclude(salesperson=person),
            {"salesperson_id": person.pk},
        )
        for person, keys in by_person.items()
    ]


def preview(actor: Actor, move: Move) -> Preview:
    """Say what :func:`assign` would do, and do nothing. Raises as :func:`parts`, and ``NotAllowed``."""
    require(actor)
    found = Preview()
    counts: dict[int, int] = {}
    targets: dict[int, Territory | User] = {}
    for part in parts(actor, move):
        count = part.customers.count()
        if not count:
            continue
        targets[part.target.pk] = part.target
        counts[part.target.pk] = counts.get(part.target.pk, 0) + count
        found.total += count
        room = SAMPLE - len(found.sample)
        if room > 0:
            first = part.customers.order_by("name_norm", "id").defer("search_text")[:room]
            found.sample += [(customer, part.target) for customer in first]
    found.by_territory = sorted(
        ((targets[key], count) for key, count in counts.items()), key=lambda row: str(row[0])
    )
    return found


def title_of(move: Move) -> str:
    """Give the words for the history and the list of jobs."""
    if move.hand_over:
        source = Territory.objects.filter(pk=move.source or 0).first()
        return _("%(territory)s: to who sells there") % {"territory": source or "–"}
    if move.target is None:
        return _("Territories by the rules")
    names = {one.pk: one.code for one in Territory.objects.filter(pk__in=[move.source or 0, move.target])}
    return f"{names.get(move.source or 0, '–')} → {names.get(move.target, '–')}"


def steps(actor: Actor, move: Move) -> Iterator[tuple[list[int], dict[str, int | None]]]:
    """Give the customers to move, a batch at a time, with their values; who was moved is not given again.

    Between two batches the caller may commit, and a new call goes on with who is left.
    """
    sellers = selectors.sellers_on(timezone.localdate(), selectors.tree()) if move.people else {}
    for part in parts(actor, move):
        values = dict(part.values)
        if move.people and part.target.pk in sellers:
            values["salesperson_id"] = sellers[part.target.pk].person.pk
        while keys := list(part.customers.order_by("pk").values_list("pk", flat=True)[:BATCH]):
            yield keys, values


def assign(*, actor: Actor, move: Move) -> tuple[Action, int]:
    """Move the customers in one transaction; gives the action (to undo it by) and how many moved.

    Raises as :func:`parts`, and ``NotAllowed``. For many customers there is a job.
    """
    require(actor)
    moved = 0
    with acting(actor, ASSIGN, reason=title_of(move)) as action:
        for keys, values in steps(actor, move):
            customers_move(actor=actor, keys=keys, values=values)
            moved += len(keys)
    return action, moved
