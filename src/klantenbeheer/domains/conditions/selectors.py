"""Reading condition groups, and what a group gives on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from klantenbeheer.customers.models import GENERAL_GROUP, ConditionGroup, Customer
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import NotFound
from klantenbeheer.kernel.money import format_percentage

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a group gives on a day: percentages, and the reasons why."""

    discount: Decimal
    surcharge: Decimal
    reasons: tuple[str, ...]


def conditions_of(group: ConditionGroup, on: date) -> Conditions:
    """Give the general discount and surcharge of a group on a day; outside its validity there are none."""
    if group.valid_from and on < group.valid_from:
        when = group.valid_from.strftime("%d-%m-%Y")
        return Conditions(_NOTHING, _NOTHING, (_("The group is valid from %(date)s.") % {"date": when},))
    if group.valid_until and on > group.valid_until:
        when = group.valid_until.strftime("%d-%m-%Y")
        return Conditions(_NOTHING, _NOTHING, (_("The group was valid until %(date)s.") % {"date": when},))
    language = get_language() or "nl"
    reasons = []
    if group.discount:
        reasons.append(
            _("Discount %(percentage)s") % {"percentage": format_percentage(group.discount, language)}
        )
    if group.surcharge:
        reasons.append(
            _("Surcharge %(percentage)s") % {"percentage": format_percentage(group.surcharge, language)}
        )
    return Conditions(group.discount, group.surcharge, tuple(reasons) or (_("No discount, no surcharge"),))


def group_by_id(group_id: int) -> ConditionGroup:
    """Give a group; raises ``NotFound``."""
    group = ConditionGroup.objects.filter(pk=group_id).first()
    if group is None:
        raise NotFound(_("This condition group does not exist."))
    return group


def groups_with_counts(actor: Actor) -> list[tuple[ConditionGroup, int]]:
    """Give every group with the number of its customers, the general one first. Two queries."""
    rows = Customer.objects.visible_to(actor).order_by().values_list("condition_group_id")
    counts: dict[int, int] = dict(rows.annotate(number=Count("id")))
    groups = sorted(
        ConditionGroup.objects.all(), key=lambda group: (group.pk != GENERAL_GROUP, group.name.lower())
    )
    return [(group, counts.get(group.pk, 0)) for group in groups]


def deleted_lately() -> list[Action]:
    """Give the latest deletions that can still be undone."""
    actions = Action.objects.filter(kind="condition_group.delete", undone_by__isnull=True).order_by("-id")
    return list(actions[:5])


def customers_of(actor: Actor, group: ConditionGroup) -> Any:
    """Give the customers of a group by name."""
    return Customer.objects.visible_to(actor).filter(condition_group=group).order_by("name_norm", "id")
