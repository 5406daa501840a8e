"""What an import does with the values of a row: none is dropped, none is taken for something else."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from klantenbeheer.config.commands import CONSOLE
from klantenbeheer.config.console import main
from klantenbeheer.customers.importing import services
from klantenbeheer.customers.models import Customer, ImportRun, Territory
from klantenbeheer.domains.characteristics.defining import definition_create
from klantenbeheer.domains.characteristics.models import CustomerCharacteristics
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.jobs import running
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import InvalidInput

pytestmark = pytest.mark.django_db


def begin(path: Path, actor: Actor = CONSOLE, **options: Any) -> ImportRun:
    run = services.run_create(actor=actor, name=path.name, chunks=iter([path.read_bytes()]))
    chosen = {"on_duplicate": "", "nameless": "refuse", "country": "", **options}
    return services.run_map(actor=actor, run=run, mapping=run.mapping, **chosen)


def bring(path: Path, **options: Any) -> ImportRun:
    run = begin(path, **options)
    services.reset(run, dry_run=False)
    services.perform(run, CONSOLE)
    return run


def test_what_a_later_file_tells_of_a_person_is_not_dropped(tmp_path: Path) -> None:
    path = tmp_path / "k.csv"
    path.write_text("nummer;naam;contactpersoon;functie\nA-1;Een;Jan de Boer;Inkoper\n", encoding="utf-8")
    bring(path, country="NL")
    path.write_text(
        "nummer;naam;contactpersoon;functie;mobiel;e-mail contactpersoon\n"
        "A-1;Een;JAN DE BOER;;06-12345678;jan@boer.example\n",
        encoding="utf-8",
    )
    run = begin(path, country="NL")
    services.reset(run, dry_run=True)
    services.perform(run, CONSOLE)
    assert (run.updated, run.unchanged) == (1, 0)
    assert bring(path, country="NL").updated == 1
    customer = Customer.objects.get(number="A-1")
    person = customer.contacts.get()
    assert (person.full_name, person.job_title) == ("Jan de Boer", "Inkoper")
    assert (person.phone, person.email) == ("+31 6 12345678", "jan@boer.example")
    assert person.history.count() == person.version == 2
    assert "612345678" in customer.search_text
    assert bring(path, country="NL").unchanged == 1


def test_what_is_unclear_of_a_person_is_kept_and_told(tmp_path: Path) -> None:
    path = tmp_path / "k.csv"
    path.write_text(
        "naam;contactpersoon;mobiel;e-mail contactpersoon\nEen;Jan;bel mij;fout\n", encoding="utf-8"
    )
    with override("nl"):
        run = bring(path)
    assert (run.created, run.flagged) == (1, 1)
    person = Customer.objects.get().contacts.get()
    assert (person.phone, person.email) == ("bel mij", "fout")
    assert run.issues.get().reasons == [
        "Bewaard zoals getypt, te controleren: Contactpersoon: telefoon, Contactpersoon: e-mail."
    ]


def test_a_name_in_a_file_is_never_taken_for_a_key(tmp_path: Path, people: dict[str, Any]) -> None:
    with acting(CONSOLE, "territory.create"):
        region = Territory.objects.create(code="NOORD", name="Noord")
    path = tmp_path / "k.csv"
    path.write_text(
        f"naam;rayon;verkoper\nA;{region.pk};\nB;;{people['verkoop'].pk}\nC;;²\nD;noord;\n", encoding="utf-8"
    )
    run = bring(path)
    assert (run.created, run.refused) == (1, 3)
    for issue, value in zip(run.issues.all(), (region.pk, people["verkoop"].pk, "²"), strict=True):
        assert f"“{value}”" in " ".join(issue.reasons)
    assert Customer.objects.get().territory == region


@pytest.mark.parametrize(
    ("typed", "code"), [("", ""), ("nl", "NL"), ("Nederland", "NL"), ("Deutschland", "DE")]
)
def test_the_country_of_rows_without_one_is_understood(tmp_path: Path, typed: str, code: str) -> None:
    path = tmp_path / "k.csv"
    path.write_text("naam;plaats\nEen;Ede\n", encoding="utf-8")
    run = begin(path, country=typed)
    run.refresh_from_db()
    assert run.country == code


@pytest.mark.parametrize(
    ("options", "key", "value"),
    [
        ({"country": "Verweggistan"}, "country", "Verweggistan"),
        ({"nameless": "verzin maar"}, "nameless", "verzin maar"),
    ],
)
def test_a_choice_that_is_none_is_refused(
    tmp_path: Path, options: dict[str, str], key: str, value: str
) -> None:
    path = tmp_path / "k.csv"
    path.write_text("naam\nEen\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        begin(path, CONSOLE, **options)
    assert value in str(caught.value.problems[key][0])


def test_the_manager_takes_an_import_of_the_command_line_back(
    tmp_path: Path, as_user: Callable[[str], Client]
) -> None:
    path = tmp_path / "k.csv"
    path.write_text("nummer;naam\nA-1;Een\n", encoding="utf-8")
    manager, seller = as_user("beheer"), as_user("verkoop")
    under_way = begin(path)
    assert main(["import", "customers", str(path)]) == 0
    done = ImportRun.objects.exclude(pk=under_way.pk).get()
    for run, client, status in ((done, manager, 200), (done, seller, 404), (under_way, manager, 404)):
        assert client.get(f"/customers/import/{run.pk}").status_code == status
        assert client.post(f"/customers/import/{run.pk}/undo").status_code == (302 if status == 200 else 404)
    assert "opdrachtregel" in manager.get("/customers/import").content.decode()
    assert "k.csv" not in seller.get("/customers/import").content.decode()
    job = running.claim("w")
    assert job is not None
    running.perform(job)
    done.refresh_from_db()
    assert done.step == "undone"
    assert not Customer.objects.exists()


def test_an_export_of_a_dutch_excel_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Semicolons, Windows-1252, decimal commas, days first: each value is what it says."""
    since = definition_create(actor=CONSOLE, values={"name_nl": "Klant sinds", "name_en": "", "kind": "date"})
    area = definition_create(actor=CONSOLE, values={"name_nl": "Oppervlak", "name_en": "", "kind": "number"})
    path = tmp_path / "excel.csv"
    path.write_bytes(
        "Klantnr;Naam;Straat;Huisnr;Plaats;Land;Kredietlimiet;Klant sinds;Oppervlak\r\n"
        "D-1;Café Zoë;Gedempte Oude Gracht;12;Délft;België;€ 1.234,56;31-12-2026;1.250,5\r\n"
        "D-2;Ĳsbrand;Weg;1;Ede;Nederland;10;31-02-2026;\r\n".replace("Ĳ", "IJ").encode("cp1252")
    )
    assert main(["import", "customers", str(path), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["created"], report["refused"]) == (1, 1)
    assert "31-02-2026" in " ".join(report["errors"][0]["reasons"])
    customer = Customer.objects.get()
    address = customer.addresses.get()
    assert (customer.name, address.street, address.house_number, address.city, address.country) == (
        "Café Zoë", "Gedempte Oude Gracht", "12", "Délft", "BE",
    )  # fmt: skip
    assert customer.credit_limit == Decimal("1234.56")
    told = CustomerCharacteristics.objects.get(customer=customer).values
    assert (told[str(since.pk)], told[str(area.pk)]) == ("2026-12-31", "1250.5")


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("naam;limiet\nA;veel\n", "naam;limiet;Reden"),
        ("naam;Reden;limiet\nA;x;veel\n", "naam;Reden;limiet;Reden (import)"),
    ],
)
def test_refused_rows_may_be_refused_again(
    text: str, heading: str, tmp_path: Path, as_user: Callable[[str], Client], people: dict[str, Any]
) -> None:
    path, client = tmp_path / "k.csv", as_user("beheer")
    path.write_text(text, encoding="utf-8")
    for _turn in range(3):
        run = begin(path, actor=people["beheer"])
        services.reset(run, dry_run=True)
        services.perform(run, people["beheer"])
        path.write_bytes(client.get(f"/customers/import/{run.pk}/refused.csv").content)
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        assert (lines[0], len(lines)) == (heading, 2)
        assert "“veel” is geen bedrag." in lines[1]
