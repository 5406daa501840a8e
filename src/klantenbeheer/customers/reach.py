"""Which customers somebody may know of, as one condition on the customers' own columns.

Which territories are somebody's own, the domain that keeps them says; here is only what follows from it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from klantenbeheer.foundation.access.models import User
from klantenbeheer.kernel.actors import Actor, Reach

from .permissions import CUSTOMERS

Rows = TypeVar("Rows", bound=QuerySet[Any])
# Gives the keys of the territories that are a user's own today, those within them included.
TerritorySource = Callable[[int], frozenset[int]]
_sources: list[TerritorySource] = []
# Counting further takes longer than the figure is worth.
_COUNTED = 10_000


def register_territories(source: TerritorySource) -> None:
    """Let the domain above say whose a territory is. Called from its ``apps.py``."""
    _sources.append(source)


@dataclass(frozen=True, slots=True)
class Within:
    """The customers that an actor reaches: all, or those of these territories or of this salesperson."""

    everything: bool = False
    territories: frozenset[int] = frozenset()
    salesperson: int | None = None

    def holds(self, territory_id: int | None, salesperson_id: int | None) -> bool:
        """Say whether a customer with this territory and this salesperson is among them."""
        return (
            self.everything
            or territory_id in self.territories
            or (salesperson_id is not None and salesperson_id == self.salesperson)
        )

    def aside(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow customers by expressions that no index has: along the order of a list, most are within reach."""
        found = Q()
        if self.territories:
            rows = rows.alias(territory_aside=Coalesce("territory_id", Value(0)))
            found |= Q(territory_aside__in=sorted(self.territories))
        if self.salesperson is not None:
            rows = rows.alias(salesperson_aside=Coalesce("salesperson_id", Value(0)))
            found |= Q(salesperson_aside=self.salesperson)
        return rows.filter(found) if found else rows.none()

    def condition(self, prefix: str = "") -> Q | None:
        """Give the condition on a customer's columns; ``None`` where it would be nobody.

        Both parts have an index in the order of names.
        """
        found = Q()
        if self.territories:
            found |= Q(**{f"{prefix}territory_id__in": sorted(self.territories)})
        if self.salesperson is not None:
            found |= Q(**{f"{prefix}salesperson_id": self.salesperson})
        return found or None


def within(actor: Actor) -> Within:
    """Give whom an actor reaches. Two queries for who is narrowed to territories, once per actor; none for others."""
    kept = getattr(actor, "_within", None)
    if isinstance(kept, Within):
        return kept
    found = _within(actor)
    if hasattr(actor, "__dict__"):
        actor.__dict__["_within"] = found
    return found


def narrowed(rows: Rows, actor: Actor) -> Rows:
    """Narrow a queryset of customers to those that an actor reaches."""
    reached = within(actor)
    if reached.everything:
        return rows
    condition = reached.condition()
    return rows.none() if condition is None else rows.filter(condition)


# Up to so many customers are looked through one by one sooner than an index of all customers is.
SMALL = 10_000
_SIZE_SECONDS, _SIZES_KEPT = 300, 1_000
_sizes: dict[Within, tuple[float, bool]] = {}


def is_small(actor: Actor) -> bool:
    """Say whether an actor reaches so few customers that their own index is the way to them.

    It decides on the way to look only, never on what is found; so it is kept for some minutes.
    """
    reached = within(actor)
    if reached.everything:
        return False
    now = time.monotonic()
    at, small = _sizes.get(reached, (0.0, False))
    if not at or now - at > _SIZE_SECONDS:
        from .models import Customer  # reads this module

        small = Customer.objects.visible_to(actor)[: SMALL + 1].count() <= SMALL
        if len(_sizes) >= _SIZES_KEPT:
            _sizes.clear()
        _sizes[reached] = (now, small)
    return small


def belonging(rows: Rows, actor: Actor, field: str = "customer_id") -> Rows:
    """Narrow what belongs to customers (``field`` is their key) to those within reach; nothing is asked of who reaches
    all.

    Of few customers the records are looked up. Who reaches many has each record asked for its customer, so that a short
    list comes along its own index: the keys of all those customers would be gathered first otherwise.
    """
    if within(actor).everything:
        return rows
    from .models import Customer  # reads this module

    customers = Customer.objects.visible_to(actor).order_by()
    if customers.query.is_empty():
        return rows.none()
    if is_small(actor):
        return rows.filter(**{f"{field}__in": customers.values("pk")})
    return rows.filter(Exists(customers.filter(pk=OuterRef(field))))


def _within(actor: Actor) -> Within:
    if not actor.may(CUSTOMERS):
        return Within()
    if actor.reach == Reach.ALL:
        return Within(everything=True)
    if actor.user_id is None:
        return Within()
    territories: frozenset[int] = frozenset()
    if actor.reach & Reach.TERRITORIES:
        territories = territories.union(*(source(actor.user_id) for source in _sources))
    return Within(False, territories, actor.user_id if actor.reach & Reach.OWN else None)


def count_lines(user: User) -> list[str]:
    """Say how many customers a user reaches, for the page that explains it."""
    from .models import Customer  # reads this module

    reached = within(user)
    if reached.everything or not user.may(CUSTOMERS):
        return (
            [] if user.may(CUSTOMERS) else [_("No role gives the right to customers: none is within reach.")]
        )
    lines = []
    if reached.salesperson is not None:
        count = Customer.objects.filter(salesperson_id=user.pk)[: _COUNTED + 1].count()
        lines.append(_("Salesperson of %(count)s.") % {"count": _customers(count)})
    count = Customer.objects.visible_to(user)[: _COUNTED + 1].count()
    return [*lines, _("Together %(count)s.") % {"count": _customers(count)}]


def _customers(count: int) -> str:
    if count > _COUNTED:
        return _("more than %(count)d customers") % {"count": _COUNTED}
    return ngettext("%(count)d customer", "%(count)d customers", count) % {"count": count}


def settle(actor: Actor, values: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Give a new customer's values so that his maker reaches him, and the refusal where that cannot be.

    Who sees his own customers alone becomes the salesperson of one that has none.
    """
    reached = within(actor)
    settled = dict(values)
    territory, person = settled.get("territory"), settled.get("salesperson")
    if reached.holds(territory.pk if territory else None, person.pk if person else None):
        return settled, ""
    if person is None and reached.salesperson is not None:
        return settled | {"salesperson_id": reached.salesperson}, ""
    return settled, lost_text()


def lost_text() -> str:
    """Give the refusal of what would take a customer out of sight of who does it."""
    return _(
        "You would not see this customer then: choose one of your territories, or yourself as salesperson."
    )
