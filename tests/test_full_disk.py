"""A full disk: the page says so (507), the data are whole, what was typed stays, and the work goes on afterwards."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.test import Client

from klantenbeheer.config.console import main
from klantenbeheer.customers.importing import jobs, services
from klantenbeheer.customers.models import Customer, ImportRun
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.models import Action, Touch
from klantenbeheer.foundation.jobs import running
from klantenbeheer.foundation.jobs.models import Job, State
from klantenbeheer.foundation.jobs.services import job_retry
from klantenbeheer.foundation.jobs.worker import WorkerLoop
from klantenbeheer.foundation.ui import errors
from klantenbeheer.kernel.disk import is_full

pytestmark = pytest.mark.django_db(transaction=True)
Full = Callable[[], AbstractContextManager[None]]
MANY_PAGES = 1_073_741_823
HTMX = {"HX-Request": "true"}


@contextmanager
def full_disk() -> Iterator[None]:
    """Let the database find no room for anything more.

    SQLite may not grow by a page: its own error at its own place. PostgreSQL answers every insert as it does when a
    file cannot be extended.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")  # pages that earlier tests gave back would be room
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count={cursor.fetchone()[0]}")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA max_page_count={MANY_PAGES}")
        return

    def refuse(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if str(sql).lstrip().upper().startswith("INSERT"):
            with connection.wrap_database_errors:
                raise psycopg.errors.DiskFull("could not extend file: No space left on device")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


def counts() -> tuple[int, ...]:
    models: tuple[Any, ...] = (Customer, Customer.history, Note, Note.history, Action, Touch)
    return tuple(getattr(model, "objects", model).count() for model in models)


def test_a_note_that_does_not_fit_stays_typed(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    make_customer(number="K1")
    client = as_user("verkoop")
    note = {"text": "Lang bericht & <b>meer</b>\n" + "x" * 19_000}
    before = counts()
    with full_disk():
        answer = client.post("/customers/K1/notes/items/new/", note, headers=HTMX)
    assert answer.status_code == 507
    assert "De schijf is vol" in answer.content.decode()
    # The dialog with the form stays as it is; the word comes beside it.
    assert answer["HX-Reswap"] == "none"
    assert "De schijf is vol: Er is niets bewaard" in answer["HX-Trigger"]
    assert counts() == before
    assert client.post("/customers/K1/notes/items/new/", note, headers=HTMX).status_code == 200
    assert Note.objects.get().text == note["text"]


def test_a_plain_form_gets_its_text_back_to_send_once_more(as_user: Callable[[str], Client]) -> None:
    client = as_user("verkoop")
    form = {"visiting.city": "Assen", "visiting.street": "s" * 200}
    before = counts()
    answer: Any = None
    with full_disk():
        for number in range(200):  # SQLite first fills the room that its pages still have
            form |= {"number": f"V{number}", "name": f"Jansen & <Zn> {number}"}
            answer = client.post("/customers/new", form)
            if answer.status_code != 302:
                break
            before = counts()
    assert answer.status_code == 507
    page = answer.content.decode()
    assert f'name="name" value="Jansen &amp; &lt;Zn&gt; {number}"' in page
    assert "Nog eens versturen" in page
    assert counts() == before
    assert client.post("/customers/new", form).status_code == 302
    assert Customer.objects.get(number=form["number"]).name == form["name"]


def test_what_was_typed_stands_on_the_page_but_no_secret(
    rf: Any, people: dict[str, User], settings: Any
) -> None:
    request = rf.post("/customers/new", {"name": "Jansen & <Zn>", "csrfmiddlewaretoken": "t", "empty": ""})
    request.user, request.htmx = people["verkoop"], None
    page = errors.disk_full(request).content.decode()
    assert '<input type="hidden" name="name" value="Jansen &amp; &lt;Zn&gt;">' in page
    assert 'name="csrfmiddlewaretoken" value="t"' not in page
    request = rf.post("/sign-in/", {"username": "verkoop", "password": "geheim-geheim"})
    request.user, request.htmx = people["verkoop"], None
    page = errors.disk_full(request).content.decode()
    assert "geheim-geheim" not in page
    assert 'name="username"' not in page


def test_a_full_disk_below_the_views_says_so_too(
    people: dict[str, User], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The session is stored by a middleware, behind whatever views and their middleware can catch.
    from django.contrib.sessions.backends.db import SessionStore

    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    client.raise_request_exception = False
    monkeypatch.setattr(SessionStore, "save", fail)
    answer = client.post("/sign-in/", {"username": "lezer", "password": "een-goed-wachtwoord"})
    assert answer.status_code == 507
    assert "schijf" in answer.content.decode() or "disk" in answer.content.decode()
    assert "een-goed-wachtwoord" not in answer.content.decode()


def test_an_upload_that_does_not_fit_leaves_no_file(
    as_user: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, folder = as_user("beheer"), services.folder()
    kept = set(folder.iterdir())

    class Full:
        def __init__(self, file: Any) -> None:
            self.file = file

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *args: object) -> None:
            self.file.close()

        def write(self, block: bytes) -> int:
            self.file.write(block[:3])
            raise OSError(errno.ENOSPC, "No space left on device")

    whole = Path.open

    def narrow(path: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        file = whole(path, mode, *args, **kwargs)
        return Full(file) if mode == "wb" else file

    monkeypatch.setattr(Path, "open", narrow)
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = client.post("/customers/import", {"file": SimpleUploadedFile("k.csv", b"naam\nJansen\n")})
    assert answer.status_code == 507
    assert set(folder.iterdir()) == kept
    assert not ImportRun.objects.exists()


def file_of(folder: Path, rows: int = 400) -> Path:
    path = folder / "k.csv"
    path.write_text(
        "naam;adres;plaats\n" + "".join(f"Klant {i};{'w' * 150} {i};Assen\n" for i in range(rows))
    )
    return path


def test_an_import_job_says_why_it_stopped_and_goes_on(people: dict[str, User], tmp_path: Path) -> None:
    actor = people["beheer"]
    path = file_of(tmp_path)
    run = services.run_create(actor=actor, name=path.name, chunks=iter([path.read_bytes()]))
    job = jobs.enqueue(actor=actor, run=run, dry_run=False)
    claimed = running.claim("w")
    assert claimed is not None
    with full_disk():
        running.perform(claimed)
    job.refresh_from_db()
    run.refresh_from_db()
    # Tried again by itself, and meanwhile the page says what is the matter.
    assert job.state == State.READY
    assert job.error.startswith("De schijf van de server is vol.")
    assert Customer.objects.count() == Customer.history.count() == run.next_row < 400
    Job.objects.filter(pk=job.pk).update(attempts=4, run_after=job.created_at)
    claimed = running.claim("w")
    assert claimed is not None
    with full_disk():
        running.perform(claimed)
    job.refresh_from_db()
    assert (job.state, bool(job.finished_at)) == (State.FAILED, True)
    job_retry(actor=actor, job_id=job.pk)
    claimed = running.claim("w")
    assert claimed is not None
    running.perform(claimed)
    job.refresh_from_db()
    run.refresh_from_db()
    assert (job.state, job.error) == (State.DONE, "")
    assert run.read == run.created == Customer.objects.count() == 400


def test_the_import_command_says_it_and_goes_on_afterwards(
    people: dict[str, User], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file_of(tmp_path)
    with full_disk():
        assert main(["import", "customers", str(path), "--json"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "schijf" in printed.err
    assert "Traceback" not in printed.err
    assert Customer.objects.count() < 400
    assert main(["import", "customers", str(path), "--json"]) == 0
    assert Customer.objects.count() == 400


def test_a_worker_waits_while_the_database_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    loop = WorkerLoop()
    monkeypatch.setattr("klantenbeheer.foundation.jobs.worker.PAUSE_SECONDS", 0)
    turns: list[int] = []

    def turn() -> bool:
        turns.append(1)
        if len(turns) < 3:
            raise DatabaseError("database or disk is full")
        loop.stop()
        return False

    monkeypatch.setattr(loop, "_turn", turn)
    loop.run()
    assert len(turns) == 3
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, "x"), True), (OSError(errno.EDQUOT, "x"), True), (OSError(errno.EACCES, "x"), False),
        (DatabaseError("database or disk is full"), True), (DatabaseError("database is locked"), False),
        (ValueError("disk is full"), False), (None, False),
    ],
)  # fmt: skip
def test_what_is_a_full_disk(error: BaseException | None, full: bool) -> None:
    assert is_full(error) is full
