"""The customer list: filters, order, and pages by key that cost the same wherever one is."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.functions import Upper
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext as _

from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed
from klantenbeheer.kernel.text import clean

from . import list_parts, reach
from .choices import Status
from .models import Customer, Territory
from .narrowing import where, where_any
from .selectors import ROW, matching, mend

PAGE = 50
COUNT_MOST = 1000

# Column of the list to the indexed expression that it sorts by.
SORTS = {
    "name": "name_norm",
    "number": "number_key",
    "city": "city_norm",
    "postcode": "postcode",
    "changed": "modified_at",
}


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
    sort: str = "name"
    descending: bool = False
    after: str = ""
    before: str = ""

    @classmethod
    def parse(cls, data: Mapping[str, str]) -> ListQuery:
        """Read the parameters; raises ``InvalidInput`` for an unknown sort or status or a broken position."""
        sort = data.get("sort", "") or "name"
        descending = sort.startswith("-")
        sort = sort.removeprefix("-")
        status = data.get("status", "")
        if sort not in SORTS:
            raise InvalidInput(
                {"sort": [_("The list cannot be sorted by “%(value)s”.") % {"value": sort[:40]}]}
            )
        if status and status not in Status.values:
            raise InvalidInput(
                {"status": [_("“%(value)s” is none of the choices.") % {"value": status[:40]}]}
            )
        return cls(
            q=data.get("q", "")[:200],
            status=status,
            country=data.get("country", "")[:2].upper(),
            territory=data.get("territory", "")[:20],
            group=data.get("group", "")[:18] if data.get("group", "").isdecimal() else "",
            code=data.get("code", "")[:20],
            marked=data.get("marked") == "1",
            flagged=data.get("flagged") == "1",
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
                self.extra)  # fmt: skip
        return any(kept)

    def parameters(self, **changed: Any) -> dict[str, str]:
        """The address' parameters, with some changed; empty ones left out."""
        values: dict[str, Any] = {
            "q": self.q, "status": self.status, "country": self.country, "territory": self.territory,
            "group": self.group, "code": self.code,
            "marked": "1" if self.marked else "", "flagged": "1" if self.flagged else "",
            "sort": ("-" if self.descending else "") + self.sort,
        }  # fmt: skip
        values |= dict(self.extra)
        values |= changed
        if values["sort"] == "name":
            values["sort"] = ""
        return {key: str(value) for key, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list. ``count`` is exact up to :data:`COUNT_MOST`; above, ``more`` says that it is not."""

    rows: list[dict[str, Any]]
    count: int
    more: bool
    after: str
    before: str
    suggestion: str = ""
    query: ListQuery = field(default_factory=ListQuery)


def _encode(value: Any, key: int) -> str:
    if isinstance(value, datetime):
        value = {"t": value.isoformat()}
    return base64.urlsafe_b64encode(json.dumps([value, key]).encode()).decode().rstrip("=")


def _decode(position: str, column: str) -> tuple[Any, int]:
    try:
        value, key = json.loads(base64.urlsafe_b64decode(position + "=" * (-len(position) % 4)))
        if isinstance(value, dict):
            value = datetime.fromisoformat(value["t"])
        elif not isinstance(value, str) or "\0" in value:
            raise ValueError
        if isinstance(value, datetime) != (column == "modified_at") or not 0 <= int(key) < 2**63:
            raise ValueError
        return value, int(key)
    except (ValueError, TypeError, KeyError) as error:
        raise InvalidInput({"after": [_("This page of the list does not exist.")]}) from error


def filtered(actor: Actor, query: ListQuery, *, in_order: str = "") -> QuerySet[Any]:
    """Give the visible customers that the words and the filters leave, without order.

    Raises ``NotAllowed`` for a filter on what the actor may not see.

    Words alone give some hundreds at most; with a filter on top all that hold the words must be looked at, or the
    filter would only see the first of them. ``in_order`` names the column to walk along when so many are left that
    sorting them would take long: then the filters keep the database off their own indexes.
    """
    rows = matching(actor, query.q, all_of_them=query.filtered)
    # Who reaches few customers comes to them by his own index, and all else is looked at there.
    small = reach.is_small(actor)
    # Each of these has an index in the order of names.
    aside = small or (bool(in_order) and in_order != "name_norm")
    if in_order and not small and not reach.within(actor).everything and not query.q:
        rows = reach.within(actor).aside(Customer.objects.all())
    for column, value in (("status", query.status), ("country", query.country)):
        if value:
            rows = where(rows, column, value, "", aside=aside)
    if query.territory:
        within = _territory_and_within(query.territory)
        # The index has one territory in the order of names, not several.
        off = aside if len(within) == 1 else bool(in_order)
        rows = where_any(rows, "territory_id", within, 0, aside=off)
    if query.group:
        rows = where(rows, "condition_group_id", int(query.group), 0, aside=aside)
    if query.code:
        rows = rows.filter(mailing_codes__code__code__iexact=query.code)
    if query.flagged:
        rows = where(rows, "flagged", True, False, aside=aside)
    if query.extra:
        parts = {found.key: part for part, found in list_parts.filters_for(actor)}
        for key, text in query.extra:
            # Left out, it would show more than was asked for; narrowed by, it would tell what may not be seen.
            if key not in parts:
                raise NotAllowed(_("You may not narrow the list by this."))
            rows = parts[key].narrow(rows, key, text, aside=aside)
    if query.marked:
        rows = rows.filter(marks__user_id=actor.user_id or 0)
    return rows.annotate(number_key=Upper("number"))


def _territory_and_within(code: str) -> list[int]:
    """Give the keys of a territory and of everything in it. One query."""
    found: list[int] = []
    children: dict[int | None, list[int]] = {}
    for key, own, parent in Territory.objects.values_list("pk", "code", "parent_id"):
        children.setdefault(parent, []).append(key)
        if own == code:
            found.append(key)
    for key in found:
        found += children.get(key, ())
    return found


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


class _Beyond(Func):
    """True for the rows behind a place in the order: (column, key) compared as one value, which is one index range.

    Two conditions would walk through all customers of the same place to find the one to go on at.
    """

    output_field = BooleanField()

    def __init__(self, column: str, value: Any, key: int, *, descending: bool) -> None:
        super().__init__(F(column), F("id"), Value(value), Value(key))
        self.side = "<" if descending else ">"

    def as_sql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, tuple[Any, ...]]:
        parts = [compiler.compile(source) for source in self.get_source_expressions()]
        texts = [sql for sql, _params in parts]
        params = tuple(param for _sql, own in parts for param in own)
        return f"({texts[0]}, {texts[1]}) {self.side} ({texts[2]}, {texts[3]})", params


def page(actor: Actor, query: ListQuery, *, size: int = PAGE) -> Page:
    """Give one page. Two queries, whatever the page; a few more when the words had to be mended."""
    suggestion, asked, column = "", query, SORTS[query.sort]
    place = query.before or query.after
    at = _decode(place, column) if place else None
    base = filtered(actor, query)
    counted = _count(base)
    if not counted and query.q and not query.after and not query.before:
        suggestion = mend(actor, query.q)
        if suggestion:
            query = replace(query, q=suggestion)
            base = filtered(actor, query)
            counted = _count(base)
    if not counted:
        return Page([], 0, False, "", "", suggestion, asked)
    if counted <= COUNT_MOST and query.narrowed:
        # Few enough to sort: fetched by their own index. Walking along the order could mean the whole table.
        few = base.values("id")[: COUNT_MOST + 1]
        base = Customer.objects.filter(pk__in=few).annotate(number_key=Upper("number"))
    elif query.filtered or not reach.within(actor).everything:
        base = filtered(actor, query, in_order=column)
    rows, forward, backward = _slice(base, query, column, at, size)
    return Page(
        rows=rows,
        count=min(counted, COUNT_MOST),
        more=counted > COUNT_MOST,
        after=_encode(rows[-1][column], rows[-1]["id"]) if rows and forward else "",
        before=_encode(rows[0][column], rows[0]["id"]) if rows and backward else "",
        suggestion=suggestion,
        query=asked,
    )


def _count(base: Any) -> int:
    return int(base.order_by().values("id")[: COUNT_MOST + 1].count())


def _slice(
    base: Any, query: ListQuery, column: str, at: tuple[Any, int] | None, size: int
) -> tuple[list[dict[str, Any]], bool, bool]:
    backwards = bool(query.before)
    descending = query.descending != backwards
    if at is not None:
        # A number is there once: its index needs no key to go on.
        side = "number_key__lt" if descending else "number_key__gt"
        beyond = Q(**{side: at[0]}) if column == "number_key" else _Beyond(column, *at, descending=descending)
        base = base.filter(beyond)
    sign = "-" if descending else ""
    order = [f"{sign}{column}"] if column == "number_key" else [f"{sign}{column}", f"{sign}id"]
    rows = list(base.order_by(*order).values(*ROW, "number_key", "territory__code")[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    return rows, more if not backwards else True, more if backwards else at is not None
