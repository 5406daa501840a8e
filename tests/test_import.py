"""The import: real files, bad files, a kill in the middle, undo."""

from __future__ import annotations

import csv
import json
import os
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from klantenbeheer.config.commands import CONSOLE
from klantenbeheer.config.console import main
from klantenbeheer.customers.importing import jobs, pace, services
from klantenbeheer.customers.importing.pace import Pace
from klantenbeheer.customers.models import Customer, ImportRun
from klantenbeheer.customers.services import address_save
from klantenbeheer.foundation.exchange.errors import ExchangeError
from klantenbeheer.foundation.exchange.reading import open_table
from klantenbeheer.foundation.jobs import running
from klantenbeheer.foundation.jobs.models import Job, State
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import Refused

pytestmark = pytest.mark.django_db

DUTCH = (
    "Klantnr;Bedrijfsnaam;Adres;Postcode;Plaats;Land;Telefoon;Btw-nummer;Kredietlimiet;Contactpersoon\r\n"
    "A-1;Café Ünal;Dorpsstraat 5;1234ab;Délft;Nederland;015-2123456;NL000099998B57;1.234,56;Jan van der Berg\r\n"
    "A-2;Bäckerei Groß;Obere Str. 57;12209;Berlin;Duitsland;030 23125000;;;\r\n"
    "A-3;;Leeg 1;;;;;;;\r\n"
    "A-4;Onbekend;Weg 1;;;Verweggistan;12;fout;;\r\n"
    "A-5;Schuld;;;;;;;veel;\r\n"
)


def begin(path: Path, actor: Actor = CONSOLE, **options: Any) -> ImportRun:
    run = services.run_create(actor=actor, name=path.name, chunks=iter([path.read_bytes()]))
    chosen = {"on_duplicate": "", "nameless": "refuse", "country": "", **options}
    return services.run_map(actor=actor, run=run, mapping=run.mapping, **chosen)


@pytest.fixture
def dutch(tmp_path: Path) -> Path:
    path = tmp_path / "klanten.csv"
    path.write_bytes(DUTCH.encode("cp1252"))
    return path


def test_a_dutch_excel_export(dutch: Path) -> None:
    run = begin(dutch)
    services.reset(run, dry_run=False)
    services.perform(run, CONSOLE)
    # Flagged: a value kept as typed, and the German customer without VAT number.
    assert (run.read, run.created, run.refused, run.flagged) == (5, 3, 2, 2)
    first = Customer.objects.get(number="A-1")
    address = first.addresses.get()
    assert first.name == "Café Ünal"
    assert (address.street, address.house_number, address.postcode, address.country) == (
        "Dorpsstraat", "5", "1234 AB", "NL",
    )  # fmt: skip
    assert str(first.credit_limit) == "1234.56"
    assert first.contacts.get().full_name == "Jan van der Berg"
    kept = Customer.objects.get(number="A-4")
    assert (kept.phone, kept.vat_number, kept.addresses.get().country_text) == ("12", "fout", "Verweggistan")
    assert set(kept.flags) == {"phone", "vat_number", "visiting.country"}
    assert kept.flagged


def test_what_is_kept_as_typed_is_named_in_words(dutch: Path) -> None:
    run = begin(dutch)
    services.reset(run, dry_run=True)
    with override("nl"):
        services.perform(run, CONSOLE)
    reasons = run.issues.get(row=5).reasons
    assert reasons == ["Bewaard zoals getypt, te controleren: Land, Telefoon, Btw-nummer."]


def test_errors_of_formulas_are_kept_and_flagged_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "fouten.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for column, heading in enumerate(["Naam", "Plaats", "Telefoon", "Kredietlimiet"]):
            sheet.write(0, column, heading)
        sheet.write(1, 0, "Heel")
        sheet.write_formula(1, 1, "=NA()", None, "#N/A")
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
        sheet.write_formula(2, 0, "=NA()", None, "#N/A")
        sheet.write(3, 0, "Schuld")
        sheet.write_formula(3, 3, "=A99!A1", None, "#REF!")
    run = begin(path)
    services.reset(run, dry_run=False)
    services.perform(run, CONSOLE)
    assert (run.read, run.created, run.refused, run.flagged) == (3, 1, 2, 1)
    customer = Customer.objects.get(name="Heel")
    assert (customer.phone, customer.addresses.get().city) == ("#DIV/0!", "#N/A")
    assert set(customer.flags) == {"phone", "visiting.city"}
    for row, value in ((3, "#N/A"), (4, "#REF!")):
        assert value in " ".join(run.issues.get(row=row).reasons)
    address_save(
        actor=CONSOLE,
        customer_id=customer.pk,
        version=customer.version,
        addresses={"visiting": {"city": "Ede"}},
    )
    assert set(Customer.objects.get(pk=customer.pk).flags) == {"phone"}


def test_the_preview_stores_nothing_and_counts_the_same(dutch: Path) -> None:
    run = begin(dutch)
    services.reset(run, dry_run=True)
    services.perform(run, CONSOLE)
    assert (run.created, run.refused) == (3, 2)
    assert not Customer.objects.exists()
    assert [issue.row for issue in run.issues.filter(outcome="refused")] == [4, 6]


