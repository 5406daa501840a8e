"""``python -m benchmarks``: measure, and write ``benchmarks/results.md``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path

from .databases import KINDS
from .measure import Row, Timing
from .report import render
from .run import PARTS, measure

REPORT = Path(__file__).with_name("results.md")


def _listed(text: str) -> list[str]:
    return [word.strip().replace("_", "") for word in text.split(",") if word.strip()]


def _about(kinds: list[str]) -> dict[str, str]:
    from .machine import versions

    return {
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        **versions(kinds),
    }


def _stored(path: Path) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for kind, rows in json.loads(path.read_text(encoding="utf-8")).items():
        for row in rows:
            for name in ("timing", "floor"):
                row[name] = Timing(**row[name]) if row[name] else None
            found.setdefault(kind, []).append(Row(**row))
    return found


def main(arguments: list[str]) -> int:
    """Measure what is asked for; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", default="1000,100000,1000000", help="how many customers are stored")
    parser.add_argument("--databases", default=",".join(KINDS), help=f"among {', '.join(KINDS)}")
    parser.add_argument("--parts", default=",".join(PARTS), help=f"among {', '.join(PARTS)}")
    parser.add_argument(
        "--url", default="", help="use this database, which holds as many customers as --sizes says"
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often each call is timed")
    parser.add_argument("--report", type=Path, default=REPORT, help="the table to write")
    parser.add_argument("--json", type=Path, help="also write every figure here")
    parser.add_argument(
        "--join", type=Path, nargs="+", help="make the report of these earlier figures; measure nothing"
    )
    options = parser.parse_args(arguments)
    kinds, parts = _listed(options.databases), _listed(options.parts)
    if set(kinds) - set(KINDS) or set(parts) - set(PARTS):
        parser.error("unknown database or part")
    results: dict[str, list[Row]] = {}
    if options.join:
        for path in options.join:
            for kind, rows in _stored(path).items():
                results.setdefault(kind, []).extend(rows)
    else:
        for kind in kinds:
            for size in sorted(int(size) for size in _listed(options.sizes)):
                print(f"{kind}, {size:,} customers", file=sys.stderr, flush=True)
                for row in measure(kind, size, parts, options.rounds, options.url):
                    results.setdefault(kind, []).append(row)
                    _tell(row)
                if options.json:
                    _write_json(options.json, results)
    options.report.write_text(render(results, _about(list(results))), encoding="utf-8")
    print(f"written: {options.report.name}", file=sys.stderr)
    return 0


def _tell(row: Row) -> None:
    from .report import _cell

    print(f"  {row.section} | {row.name} | {_cell(row)}", file=sys.stderr, flush=True)


def _write_json(path: Path, results: dict[str, list[Row]]) -> None:
    found = {kind: [asdict(row) for row in rows] for kind, rows in results.items()}
    path.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
