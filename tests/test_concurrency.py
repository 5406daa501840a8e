"""Several people and workers at the same moment, on both databases: one wins, the others are told, nothing doubles."""

from __future__ import annotations

import csv
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from klantenbeheer.config.commands import CONSOLE
from klantenbeheer.customers.importing import jobs, services
from klantenbeheer.customers.models import Customer, ImportRun
from klantenbeheer.customers.services import address_save, customer_create, customer_update
from klantenbeheer.domains.contacts.models import Contact
from klantenbeheer.domains.contacts.services import contact_create, contact_update
from klantenbeheer.domains.notes.services import note_create
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.jobs import running
from klantenbeheer.foundation.jobs.models import Job, State
from klantenbeheer.foundation.jobs.services import job_enqueue
from klantenbeheer.foundation.paper.services import take_numbers
from klantenbeheer.kernel.errors import InvalidInput, KlantenbeheerError, NotFound, StaleVersion

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
Make = Callable[..., Customer]


def together(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Make all calls at the same moment, each on a connection of its own; give results, or the errors they raised.

    An error that is none of ours fails the test: a person would have seen it as a broken page.
    """
    answers: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def work(index: int, call: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            answers[index] = call()
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            answers[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)  # only so that a test that hangs ends: a busy disk is no failure
        assert not thread.is_alive()
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, KlantenbeheerError):
            raise answer
    return answers


def kinds(answers: Sequence[Any]) -> Counter[str]:
    return Counter(type(answer).__name__ for answer in answers)


def test_of_eight_who_save_the_same_customer_one_wins(make_customer: Make) -> None:
    customer = make_customer()

    def save(index: int) -> Callable[[], Any]:
        values = {"name": f"Naam {index}"}
        return lambda: customer_update(actor=SYSTEM, customer_id=customer.pk, version=1, values=values)

    answers = together([save(index) for index in range(8)])
    assert kinds(answers) == {"Customer": 1, "StaleVersion": 7}
    stored = Customer.objects.get(pk=customer.pk)
    winner = next(answer for answer in answers if isinstance(answer, Customer))
    assert (stored.name, stored.version) == (winner.name, 2)
    for index, answer in enumerate(answers):
        if isinstance(answer, StaleVersion):
            assert answer.current.name == stored.name
            assert answer.changes == {"name": f"Naam {index}"}
    assert list(customer.history.order_by("version").values_list("version", flat=True)) == [1, 2]


def test_name_and_address_at_once_are_one_record(make_customer: Make) -> None:
    customer = make_customer()
    answers = together(
        [
            lambda: customer_update(
                actor=SYSTEM, customer_id=customer.pk, version=1, values={"name": "Nieuw"}
            ),
            lambda: address_save(
                actor=SYSTEM, customer_id=customer.pk, version=1, addresses={"visiting": {"city": "Assen"}}
            ),
        ]
    )
    assert kinds(answers) == {"Customer": 1, "StaleVersion": 1}
    stored = Customer.objects.get(pk=customer.pk)
    assert stored.version == 2
    assert (stored.name == "Nieuw") != (stored.city == "Assen")
    assert stored.city == stored.addresses.get().city


def test_two_browsers_saving_at_once_get_a_page_and_a_choice(
    make_customer: Make, as_user: Callable[[str], Client]
) -> None:
    make_customer(number="K1")
    clients = [as_user("verkoop"), as_user("beheer")]

    def save(index: int) -> Callable[[], Any]:
        form = {"phone": f"030 234567{index}", "version": "1"}
        return lambda: clients[index].post("/customers/K1/field/phone", form, headers={"HX-Request": "true"})

    answers = together([save(0), save(1)])
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    loser = next(index for index, answer in enumerate(answers) if answer.status_code == 409)
    text = answers[loser].content.decode()
    assert f"030 234567{loser}" in text
    assert f"+31 30 234 567{1 - loser}" in text
    assert Customer.objects.get().phone == f"+31 30 234 567{1 - loser}"


def test_of_two_who_save_the_same_contact_one_wins(make_customer: Make) -> None:
    contact = contact_create(actor=SYSTEM, customer=make_customer(), values={"last_name": "Eerste"})

    def save(name: str) -> Callable[[], Any]:
        return lambda: contact_update(actor=SYSTEM, record=contact, version=1, values={"last_name": name})

    answers = together([save("Een"), save("Twee"), save("Drie")])
    assert kinds(answers) == {"Contact": 1, "StaleVersion": 2}
    assert Contact.objects.get().version == 2
    assert Contact.history.count() == 2


def test_eight_takers_of_numbers_get_no_double_and_leave_no_gap() -> None:
    answers = together(
        [lambda: [take_numbers("factuur", 3)[0] for _turn in range(10)] for _taker in range(8)]
    )
    taken = sorted(int(number) for answer in answers for number in answer)
    assert taken == list(range(1, 8 * 10 * 3, 3))


def test_eight_new_customers_at_once_have_eight_numbers() -> None:
    answers = together(
        [
            lambda i=i: customer_create(actor=SYSTEM, values={"name": f"Klant {i}"})  # type: ignore[misc]
            for i in range(8)
        ]
    )
    assert sorted(answer.number for answer in answers) == [str(number) for number in range(10001, 10009)]


@pytest.mark.parametrize("number", ["K-1", "10001"])
def test_the_same_number_twice_at_once_is_a_clear_message(number: str) -> None:
    def make(index: int) -> Callable[[], Any]:
        own = number.lower() if index % 2 else number
        return lambda: customer_create(actor=SYSTEM, values={"name": f"Klant {index}"}, number=own)

    answers = together([make(index) for index in range(4)])
    assert kinds(answers) == {"Customer": 1, "InvalidInput": 3}
    for answer in answers:
        if isinstance(answer, InvalidInput):
            assert list(answer.problems) == ["number"]
            assert number.lower() in str(answer).lower()
    assert Customer.objects.count() == Customer.history.count() == 1


def test_the_same_number_in_two_browsers_is_never_a_broken_page(as_user: Callable[[str], Client]) -> None:
    clients = [as_user("verkoop"), as_user("beheer")]
    answers = together(
        [
            lambda i=i: clients[i].post("/customers/new", {"name": f"Klant {i}", "number": "K1"})  # type: ignore[misc]
            for i in range(2)
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [302, 422]
    loser = next(index for index, answer in enumerate(answers) if answer.status_code == 422)
    assert f"Klant {loser}" in answers[loser].content.decode()


def test_a_typed_number_that_the_series_would_give_next_is_passed_over() -> None:
    answers = together(
        [
            lambda: customer_create(actor=SYSTEM, values={"name": "Getypt"}, number="10001"),
            lambda: customer_create(actor=SYSTEM, values={"name": "Reeks"}),
        ]
    )
    # The series may be first; then the typed one is refused, by name. Never both, never neither.
    numbers = {answer.number for answer in answers if isinstance(answer, Customer)}
    refused = [str(answer) for answer in answers if isinstance(answer, InvalidInput)]
    assert (numbers, len(refused)) in (({"10001", "10002"}, 0), ({"10001"}, 1))
    assert all("10001" in text for text in refused)


def test_four_workers_take_each_job_once() -> None:
    made = [job_enqueue(actor=SYSTEM, kind="jobs.tidy", title="x", params={}).pk for _job in range(24)]

    def work(name: str) -> Callable[[], Any]:
        def take() -> list[int]:
            found = []
            while Job.objects.filter(state=State.READY).exists():
                job = running.claim(name)
                if job is not None:
                    found.append(job.pk)
            return found

        return take

    answers = together([work(f"werker-{index}") for index in range(4)])
    assert sorted(key for answer in answers for key in answer) == made
    assert set(Job.objects.values_list("attempts", "state")) == {(1, State.RUNNING)}


def test_the_schedule_is_due_once_however_many_workers_ask() -> None:
    together([running.enqueue_scheduled for _worker in range(4)])
    assert Job.objects.filter(kind="jobs.tidy").count() == 1


# -- imports ----------------------------------------------------------------------------------------------------


def begin(
    folder: Path, name: str, rows: list[list[str]], headers: Sequence[str] = ("naam", "plaats")
) -> ImportRun:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headers, *rows])
    run = services.run_create(actor=CONSOLE, name=name, chunks=iter([path.read_bytes()]))
    services.run_map(
        actor=CONSOLE, run=run, mapping=run.mapping, on_duplicate="", nameless="refuse", country=""
    )
    services.reset(run, dry_run=False)
    return run


def test_the_same_file_imported_by_two_at_once_doubles_nobody(tmp_path: Path) -> None:
    rows = [[f"Klant {index}", "Utrecht"] for index in range(600)]
    runs = [begin(tmp_path, f"{index}.csv", rows) for index in range(2)]
    together([lambda run=run: services.perform(run, CONSOLE) for run in runs])  # type: ignore[misc]
    assert sorted(Customer.objects.values_list("name", flat=True)) == sorted(name for name, _city in rows)
    for run in runs:
        run.refresh_from_db()
        assert run.read == run.created + run.updated + run.unchanged + run.refused == 600
    assert sum(run.created for run in runs) == 600


def test_one_import_continued_by_two_at_once_doubles_nobody(tmp_path: Path) -> None:
    run = begin(tmp_path, "een.csv", [[f"Klant {index}", ""] for index in range(600)])
    both = [ImportRun.objects.get(pk=run.pk), ImportRun.objects.get(pk=run.pk)]
    answers = together([lambda one=one: services.perform(one, CONSOLE) for one in both])  # type: ignore[misc]
    assert kinds(answers) == {"Pace": 1, "Refused": 1}
    run.refresh_from_db()
    assert run.read == run.created == Customer.objects.count() == 600


def test_numbers_typed_by_hand_are_passed_over_by_an_import(tmp_path: Path, make_customer: Make) -> None:
    for number in ("10002", "10004"):
        make_customer(f"Met de hand {number}", number=number)
    run = begin(
        tmp_path,
        "half.csv",
        [["", "Een"], ["", "Twee"], ["10003", "Drie"], ["", "Vier"]],
        headers=("nummer", "naam"),
    )
    services.perform(run, CONSOLE)
    assert (run.created, run.refused) == (4, 0)
    numbers = dict(Customer.objects.values_list("name", "number"))
    assert [numbers[name] for name in ("Een", "Twee", "Drie", "Vier")] == ["10001", "10005", "10003", "10006"]


def test_people_go_on_typing_numbers_while_a_file_comes_in(tmp_path: Path) -> None:
    run = begin(tmp_path, "veel.csv", [[f"Klant {index}", ""] for index in range(800)])

    def type_numbers() -> int:
        made = 0
        for index in range(12):
            try:
                customer_create(
                    actor=SYSTEM, values={"name": f"Hand {index}"}, number=str(10_001 + index * 60)
                )
            except InvalidInput:
                continue
            made += 1
        return made

    _pace, typed = together([lambda: services.perform(run, CONSOLE), type_numbers])
    run.refresh_from_db()
    assert (run.created, run.refused) == (800, 0)
    assert Customer.objects.count() == 800 + typed


def test_an_import_starts_once_however_often_one_clicks(people: dict[str, User], tmp_path: Path) -> None:
    actor = people["beheer"]
    path = tmp_path / "k.csv"
    path.write_text("naam\nEen\nTwee\n", encoding="utf-8")
    run = services.run_create(actor=actor, name=path.name, chunks=iter([path.read_bytes()]))
    both = [ImportRun.objects.get(pk=run.pk), ImportRun.objects.get(pk=run.pk)]
    answers = together([lambda one=one: jobs.enqueue(actor=actor, run=one, dry_run=False) for one in both])  # type: ignore[misc]
    assert kinds(answers) == {"Job": 1, "Refused": 1}
    job = running.claim("w")
    assert job is not None
    running.perform(job)
    assert Customer.objects.count() == 2


def test_undo_keeps_what_somebody_edits_at_that_moment(people: dict[str, User], tmp_path: Path) -> None:
    actor = people["beheer"]
    count = 60
    path = tmp_path / "k.csv"
    lines = "".join(f"K{index},Klant {index},Jan {index}\n" for index in range(count))
    path.write_text("nummer,naam,contactpersoon\n" + lines, encoding="utf-8")
    run = services.run_create(actor=actor, name=path.name, chunks=iter([path.read_bytes()]))
    jobs.enqueue(actor=actor, run=run, dry_run=False)
    job = running.claim("w")
    assert job is not None
    running.perform(job)
    keys = dict(Customer.objects.values_list("number", "pk"))
    contacts = {contact.customer_id: contact for contact in Contact.objects.all()}
    run.refresh_from_db()
    jobs.enqueue_undo(actor=actor, run=run)

    def undo() -> None:
        job = running.claim("w")
        assert job is not None
        running.perform(job)

    def edit(index: int) -> str:
        pk = keys[f"K{index}"]
        customer = Customer.objects.filter(pk=pk).first()
        if customer is None:
            return "gone"
        try:
            if index % 3 == 0:
                customer_update(actor=SYSTEM, customer_id=pk, version=1, values={"name": f"Nieuw {index}"})
            elif index % 3 == 1:
                note_create(actor=SYSTEM, customer=customer, values={"text": "Blijft"})
            else:
                contact_update(
                    actor=SYSTEM, record=contacts[pk], version=1, values={"last_name": f"Nieuw {index}"}
                )
        except NotFound:
            return "gone"
        return "edited"

    def edit_all() -> dict[int, str]:
        return {index: edit(index) for index in reversed(range(count))}

    _done, outcome = together([undo, edit_all])
    # One that lost a race at the database itself is tried again.
    Job.objects.filter(state=State.READY).update(run_after="2026-01-01T00:00Z")
    while (job := running.claim("w")) is not None:
        running.perform(job)
    assert Job.objects.order_by("-id")[0].state == State.DONE
    left = {customer.number: customer for customer in Customer.objects.all()}
    assert set(left) == {f"K{index}" for index, what in outcome.items() if what == "edited"}
    for index, what in outcome.items():
        if what == "edited":
            customer = left[f"K{index}"]
            if index % 3 == 0:
                assert customer.name == f"Nieuw {index}"
            elif index % 3 == 1:
                assert customer.notes.get().text == "Blijft"
            else:
                assert customer.contacts.get().last_name == f"Nieuw {index}"
    run.refresh_from_db()
    assert run.kept == len(left)


def test_what_only_the_database_refused_is_told_in_words(
    as_user: Any, make_customer: Callable[..., Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A condition group that is deleted between the check and the end of the transaction."""
    customer = make_customer("Klant")

    def gone(**_values: object) -> Customer:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE customers_customer SET condition_group_id = 999999 WHERE id = %s", [customer.pk]
            )
            connection.check_constraints()
        raise AssertionError("the database took it")

    monkeypatch.setattr("klantenbeheer.customers.views.services.customer_update", gone)
    answer = as_user("verkoop").post(
        f"/customers/{customer.number}/field/phone",
        {"phone": "+31 30 251 1234", "version": 1},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 409
    assert "HX-Trigger" in answer.headers
    assert Customer.objects.get().condition_group_id != 999999