def test_a_second_time_changes_nothing(dutch: Path) -> None:
    for expected in ((3, 0), (0, 3)):
        run = begin(dutch)
        services.reset(run, dry_run=False)
        services.perform(run, CONSOLE)
        assert (run.created, run.unchanged) == expected


def test_doubtful_rows_follow_the_choice(dutch: Path, tmp_path: Path) -> None:
    run = begin(dutch)
    services.reset(run, dry_run=False)
    services.perform(run, CONSOLE)
    path = tmp_path / "dubbel.csv"
    path.write_text("naam;btw-nummer\nAnders;NL000099998B57\n", encoding="utf-8")
    for policy, expected in (
        ("", (0, 0, 1)),
        ("skip", (0, 0, 1)),
        ("update", (0, 1, 0)),
        ("create", (1, 0, 0)),
    ):
        run = begin(path, on_duplicate=policy)
        services.reset(run, dry_run=False)
        services.perform(run, CONSOLE)
        assert (run.created, run.updated, run.refused) == expected, policy


def test_killed_between_chunks_it_goes_on_without_losing_or_doubling(tmp_path: Path) -> None:
    path = tmp_path / "veel.csv"
    with path.open("w", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["naam", "plaats"])
        writer.writerows([f"Klant {index}", "Utrecht"] for index in range(950))
    run = begin(path)
    services.reset(run, dry_run=False)

    class Killed(Exception):
        pass

    def kill(done: int) -> None:
        if done > 300:
            raise Killed  # inside the transaction: this chunk must leave nothing

    with pytest.raises(Killed):
        services.perform(run, CONSOLE, progress=kill)
    again = ImportRun.objects.select_related("action").get(pk=run.pk)
    assert Customer.objects.count() == again.next_row == again.created < 950
    services.perform(again, CONSOLE)
    assert sorted(Customer.objects.values_list("name", flat=True)) == sorted(f"Klant {i}" for i in range(950))
    assert again.created == 950


def test_undo_takes_back_all_but_what_was_changed_since(dutch: Path, people: dict[str, Any]) -> None:
    from klantenbeheer.customers.services import customer_update

    run = begin(dutch, people["beheer"])
    jobs.enqueue(actor=people["beheer"], run=run, dry_run=False)
    job = running.claim("w")
    assert job is not None
    running.perform(job)
    kept = Customer.objects.get(number="A-2")
    customer_update(actor=people["verkoop"], customer_id=kept.pk, version=1, values={"email": "a@b.example"})
    run.refresh_from_db()
    jobs.enqueue_undo(actor=people["beheer"], run=run)
    job = running.claim("w")
    assert job is not None
    running.perform(job)
    run.refresh_from_db()
    assert run.step == "undone"
    assert run.kept == 1
    assert list(Customer.objects.values_list("number", flat=True)) == ["A-2"]


BAD: list[tuple[str, bytes, str]] = [
    ("leeg.csv", b"", "empty"),
    ("leeg2.csv", b"\n\n", "no_header"),
    ("plaatje.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "not_a_table"),
    ("binair.csv", bytes(range(256)) * 20, "not_a_table"),
    ("dubbel.csv", b"naam;Naam\nx;y\n", "duplicate_headers"),
    ("breed.csv", ";".join(f"k{i}" for i in range(300)).encode() + b"\n", "too_many_columns"),
    ("kapot.xlsx", b"PK\x03\x04rommel", "damaged"),
]


@pytest.mark.parametrize(("name", "content", "code"), BAD, ids=[row[0] for row in BAD])
def test_a_bad_file_is_a_clear_message(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ExchangeError) as caught, open_table(path, name=name) as table:
        list(table.rows())
    assert caught.value.code == code


def test_ten_megabytes_in_a_cell(tmp_path: Path) -> None:
    path = tmp_path / "cel.csv"
    path.write_text("naam;plaats\n" + "x" * 10_000_000 + ";y\n", encoding="utf-8")
    with pytest.raises(ExchangeError) as caught, open_table(path) as table:
        list(table.rows())
    assert caught.value.code == "cell_too_long"


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bom.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)
    with pytest.raises(ExchangeError) as caught:
        open_table(path)
    assert caught.value.code in ("zip_bomb", "sheet_size")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(
        f'naam{delimiter}plaats\n"Café{delimiter} ""De Zon"""{delimiter}Délft\n'.encode(encoding)
    )
    with open_table(path) as table:
        assert table.headers == ["naam", "plaats"]
        assert [row.values for row in table.rows()] == [[f'Café{delimiter} "De Zon"', "Délft"]]


