"""The command as it is called from outside: its environment, its exit codes, what it says and where."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db.migrations.recorder import MigrationRecorder

from klantenbeheer.config.console import main
from klantenbeheer.config.serving import require_free
from klantenbeheer.customers import exporting
from klantenbeheer.customers.importing import services
from klantenbeheer.customers.models import Customer, ImportRun
from klantenbeheer.kernel.errors import Refused

from .processes import console


def klantenbeheer(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command in this folder with nothing in its environment but what is given."""
    ours = ("KLANTENBEHEER", "DJANGO", "DATABASE_URL", "PORT")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, *console(*words)],
        cwd=folder,
        env=kept | more,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "more", [{}, {"KLANTENBEHEER_DATA": "", "DATABASE_URL": "", "KLANTENBEHEER_MODE": ""}]
)
def test_without_environment_the_data_are_in_the_folder_data(tmp_path: Path, more: dict[str, str]) -> None:
    done = klantenbeheer(tmp_path, "export", "customers", "uit.csv", PORT="", **more)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "0 klanten geschreven naar uit.csv\n"
    assert {path.name for path in tmp_path.iterdir()} == {"data", "uit.csv"}
    assert {"klantenbeheer.sqlite3", "secret-key"} <= {path.name for path in (tmp_path / "data").iterdir()}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"), ("PORT", "70000"), ("PORT", "²"), ("KLANTENBEHEER_JOB_LEASE", "lang"),
        ("KLANTENBEHEER_TIME_ZONE", "Mars/Een"), ("KLANTENBEHEER_TIME_ZONE", "../../etc"), ("DATABASE_URL", "mysql://h/n"),
        ("DATABASE_URL", "klanten"), ("KLANTENBEHEER_MODE", "productie"),
    ],
)  # fmt: skip
def test_a_wrong_variable_is_wrong_use_and_named(tmp_path: Path, name: str, value: str) -> None:
    done = klantenbeheer(tmp_path, "serve", **{name: value})
    assert done.returncode == 2
    assert ("--port" if name == "PORT" else name) in done.stderr
    assert value.partition(":")[0] in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_the_address_of_the_database_is_not_told_whole(tmp_path: Path) -> None:
    done = klantenbeheer(tmp_path, "migrate", DATABASE_URL="oracle://klanten:geheim@elders/klanten")
    assert done.returncode == 2
    assert "geheim" not in done.stderr


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as other:
        # Even who is willing to share it: then each would get half of the visitors.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Refused, match=str(port)):
            require_free("127.0.0.1", port)
    require_free("127.0.0.1", port)


# -- the import -------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "klanten.csv"
    path.write_text("naam;plaats;Klant sinds;Branche\nEen;Ede;31-12-2026;Bouw\n", encoding="utf-8")
    return path


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("words", [[], ["--json"]], ids=["text", "json"])
def test_a_column_that_is_not_brought_in_is_named(
    words: list[str], file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "customers", str(file), "--map", "Branche=", *words]) == 0
    printed = capsys.readouterr()
    assert "“Klant sinds”" in printed.err
    assert "Branche" not in printed.err  # left out on purpose
    assert "Klant sinds" not in printed.out


@pytest.mark.django_db(transaction=True)
def test_every_refused_row_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "k.csv"
    path.write_text("naam;limiet;tel\nGoed;1;bel mij\n" + "Fout;veel;\n" * 1_200, encoding="utf-8")
    assert main(["import", "customers", str(path), "--dry-run"]) == 1
    printed = capsys.readouterr()
    assert printed.out.startswith(
        "1201 gelezen, 1 nieuw, 0 gewijzigd, 0 ongewijzigd, 1200 geweigerd, 1 bewaard zoals"
    )
    lines = printed.err.splitlines()
    assert len(lines) == 1_200
    assert lines[-1] == "Rij 1202: “veel” is geen bedrag."


@pytest.mark.django_db(transaction=True)
def test_a_file_whose_name_is_no_text_comes_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.csv")
    path.write_text("naam\nEen\n", encoding="utf-8")
    assert main(["import", "customers", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["created"] == 1
    assert ImportRun.objects.get().name == "caf\ufffd.csv"


@pytest.mark.django_db(transaction=True)
def test_stopped_by_hand_it_says_where_and_goes_on(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with file.open("a", encoding="utf-8") as more:
        more.writelines(f"Klant {number};Ede;;\n" for number in range(300))
    whole = services._count

    def stop(run: ImportRun, *rest: Any) -> None:
        whole(run, *rest)
        if run.next_row > 150:
            raise KeyboardInterrupt

    monkeypatch.setattr(services, "_count", stop)
    assert main(["import", "customers", str(file)]) == 130
    stored = Customer.objects.count()
    assert 0 < stored < 301
    assert f"Gestopt na {stored} rijen" in capsys.readouterr().err
    monkeypatch.setattr(services, "_count", whole)
    assert main(["import", "customers", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["created"] == Customer.objects.count() == 301


@pytest.mark.django_db(transaction=True)
def test_a_database_of_an_earlier_version_is_not_written(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    last = MigrationRecorder.Migration.objects.filter(app="notes").latest("id")
    last.delete()
    try:
        assert main(["import", "customers", str(file)]) == 2
    finally:
        last.save(force_insert=True)
    assert "klantenbeheer migrate" in capsys.readouterr().err
    assert not Customer.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_an_export_that_fails_leaves_the_file_that_was_there(
    suffix: str, tmp_path: Path, make_customer: Callable[..., Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_customer("Een")
    path = tmp_path / f"uit.{suffix}"
    path.write_bytes(b"de vorige")

    def fail(customer: Customer, *, worded: bool) -> list[Any]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "_row", fail)
    assert main(["export", "customers", str(path)]) == 2
    assert path.read_bytes() == b"de vorige"
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
