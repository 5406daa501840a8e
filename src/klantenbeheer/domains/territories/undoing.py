"""Undoing what was done to territories, their rules and their people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from klantenbeheer.customers.models import Territory
from klantenbeheer.customers.permissions import BULK, CUSTOMERS
from klantenbeheer.foundation.audit.undo import (
    ACTION_RULES,
    RECORD_RULES,
    ActionRule,
    Blocked,
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


def _after_staff(actor: Actor, changes: Sequence[Change]) -> None:
    """Look when all is written: which times there are together, no change tells by itself."""
    remark.changed()
    keys = [change.key for change in changes]
    for row in TerritoryStaff.objects.filter(pk__in=keys).select_related("territory").order_by("pk"):
        others = staff_at_that_time(row.territory_id, row.since, row.until).exclude(pk=row.pk)
        other = others.select_related("salesperson").first()
        if other is not None:
            text = _("%(name)s sells here in that time already (from %(since)s). End that first.")
            told = text % {"name": other.salesperson, "since": other.since.strftime("%d-%m-%Y")}
            raise Blocked([f"{row.territory}: {told}"])


def _after(actor: Actor, changes: Sequence[Change]) -> None:
    remark.changed()


def register() -> None:
    """Who was moved goes back, but for those who were moved again since."""
    RECORD_RULES.register(
        RecordRule(kind="territory", right=TERRITORIES, check=_check_territory, after=_after, page=_PAGE)
    )
    RECORD_RULES.register(RecordRule(kind="territory_rule", right=TERRITORIES))
    RECORD_RULES.register(
        RecordRule(
            kind="territory_staff",
            right=TERRITORIES,
            together="territory_id",
            after=_after_staff,
        )
    )
    rights = (TERRITORIES, CUSTOMERS, BULK)
    ACTION_RULES.register(ActionRule(kind=ASSIGN, rights=rights, partly=True, moves=True))
