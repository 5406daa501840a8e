"""Characteristics as filters and columns of the list of customers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.customers.extra import labelled
from klantenbeheer.customers.extra_list import check_range
from klantenbeheer.customers.list_parts import ListColumn, ListFilter
from klantenbeheer.foundation.lists import fields as conditions
from klantenbeheer.foundation.lists.fields import Asked, Field
from klantenbeheer.kernel.dates import parse_date
from klantenbeheer.kernel.money import parse_range

from .choices import NO, YES, Kind
from .models import CharacteristicValue, CustomerCharacteristics
from .services import RIGHT
from .values import Definition, by_key, definitions, text_of


def _days(text: str) -> dict[str, Any]:
    """Read '1-1-2026', '1-1-2026..31-1-2026', '1-1-2026..' or '..31-1-2026'; raises ``ValueError``."""
    least, between, most = (part.strip() for part in text.partition(".."))
    if not between:
        return {"day": parse_date(least)}
    if not least and not most:
        raise ValueError(text)
    found = {"day__gte": parse_date(least) if least else None, "day__lte": parse_date(most) if most else None}
    return {name: value for name, value in found.items() if value is not None}


class CharacteristicsList:
    """Every definition that is in use is a filter; those that say so are columns."""

    key = "characteristics"
    right = RIGHT

    def filters(self) -> Sequence[ListFilter]:
        found = []
        for one in definitions():
            choices = labelled(one.choices, one.removed)
            if one.kind == Kind.YES_NO:
                choices = [(YES, _("yes")), (NO, _("no"))]
            placeholder = {Kind.NUMBER: "10..20", Kind.DATE: "1-1-2026..31-1-2026"}.get(Kind(one.kind), "")
            if not one.retired:
                found.append(ListFilter(one.name, one.label, choices, placeholder))
        return found

    def check(self, key: str, text: str) -> str:
        one = by_key(key[1:])
        if one is not None and one.kind == Kind.NUMBER:
            return check_range(text)
        if one is not None and one.kind == Kind.DATE:
            try:
                _days(text)
            except ValueError:
                return _("“%(value)s” is no date, and no period such as 1-1-2026..31-1-2026.") % {
                    "value": text
                }
        return ""

    def narrow(self, rows: QuerySet[Any], key: str, text: str, *, aside: bool) -> QuerySet[Any]:
        one = by_key(key[1:])
        if one is None:
            return rows.none()
        values = CharacteristicValue.objects.filter(characteristic_id=one.pk)
        if one.kind == Kind.NUMBER:
            least, most = parse_range(text)
            asked = {"number__gte": least, "number__lte": most}
            values = values.filter(**{name: value for name, value in asked.items() if value is not None})
        elif one.kind == Kind.DATE:
            values = values.filter(**_days(text))
        else:
            values = values.filter(text=text)
        if aside:
            return rows.filter(Exists(values.filter(customer=OuterRef("pk"))))
        return rows.filter(pk__in=values.values("customer"))

    def fields(self) -> Sequence[Field]:
        return [_field(one) for one in definitions() if not one.retired]

    def columns(self) -> Sequence[ListColumn]:
        return [ListColumn(one.name, one.label, one.in_list) for one in definitions() if not one.retired]

    def cells(self, customer_ids: Sequence[int], keys: Collection[str]) -> Mapping[int, Mapping[str, str]]:
        shown = [one for one in definitions() if one.name in keys]
        rows = CustomerCharacteristics.objects.filter(customer_id__in=customer_ids)
        return {
            row.customer_id: {one.name: text_of(one, row.values.get(one.key)) for one in shown}
            for row in rows
        }


_VALUE = {Kind.NUMBER: ("number", conditions.number("number")), Kind.DATE: ("day", conditions.day("day"))}


def _field(one: Definition) -> Field:
    group = gettext_lazy("Characteristics")
    kind = Kind(one.kind)
    if kind in _VALUE:
        name, inside = _VALUE[kind]
        return Field(one.name, one.label, name, _held(one.pk, inside), right=RIGHT, group=group)
    choices: Callable[[], Sequence[tuple[str, Any]]] | None = None
    if kind == Kind.YES_NO:
        choices = lambda: [(YES, _("yes")), (NO, _("no"))]  # noqa: E731 - of one line
    elif one.choices:
        choices = lambda: labelled(one.choices, one.removed)  # noqa: E731 - of one line
    build = _held(one.pk, lambda asked: Q(text=asked.value))
    return Field(
        one.name, one.label, "choice" if choices else "text", build, choices, ("is", "isnt", "empty", "filled"),
        right=RIGHT, group=group,
    )  # fmt: skip


def _held(pk: int, inside: Callable[[Asked], Q]) -> Callable[[Asked], Q]:
    """Look for customers who hold a value that fits; a customer without any holds none."""

    def build(asked: Asked) -> Q:
        values = CharacteristicValue.objects.filter(characteristic_id=pk)
        if asked.operator in ("empty", "filled"):
            held = Q(pk__in=values.values("customer"))
            return held if asked.operator == "filled" else ~held
        fits = Asked(asked.actor, "is", asked.value) if asked.operator == "isnt" else asked
        found = Q(pk__in=values.filter(inside(fits)).values("customer"))
        return ~found if asked.operator == "isnt" else found

    return build
