"""Search as one types: the selector, and the request that the browser makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import urlencode

from django.test import Client

from klantenbeheer.customers.selectors import search
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.search.models import Word

from . import floors, samples
from .measure import Row, compare, queries

SECTION = "Search as you type"
REQUEST = "Search, whole request"
SHOWN = 12
Floor = Callable[[str], object]


class Different(AssertionError):
    """The floor found other customers than the product: it would measure other work."""


def _same(query: str) -> None:
    mine = [row["id"] for row in search(samples.user(), query, limit=SHOWN).rows]
    least = list(dict.fromkeys(row[0] for row in floors.search(query, SHOWN)))[:SHOWN]
    # Of more than the lookup's limit, which ones it takes is the database's choice.
    if len(mine) != len(least):
        raise Different(f"{query!r}: {mine} is not {least}")


def measure(size: int) -> Iterator[Row]:
    """Give each way of searching, by the selector and by request."""
    actor, browser = samples.user(), samples.client()
    actor.may("customers")  # the rights are part of the request, not of the search
    for kind in samples.searches():
        texts, floor = _prepared(actor, kind)
        if texts:
            yield from _ways(actor, browser, kind.name, texts, floor, size)
    yield Row(SECTION, "known words to mend with", size, value=Word.objects.count(), unit="words")


def _prepared(actor: User, kind: samples.Queries) -> tuple[tuple[str, ...], Floor]:
    """Give the queries and their floor, after seeing that both find as much."""
    if kind.name != "typing error":
        for text in kind.texts:
            _same(text)
        return kind.texts, floors.search
    meant = {text: search(actor, text, limit=SHOWN).suggestion for text in kind.texts}
    return tuple(text for text in kind.texts if meant[text]), lambda text: floors.mended(text, meant[text])


def _ways(
    actor: User, browser: Client, name: str, texts: tuple[str, ...], floor: Floor, size: int
) -> Iterator[Row]:
    def find(text: str) -> object:
        return search(actor, text, limit=SHOWN)

    def ask(text: str) -> None:
        samples.get(browser, "/customers/suggest?" + urlencode({"q": text}), **{"HX-Request": "true"})

    mine, least = compare(find, floor, texts)
    yield Row(SECTION, name, size, mine, least, max(queries(partial(find, text)) for text in texts))
    mine, least = compare(ask, lambda text: [*floors.account(actor.pk), floor(text)], texts)
    yield Row(REQUEST, name, size, mine, least)
