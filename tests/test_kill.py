"""Kill -9 of worker, command and server in the middle of their work: nothing lost, doubled or half written."""

from __future__ import annotations

import contextlib
import csv
import http.client
import json
import random
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from klantenbeheer.config.console import main
from klantenbeheer.customers.importing import jobs, services
from klantenbeheer.customers.models import Address, Customer, ImportRun
from klantenbeheer.domains.contacts.models import Contact
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.models import Action, Touch
from klantenbeheer.foundation.jobs.models import Job, State
from klantenbeheer.foundation.search.index import fts_table

from .processes import console, free_port, kill, listens, started, until

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 4_000
BAD = 13  # every thirteenth row is refused


def make_file(path: Path, *, numbered: bool) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["nummer", "naam", "adres", "plaats", "contactpersoon", "limiet"])
        for index in range(ROWS):
            number = f"K{index}" if numbered else ""
            limit = "veel" if index % BAD == 0 else "10"
            writer.writerow([number, f"Klant {index}", f"Weg {index}", "Utrecht", f"Jan de {index}", limit])
    return path


def check_whole(run: ImportRun) -> None:
    """All rows once, each with its history, and the report as if nothing had happened."""
    good = [index for index in range(ROWS) if index % BAD]
    assert Counter(Customer.objects.values_list("name", flat=True)) == Counter(f"Klant {i}" for i in good)
    assert (run.read, run.created, run.refused) == (ROWS, len(good), ROWS - len(good))
    assert (run.updated, run.unchanged, run.next_row) == (0, 0, ROWS)
    rows = list(run.issues.filter(dry_run=False).values_list("row", flat=True))
    assert rows == [index + 2 for index in range(ROWS) if index % BAD == 0]
    action = Action.objects.get(kind="customer.import")
    assert run.action == action
    assert Touch.objects.filter(action=action).count() == len(good)
    models: tuple[Any, ...] = (Customer, Address, Contact)
    for model in models:
        assert model.objects.count() == len(good)
        versions = model.history.filter(action=action, history_type="+")
        assert versions.count() == model.history.count() == len(good)
        assert set(versions.values_list("id", flat=True)) == set(model.objects.values_list("id", flat=True))
    check_database()


