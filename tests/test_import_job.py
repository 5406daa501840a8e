"""The import as background work: how much there is to do, where it is shown, stopping it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from klantenbeheer.customers.importing import jobs, services
from klantenbeheer.customers.models import ImportRun
from klantenbeheer.foundation.jobs import running
from klantenbeheer.foundation.jobs.models import Job, State

from .test_import import DUTCH, begin

pytestmark = pytest.mark.django_db


@pytest.fixture
def dutch(tmp_path: Path) -> Path:
    path = tmp_path / "klanten.csv"
    path.write_bytes(DUTCH.encode("cp1252"))
    return path


def work() -> Job:
    job = running.claim("een")
    assert job is not None
    running.perform(job)
    job.refresh_from_db()
    return job


def test_an_import_says_how_much_there_is_to_do(dutch: Path, people: dict[str, Any]) -> None:
    run = begin(dutch, people["beheer"])
    jobs.enqueue(actor=people["beheer"], run=run, dry_run=True)
    preview = work()
    assert (preview.done, preview.total) == (5, 5)
    run.refresh_from_db()
    # After the preview it is known before the first row.
    assert jobs.enqueue(actor=people["beheer"], run=run, dry_run=False).total == 5
    assert work().done == 5


def test_a_cancelled_count_stores_nothing(
    dutch: Path, people: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "COUNT_STEP", 1)
    run = begin(dutch, people["beheer"])
    job = jobs.enqueue(actor=people["beheer"], run=run, dry_run=True)
    monkeypatch.setattr(services, "perform", lambda *_args, **_options: pytest.fail("begun after a cancel"))
    claimed = running.claim("een")
    assert claimed is not None
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    running.perform(claimed)
    job.refresh_from_db()
    assert job.state == State.CANCELLED


def test_from_its_job_one_finds_the_import(
    dutch: Path, people: dict[str, Any], as_user: Callable[[str], Client]
) -> None:
    run = begin(dutch, people["verkoop"])
    job = jobs.enqueue(actor=people["verkoop"], run=run, dry_run=True)
    page = f"/customers/import/{run.pk}"
    assert f'href="{page}"' in as_user("verkoop").get(f"/jobs/{job.pk}/").text
    # It is shown to who asked for it alone.
    assert page not in as_user("beheer").get(f"/jobs/{job.pk}/").text
    # Stopping leads to what was done so far, with what can be done about it.
    assert as_user("verkoop").post(f"/jobs/{job.pk}/cancel/")["Location"] == page


def test_big_numbers_are_grouped(
    dutch: Path, people: dict[str, Any], as_user: Callable[[str], Client]
) -> None:
    run = begin(dutch, people["beheer"])
    job = jobs.enqueue(actor=people["beheer"], run=run, dry_run=True)
    Job.objects.filter(pk=job.pk).update(done=12_345, total=1_000_000, state=State.RUNNING)
    ImportRun.objects.filter(pk=run.pk).update(read=12_345)
    client = as_user("beheer")
    assert "12.345 van 1.000.000" in client.get(f"/jobs/{job.pk}/").text
    assert "12.345 van 1.000.000" in client.get("/jobs/").text
    assert "12.345 gelezen" in client.get(f"/customers/import/{run.pk}").text
