"""Backup and restore: complete while people work, whole after a move, and never over somebody's data."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

from klantenbeheer.config.console import main
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import customer_update
from klantenbeheer.domains.contacts.services import contact_create

from .conftest import SYSTEM
from .processes import console, database_url, environment

pytestmark = pytest.mark.django_db(transaction=True)
Make = Callable[..., Customer]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Give the environment of another, empty installation on the same kind of database."""
    data = tmp_path / "elders"
    data.mkdir()
    values = environment(KLANTENBEHEER_TEST_DATA=str(data))
    if connection.vendor == "sqlite":
        yield values | {"DATABASE_URL": f"sqlite:///{data / 'elders.sqlite3'}"}
        return
    here, name = database_url(), f"elders_{os.getpid()}"
    with psycopg.connect(here, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield values | {"DATABASE_URL": here.rsplit("/", 1)[0] + "/" + name}
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def run(values: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *console(*words)], env=values, capture_output=True, text=True, check=False
    )


@pytest.fixture
def upload() -> Iterator[Path]:
    """Give an uploaded file."""
    path = Path(settings.FILES) / "imports" / "bewijs één.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("naam\nJansen\n", encoding="utf-8")
    yield path
    path.unlink(missing_ok=True)


def test_everything_is_there_after_a_move(
    make_customer: Make, upload: Path, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    customer = make_customer("Café Müller", number="K1", iban="NL91ABNA0417164300")
    customer_update(actor=SYSTEM, customer_id=customer.pk, version=1, values={"name": "Café Meijer"})
    contact_create(actor=SYSTEM, customer=customer, values={"last_name": "Zwanenburg"})
    make_customer("Tweede")
    target = tmp_path / "kopie.zip"
    assert main(["backup", str(target)]) == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".backup")] == []
    restored = run(elsewhere, "restore", str(target))
    assert (restored.returncode, restored.stderr) == (0, "")
    data = Path(elsewhere["KLANTENBEHEER_TEST_DATA"])
    assert (data / "files" / "imports" / upload.name).read_bytes() == upload.read_bytes()
    assert [path.name for path in data.iterdir() if path.name.startswith(".restore")] == []
    here, there = tmp_path / "hier.csv", tmp_path / "daar.csv"
    assert main(["export", "customers", str(here)]) == 0
    assert run(elsewhere, "export", "customers", str(there)).returncode == 0
    assert there.read_bytes() == here.read_bytes()
    assert "Café Meijer" in there.read_text("utf-8-sig")
    # History, search and the series of numbers came along.
    look = (
        "import django; django.setup()\n"
        "from klantenbeheer.customers.models import Customer\n"
        "from klantenbeheer.customers.selectors import search\n"
        "from klantenbeheer.customers.services import customer_create\n"
        "from klantenbeheer.kernel.actors import SystemActor\n"
        "me = SystemActor('test')\n"
        "assert Customer.objects.get(number='K1').history.count() == 2\n"
        "assert [row['number'] for row in search(me, 'zwanenburg').rows] == ['K1']\n"
        "assert customer_create(actor=me, values={'name': 'Derde'}).number == '10002'\n"
    )
    looked = subprocess.run(
        [sys.executable, "-c", look], env=elsewhere, capture_output=True, text=True, check=False
    )
    assert looked.returncode == 0, looked.stderr
    # A second time there is somebody's data in the way.
    again = run(elsewhere, "restore", str(target))
    assert again.returncode == 2
    assert "bevat klanten" in again.stderr