@pytest.mark.django_db(transaction=True)
def test_the_command(dutch: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["import", "customers", str(dutch), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert {key: report[key] for key in ("read", "created", "updated", "unchanged", "refused")} == {
        "read": 5, "created": 3, "updated": 0, "unchanged": 0, "refused": 2,
    }  # fmt: skip
    assert [error["row"] for error in report["errors"]] == [4, 6]
    target = tmp_path / "uit.csv"
    assert main(["export", "customers", str(target)]) == 0
    assert main(["import", "customers", str(target), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["unchanged"] == 3


def test_a_chunk_that_fails_leaves_nothing(dutch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = begin(dutch)
    services.reset(run, dry_run=False)

    def fail(*args: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(services, "_count", fail)
    with pytest.raises(OSError, match="No space"), transaction.atomic():
        services.perform(run, CONSOLE)
    assert not Customer.objects.exists()


def test_one_job_at_a_time_works_on_a_file(dutch: Path, people: dict[str, Any]) -> None:
    actor = people["beheer"]
    run = begin(dutch, actor)
    jobs.enqueue(actor=actor, run=run, dry_run=False)
    for attempt in (
        lambda: jobs.enqueue(actor=actor, run=run, dry_run=False),
        lambda: jobs.enqueue(actor=actor, run=run, dry_run=True),
        lambda: services.run_map(
            actor=actor, run=run, mapping={}, on_duplicate="create", nameless="number", country=""
        ),
    ):
        with pytest.raises(Refused):
            attempt()
    job = running.claim("een")
    assert job is not None
    running.perform(job)
    assert running.claim("een") is None
    assert Customer.objects.count() == 3


def test_old_files_are_cleared_away_and_what_they_brought_stays(dutch: Path, people: dict[str, Any]) -> None:
    actor = people["beheer"]
    run = begin(dutch, actor)
    file = services.folder() / run.path
    work = running.Run(Job.objects.create(kind="customers.import.tidy", title="x"))
    jobs.tidy(work)
    assert file.exists()
    long_ago = timezone.now() - jobs.KEEP_FILES - timedelta(days=1)
    ImportRun.objects.filter(pk=run.pk).update(created_at=long_ago)
    os.utime(file, (long_ago.timestamp(), long_ago.timestamp()))
    jobs.tidy(work)
    assert not file.exists()
    with pytest.raises(Refused, match=r"klanten\.csv"):
        jobs.enqueue(actor=actor, run=run, dry_run=True)


def test_a_stopped_import_can_be_undone_and_is_not_begun_anew(dutch: Path, people: dict[str, Any]) -> None:
    actor = people["beheer"]
    run = begin(dutch, actor)
    job = jobs.enqueue(actor=actor, run=run, dry_run=False)
    services.perform(run, actor)
    Job.objects.filter(pk=job.pk).update(state=State.CANCELLED)  # as if stopped after these rows
    run.refresh_from_db()
    assert Customer.objects.count() == 3
    with pytest.raises(Refused, match="klanten"):
        jobs.enqueue(actor=actor, run=run, dry_run=True)
    jobs.enqueue_undo(actor=actor, run=run)
    undoing = running.claim("een")
    assert undoing is not None
    running.perform(undoing)
    assert Customer.objects.count() == 0
    run.refresh_from_db()
    with pytest.raises(Refused):
        jobs.enqueue_undo(actor=actor, run=run)


@pytest.mark.parametrize("on_duplicate", ["", "update"])
def test_a_number_twice_in_a_file_is_refused_however_the_file_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_duplicate: str
) -> None:
    path = tmp_path / "dubbel.csv"
    path.write_text(
        "nummer;naam;plaats\nA-1;Eerste;Assen\nA-2;Ander;Breda\na-1;Tweede;Assen\n", encoding="utf-8"
    )
    counts = []
    for size in (1, 100):
        monkeypatch.setattr(pace, "LEAST", size)
        monkeypatch.setattr(pace, "MOST", size)
        monkeypatch.setattr(services, "Pace", lambda size=size: Pace(size))
        for _time in range(2):  # the second time both numbers exist, and the first row changes nothing
            run = begin(path, on_duplicate=on_duplicate)
            services.reset(run, dry_run=False)
            services.perform(run, CONSOLE)
            counts.append((run.created, run.updated, run.unchanged, run.refused))
        assert Customer.objects.get(number="A-1").name == "Eerste"
    assert counts == [(2, 0, 0, 1), (0, 0, 2, 1), (0, 0, 2, 1), (0, 0, 2, 1)]


def test_a_file_that_is_only_chosen_is_not_called_imported(dutch: Path) -> None:
    run = begin(dutch)
    with override("nl"):
        assert run.get_step_display() == "Gekozen, nog niet ingevoerd"


@pytest.mark.django_db
def test_a_file_is_of_the_kind_that_its_name_says(
    make_customer: Callable[..., Customer], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_customer("Een", number="K1")
    book = tmp_path / "klanten.xlsx"
    assert main(["export", "customers", str(book)]) == 0
    assert book.read_bytes().startswith(b"PK")
    assert main(["export", "customers", str(tmp_path / "klanten.pdf")]) == 2
    assert main(["export", "customers", str(tmp_path / "elders" / "klanten.csv")]) == 2
    assert "elders" in capsys.readouterr().err
