"""Timing functions, and the records that a measurement leaves."""

from __future__ import annotations

import gc
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from django.db import connection

T = TypeVar("T")
ROUNDS = int(os.environ.get("KLANTENBEHEER_BENCH_ROUNDS", "5"))


@dataclass(frozen=True, slots=True)
class Timing:
    """What a number of calls took, in milliseconds."""

    p50: float
    p95: float
    calls: int


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was measured.

    Either calls (``timing``, with the ``floor`` of the same work in raw SQL and the number of ``queries``), or one
    figure (``value`` with its ``unit``; ``floor_value`` of the raw SQL). ``size`` customers were stored.
    """

    section: str
    name: str
    size: int
    timing: Timing | None = None
    floor: Timing | None = None
    queries: int | None = None
    value: float | None = None
    floor_value: float | None = None
    unit: str = ""


def timing(samples: Sequence[float]) -> Timing:
    """Give median and 95th percentile of durations in seconds."""
    ordered = sorted(samples)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return Timing(statistics.median(ordered) * 1000, p95 * 1000, len(ordered))


def took(call: Callable[[], Any]) -> float:
    """Give the seconds that a call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def compare(
    work: Callable[[T], Any], floor: Callable[[T], Any] | None, inputs: Iterable[T]
) -> tuple[Timing, Timing | None]:
    """Time ``work`` and its ``floor`` by turns on each input, after one call of each that does not count.

    Each input counts with its best time of the rounds: what its work costs, not what else the machine was doing. The
    percentiles are those of different inputs.
    """
    given = list(inputs)
    for item in given:
        work(item)
        if floor:
            floor(item)
    gc.collect()
    mine = [float("inf")] * len(given)
    least = list(mine)
    for _round in range(ROUNDS):
        for place, item in enumerate(given):
            mine[place] = min(mine[place], took(partial(work, item)))
            if floor:
                least[place] = min(least[place], took(partial(floor, item)))
    return timing(mine), timing(least) if floor else None


class _Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


def queries(call: Callable[[], Any]) -> int:
    """Give how many statements a call sends to the database."""
    counter = _Counter()
    with ExitStack() as stack:
        stack.enter_context(connection.execute_wrapper(counter))
        call()
    return counter.count


def peak_mb() -> float:
    """Give the most memory that this process ever had, in megabytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)
