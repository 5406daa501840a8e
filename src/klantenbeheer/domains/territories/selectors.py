"""Reading territories: the tree with figures, one of them, what the rules say of a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.customers.choices import Status
from klantenbeheer.customers.models import Customer, Territory
from klantenbeheer.customers.reach import within
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.kernel.actors import Actor, Reach
from klantenbeheer.kernel.errors import NotFound

from .deciding import Decision, Tree, decide
from .models import TerritoryOffer, TerritoryRule, TerritoryStaff


@dataclass(frozen=True, slots=True)
class Figures:
    """What is in a territory, everything within it included. ``credit`` is the sum of the limits that are set."""

    customers: int = 0
    prospects: int = 0
    blocked: int = 0
    archived: int = 0
    credit: Decimal = Decimal(0)

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.customers + other.customers, self.prospects + other.prospects,
            self.blocked + other.blocked, self.archived + other.archived,
            self.credit + other.credit,
        )  # fmt: skip


def tree() -> Tree:
    """Give all territories. One query."""
    return Tree(Territory.objects.all())


def territory_by_id(territory_id: int) -> Territory:
    """Give a territory; raises ``NotFound``."""
    found: Territory | None = Territory.objects.select_related("parent").filter(pk=territory_id).first()
    if found is None:
        raise NotFound(_("This territory does not exist."))
    return found


def figures(actor: Actor, regions: Tree) -> dict[int, Figures]:
    """Give the figures of every territory, of the customers that the actor may see. One query."""
    rows = (
        Customer.objects.visible_to(actor).filter(territory__isnull=False).order_by().values("territory_id")
        .annotate(
            customers=Count("id", filter=~Q(status__in=[Status.PROSPECT, Status.ARCHIVED])),
            prospects=Count("id", filter=Q(status=Status.PROSPECT)),
            blocked=Count("id", filter=Q(status=Status.BLOCKED)),
            archived=Count("id", filter=Q(status=Status.ARCHIVED)),
            credit=Sum("credit_limit"),
        )
    )  # fmt: skip
    own = {
        row["territory_id"]: Figures(
            row["customers"], row["prospects"], row["blocked"], row["archived"], row["credit"] or Decimal(0)
        )
        for row in rows
    }
    return {
        key: sum((own.get(one, Figures()) for one in regions.within(key)), Figures()) for key in regions.by_id
    }


def staff_on(day: date) -> dict[int, TerritoryStaff]:
    """Give who sells where on a day. One query."""
    rows = TerritoryStaff.objects.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)
    return {row.territory_id: row for row in rows.select_related("salesperson", "deputy").order_by("since")}


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells in a territory: ``staff`` is its own, or that of the nearest region around it, ``through``."""

    staff: TerritoryStaff
    person: User
    through: Territory | None = None


def sellers_on(day: date, regions: Tree) -> dict[int, Seller]:
    """Give who sells in every territory on a day; none where nobody with an open account does. One query."""
    current = staff_on(day)
    found = ((key, seller_in(key, regions, current)) for key in regions.by_id)
    return {key: seller for key, seller in found if seller is not None}


def seller_in(key: int, regions: Tree, current: Mapping[int, TerritoryStaff]) -> Seller | None:
    """Give who sells in one territory, of whom sells where now."""
    for place in (key, *regions.ancestors(key)) if key in regions.by_id else ():
        staff = current.get(place)
        if staff is not None and staff.on_duty is not None:
            return Seller(staff, staff.on_duty, regions.by_id[place] if place != key else None)
    return None


def salesperson_of(territory_id: int, day: date | None = None) -> User | None:
    """Give who sells in a territory on a day (today): its own, or of the nearest region around it that has one."""
    seller = sellers_on(day or timezone.localdate(), tree()).get(territory_id)
    return seller.person if seller else None


@dataclass(frozen=True, slots=True)
class Held:
    """A territory that somebody sells in today, or stands in for who does; ``inside``: what lies within it."""

    territory: Territory
    since: date
    until: date | None
    deputy: bool
    inside: tuple[Territory, ...]


