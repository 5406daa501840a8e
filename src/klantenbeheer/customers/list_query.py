"""What the address of the list of customers asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from klantenbeheer.foundation.lists.conditions import PARAMETER, Condition, Filter, parse
from klantenbeheer.kernel.errors import InvalidInput
from klantenbeheer.kernel.text import clean

from . import list_parts
from .choices import Status

# Column of the list to the indexed expressions that it sorts by; the key follows.
SORTS: dict[str, tuple[str, ...]] = {
    "name": ("name_norm",),
    "number": ("number_key",),
    "city": ("city_norm",),
    "postcode": ("postcode",),
    "email": ("email",),
    "country": ("country", "name_norm"),
    "status": ("status", "name_norm"),
    "language": ("language", "name_norm"),
    "changed": ("modified_at",),
    "created": ("created_at",),
}
MOMENTS = {"modified_at", "created_at"}
# Name of a grouping to the column that it counts by.
GROUPS = {
    "status": "status", "country": "country", "language": "language", "territory": "territory_id",
    "salesperson": "salesperson_id", "condition_group": "condition_group_id",
}  # fmt: skip


# What an address may ask for, besides the filters of the list's parts.
KNOWN = {
    "q", "status", "country", "territory", "group", "code", "marked", "flagged", PARAMETER, "by", "view", "sort",
    "after", "before",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What the address of the list asks for; read with :meth:`parse`, which refuses what it does not know."""

    q: str = ""
    status: str = ""
    country: str = ""
    territory: str = ""
    group: str = ""
    code: str = ""
    marked: bool = False
    flagged: bool = False
    # Filters of the list's parts: name and what was asked.
    extra: tuple[tuple[str, str], ...] = ()
    # Conditions in words, and what the list is grouped by.
    where: Filter = field(default_factory=Filter)
    by: str = ""
    # The view that is on: it says which columns, never which customers.
    view: str = ""
    sort: str = "name"
    descending: bool = False
    after: str = ""
    before: str = ""

    @classmethod
    def parse(cls, data: Mapping[str, str]) -> ListQuery:
        """Read the parameters.

        Raises ``InvalidInput`` for what the list does not know, an unknown sort, grouping or value of a filter, and
        for conditions that cannot be read: never is anything left out, which would show more than was asked for.
        """
        _refuse_unknown(data)
        sort = data.get("sort", "") or "name"
        descending = sort.startswith("-")
        sort = sort.removeprefix("-")
        status = data.get("status", "")
        if sort not in SORTS:
            raise InvalidInput(
                {"sort": [_("The list cannot be sorted by “%(value)s”.") % {"value": sort[:40]}]}
            )
        if status and status not in Status.values:
            raise _none_of_the_choices("status", status)
        by, view = data.get("by", ""), data.get("view", "")
        if by and by not in GROUPS:
            raise InvalidInput({"by": [_("The list cannot be grouped by “%(value)s”.") % {"value": by[:40]}]})
        return cls(
            where=parse(data.get(PARAMETER, "")),
            by=by,
            view=view if view.isascii() and view.isdecimal() and len(view) < 10 else "",
            q=data.get("q", "")[:200],
            status=status,
            country=_short(data, "country", 2).upper(),
            territory=_short(data, "territory", 20),
            group=_key(data, "group"),
            code=_short(data, "code", 20),
            marked=_flag(data, "marked"),
            flagged=_flag(data, "flagged"),
            extra=_asked(data),
            sort=sort,
            descending=descending,
            after=data.get("after", "")[:400],
            before=data.get("before", "")[:400],
        )

    @property
    def narrowed(self) -> bool:
        """Whether the list shows less than all."""
        return bool(self.q or self.filtered)

    @property
    def filtered(self) -> bool:
        """Whether a filter is on, besides the words."""
        kept = (self.status, self.country, self.territory, self.group, self.code, self.marked, self.flagged,
                self.extra, self.where)  # fmt: skip
        return any(kept)

    def parameters(self, **changed: Any) -> dict[str, str]:
        """The address' parameters, with some changed; empty ones left out."""
        values: dict[str, Any] = {
            "q": self.q, "status": self.status, "country": self.country, "territory": self.territory,
            "group": self.group, "code": self.code, PARAMETER: str(self.where), "by": self.by, "view": self.view,
            "marked": "1" if self.marked else "", "flagged": "1" if self.flagged else "",
            "sort": ("-" if self.descending else "") + self.sort,
        }  # fmt: skip
        values |= dict(self.extra)
        values |= changed
        if values["sort"] == "name":
            values["sort"] = ""
        return {key: str(value) for key, value in values.items() if value}


def columns_of(query: ListQuery) -> tuple[str, ...]:
    """Give the expressions that a query sorts by; a first one that is the same for all that is left says nothing."""
    columns = SORTS[query.sort]
    if len(columns) == 1:
        return columns
    fixed = getattr(query, query.sort, "") or (
        not query.where.any
        and any(
            isinstance(one, Condition) and one.field == query.sort and one.operator == "is"
            for one in query.where.items
        )
    )
    return columns[1:] if fixed else columns


def _refuse_unknown(data: Mapping[str, str]) -> None:
    """Raise for a name that is none of the list's: it may be a filter that was there once, such as an extra field."""
    known = KNOWN | {found.key for _part, found in list_parts.filters()}
    for name, value in data.items():
        if value and name not in known:
            raise InvalidInput({name: [_("“%(value)s” is no field to filter by.") % {"value": name[:40]}]})


def _none_of_the_choices(name: str, value: str) -> InvalidInput:
    return InvalidInput({name: [_("“%(value)s” is none of the choices.") % {"value": value[:40]}]})


def _short(data: Mapping[str, str], name: str, most: int) -> str:
    value = data.get(name, "")
    # Cut off it could be another one's.
    if len(value) > most or "\0" in value:
        raise _none_of_the_choices(name, value)
    return value


def _key(data: Mapping[str, str], name: str) -> str:
    value = _short(data, name, 18)
    if value and not (value.isascii() and value.isdecimal()):
        raise _none_of_the_choices(name, value)
    return value


def _flag(data: Mapping[str, str], name: str) -> bool:
    value = data.get(name, "")
    if value not in ("", "0", "1"):
        raise _none_of_the_choices(name, value)
    return value == "1"


def _asked(data: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    asked = []
    for part, found in list_parts.filters():
        text = clean(data.get(found.key, "")[:100])
        refusal = part.check(found.key, text) if text else ""
        if refusal:
            raise InvalidInput({found.key: [refusal]})
        if text:
            asked.append((found.key, text))
    return tuple(asked)
