"""The command palette: what the server needs for what is typed."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from klantenbeheer.kernel.text import normalise

from . import samples
from .measure import Row, compare, queries

SECTION = "Palette, whole request"


def _ways() -> Iterator[tuple[str, list[str]]]:
    found = samples.customers(24)
    words = [word for customer in found for word in normalise(customer.name).split() if len(word) >= 6]
    chosen = [word for word in dict.fromkeys(words) if word.isalpha()][:12]
    yield "1 character", list("abhjmsvz1")
    yield "3 characters", [word[:3] for word in chosen]
    yield "a word", chosen
    yield "a word with a typing error", [samples._mistyped(word) for word in chosen]
    yield "# a number", [f"#{customer.number}" for customer in found[:10]]
    yield "@ a contact person", ["@jan", "@de vries", "@bakker", "@ann", "@smit"]
    yield "> an action", [">exp", ">nieuw", ">handleiding", ">afm"]
    yield "no match", ["xqzvwk", "qqqqqqq", "zzyzxq"]


def measure(size: int) -> Iterator[Row]:
    """Give each way of asking, from the list and from a card."""
    browser = samples.client()
    here = f"/customers/{samples.customers(1)[0].number}/contacts/"

    def ask(text: str) -> None:
        samples.get(browser, "/palette/?" + urlencode({"q": text, "at": here}))

    for name, texts in _ways():
        timed, _nothing = compare(ask, None, texts)
        yield Row(SECTION, name, size, timed, None, queries(lambda text=texts[0]: ask(text)))  # type: ignore[misc]
