"""Bringing a file in, making demonstration data, writing a file: speed, memory, and how long others wait."""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Iterator
from itertools import count as counting
from pathlib import Path
from typing import Any

from django.db import transaction

from klantenbeheer.config.demo import load
from klantenbeheer.customers import exporting
from klantenbeheer.customers.demo.generator import generate
from klantenbeheer.customers.importing import services
from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.paper.models import NumberSeries
from klantenbeheer.kernel.actors import SystemActor
from klantenbeheer.kernel.text import join_street

from .copying import Copier
from .measure import peak_mb, timing

ACTOR = SystemActor("meting")
SEED = 2  # the stored demonstration customers have seed 1, and share nothing with these
HEADERS = (
    "number", "name", "status", "language", "website", "email", "phone", "fax", "kvk_number", "vat_number", "iban",
    "bic", "credit_limit", "address", "postcode", "city", "region", "country",
)  # fmt: skip


def write_file(path: Path, rows: int, start: int) -> None:
    """Write a CSV of made-up customers with their visiting address, the numbers from ``start``."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADERS)
        for item in generate(rows, SEED, start):
            address = item.addresses[0]
            credit = "" if item.credit_limit_cents is None else f"{item.credit_limit_cents // 100},00"
            writer.writerow([
                item.number, item.name, item.status, item.language, item.website, item.email, item.phone, item.fax,
                item.kvk_number, item.vat_number, item.iban, item.bic, credit,
                join_street(address.street, address.house_number, address.addition), address.postcode, address.city,
                address.region, address.country,
            ])  # fmt: skip


def bring_in(path: Path) -> dict[str, Any]:
    """Import the file as the product does; give what it took."""

    def blocks() -> Iterator[bytes]:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                yield block

    before = peak_mb()
    began, worked = time.perf_counter(), time.process_time()
    run = services.run_create(actor=ACTOR, name=path.name, chunks=blocks())
    run = services.run_map(
        actor=ACTOR, run=run, mapping=run.mapping, on_duplicate="", nameless="refuse", country=""
    )
    services.reset(run, dry_run=False)
    pace = services.perform(run, ACTOR)
    seconds = time.perf_counter() - began
    return {
        "seconds": seconds,
        "worked": time.process_time() - worked,
        "rows": run.read,
        "created": run.created,
        "refused": run.refused,
        "longest_ms": pace.longest * 1000,
        "peak_mb": peak_mb(),
        "start_mb": before,
    }


def copy_last(rows: int, chunk: int = 500) -> dict[str, Any]:
    """Insert the rows of the newest customers again by hand-written SQL; give what it took."""
    newest = list(Customer.objects.order_by("-pk").values_list("pk", flat=True)[:rows])
    return {"rows": len(newest), "seconds": Copier(newest).insert(chunk)}


def demo(customers: int) -> dict[str, Any]:
    """Make demonstration customers; give what it took."""
    began, worked = time.perf_counter(), time.process_time()
    made = load(customers, 1)
    return {
        "rows": made,
        "seconds": time.perf_counter() - began,
        "worked": time.process_time() - worked,
        "peak_mb": peak_mb(),
    }


def export(path: Path) -> dict[str, Any]:
    """Write all customers to a CSV; give what it took."""
    began = time.perf_counter()
    written = exporting.write_csv(Customer.objects.all(), path, actor=ACTOR)
    return {"rows": written, "seconds": time.perf_counter() - began, "peak_mb": peak_mb()}


def knock(seconds: float = 0.0) -> dict[str, Any]:
    """Be another user who saves: every 20 ms a small write that needs the lock of the import, until told to stop.

    Stops after ``seconds``, or when its input ends.
    """
    import select

    NumberSeries.objects.get_or_create(kind="customer", defaults={"next_value": 1})
    waits: list[float] = []
    until = time.perf_counter() + seconds if seconds else float("inf")
    print("ready", flush=True)
    for _turn in counting():
        began = time.perf_counter()
        with transaction.atomic():
            series = NumberSeries.objects.select_for_update().get(kind="customer")
            series.save(update_fields=["width"])
        waits.append(time.perf_counter() - began)
        if time.perf_counter() > until or select.select([sys.stdin], [], [], 0.02)[0]:
            break
    measured = timing(waits)
    return {"p50": measured.p50, "p95": measured.p95, "longest": max(waits) * 1000, "writes": len(waits)}


def tell(found: dict[str, Any]) -> None:
    """Print a finding for the process that started this one."""
    print(json.dumps(found), flush=True)
