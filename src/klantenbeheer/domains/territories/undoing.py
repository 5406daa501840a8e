"""Undoing what was done to territories, their rules and their people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from klantenbeheer.customers.models import Territory
from klantenbeheer.foundation.audit.undo import (
    ACTION_RULES,
    RECORD_RULES,
    ActionRule,
    Change,
    RecordRule,
)
from klantenbeheer.kernel.actors import Actor

from . import remark, selectors
from .models import TerritoryStaff
from .moving import ASSIGN
from .permissions import TERRITORIES
from .services import staff_at_that_time

_PAGE = "/territories/"


def _check_territory(actor: Actor, change: Change, record: Territory | None) -> Iterable[str]:
    if record is None or change.sign != "~" or "parent_id" not in change.columns or record.parent_id is None:
        return []
    if record.parent_id in selectors.tree().within(record.pk):
        text = _("“%(value)s” lies within this territory; it cannot be around it too.")
        return [text % {"value": Territory.objects.get(pk=record.parent_id)}]
    return []


def _check_staff(actor: Actor, change: Change, record: TerritoryStaff | None) -> Iterable[str]:
    if record is None:
        return []
    added = TerritoryStaff.history.filter(action=change.action, history_type="+").values("id")
    other = staff_at_that_time(record.territory_id, record.since, record.until).exclude(pk__in=added)
    found = other.exclude(pk=record.pk).select_related("salesperson").first()
    if found is None:
        return []
    text = _("%(name)s sells here in that time already (from %(since)s). End that first.")
    return [text % {"name": found.salesperson, "since": found.since.strftime("%d-%m-%Y")}]


def _after(actor: Actor, changes: Sequence[Change]) -> None:
    remark.changed()


def register() -> None:
    """Who was moved goes back, but for those who were moved again since."""
    RECORD_RULES.register(
        RecordRule(kind="territory", right=TERRITORIES, check=_check_territory, after=_after, page=_PAGE)
    )
    RECORD_RULES.register(RecordRule(kind="territory_rule", right=TERRITORIES))
    RECORD_RULES.register(
        RecordRule(kind="territory_staff", right=TERRITORIES, after=_after, check=_check_staff)
    )
    ACTION_RULES.register(ActionRule(kind=ASSIGN, right=TERRITORIES, partly=True))
