"""The customer list: filters, order, and pages by key that cost the same wherever one is."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import InvalidInput

from .choices import Status
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
    marked: bool = False
    flagged: bool = False
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
            marked=data.get("marked") == "1",
            flagged=data.get("flagged") == "1",
            sort=sort,
            descending=descending,
            after=data.get("after", "")[:400],
            before=data.get("before", "")[:400],
        )

    def parameters(self, **changed: Any) -> dict[str, str]:
        """The address' parameters, with some changed; empty ones left out."""
        values: dict[str, Any] = {
            "q": self.q, "status": self.status, "country": self.country, "territory": self.territory,
            "marked": "1" if self.marked else "", "flagged": "1" if self.flagged else "",
            "sort": ("-" if self.descending else "") + self.sort,
        }  # fmt: skip
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


def _decode(position: str) -> tuple[Any, int]:
    try:
        value, key = json.loads(base64.urlsafe_b64decode(position + "=" * (-len(position) % 4)))
        if isinstance(value, dict):
            value = datetime.fromisoformat(value["t"])
        elif not isinstance(value, str):
            raise ValueError
        return value, int(key)
    except (ValueError, TypeError, KeyError) as error:
        raise InvalidInput({"after": [_("This page of the list does not exist.")]}) from error


def filtered(actor: Actor, query: ListQuery) -> QuerySet[Any]:
    """Give the visible customers that the filters leave, without order."""
    rows = matching(actor, query.q)
    if query.status:
        rows = rows.filter(status=query.status)
    if query.country:
        rows = rows.filter(country=query.country)
    if query.territory:
        rows = rows.filter(territory__code=query.territory)
    if query.flagged:
        rows = rows.filter(flagged=True)
    if query.marked:
        rows = rows.filter(marks__user_id=actor.user_id or 0)
    return rows.annotate(number_key=Upper("number"))


def page(actor: Actor, query: ListQuery, *, size: int = PAGE) -> Page:
    """Give one page. Three queries at most, whatever the page."""
    suggestion = ""
    base = filtered(actor, query)
    column = SORTS[query.sort]
    rows, forward, backward = _slice(base, query, column, size)
    if not rows and query.q and not query.after and not query.before:
        suggestion = mend(actor, query.q)
        if suggestion:
            mended = ListQuery(**{name: getattr(query, name) for name in query.__slots__} | {"q": suggestion})
            base = filtered(actor, mended)
            rows, forward, backward = _slice(base, mended, column, size)
    counted = base.order_by()[: COUNT_MOST + 1].values("id").count()
    return Page(
        rows=rows,
        count=min(counted, COUNT_MOST),
        more=counted > COUNT_MOST,
        after=_encode(rows[-1][column], rows[-1]["id"]) if rows and forward else "",
        before=_encode(rows[0][column], rows[0]["id"]) if rows and backward else "",
        suggestion=suggestion,
        query=query,
    )


def _slice(base: Any, query: ListQuery, column: str, size: int) -> tuple[list[dict[str, Any]], bool, bool]:
    backwards = bool(query.before)
    position = query.before or query.after
    descending = query.descending != backwards
    if position:
        value, key = _decode(position)
        side = "lt" if descending else "gt"
        # The first half is a range of the index; the second half only decides among equal values.
        base = base.filter(Q(**{f"{column}__{side}e": value})).filter(
            Q(**{f"{column}__{side}": value}) | Q(**{f"id__{side}": key})
        )
    sign = "-" if descending else ""
    rows = list(
        base.order_by(f"{sign}{column}", f"{sign}id").values(*ROW, "number_key", "territory__code")[
            : size + 1
        ]
    )
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    return rows, more if not backwards else True, more if backwards else bool(position)
