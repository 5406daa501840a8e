"""What the product promises, and whether the largest size that was measured keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .measure import Row


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out on one database."""

    met: bool
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """One promise and its outcomes by database."""

    name: str
    limit: str
    measured: dict[str, Measured] = field(default_factory=dict)


def _largest(rows: Sequence[Row]) -> list[Row]:
    most = max((row.size for row in rows), default=0)
    return [row for row in rows if row.size == most]


def _timed(rows: Sequence[Row], section: str) -> list[Row]:
    return [row for row in _largest(rows) if row.section == section and row.timing]


def _lists(rows: Sequence[Row]) -> list[Row]:
    return _timed(rows, "List") + _timed(rows, "List with a filter")


def _worst(
    rows: Sequence[Row], value: Callable[[Row], float | None], limit: float, unit: str
) -> Measured | None:
    valued = [(found, row) for row in rows if (found := value(row)) is not None]
    if not valued:
        return None
    most, row = max(valued, key=lambda pair: pair[0])
    return Measured(most <= limit, f"{most:,.1f}{unit} ({row.name})")


def _p95(row: Row) -> float | None:
    return row.timing.p95 if row.timing else None


def _ratio(row: Row) -> float | None:
    return row.timing.p50 / row.floor.p50 if row.timing and row.floor else None


def _value(rows: Sequence[Row], end: str, limit: float, *, least: bool = False) -> Measured | None:
    found = [row for row in _largest(rows) if row.name.endswith(end) and row.value is not None]
    if not found:
        return None
    values = [row.value or 0.0 for row in found]
    worst = min(values) if least else max(values)
    return Measured(worst >= limit if least else worst <= limit, f"{worst:,.0f} {found[0].unit}")


def _card_growth(rows: Sequence[Row]) -> Measured | None:
    cards = sorted(
        (r for r in rows if r.name.startswith("whole card") and r.timing), key=lambda row: row.size
    )
    if len(cards) < 2 or not cards[0].timing or not cards[-1].timing:
        return None
    growth = cards[-1].timing.p50 / cards[0].timing.p50
    return Measured(growth <= 1.2, f"{growth:.2f}×")


def _pages(rows: Sequence[Row]) -> Measured | None:
    """Compare what the user waits for: the statement alone takes a millisecond, and noise is part of that."""
    found = {row.name: row.timing.p50 for row in _timed(rows, "List, whole request") if row.timing}
    if not {"page 1", "middle page"} <= set(found):
        return None
    ratio = found["middle page"] / found["page 1"]
    return Measured(ratio <= 1.25, f"{ratio:.2f}×")


def verdicts(results: Mapping[str, Sequence[Row]]) -> Iterator[Verdict]:
    """Give every promise of the product with what was measured."""
    for name, limit, judge in (
        (
            "search p95, on the server",
            "25 ms",
            lambda r: _worst(_timed(r, "Search as you type"), _p95, 25, " ms"),
        ),
        (
            "search p50 to its floor",
            "4×",
            lambda r: _worst(_timed(r, "Search as you type"), _ratio, 4, "×"),
        ),
        (
            "search p95, whole request",
            "25 ms",
            lambda r: _worst(_timed(r, "Search, whole request"), _p95, 25, " ms"),
        ),
        (
            "card shell",
            "12 queries",
            lambda r: _worst(
                [row for row in _timed(r, "Card") if row.name.startswith("whole card")],
                lambda row: row.queries,
                12,
                "",
            ),
        ),
        ("card p50, most customers to fewest", "1.2×", _card_growth),
        ("list, middle page to page 1, whole request", "1.25×", _pages),
        ("list p95, filter and order", "100 ms", lambda r: _worst(_lists(r), _p95, 100, " ms")),
        ("list p50 to its floor", "4×", lambda r: _worst(_lists(r), _ratio, 4, "×")),
        (
            "palette p95, whole request",
            "50 ms",
            lambda r: _worst(_timed(r, "Palette, whole request"), _p95, 50, " ms"),
        ),
        (
            "timeline p95, whole request",
            "50 ms",
            lambda r: _worst(_timed(r, "Timeline, whole request"), _p95, 50, " ms"),
        ),
        ("change of many", "5,000 customers/s", lambda r: _value(r, "with history: speed", 5000, least=True)),
        ("import", "5,000 rows/s", lambda r: _value(r, "empty database: speed", 5000, least=True)),
        ("import, memory", "300 MB", lambda r: _value(r, "empty database: peak memory", 300)),
        ("import, longest transaction", "100 ms", lambda r: _value(r, "longest transaction", 100)),
        ("search for duplicates", "15 min", lambda r: _value(r, "duplicates: time", 900)),
        ("search for duplicates, memory", "1,000 MB", lambda r: _value(r, "duplicates: peak memory", 1000)),
        ("demo data", "2,000 customers/s", lambda r: _value(r, "demo data: speed", 2000, least=True)),
        ("HTML of a page", "40 KB", lambda r: _value(r, ": HTML", 40)),
        ("style", "30 KB", lambda r: _value(r, ": style", 30)),
        ("script", "60 KB", lambda r: _value(r, ": script", 60)),
    ):
        measured = {kind: found for kind, rows in results.items() if (found := judge(rows)) is not None}
        yield Verdict(name, limit, measured)
