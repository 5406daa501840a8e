"""Extra fields as filters and columns of the list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from klantenbeheer.foundation.lists.fields import Field
from klantenbeheer.kernel.money import parse_range

from . import display, extra
from .choices import NUMBER_SLOT
from .list_parts import ListColumn, ListFilter
from .models import Customer
from .narrowing import where


def check_range(text: str) -> str:
    """Give the refusal of what is neither a number nor a range of numbers, or nothing."""
    try:
        parse_range(text)
    except ValueError:
        return _("“%(value)s” is no number, and no range such as 10..20.") % {"value": text}
    return ""


class ExtraPart:
    """The extra fields in use."""

    key = "extra"
    right = ""

    def filters(self) -> Sequence[ListFilter]:
        return [
            ListFilter(
                row.slot,
                extra.label_of(row.slot),
                extra.labelled(row.choices, row.removed),
                "10..20" if row.slot == NUMBER_SLOT else "",
            )
            for row in extra.in_use()
        ]

    def check(self, key: str, text: str) -> str:
        return check_range(text) if key == NUMBER_SLOT else ""

    def narrow(self, rows: QuerySet[Any], key: str, text: str, *, aside: bool) -> QuerySet[Any]:
        if key != NUMBER_SLOT:
            return where(rows, key, text, "", aside=aside)
        least, most = parse_range(text)
        asked = {f"{key}__gte": least, f"{key}__lte": most}
        return rows.filter(**{name: value for name, value in asked.items() if value is not None})

    def fields(self) -> Sequence[Field]:
        return ()  # they are the customers' own columns: see list_fields

    def columns(self) -> Sequence[ListColumn]:
        return [ListColumn(row.slot, extra.label_of(row.slot), row.in_list) for row in extra.in_use()]

    def cells(self, customer_ids: Sequence[int], keys: Collection[str]) -> Mapping[int, Mapping[str, str]]:
        rows = Customer.objects.filter(pk__in=customer_ids).values("pk", *sorted(keys))
        return {row["pk"]: {slot: display.text_of(slot, row[slot]) for slot in keys} for row in rows}
