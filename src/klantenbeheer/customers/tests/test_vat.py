"""The VAT number offline: which rule failed, and where a number is required."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.utils import translation

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import address_save, customer_create, customer_update
from klantenbeheer.customers.vat import is_for_vies, is_required, other_eu_country, state_of, vat_status
from klantenbeheer.kernel.actors import SystemActor
from klantenbeheer.kernel.errors import InvalidInput

SYSTEM = SystemActor("test")
Make = Callable[..., Customer]
BERLIN = {"visiting": {"city": "Berlin", "postcode": "10115", "country": "DE"}}

# python-stdnum's and the authorities' own examples, one at least per member state; wrong: another check digit.
RIGHT = [
    "ATU13585627", "BE0428759497", "BG175074752", "CY10259033P", "CZ25123891", "DE136695976", "DK13585628",
    "EE100931558", "EL094259216", "ESB58378431", "ESX5253868R", "FI20774740", "FR40303265045", "FRK7399859412",
    "HR33392005961", "HU12892312", "IE6433435F", "IE8D79739I", "IT00743110157", "LT119511515", "LU15027442",
    "LV40003521600", "MT11679112", "NL004495445B01", "NL000099998B57", "PL8567346215", "PT501964843", "RO18547290",
    "SE123456789701", "SI50223054", "SK2022749619", "XI980780684",
]  # fmt: skip
WRONG_DIGIT = [
    "DE136695970",
    "NL004495440B01",
    "BE0428759490",
    "FR40303265040",
    "IT00743110150",
    "EL094259210",
    "PL8567346210",
]


def plain(number: str, country: str, **more: Any) -> Customer:
    return Customer(
        vat_number=number, country=country, name="Jansen", status=more.pop("status", "active"), **more
    )


@pytest.mark.parametrize("number", RIGHT)
def test_a_right_number_is_amber_until_vies_says_so(number: str) -> None:
    country = {"EL": "GR"}.get(number[:2], number[:2])
    status = vat_status(plain(number, country))
    assert (status.colour, status.reasons) == ("amber", ())


@pytest.mark.parametrize(
    ("number", "code"),
    [(number, "check_digit") for number in WRONG_DIGIT]
    + [("DE123", "length"), ("FR4030326504", "length"), ("DE1366959 €", "characters"),
       ("GB980780685", "check_digit"), ("CH123456787", "check_digit"), ("XI12", "length")],
)  # fmt: skip
def test_a_wrong_number_says_which_rule_failed(number: str, code: str) -> None:
    status = vat_status(plain(number, "DE"))
    assert status.colour == "red"
    assert code in {reason.code for reason in status.reasons}


def test_the_rule_is_named_in_dutch() -> None:
    with translation.override("nl"):
        assert vat_status(plain("DE136695970", "DE")).word == "fout: controlecijfer"
        assert vat_status(plain("DE123", "DE")).word == "fout: lengte"
        status = vat_status(plain("BE0428759497", "DE"))
        assert [reason.text for reason in status.reasons] == ["land wijkt af van het adres (Duitsland)"]


@pytest.mark.parametrize(
    ("number", "country", "differs"),
    [
        ("EL094259216", "GR", False), ("XI980780684", "XI", False), ("XI980780684", "GB", False),
        ("FR40303265045", "MC", False), ("BE0428759497", "NL", True), ("BE0428759497", "", False),
    ],
)  # fmt: skip
def test_country_of_number_and_address(number: str, country: str, differs: bool) -> None:
    assert ("country" in {reason.code for reason in vat_status(plain(number, country)).reasons}) is differs


@pytest.mark.parametrize(
    ("country", "day", "other"),
    [
        ("DE", date(2026, 1, 1), True), ("NL", date(2026, 1, 1), False), ("CH", date(2026, 1, 1), False),
        ("GB", date(2020, 12, 31), True), ("GB", date(2021, 1, 1), False), ("XI", date(2021, 1, 1), True),
        ("GR", date(2026, 1, 1), True), ("HR", date(2013, 6, 30), False), ("", date(2026, 1, 1), False),
    ],
)  # fmt: skip
def test_other_eu_countries_by_day(country: str, day: date, other: bool) -> None:
    assert other_eu_country(country, day) is other
    assert is_required(country, "", "active", day) is other
    assert is_required(country, "", "prospect", day) is False


def test_the_canaries_need_no_number_and_northern_ireland_does() -> None:
    day = date(2026, 1, 1)
    assert not is_required("ES", "35001", "active", day)
    assert is_required("ES", "28013", "active", day)
    assert is_required("GB", "BT1 1AA", "active", day)
    assert not is_required("GB", "B1 1AA", "active", day)


def test_a_verdict_on_another_number_does_not_count() -> None:
    customer = plain("DE136695976", "DE", vat_verdict="valid", vat_asked_number="DE123456788")
    assert state_of(customer) == "unchecked"
    customer.vat_asked_number = "DE136695976"
    assert state_of(customer) == "valid"


@pytest.mark.django_db
def test_required_for_a_new_customer_elsewhere_in_the_eu(make_customer: Make) -> None:
    with pytest.raises(InvalidInput) as caught:
        make_customer("Müller GmbH", addresses=BERLIN)
    assert list(caught.value.problems) == ["vat_number"]
    assert Customer.objects.count() == 0
    assert make_customer("Müller GmbH", addresses=BERLIN, vat_number="DE136695976").vat_state == "unchecked"
    assert make_customer("Prospekt", addresses=BERLIN, status="prospect").vat_state == ""
    assert make_customer("Schweizer", addresses={"visiting": {"city": "Bern", "country": "CH"}}).pk


@pytest.mark.django_db
def test_an_old_record_is_warned_about_and_stays_editable(
    make_customer: Make, as_user: Callable[[str], Client]
) -> None:
    customer = make_customer("Müller GmbH", number="K1", addresses=BERLIN, status="prospect")
    QuerySet(Customer).filter(pk=customer.pk).update(status="active")
    page = as_user("lezer").get("/customers/K1/notes/").content.decode()
    assert "Btw-nummer ontbreekt (ander EU-land)" in page
    changed = customer_update(
        actor=SYSTEM, customer_id=customer.pk, version=1, values={"name": "Mueller GmbH"}
    )
    assert changed.version == 2


@pytest.mark.django_db
def test_a_required_number_is_not_taken_away(make_customer: Make) -> None:
    customer = make_customer("Müller GmbH", addresses=BERLIN, vat_number="DE136695976")
    with pytest.raises(InvalidInput) as caught:
        customer_update(actor=SYSTEM, customer_id=customer.pk, version=1, values={"vat_number": ""})
    assert list(caught.value.problems) == ["vat_number"]
    prospect = make_customer("Prospekt", addresses=BERLIN, status="prospect")
    with pytest.raises(InvalidInput) as caught:
        customer_update(actor=SYSTEM, customer_id=prospect.pk, version=1, values={"status": "active"})
    assert list(caught.value.problems) == ["status"]
    moved = make_customer("Jansen")
    address_save(actor=SYSTEM, customer_id=moved.pk, version=1, addresses=BERLIN)  # where he is, is a fact


@pytest.mark.django_db
def test_an_import_keeps_old_records_and_remarks_on_them(tmp_path: Path) -> None:
    from klantenbeheer.customers.importing import services
    from klantenbeheer.customers.models import ImportIssue

    path = tmp_path / "klanten.csv"
    path.write_text(
        "naam;plaats;land;btw\nMüller GmbH;Berlin;DE;\nSchmidt;Berlin;DE;DE136695976\n", encoding="utf-8"
    )
    with path.open("rb") as file:
        run = services.run_create(actor=SYSTEM, name="klanten.csv", chunks=iter([file.read()]))
    services.reset(run, dry_run=False)
    with translation.override("nl"):
        services.perform(run, SYSTEM)
        assert (run.created, run.flagged) == (2, 1)
        assert "btw-nummer nodig" in ImportIssue.objects.get().reasons[0]
    assert sorted(Customer.objects.values_list("vat_state", flat=True)) == ["", "unchecked"]


@pytest.mark.django_db
def test_customer_create_in_one_go(people: Any) -> None:
    customer = customer_create(
        actor=people["verkoop"], values={"name": "Hellas", "vat_number": "GR094259216"},
        addresses={"visiting": {"city": "Athina", "postcode": "104 31", "country": "GR"}},
    )  # fmt: skip
    assert customer.vat_number == "EL094259216"


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("980 7806 84", "GB", "GB980780684"), ("GB 980780684", "DE", "GB980780684"), ("980780684", "IM", "GB980780684"),
        ("CHE-107.787.577 MWST", "CH", "CHE107787577MWST"), ("107.787.577", "CH", "CHE107787577"),
        ("CH 107 787 577", "NL", "CHE107787577"), ("988 077 917 MVA", "NO", "NO988077917MVA"),
        ("988077917", "NO", "NO988077917"), ("12-3456789", "US", "12-3456789"), ("us 12-345", "", "us 12-345"),
        ("101134702", "RS", "101134702"), ("GODE561231GR8", "MX", "GODE561231GR8"),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_a_number_from_outside_the_eu_is_kept_and_never_for_vies(
    make_customer: Make, typed: str, country: str, kept: str
) -> None:
    addresses = {"visiting": {"city": "Daar", "country": country}}
    customer = make_customer("Ver weg", addresses=addresses, vat_number=typed)
    assert (customer.vat_number, customer.vat_state) == (kept, "outside")
    assert not is_for_vies(customer)
    with translation.override("nl"):
        status = vat_status(customer)
        assert (status.colour, status.word) == ("blue", "buiten de EU, niet bij VIES te controleren")
        differs = country in ("DE", "NL")
        assert [reason.code for reason in status.reasons] == (["country"] if differs else [])


@pytest.mark.parametrize(
    ("typed", "country"),
    [("980780685", "GB"), ("CHE-107.787.578", "CH"), ("988077918MVA", "NO"), ("n.v.t.", "US")],
)
@pytest.mark.django_db
def test_a_number_that_fails_the_rule_of_its_country_is_refused(
    make_customer: Make, typed: str, country: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        make_customer(
            "Ver weg", addresses={"visiting": {"city": "Daar", "country": country}}, vat_number=typed
        )
    assert list(caught.value.problems) == ["vat_number"]


def test_a_northern_irish_number_stays_european() -> None:
    assert state_of(plain("XI980780684", "GB")) == "unchecked"
    assert vat_status(plain("XI980780684", "GB")).colour == "amber"


@pytest.mark.django_db
def test_the_card_says_that_vies_is_not_asked(
    make_customer: Make, as_user: Callable[[str], Client], settings: Any
) -> None:
    settings.VIES_URL = "http://127.0.0.1:1/"
    leeds = {"visiting": {"city": "Leeds", "country": "GB"}}
    make_customer("British", number="K1", addresses=leeds, vat_number="980780684")
    make_customer("Deutsch", number="K2", addresses=BERLIN, vat_number="DE136695976")
    card = as_user("beheer").get("/customers/K1/notes/").content.decode()
    assert re.search(r'class="chip info" *>buiten de EU, niet bij VIES te controleren<', card)
    assert "/customers/K1/vat/check" not in card
    assert "/customers/K2/vat/check" in as_user("beheer").get("/customers/K2/notes/").content.decode()


@pytest.mark.django_db
def test_an_import_keeps_numbers_from_outside_the_eu(tmp_path: Path) -> None:
    from klantenbeheer.customers.importing import services

    path = tmp_path / "klanten.csv"
    path.write_text(
        "naam;plaats;land;btw\nTaylor Ltd;Leeds;GB;980 7806 84\nZbinden AG;Bern;CH;CHE-107.787.578 MWST\n",
        encoding="utf-8",
    )
    with path.open("rb") as file:
        run = services.run_create(actor=SYSTEM, name="klanten.csv", chunks=iter([file.read()]))
    services.reset(run, dry_run=False)
    services.perform(run, SYSTEM)
    found = Customer.objects.order_by("name").values_list("vat_number", "vat_state", "flagged")
    assert list(found) == [("GB980780684", "outside", False), ("CHE-107.787.578 MWST", "wrong", True)]


@pytest.mark.django_db
def test_numbers_of_before_get_their_state(make_customer: Make) -> None:
    british = make_customer("Taylor Ltd", vat_number="GB980780684", addresses={})
    wrong = make_customer("Fout", addresses={})
    QuerySet(Customer).filter(pk=british.pk).update(vat_state="wrong")
    QuerySet(Customer).filter(pk=wrong.pk).update(vat_number="GB980780685", vat_state="wrong")
    migration = import_module("klantenbeheer.customers.migrations.0018_fill_vat_outside")
    states = Customer.objects.order_by("pk").values_list("vat_state", flat=True)
    migration.forwards(apps, SimpleNamespace(connection=connection))
    assert list(states.all()) == ["outside", "wrong"]
    migration.backwards(apps, SimpleNamespace(connection=connection))
    assert list(states.all()) == ["wrong", "wrong"]