def held_by(user_id: int, day: date | None = None) -> list[Held]:
    """Give the territories that are a user's on a day (today), by code. Two queries; one for who has none."""
    today = day or timezone.localdate()
    rows = TerritoryStaff.objects.filter(
        Q(salesperson_id=user_id) | Q(deputy_id=user_id),
        Q(until__isnull=True) | Q(until__gte=today),
        since__lte=today,
    )
    staff = list(rows)
    regions = tree() if staff else Tree([])
    found = [
        Held(
            regions.by_id[row.territory_id], row.since, row.until, row.deputy_id == user_id,
            tuple(regions.by_id[key] for key in regions.within(row.territory_id)[1:]),
        )
        for row in staff
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.territory.code.lower())


def keys_held_by(user_id: int) -> frozenset[int]:
    """Give the keys of the territories that are a user's today, those within them included."""
    return frozenset(
        territory.pk for held in held_by(user_id) for territory in (held.territory, *held.inside)
    )


def held_lines(user: User) -> list[str]:
    """Say which territories are a user's and why, for the page that explains whom he reaches."""
    if user.reach not in (Reach.TERRITORIES, Reach.BOTH):
        return []
    lines = []
    for held in held_by(user.pk):
        sells, stands_in = (
            _("Sells in %(territory)s since %(since)s."),
            _("Deputy in %(territory)s since %(since)s."),
        )
        words = stands_in if held.deputy else sells
        line = words % {"territory": held.territory, "since": held.since.strftime("%d-%m-%Y")}
        if held.inside:
            line += " " + _("Within it: %(territories)s.") % {
                "territories": ", ".join(str(one) for one in held.inside)
            }
        lines.append(line)
    return lines or [_("Today no territory is his, neither as salesperson nor as deputy.")]


def rules_by_territory() -> dict[int, list[TerritoryRule]]:
    """Give the rules of every territory. One query."""
    found: dict[int, list[TerritoryRule]] = {}
    for rule in TerritoryRule.objects.all():
        found.setdefault(rule.territory_id, []).append(rule)
    return found


def decision_for(country: str, key: int) -> Decision:
    """Give what the rules say of a place. One query, and one more when several rules fit."""
    rules = list(
        TerritoryRule.objects.filter(country=country, low__lte=key, high__gte=key).select_related("territory")
    )
    regions = tree() if len(rules) > 1 else Tree(rule.territory for rule in rules)
    if len(rules) == 1:
        # Alone it decides, whatever it lies in.
        return Decision(
            rules[0],
            (
                _("Rule %(rule)s of %(territory)s fits.")
                % {"rule": rules[0], "territory": rules[0].territory},
            ),
        )
    return decide(regions, rules, country, key)


@dataclass(frozen=True, slots=True)
class Offered:
    """A territory that a customer could be given, and why."""

    territory: Territory
    reasons: tuple[str, ...]


def offer_for(customer: Customer) -> Offered | None:
    """Give the territory that the rules offer: to who has none, and to who moved out of the one he has.

    One query, whoever the customer is; one more when rules overlap.
    """
    if customer.territory_id is None:
        if not customer.country:
            return None
        decision = decision_for(customer.country, customer.postcode_key)
        return Offered(decision.rule.territory, decision.reasons) if decision.rule else None
    offer = (
        TerritoryOffer.objects.filter(customer=customer, instead_of_id=customer.territory_id)
        .select_related("territory")
        .first()
    )
    if offer is None:
        return None
    return Offered(offer.territory, (_("The address changed; the rules say another territory."),))


def customers_of(actor: Actor, territory_ids: Sequence[int]) -> Any:
    """Give the customers of these territories by name."""
    return (
        Customer.objects.visible_to(actor).filter(territory_id__in=territory_ids).order_by("name_norm", "id")
    )


def latest_moves(actor: Actor) -> list[Action]:
    """Give the latest reassignments, undone or not; for who does not see all customers, his own."""
    rows = Action.objects.filter(kind="territory.assign")
    if not within(actor).everything:
        rows = rows.filter(user_id=actor.user_id or 0)
    return list(rows.prefetch_related("undone_by").order_by("-id")[:5])