def test_a_copy_made_while_people_save_is_whole(
    make_customer: Make, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    customers = [make_customer(f"Klant {index}") for index in range(3)]
    saved, stop = threading.Semaphore(0), threading.Event()
    troubles: list[BaseException] = []

    def work() -> None:
        version = 0
        try:
            while not stop.is_set():
                version += 1
                for customer in customers:
                    values = {"name": f"Klant {customer.pk} versie {version}"}
                    customer_update(actor=SYSTEM, customer_id=customer.pk, version=version, values=values)
                    saved.release()
        except BaseException as error:  # noqa: BLE001 - told in the test's own thread
            troubles.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    for _save in range(5):
        assert saved.acquire(timeout=30)
    target = tmp_path / "kopie.zip"
    assert main(["backup", str(target)]) == 0
    for _save in range(5):  # nobody had to stop for it
        assert saved.acquire(timeout=30)
    stop.set()
    thread.join(timeout=30)
    assert troubles == []
    assert run(elsewhere, "restore", str(target)).returncode == 0
    look = (
        "import django; django.setup()\n"
        "from klantenbeheer.customers.models import Customer\n"
        "assert Customer.objects.count() == 3\n"
        "for customer in Customer.objects.all():\n"
        "    newest = customer.history.order_by('-history_id').first()\n"
        "    assert (newest.name, newest.version) == (customer.name, customer.version)\n"
        "    assert customer.history.count() == customer.version > 1\n"
    )
    looked = subprocess.run(
        [sys.executable, "-c", look], env=elsewhere, capture_output=True, text=True, check=False
    )
    assert looked.returncode == 0, looked.stderr


def refused(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Restore what must be refused; give the message, after looking whether anything changed."""
    before = sorted(connection.introspection.table_names())
    assert main(["restore", str(path)]) == 2
    assert sorted(connection.introspection.table_names()) == before
    printed = capsys.readouterr().err
    assert "Traceback" not in printed
    assert list(Path(settings.DATA).glob(".restore-*")) == []
    return printed


def other_of(name: str) -> str:
    return "database.pgdump" if name == "database.sqlite3" else "database.sqlite3"


def test_what_is_no_backup_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = tmp_path / "goed.zip"
    assert main(["backup", str(good)]) == 0
    capsys.readouterr()
    with zipfile.ZipFile(good) as archive:
        (name,) = [entry for entry in archive.namelist() if entry.startswith("database.")]
        database = archive.read(name)
    bad = tmp_path / "fout.zip"
    assert "geen bestand" in refused(tmp_path / "weg.zip", capsys)
    for content in (b"", b"naam;plaats\n", good.read_bytes()[: good.stat().st_size // 2]):
        bad.write_bytes(content)
        assert "geen reservekopie" in refused(bad, capsys)
    for entries, words in (
        ({"foto.jpg": b"x"}, "geen reservekopie"),
        ({other_of(name): database}, "andere soort database"),
        ({name: b"geen database"}, ""),
        ({name: database[: len(database) // 2]}, ""),
        ({name: database, "../weg.txt": b"x"}, "geen reservekopie"),
        ({name: database, "files/../../weg.txt": b"x"}, "geen reservekopie"),
        ({name: database, "secret-key": b"x"}, "geen reservekopie"),
    ):
        with zipfile.ZipFile(bad, "w") as archive:
            for entry, content in entries.items():
                archive.writestr(entry, content)
        assert words in refused(bad, capsys)
    # One byte of the contents turned: the check sum of the archive tells.
    turned = bytearray(good.read_bytes())
    turned[len(turned) // 2] ^= 0xFF
    bad.write_bytes(turned)
    assert "beschadigd" in refused(bad, capsys)


def test_a_backup_of_a_newer_version_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('customers', '9999_later', CURRENT_TIMESTAMP)"
        )
    try:
        assert main(["backup", str(tmp_path / "later.zip")]) == 0
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_later'")
    capsys.readouterr()
    assert "customers 9999_later" in refused(tmp_path / "later.zip", capsys)


def test_a_foreign_database_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import sqlite3

    foreign = tmp_path / "vreemd.sqlite3"
    with sqlite3.connect(foreign) as database:
        database.execute("CREATE TABLE muziek (titel TEXT)")
    database.close()
    bad = tmp_path / "vreemd.zip"
    with zipfile.ZipFile(bad, "w") as archive:
        archive.write(foreign, "database.sqlite3")
    words = "geen reservekopie" if connection.vendor == "sqlite" else "andere soort database"
    assert words in refused(bad, capsys)


def test_a_backup_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["backup", str(tmp_path / "geen" / "map" / "kopie.zip")]) == 2
    assert "Traceback" not in capsys.readouterr().err
    old = tmp_path / "kopie.zip"
    old.write_bytes(b"de vorige")

    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", fail)
    assert main(["backup", str(old)]) == 2
    assert "vol" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["kopie.zip"]
    assert old.read_bytes() == b"de vorige"
