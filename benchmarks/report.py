"""The table that people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .measure import Row
from .targets import verdicts

Results = Mapping[str, Sequence[Row]]


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _ratio(row: Row) -> str:
    if row.timing and row.floor and row.floor.p50:
        return f" · {row.timing.p50 / row.floor.p50:.1f}×"
    if row.value and row.floor_value:
        return f" · {row.value / row.floor_value:.2f}×"
    return ""


def _cell(row: Row | None) -> str:
    if row is None:
        return ""
    if row.timing:
        text = f"{_number(row.timing.p50)} / {_number(row.timing.p95)}{_ratio(row)}"
        return text + (f" · {row.queries} q" if row.queries is not None else "")
    return f"{_number(row.value or 0)} {row.unit}{_ratio(row)}"


def _sections(rows: Sequence[Row]) -> dict[str, dict[str, dict[int, Row]]]:
    found: dict[str, dict[str, dict[int, Row]]] = {}
    for row in rows:
        found.setdefault(row.section, {}).setdefault(row.name, {})[row.size] = row
    return found


def render(results: Results, about: Mapping[str, str]) -> str:
    """Give the report as Markdown. ``about`` names the machine and the programs."""
    lines = [
        "# Speed and memory",
        "",
        "Made by `make bench`; how to read it: `docs/developing/benchmarks.md`. Times are milliseconds, "
        "**p50 / p95 · ratio of the p50 to the floor · queries**. The floor is hand-written SQL for the same rows, "
        "run by turns with the product on the same data in the same process.",
        "",
        *(f"- {name}: {text}" for name, text in about.items()),
        "",
        "## Targets",
        "",
        "| target | limit | " + " | ".join(results) + " |",
        "|---|---|" + "---|" * len(results),
    ]
    for verdict in verdicts(results):
        cells = [
            f"{'✓' if measured.met else '**✗**'} {measured.text}" if measured else "–"
            for measured in (verdict.measured.get(kind) for kind in results)
        ]
        lines.append(f"| {verdict.name} | {verdict.limit} | " + " | ".join(cells) + " |")
    for kind, rows in results.items():
        sizes = sorted({row.size for row in rows})
        for section, names in _sections(rows).items():
            lines += ["", f"## {kind}: {section}", ""]
            lines.append("| | " + " | ".join(f"{size:,}" for size in sizes) + " |")
            lines.append("|---|" + "---|" * len(sizes))
            for name, by_size in names.items():
                cells = [_cell(by_size.get(size)) for size in sizes]
                lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
