"""Which territory a place belongs to, and why. Pure: rules in, decision with its reasons out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from klantenbeheer.customers.models import Territory

from .models import TerritoryRule


class Tree:
    """The territories by key, and what lies within what."""

    def __init__(self, territories: Iterable[Territory]) -> None:
        self.by_id: dict[int, Territory] = {territory.pk: territory for territory in territories}
        self.children: dict[int | None, list[Territory]] = {}
        for territory in sorted(self.by_id.values(), key=lambda one: one.code.lower()):
            self.children.setdefault(territory.parent_id, []).append(territory)

    def ancestors(self, key: int) -> list[int]:
        """Give the keys of what this territory lies in, the nearest first."""
        found: list[int] = []
        parent = self.by_id[key].parent_id
        while parent is not None and parent not in found:
            found.append(parent)
            parent = self.by_id[parent].parent_id
        return found

    def within(self, key: int) -> list[int]:
        """Give the keys of this territory and of everything in it."""
        found = [key]
        for one in found:
            found += [child.pk for child in self.children.get(one, ())]
        return found

    def rows(self, parent: int | None = None, depth: int = 0) -> list[tuple[Territory, int]]:
        """Give the territories in the order of the tree, each with its depth."""
        found: list[tuple[Territory, int]] = []
        for territory in self.children.get(parent, ()):
            found.append((territory, depth))
            found += self.rows(territory.pk, depth + 1)
        return found


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a place belongs: the rule that decided, the reasons, and the other rules that fit without deciding."""

    rule: TerritoryRule | None
    reasons: tuple[str, ...] = ()
    rivals: tuple[TerritoryRule, ...] = ()


def order(tree: Tree, rules: Iterable[TerritoryRule]) -> list[TerritoryRule]:
    """Give rules that fit the same place, the deciding one first: the deepest territory, then the narrowest range."""
    return sorted(
        rules,
        key=lambda rule: (
            -len(tree.ancestors(rule.territory_id)), rule.high - rule.low, tree.by_id[rule.territory_id].code, rule.pk,
        ),
    )  # fmt: skip


def decide(tree: Tree, rules: Iterable[TerritoryRule], country: str, key: int) -> Decision:
    """Decide where a postcode belongs (its place by ``postcode_key``; 0 fits a whole country only)."""
    fitting = order(tree, (r for r in rules if r.country == country and r.low <= key <= r.high))
    if not fitting:
        return Decision(None, (_("No rule fits this country and postcode."),))
    first, rest = fitting[0], tuple(fitting[1:])
    reasons = [
        _("Rule %(rule)s of %(territory)s fits.")
        % {"rule": first, "territory": tree.by_id[first.territory_id]}
    ]
    for rule in rest:
        if rule.territory_id in tree.ancestors(first.territory_id):
            why = _("%(territory)s is the larger region.")
        elif rule.high - rule.low > first.high - first.low:
            why = _("The rule of %(territory)s is wider.")
        else:
            why = _("The rule of %(territory)s fits as well; the first by code decides.")
        reasons.append(why % {"territory": tree.by_id[rule.territory_id]})
    return Decision(first, tuple(reasons), rest)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A range of places of one country in which the same rules fit, the deciding one first; none: a gap."""

    country: str
    low: int
    high: int
    rules: tuple[TerritoryRule, ...]


def stretches(tree: Tree, rules: Iterable[TerritoryRule]) -> list[Stretch]:
    """Cut each country with rules into stretches, from its first place to its last, without gaps or doubles."""
    by_country: dict[str, list[TerritoryRule]] = {}
    for rule in rules:
        by_country.setdefault(rule.country, []).append(rule)
    found: list[Stretch] = []
    for country, own in sorted(by_country.items()):
        starts = _edges(own, lambda rule: rule.low)
        ends = _edges(own, lambda rule: rule.high + 1)
        cuts = sorted({0, *starts, *ends})
        open_now: set[TerritoryRule] = set()
        for cut, following in zip(cuts, [*cuts[1:], None], strict=True):
            open_now -= set(ends.get(cut, ()))
            open_now |= set(starts.get(cut, ()))
            last = following - 1 if following is not None else _END
            found.append(Stretch(country, cut, last, tuple(order(tree, open_now))))
    return found


_END = 2**63 - 1


def _edges(
    rules: Iterable[TerritoryRule], of: Callable[[TerritoryRule], int]
) -> dict[int, list[TerritoryRule]]:
    found: dict[int, list[TerritoryRule]] = {}
    for rule in rules:
        found.setdefault(of(rule), []).append(rule)
    return found
