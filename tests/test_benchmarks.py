"""The benchmarks run, on few customers: a figure that nobody can make any more is worth nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import Row, Timing
from benchmarks.report import render
from benchmarks.targets import verdicts


def test_a_small_measurement_gives_every_section_and_verdict(tmp_path: Path) -> None:
    figures, report = tmp_path / "figures.json", tmp_path / "results.md"
    subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks", "--sizes", "300", "--databases", "sqlite", "--rounds", "1"),
            *("--json", str(figures), "--report", str(report)),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    rows = json.loads(figures.read_text())["sqlite"]
    assert {row["section"] for row in rows} == {
        "Bulk", "Card", "List", "List with a filter", "List, whole request", "Page weights",
        "Palette, whole request", "Search as you type", "Search, whole request", "Timeline, whole request",
        "Writing one customer",
    }  # fmt: skip
    assert all(row["timing"] or row["value"] is not None for row in rows)
    text = report.read_text()
    assert "## Targets" in text
    assert "| typing error |" in text
    assert str(Path.cwd()) not in text


def _card(size: int, p50: float) -> Row:
    return Row("Card", "whole card, tab contacts", size, Timing(p50, p50, 3), None, 11)


def test_a_target_that_is_missed_says_so() -> None:
    slow = Row("Search as you type", "2 characters", 9, Timing(1, 26, 3), Timing(0.2, 0.3, 3), 2)
    found = {
        verdict.name: verdict.measured["sqlite"]
        for verdict in verdicts({"sqlite": [slow, _card(1, 10), _card(9, 12.5)]})
        if verdict.measured
    }
    assert {name: measured.met for name, measured in found.items()} == {
        "search p95, on the server": False,
        "search p50 to its floor": False,
        "card shell": True,
        "card p50, most customers to fewest": False,
    }
    assert found["card p50, most customers to fewest"].text == "1.25×"
    assert "**✗** 26.0 ms (2 characters)" in render({"sqlite": [slow]}, {})
