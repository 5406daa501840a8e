"""The customer list: what the filters leave, the order, and pages by key that cost the same wherever one is."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.functions import Upper
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext as _

from klantenbeheer.foundation.lists.conditions import Condition
from klantenbeheer.foundation.lists.fields import narrow
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed

from . import list_fields, list_parts, reach
from .list_fields import within
from .list_query import MOMENTS, ListQuery, columns_of
from .models import Customer
from .narrowing import where, where_any
from .selectors import ROW, matching, mend

PAGE = 50
COUNT_MOST = 1000
# Up to here what conditions leave is sorted when nothing bounds the walk along the order.
SORT_MOST = 10_000
# The same of one country, whose cities, postcodes and languages lie together: counting them reads its index alone.
SORT_COUNTRY = 60_000


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


def _encode(row: Mapping[str, Any], columns: Sequence[str]) -> str:
    place = [row[name].isoformat() if name in MOMENTS else row[name] for name in (*columns, "id")]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _decode(position: str, columns: Sequence[str]) -> list[Any]:
    try:
        place = json.loads(base64.urlsafe_b64decode(position + "=" * (-len(position) % 4)))
        *values, key = place
        if len(values) != len(columns) or isinstance(key, bool) or not 0 <= int(key) < 2**63:
            raise ValueError
        found: list[Any] = []
        for name, value in zip(columns, values, strict=True):
            if not isinstance(value, str) or "\0" in value:
                raise ValueError
            found.append(_as_moment(value) if name in MOMENTS else value)
        return [*found, int(key)]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InvalidInput({"after": [_("This page of the list does not exist.")]}) from error


def _as_moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment


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
        inside = within(query.territory)
        # The index has one territory in the order of names, not several.
        off = aside if len(inside) == 1 else bool(in_order)
        rows = where_any(rows, "territory_id", inside, 0, aside=off)
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
    rows = rows.annotate(number_key=Upper("number"))
    if query.where:
        along = query.sort if in_order else ""
        rows = narrow(rows, actor, list_fields.fields(actor), query.where, along=along)
    return rows


class _Beyond(Func):
    """True for the rows behind a place in the order: the columns and the key compared as one value, one index range.

    Conditions one by one would walk through all customers of the same place to find the one to go on at.
    """

    output_field = BooleanField()

    def __init__(self, columns: Sequence[str], place: Sequence[Any], *, descending: bool) -> None:
        super().__init__(*(F(name) for name in (*columns, "id")), *(Value(value) for value in place))
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
        half = len(texts) // 2
        return f"({', '.join(texts[:half])}) {self.side} ({', '.join(texts[half:])})", params


def page(actor: Actor, query: ListQuery, *, size: int = PAGE, needs: Sequence[str] = ()) -> Page:
    """Give one page, with what its columns need. Two queries, whatever the page; a few more when words were mended."""
    suggestion, asked, columns = "", query, columns_of(query)
    place = query.before or query.after
    at = _decode(place, columns) if place else None
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
    base = _in_order(actor, query, base, counted)
    rows, forward, backward = _slice(base, columns, at, size, needs, query.descending, bool(query.before))
    return Page(
        rows=rows,
        count=min(counted, COUNT_MOST),
        more=counted > COUNT_MOST,
        after=_encode(rows[-1], columns) if rows and forward else "",
        before=_encode(rows[0], columns) if rows and backward else "",
        suggestion=suggestion,
        query=asked,
    )


def _in_order(actor: Actor, query: ListQuery, base: Any, counted: int) -> Any:
    """Give the same customers so that the database sorts the few, and walks along the order of the many."""
    if counted <= COUNT_MOST and query.narrowed:
        # Few enough to sort: fetched by their own index. Walking along the order could mean the whole table.
        return _few(base, COUNT_MOST)
    # What fits may all lie at the other end of the order (cities of one country): then thousands are sorted sooner.
    if (
        _is_of_a_country(query)
        and columns_of(query)[0] != "name_norm"
        and base.order_by().values("id")[: SORT_COUNTRY + 1].count() <= SORT_COUNTRY
    ):
        return _few(base, SORT_COUNTRY)
    unbounded = bool(query.where) and not query.q and not _bounds_the_walk(actor, query)
    if unbounded and base.order_by().values("id")[: SORT_MOST + 1].count() <= SORT_MOST:
        return _few(base, SORT_MOST)
    if query.filtered or not reach.within(actor).everything:
        return filtered(actor, query, in_order=columns_of(query)[0])
    return base


def _is_of_a_country(query: ListQuery) -> bool:
    """Say whether nothing but a country narrows the list: its own index has all of them, and counts them quickly."""
    further = (query.q, query.status, query.territory, query.group, query.code, query.marked, query.flagged,
               query.extra, query.where)  # fmt: skip
    return bool(query.country) and not any(further)


def _few(base: Any, most: int) -> Any:
    few = base.order_by().values("id")[: most + 1]
    return Customer.objects.filter(pk__in=few).annotate(number_key=Upper("number"))


def _bounds_the_walk(actor: Actor, query: ListQuery) -> bool:
    """Say whether a condition leaves only a stretch of the order that is asked for."""
    known = list_fields.fields(actor)
    single = [] if query.where.any else [one for one in query.where.items if isinstance(one, Condition)]
    found = [known[one.field] for one in single if one.field in known]
    return any(one.order == query.sort or (one.by_name and query.sort == "name") for one in found)


def walk(
    actor: Actor, query: ListQuery, needs: Sequence[str], *, size: int = 1_000
) -> Iterator[list[dict[str, Any]]]:
    """Give every row in the order of the list, some at a time; what changes meanwhile shows or not, but never twice."""
    columns, at = columns_of(query), None
    base = filtered(actor, query)
    base = _in_order(actor, query, base, _count(base))
    while True:
        rows, forward, _backward = _slice(base, columns, at, size, needs, query.descending, False)
        if rows:
            yield rows
        if not forward:
            return
        at = [rows[-1][name] for name in (*columns, "id")]


def total(actor: Actor, query: ListQuery) -> int:
    """Give how many are left, exactly."""
    return int(filtered(actor, query).order_by().values("id").count())


def _count(base: Any) -> int:
    return int(base.order_by().values("id")[: COUNT_MOST + 1].count())


def _slice(
    base: Any,
    columns: Sequence[str],
    at: Sequence[Any] | None,
    size: int,
    needs: Sequence[str],
    downwards: bool,
    backwards: bool,
) -> tuple[list[dict[str, Any]], bool, bool]:
    descending = downwards != backwards
    numbered = tuple(columns) == ("number_key",)
    if at is not None:
        # A number is there once: its index needs no key to go on.
        side = "number_key__lt" if descending else "number_key__gt"
        beyond = Q(**{side: at[0]}) if numbered else _Beyond(columns, at, descending=descending)
        base = base.filter(beyond)
    sign = "-" if descending else ""
    order = [f"{sign}{name}" for name in (columns if numbered else (*columns, "id"))]
    wanted = dict.fromkeys([*ROW, "number_key", *columns, *needs])
    rows = list(base.order_by(*order).values(*wanted)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    return rows, more if not backwards else True, more if backwards else at is not None
