"""The card: the whole page, and its tabs alone."""

from __future__ import annotations

from collections.abc import Iterator

from klantenbeheer.card.tabs import visible_tabs

from . import floors, samples
from .measure import Row, compare, queries

SECTION = "Card"
_TABLES = {"contacts": "contacts_contact", "notes": "notes_note"}


def measure(size: int) -> Iterator[Row]:
    """Give the shell with its first tab, the badges, and each tab alone."""
    user, browser = samples.user(), samples.client()
    numbers = [customer.number for customer in samples.customers(30)]
    tabs = visible_tabs(user)

    def get(url: str, **headers: str) -> None:
        samples.get(browser, url, **headers)

    first = tabs[0].key
    timed, least = compare(
        lambda n: get(f"/customers/{n}/{first}/"), lambda n: floors.card(user.pk, n), numbers
    )
    count = queries(lambda: get(f"/customers/{numbers[0]}/{first}/"))
    yield Row(SECTION, f"whole card, tab {first}", size, timed, least, count)
    for tab in tabs:

        def alone(number: str, key: str = tab.key) -> None:
            get(f"/customers/{number}/{key}/", **{"HX-Request": "true", "HX-Target": "tab"})

        table = _TABLES.get(tab.key)

        def floor(number: str, table: str = table or "") -> None:
            floors.tab(user.pk, number, table)

        timed, least = compare(alone, floor if table else None, numbers)
        yield Row(SECTION, f"tab {tab.key} alone", size, timed, least, queries(lambda: alone(numbers[0])))
    timed, _ = compare(lambda n: get(f"/customers/{n}/badges/"), None, numbers)
    yield Row(SECTION, "badges", size, timed, None, queries(lambda: get(f"/customers/{numbers[0]}/badges/")))
