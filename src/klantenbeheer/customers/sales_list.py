"""Who sells to the customer, and what nobody chose yet, as filters and a column of the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from klantenbeheer.foundation.access.models import User

from .list_parts import ListColumn, ListFilter
from .models import Customer
from .narrowing import where

SALESPERSON, WITHOUT = "salesperson", "without"
_MISSING = {"territory": "territory_id", "salesperson": "salesperson_id"}


def _sellers() -> list[tuple[str, str]]:
    """Give who sells or sold, by name: who left still has customers. One query, when the choices are drawn."""
    rows = User.objects.filter(is_salesperson=True).order_by("full_name", "username")
    return [(user.username, str(user)) for user in rows]


class SalesPart:
    """The salesperson, and customers without a territory or a salesperson."""

    key = "sales"
    right = ""

    def filters(self) -> Sequence[ListFilter]:
        sellers: Any = SimpleLazyObject(_sellers)
        missing = [("territory", _("Without territory")), ("salesperson", _("Without salesperson"))]
        return [
            ListFilter(SALESPERSON, _("Salesperson"), sellers),
            ListFilter(WITHOUT, _("Not filled in"), missing),
        ]

    def check(self, key: str, text: str) -> str:
        if key == WITHOUT and text not in _MISSING:
            return _("“%(value)s” is none of the choices.") % {"value": text[:40]}
        return ""

    def narrow(self, rows: QuerySet[Any], key: str, text: str, *, aside: bool) -> QuerySet[Any]:
        if key == SALESPERSON:
            user = User.objects.filter(username=text.casefold()).values_list("pk", flat=True).first()
            return rows.none() if user is None else where(rows, "salesperson_id", user, 0, aside=aside)
        column = _MISSING[text]
        if not aside:
            return rows.filter(**{f"{column}__isnull": True})
        # As in narrowing.where: an expression keeps the database off the index.
        return rows.alias(without_aside=Coalesce(column, Value(0))).filter(without_aside=0)

    def columns(self) -> Sequence[ListColumn]:
        return [ListColumn(SALESPERSON, _("Salesperson"))]

    def cells(self, customer_ids: Sequence[int]) -> Mapping[int, Mapping[str, str]]:
        rows = Customer.objects.filter(pk__in=customer_ids, salesperson__isnull=False)
        named = rows.values_list("pk", "salesperson__full_name", "salesperson__username")
        return {pk: {SALESPERSON: name or username} for pk, name, username in named}