def check_database() -> None:
    """Ask the database itself whether it is well, and whether the search index says what the table says."""
    if connection.vendor != "sqlite":
        return
    fts = fts_table(Customer._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        assert cursor.fetchall() == [("ok",)]
        cursor.execute(f"INSERT INTO {fts}({fts}, rank) VALUES ('integrity-check', 1)")  # noqa: S608 - our own table


def test_a_worker_killed_in_mid_import_is_succeeded(people: dict[str, User], tmp_path: Path) -> None:
    path = make_file(tmp_path / "klanten.csv", numbered=False)
    actor = people["beheer"]
    run = services.run_create(actor=actor, name=path.name, chunks=iter([path.read_bytes()]))
    choice = {"on_duplicate": "", "nameless": "refuse", "country": "NL"}
    services.run_map(actor=actor, run=run, mapping=run.mapping, **choice)
    # Long enough for a busy machine, on which a worker that lives may well pause for a second.
    lease = {"KLANTENBEHEER_JOB_LEASE": "3"}
    with (
        started(*console("work"), **lease) as one,
        started(*console("work"), **lease) as two,
        started(*console("work"), **lease) as three,
    ):
        workers = {str(process.pid): process for process in (one, two, three)}
        job = jobs.enqueue(actor=actor, run=run, dry_run=False)
        moments = random.Random(7)
        for _kill in range(2):
            # Killed at any moment after some rows that it stored itself, also in the middle of a transaction.
            begun = Job.objects.get(pk=job.pk).done

            def further(begun: int = begun) -> Job | None:
                now = Job.objects.get(pk=job.pk)
                return now if now.state == State.RUNNING and now.done > begun + 200 else None

            now = until(further)
            time.sleep(moments.uniform(0, 0.08))
            kill(workers[now.worker.rsplit("-", 1)[1]])
            assert Job.objects.get(pk=job.pk).state == State.RUNNING
        until(lambda: not Job.objects.get(pk=job.pk).is_open, pause=0.1)
    job.refresh_from_db()
    assert (job.state, job.error, job.attempts, job.done) == (State.DONE, "", 3, ROWS)
    run.refresh_from_db()
    assert run.step == ImportRun.Step.IMPORTED
    check_whole(run)


def test_the_same_command_goes_on_after_a_kill(
    people: dict[str, User], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = make_file(tmp_path / "klanten.csv", numbered=False)
    with started(*console("import", "customers", str(path), "--json")) as process:
        until(lambda: Customer.objects.count() > 500)
        kill(process)
    stopped = ImportRun.objects.get()
    assert 0 < stopped.next_row < ROWS
    assert main(["import", "customers", str(path), "--json"]) == 1
    printed = capsys.readouterr()
    assert f"gaat verder na {stopped.next_row} rijen" in printed.err
    report = json.loads(printed.out)
    run = ImportRun.objects.get()
    assert (report["read"], report["created"], len(report["errors"])) == (ROWS, run.created, run.refused)
    check_whole(run)
    # Done is done: a third time is a new import, in which every row is a double.
    assert main(["import", "customers", str(path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["created"] == 0
    assert Customer.objects.count() == run.created


class Saver(threading.Thread):
    """A person who changes the name of one customer as fast as the server lets him."""

    def __init__(self, port: int, session: str, number: str) -> None:
        super().__init__(daemon=True)
        self.port, self.session, self.number = port, session, number
        self.sent: list[str] = []
        self.confirmed = 0
        self.refused: list[int] = []

    def run(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        gone = contextlib.suppress(OSError, http.client.HTTPException)
        with contextlib.closing(line), gone:
            self.save_on(line)

    def save_on(self, line: http.client.HTTPConnection) -> None:
        headers = {
            "Cookie": f"sessionid={self.session}; csrftoken={'a' * 32}",
            "X-CSRFToken": "a" * 32,
            "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        for version in range(1, 10_000):
            name = f"{self.number} naam {version}"
            body = urlencode({"name": name, "version": str(version)})
            self.sent.append(name)
            line.request("POST", f"/customers/{self.number}/field/name", body, headers)
            with line.getresponse() as answer:
                answer.read()
            if answer.status >= 400:
                self.refused.append(answer.status)
                return
            self.confirmed = version


def test_a_server_killed_while_people_save(people: dict[str, User], make_customer: Any) -> None:
    numbers = [f"S{index}" for index in range(6)]
    for number in numbers:
        make_customer(f"{number} naam 0", number=number)
    client = Client()
    client.force_login(people["verkoop"], backend="klantenbeheer.foundation.access.backend.AccountBackend")
    session = client.cookies["sessionid"].value
    port = free_port()
    server = (
        "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "2",
        "--blocking-threads", "4", "--no-ws", "--log-level", "critical", "klantenbeheer.config.wsgi:application",
    )  # fmt: skip
    with started(*server) as process:
        until(lambda: listens(port))
        savers = [Saver(port, session, number) for number in numbers]
        for saver in savers:
            saver.start()
        until(lambda: all(saver.confirmed >= 4 or saver.refused for saver in savers))
        time.sleep(random.Random(11).uniform(0, 0.05))
        kill(process)
        for saver in savers:
            saver.join(timeout=30)
            assert not saver.is_alive()
    for saver in savers:
        assert saver.refused == []
        customer = Customer.objects.get(number=saver.number)
        # What was confirmed is there; the request in flight is there as a whole, or not at all.
        assert customer.version - 1 in (saver.confirmed, saver.confirmed + 1)
        assert customer.name == f"{saver.number} naam {customer.version - 1}"
        versions = list(customer.history.order_by("history_id").values_list("version", "name", "action_id"))
        assert [(version, name) for version, name, _action in versions] == [
            (version, f"{saver.number} naam {version - 1}") for version in range(1, customer.version + 1)
        ]
        touches = Touch.objects.filter(subject_id=customer.pk).values_list("action_id", flat=True)
        assert sorted(touches) == sorted(action for *_values, action in versions)
        assert customer.name_norm == customer.name.lower()
    assert Action.objects.filter(kind__startswith="customer.", touches=None).count() == 0
    check_database()
