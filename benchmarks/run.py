"""The order of a measurement: fills databases, and starts the processes that measure."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .databases import database, filled
from .measure import Row, Timing

PARTS = (
    "demo", "weights", "search", "card", "list", "palette", "timeline", "write", "export", "bulk", "duplicates",
    "import",
)  # fmt: skip
READING = ("weights", "search", "card", "list", "palette", "timeline", "write")
BULK = "Bulk"
STEADY_ROWS = 10_000


class Failed(RuntimeError):
    """A measured process ended with an error; it has said why on standard error."""


def _start(environment: Mapping[str, str], *task: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.child", *task],
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _found(environment: Mapping[str, str], *task: str) -> Iterator[dict[str, Any]]:
    process = _start(environment, *task)
    for line in process.stdout or ():
        yield json.loads(line)
    if process.wait():
        raise Failed(f"{' '.join(task)} ended with {process.returncode}")


def _one(environment: Mapping[str, str], *task: str) -> dict[str, Any]:
    return next(_found(environment, *task), {})


def _all(environment: Mapping[str, str], *task: str) -> None:
    for _nothing in _found(environment, *task):
        pass


def _row(found: dict[str, Any]) -> Row:
    for name in ("timing", "floor"):
        if found[name]:
            found[name] = Timing(**found[name])
    return Row(**found)


class _Knocking:
    """Another user who saves all the while."""

    def __init__(self, environment: Mapping[str, str], seconds: float = 0.0) -> None:
        self.process = _start(environment, "knock", str(seconds))
        if self.process.stdout:
            self.process.stdout.readline()  # it says that it is ready

    def stop(self) -> dict[str, Any]:
        output, _nothing = self.process.communicate("stop\n")
        if self.process.returncode:
            raise Failed("the other writer failed")
        return dict(json.loads(output))

    def result(self) -> dict[str, Any]:
        """Wait till its time is over."""
        output = self.process.stdout.read() if self.process.stdout else ""
        self.process.wait()
        return dict(json.loads(output))


def _imports(environment: Mapping[str, str], size: int, name: str, start: int, rows: int) -> Iterator[Row]:
    path = Path(environment["KLANTENBEHEER_DATA"]) / "customers.csv"
    _all(environment, "file", str(path), str(rows), str(start))
    idle = _Knocking(environment, 2.0).result()
    others = _Knocking(environment)
    found = _one(environment, "import", str(path))
    waited = others.stop()
    path.unlink()
    least = _one(environment, "copy", str(min(rows, STEADY_ROWS)))
    speed = found["rows"] / found["seconds"]
    yield Row(
        BULK, f"{name}: speed", size, value=speed, floor_value=least["rows"] / least["seconds"], unit="rows/s"
    )
    each = found["worked"] / found["rows"] * 1_000_000
    yield Row(BULK, f"{name}: processor time of a row", size, value=each, unit="µs")
    yield Row(BULK, f"{name}: peak memory", size, value=found["peak_mb"], unit="MB")
    yield Row(BULK, f"{name}: longest transaction", size, value=found["longest_ms"], unit="ms")
    yield Row(
        BULK,
        f"{name}: another user's save meanwhile",
        size,
        timing=Timing(waited["p50"], waited["p95"], waited["writes"]),
        floor=Timing(idle["p50"], idle["p95"], idle["writes"]),
    )
    yield Row(BULK, f"{name}: another user's longest wait", size, value=waited["longest"], unit="ms")
    yield Row(BULK, f"{name}: rows refused", size, value=found["refused"], unit="rows")


def _bulk_edit(environment: Mapping[str, str], size: int) -> Iterator[Row]:
    others = _Knocking(environment)
    found = _one(environment, "bulk")
    waited = others.stop()
    if not found["undone"]:
        raise Failed("a change of many was not taken back")
    name = "change of many, with history"
    yield Row(BULK, f"{name}: customers", size, value=found["rows"], unit="customers")
    yield Row(BULK, f"{name}: speed", size, value=found["rows"] / found["seconds"], unit="customers/s")
    yield Row(BULK, f"{name}: taken back", size, value=found["rows"] / found["back"], unit="customers/s")
    yield Row(BULK, f"{name}: peak memory", size, value=found["peak_mb"], unit="MB")
    yield Row(BULK, f"{name}: another user's longest wait", size, value=waited["longest"], unit="ms")


def _duplicates(environment: Mapping[str, str], size: int) -> Iterator[Row]:
    others = _Knocking(environment)
    found = _one(environment, "duplicates")
    waited = others.stop()
    name = "search for duplicates"
    yield Row(BULK, f"{name}: time", size, value=found["seconds"], unit="s")
    yield Row(BULK, f"{name}: speed", size, value=size / found["seconds"], unit="customers/s")
    yield Row(BULK, f"{name}: peak memory", size, value=found["peak_mb"], unit="MB")
    yield Row(BULK, f"{name}: pairs that were compared", size, value=found["compared"], unit="pairs")
    yield Row(BULK, f"{name}: pairs that were found", size, value=found["pairs"], unit="pairs")
    yield Row(BULK, f"{name}: another user's longest wait", size, value=waited["longest"], unit="ms")


def measure(kind: str, size: int, parts: Sequence[str], rounds: int = 5, url: str = "") -> Iterator[Row]:
    """Give all that is measured with ``size`` customers on one kind of database."""
    began = time.perf_counter()
    if set(parts) - {"import"} or size <= STEADY_ROWS:
        with filled(url) if url else database(kind) as environment:
            environment["KLANTENBEHEER_BENCH_ROUNDS"] = str(rounds)
            _all(environment, "prepare")
            if not url:
                made = _one(environment, "demo", str(size))
                yield Row(BULK, "demo data: speed", size, value=size / made["seconds"], unit="customers/s")
                each = made["worked"] / size * 1_000_000
                yield Row(BULK, "demo data: processor time of one", size, value=each, unit="µs")
                yield Row(BULK, "demo data: peak memory", size, value=made["peak_mb"], unit="MB")
            reading = [part for part in READING if part in parts]
            if reading:
                for found in _found(environment, "read", str(size), *reading):
                    yield _row(found)
            if "export" in parts:
                path = Path(environment["KLANTENBEHEER_DATA"]) / "export.csv"
                found = _one(environment, "export", str(path))
                yield Row(
                    BULK, "export to CSV: speed", size, value=found["rows"] / found["seconds"], unit="rows/s"
                )
                yield Row(BULK, "export to CSV: peak memory", size, value=found["peak_mb"], unit="MB")
                path.unlink()
            if "bulk" in parts:
                yield from _bulk_edit(environment, size)
            if "duplicates" in parts:
                yield from _duplicates(environment, size)
            if "import" in parts:
                rows = min(size, STEADY_ROWS)
                name = f"import of {rows:,} rows beside those that are stored"
                yield from _imports(environment, size, name, 4 * size, rows)
    if "import" in parts and not url:
        with database(kind) as environment:
            _all(environment, "prepare")
            yield from _imports(environment, size, "import into an empty database", 0, size)
    yield Row(BULK, "this measurement", size, value=time.perf_counter() - began, unit="s")
