"""The check of the whole file: rate, retries, going on after a kill, and what had no answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.vat_check import jobs, services
from klantenbeheer.domains.vat_check.models import VatAnswer, Waiting
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.jobs import running
from klantenbeheer.foundation.jobs.models import Job, State
from klantenbeheer.foundation.jobs.services import job_cancel, job_retry
from klantenbeheer.kernel.actors import SystemActor
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, Refused

from .server import Handler

pytestmark = pytest.mark.django_db
Make = Callable[..., Customer]
Stub = type[Handler]
NUMBERS = ("DE136695976", "DE123456788", "NL004495445B01", "ATU13585627", "BE0428759497", "FR40303265045")


@pytest.fixture
def boss(people: dict[str, User]) -> User:
    return people["beheer"]


@pytest.fixture
def file(make_customer: Make) -> list[Customer]:
    return [make_customer(f"Klant {number}", vat_number=number, addresses={}) for number in NUMBERS]


def start(actor: Any, selection: str = "all", days: Any = "") -> Job:
    return services.file_check_start(actor=actor, selection=selection, days=days)


def work(kind: str = services.FILE_JOB) -> Job:
    """Do what is due of this kind."""
    Job.objects.exclude(kind=kind).update(state=State.CANCELLED)
    job = running.claim("test")
    assert job is not None
    running.perform(job)
    return Job.objects.get(pk=job.pk)


def states() -> list[str]:
    return list(Customer.objects.order_by("id").values_list("vat_state", flat=True))


def test_all_of_them_are_asked_with_progress(file: list[Customer], vies_stub: Stub, boss: User) -> None:
    vies_stub.script["AT"] = "invalid"
    job = start(boss)
    assert (job.total, job.done) == (6, 0)
    done = work()
    assert (done.state, done.done) == (State.DONE, 6)
    assert (done.result["valid"], done.result["invalid"]) == (5, 1)
    assert states() == ["valid", "valid", "valid", "invalid", "valid", "valid"]
    assert set(VatAnswer.objects.values_list("source", "asked_by")) == {("file", boss.pk)}


def test_a_killed_check_goes_on_where_it_was(
    file: list[Customer], vies_stub: Stub, boss: User, monkeypatch: Any
) -> None:
    start(boss)
    first = running.claim("dood")
    assert first is not None
    run = running.Run(first)
    answers = 0
    real = services.answer_store

    def killed(**values: Any) -> Any:
        nonlocal answers
        if answers == 3:
            raise KeyboardInterrupt  # the process dies between the answer and storing it
        answers += 1
        return real(**values)

    monkeypatch.setattr(services, "answer_store", killed)
    with pytest.raises(KeyboardInterrupt):
        jobs.check_file(run)
    monkeypatch.setattr(services, "answer_store", real)
    assert VatAnswer.objects.count() == 3
    Job.objects.filter(pk=first.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    done = work()
    assert (done.state, done.attempts, done.done) == (State.DONE, 2, 6)
    assert done.result["valid"] == 6
    assert sorted(VatAnswer.objects.values_list("number", flat=True)) == sorted(NUMBERS)
    with pytest.raises(running.Stopped):
        run.step(1)


def test_a_cancelled_check_stops_and_can_go_on(file: list[Customer], vies_stub: Stub, boss: User) -> None:
    job = start(boss)
    claimed = running.claim("test")
    assert claimed is not None
    job_cancel(actor=boss, job_id=job.pk)
    running.perform(claimed)
    assert Job.objects.get(pk=job.pk).state == State.CANCELLED
    assert VatAnswer.objects.count() == 0
    job_retry(actor=boss, job_id=job.pk)
    assert work().result["valid"] == 6


def test_busy_is_tried_again_at_once(file: list[Customer], vies_stub: Stub, boss: User) -> None:
    vies_stub.script["AT"] = ["MS_MAX_CONCURRENT_REQ", "GLOBAL_MAX_CONCURRENT_REQ", "valid"]
    start(boss)
    assert work().result["valid"] == 6
    assert len(vies_stub.asked) == 8


def test_a_state_that_is_away_is_left_alone_and_asked_later(
    file: list[Customer], vies_stub: Stub, boss: User
) -> None:
    vies_stub.script["DE"] = "MS_UNAVAILABLE"
    start(boss)
    done = work()
    assert (done.state, done.result["valid"], done.result["no_answer"]) == (State.DONE, 4, 2)
    assert [question["countryCode"] for question in vies_stub.asked].count("DE") == 1
    assert Waiting.objects.count() == 2
    assert states()[:2] == ["unchecked", "unchecked"]

    queue = Job.objects.get(kind=services.QUEUE_JOB)
    assert queue.run_after > timezone.now() + timedelta(minutes=4)
    vies_stub.script["DE"] = "valid"
    Waiting.objects.update(due_at=timezone.now())
    Job.objects.filter(pk=queue.pk).update(run_after=timezone.now(), state=State.READY)
    assert work(services.QUEUE_JOB).state == State.DONE
    assert states() == ["valid"] * 6
    assert not Waiting.objects.exists()


def test_the_queue_keeps_trying(file: list[Customer], vies_stub: Stub, boss: User) -> None:
    vies_stub.script["DE"] = "TIMEOUT"
    start(boss)
    work()
    for tries in (2, 3):
        Waiting.objects.update(due_at=timezone.now())
        Job.objects.filter(kind=services.QUEUE_JOB).exclude(state=State.DONE).update(
            run_after=timezone.now(), state=State.READY
        )
        work(services.QUEUE_JOB)
        assert set(Waiting.objects.values_list("tries", flat=True)) == {tries}
        assert Job.objects.filter(kind=services.QUEUE_JOB, state=State.READY).count() == 1


@pytest.mark.parametrize("code", ["INVALID_REQUESTER_INFO", "VAT_BLOCKED", "IP_BLOCKED"])
def test_when_vies_refuses_us_the_check_stops(
    file: list[Customer], vies_stub: Stub, boss: User, code: str
) -> None:
    vies_stub.script["NL"] = code
    job = start(boss)
    done = work()
    assert (done.result["halted"], len(vies_stub.asked)) == (code, 3)
    assert states()[2:] == ["unchecked"] * 4
    vies_stub.script["NL"] = "valid"
    Job.objects.filter(pk=job.pk).update(state=State.FAILED)
    job_retry(actor=boss, job_id=job.pk)
    done = work()
    assert "halted" not in done.result


def test_who_lost_the_right_meanwhile_checks_nothing(
    file: list[Customer], vies_stub: Stub, people: dict[str, User]
) -> None:
    start(people["verkoop"])
    people["verkoop"].roles.clear()
    assert work().result["halted"] == "NOT_ALLOWED"
    assert vies_stub.asked == []


def test_the_selections(file: list[Customer], vies_stub: Stub, boss: User, make_customer: Make) -> None:
    services.check_one(actor=boss, customer_id=file[0].pk)
    services.check_one(actor=boss, customer_id=file[1].pk)
    from django.db.models import QuerySet

    QuerySet(Customer).filter(pk=file[1].pk).update(vat_checked_at=timezone.now() - timedelta(days=40))
    make_customer("Archief", vat_number="DE136695976", status="archived", addresses={})
    make_customer("Zonder")
    for selection, days, total in (("all", "", 6), ("never", "", 4), ("older", "30", 5), ("older", "41", 4)):
        job = start(boss, selection, days)
        assert (selection, job.total) == (selection, total)
        job_cancel(actor=boss, job_id=job.pk)


def test_one_check_at_a_time_and_only_for_who_may(
    file: list[Customer], vies_stub: Stub, people: dict[str, User]
) -> None:
    with pytest.raises(NotAllowed):
        start(people["lezer"])
    for days in ("", "0", "veel", "99999", "-1"):
        with pytest.raises(InvalidInput, match="days"):
            start(people["beheer"], "older", days)
    with pytest.raises(InvalidInput, match="weg"):
        start(people["beheer"], "weg")
    start(people["beheer"])
    with pytest.raises(Refused):
        start(people["beheer"])
    assert Job.objects.count() == 1


def test_the_rate_is_kept_and_the_lease_too(settings: Any, monkeypatch: Any) -> None:
    settings.VIES_PER_MINUTE = 4
    now, slept, steps = [100.0], [], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("time.sleep", sleep)
    pace = jobs.Pace(lambda: steps.append(now[0]))
    pace.wait()
    pace.wait()
    assert sum(slept) == 15
    assert max(slept) <= 5
    assert len(steps) == len(slept)


def test_the_daily_check_is_off_unless_asked_for(
    file: list[Customer], vies_stub: Stub, settings: Any
) -> None:
    job = Job.objects.create(kind="vat_check.daily.tidy", title="x")
    claimed = running.claim("test")
    assert claimed is not None
    running.perform(claimed)
    assert vies_stub.asked == []
    settings.VIES_AUTOMATIC = True
    Job.objects.filter(pk=job.pk).update(state=State.READY)
    claimed = running.claim("test")
    assert claimed is not None
    running.perform(claimed)
    assert states() == ["valid"] * 6
    assert set(VatAnswer.objects.values_list("asked_label", flat=True)) == {SystemActor("btw-controle").label}
