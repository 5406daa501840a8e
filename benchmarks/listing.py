"""The list: first page, a page in the middle and one near the end, by every order and with each filter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.db.models.functions import Upper

from klantenbeheer.customers import listing
from klantenbeheer.customers.list_query import SORTS, ListQuery
from klantenbeheer.customers.listing import COUNT_MOST, PAGE
from klantenbeheer.customers.models import Customer

from . import floors, samples
from .measure import Row, compare, queries

SECTION = "List"
FILTERS = "List with a filter"
REQUEST = "List, whole request"
_PLACES = (("page 1", 0.0), ("middle page", 0.5), ("page near the end", 0.95))
# The expressions of an order as the database has them.
_EXPRESSIONS = {"number_key": "upper(number)"}


def _position(sort: str, part: float, size: int) -> dict[str, Any] | None:
    """Give the values of the order, and the key, of the customer that stands at this part of the list."""
    if not part:
        return None
    columns = SORTS[sort]
    rows = Customer.objects.annotate(number_key=Upper("number")).order_by(*columns, "id")
    return rows.values(*columns, "id")[int(size * part)]


def _floor(where: str, params: list[Any], sort: str, descending: bool, at: Mapping[str, Any] | None) -> None:
    columns = [_EXPRESSIONS.get(column, column) for column in SORTS[sort]]
    # A number is there once: its index needs no key to go on.
    columns += [] if sort == "number" else ["id"]
    way, side = ("DESC", "<") if descending else ("ASC", ">")
    conditions = [where] if where else []
    counted = f"WHERE {where}" if where else ""
    values = list(params)
    if at is not None:
        conditions.append(f"({', '.join(columns)}) {side} ({', '.join(['%s'] * len(columns))})")
        values += list(at.values())[: len(columns)]
    both = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    floors.fetch(
        f"SELECT {floors.COLUMNS}, territory_id FROM customers_customer {both} "
        f"ORDER BY {', '.join(f'{column} {way}' for column in columns)} LIMIT {PAGE + 1}",
        values,
    )
    floors.fetch(
        f"SELECT count(*) FROM (SELECT 1 FROM customers_customer {counted} LIMIT {COUNT_MOST + 1}) AS counted",
        params,
    )


def measure(size: int) -> Iterator[Row]:
    """Give the pages of the list."""
    actor, browser = samples.user(), samples.client()
    actor.may("customers")
    for sort in SORTS:
        for descending in (False, True):
            for name, part in _PLACES:
                at = _position(sort, 1 - part if descending and part else part, size)
                query = ListQuery(sort=sort, descending=descending)
                if at is not None:
                    query = replace(query, after=listing._encode(at, SORTS[sort]))
                timed, least = compare(
                    lambda q: listing.page(actor, q),
                    lambda q, at=at: _floor("", [], q.sort, q.descending, at),  # type: ignore[misc]
                    [query] * 4,
                )
                count = queries(lambda q=query: listing.page(actor, q))  # type: ignore[misc]
                way = ", descending" if descending else ""
                yield Row(SECTION, f"by {sort}{way}: {name}", size, timed, least, count)
    for sort in ("name", "changed", "city"):
        for name, values, where, params in (
            ("status active (84 %)", {"status": "active"}, "status = %s", ["active"]),
            ("status blocked (2 %)", {"status": "blocked"}, "status = %s", ["blocked"]),
            ("country NL (69 %)", {"country": "NL"}, "country = %s", ["NL"]),
            ("country GR (0.5 %)", {"country": "GR"}, "country = %s", ["GR"]),
            ("country nobody is in", {"country": "JP"}, "country = %s", ["JP"]),
            (
                "status and country, rare",
                {"status": "blocked", "country": "GR"},
                "status = %s AND country = %s",
                ["blocked", "GR"],
            ),
            ("to be checked", {"flagged": True}, "flagged", []),
            (
                "my mark",
                {"marked": True},
                "id IN (SELECT customer_id FROM customers_customermark WHERE user_id = %s)",
                [actor.pk],
            ),
            ("words: bouw", {"q": "bouw"}, *floors._holding(["bouw"])),
        ):
            query = ListQuery(sort=sort, **values)

            def least_of(q: ListQuery, where: str = where, params: list[Any] = params) -> None:
                _floor(where, params, q.sort, False, None)

            timed, least = compare(lambda q: listing.page(actor, q), least_of, [query] * 3)
            yield Row(FILTERS, f"{name}, by {sort}", size, timed, least)

    def ask(url: str) -> None:
        samples.get(browser, url)

    for name, part in _PLACES:
        at = _position("name", part, size)
        url = "/customers/" + (f"?after={listing._encode(at, SORTS['name'])}" if at else "")

        def least_page(_url: str, at: Mapping[str, Any] | None = at) -> None:
            floors.account(actor.pk)
            _floor("", [], "name", False, at)

        timed, least = compare(ask, least_page, [url] * 4)
        yield Row(REQUEST, name, size, timed, least, queries(lambda url=url: ask(url)))  # type: ignore[misc]
