"""Where rules overlap without order between them, and where no rule is: for who keeps the territories."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Q

from klantenbeheer.customers.models import Customer, Territory
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.postcodes import country_span, range_text

from . import selectors
from .deciding import Stretch, Tree, stretches
from .models import TerritoryRule

_RANGES = 100  # ranges counted in one query


@dataclass(frozen=True, slots=True)
class Place:
    """A range of postcodes with how many customers lie in it; ``territories``: the deciding one first."""

    country: str
    low: str
    high: str
    customers: int
    territories: tuple[Territory, ...] = ()


@dataclass(slots=True)
class Report:
    """``overlaps`` are between regions of which neither lies in the other; ``countries`` have customers and no rule.

    ``unread`` counts, per country without a rule for the whole of it, the customers without a readable postcode.
    """

    overlaps: list[Place] = field(default_factory=list)
    gaps: list[Place] = field(default_factory=list)
    countries: list[tuple[str, int]] = field(default_factory=list)
    unread: list[tuple[str, int]] = field(default_factory=list)


def report(actor: Actor) -> Report:
    """Compare rules with each other and with the customers that the actor may see."""
    rules = list(TerritoryRule.objects.all())
    regions = selectors.tree()
    found = Report()
    per_country: dict[str, int] = dict(
        Customer.objects.visible_to(actor).order_by().values_list("country").annotate(number=Count("id"))
    )
    ruled = {rule.country for rule in rules}
    found.countries = sorted(
        ((country, count) for country, count in per_country.items() if country not in ruled),
        key=lambda row: (-row[1], row[0]),
    )
    overlapping: list[Stretch] = []
    empty: list[Stretch] = []
    unread: list[Stretch] = []
    for stretch in stretches(regions, rules):
        if not stretch.rules and stretch.low == 0:
            unread.append(Stretch(stretch.country, 0, 0, ()))
        rivals = _rivals(regions, stretch)
        if rivals or not stretch.rules:
            low, high = _within_span(stretch)
            if low <= high:
                (overlapping if rivals else empty).append(Stretch(stretch.country, low, high, stretch.rules))
    found.overlaps = _places(actor, overlapping, regions)
    found.gaps = _places(actor, empty, regions)
    counts = _counts(actor, unread)
    found.unread = [(one.country, count) for one, count in zip(unread, counts, strict=True) if count]
    return found


def _rivals(regions: Tree, stretch: Stretch) -> bool:
    """Say whether regions fit here of which neither lies in the other."""
    keys = {rule.territory_id for rule in stretch.rules}
    around = {key: set(regions.ancestors(key)) for key in keys}
    return any(a != b and a not in around[b] and b not in around[a] for a in keys for b in keys)


def _within_span(stretch: Stretch) -> tuple[int, int]:
    first, last = country_span(stretch.country)
    return max(stretch.low, first), min(stretch.high, last)


def _places(actor: Actor, ranges: list[Stretch], regions: Tree) -> list[Place]:
    return [
        Place(
            one.country,
            *range_text(one.country, one.low, one.high),
            count,
            tuple(dict.fromkeys(regions.by_id[rule.territory_id] for rule in one.rules)),
        )
        for one, count in zip(ranges, _counts(actor, ranges), strict=True)
    ]


def _counts(actor: Actor, ranges: list[Stretch]) -> list[int]:
    """Count the customers in each range: a query per country and hundred ranges, each an index range."""
    found: dict[int, int] = {}
    by_country: dict[str, list[int]] = {}
    for place, one in enumerate(ranges):
        by_country.setdefault(one.country, []).append(place)
    for country, places in by_country.items():
        for start in range(0, len(places), _RANGES):
            chunk = places[start : start + _RANGES]
            wanted = {
                f"r{place}": Count(
                    "id", filter=Q(postcode_key__gte=ranges[place].low, postcode_key__lte=ranges[place].high)
                )
                for place in chunk
            }
            row = Customer.objects.visible_to(actor).filter(country=country).aggregate(**wanted)
            found |= {place: row[f"r{place}"] for place in chunk}
    return [found[place] for place in range(len(ranges))]
