"""Writing customers: numbers, checks, history, stale saves, doubles; and the database's own constraints."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.test import Client

from klantenbeheer.customers import exporting
from klantenbeheer.customers.choices import Language, Status
from klantenbeheer.customers.importing import services as importing
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import LooksLikeExisting, address_save, customer_create, customer_update
from klantenbeheer.foundation.audit.models import Touch, UnsignedWrite
from klantenbeheer.kernel.errors import InvalidInput, StaleVersion

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
Make = Callable[..., Customer]


def test_number_comes_from_the_series_and_is_taken_once(make_customer: Make) -> None:
    assert make_customer().number == "10001"
    assert make_customer(number="10002").number == "10002"
    assert make_customer().number == "10003"
    with pytest.raises(InvalidInput, match="10002"):
        make_customer(number="10002")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("vat_number", "NL123456789B01"), ("iban", "NL91ABNA0417164301"), ("kvk_number", "1234"),
        ("email", "jansen@"), ("phone", "12"), ("website", "javascript:alert(1)"), ("credit_limit", "veel"),
        ("name", "x" * 10_000), ("status", "weg"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_at_its_field_and_names_it(
    make_customer: Make, field: str, value: str
) -> None:
    customer = make_customer()
    with pytest.raises(InvalidInput) as caught:
        customer_update(actor=SYSTEM, customer_id=customer.pk, version=1, values={field: value})
    assert list(caught.value.problems) == [field]
    assert value[:10] in str(caught.value)
    assert Customer.objects.get(pk=customer.pk).version == 1


def test_values_are_normalised(make_customer: Make) -> None:
    customer = make_customer(
        phone="030-2345678",
        vat_number="nl 0000.99998.b57",
        iban="nl91 abna 0417 1643 00",
        credit_limit="1.234,50",
    )
    assert customer.phone == "+31 30 234 5678"
    assert customer.vat_number == "NL000099998B57"
    assert customer.iban == "NL91ABNA0417164300"
    assert Customer.objects.get(pk=customer.pk).credit_limit == Decimal("1234.50")


def test_an_update_leaves_a_version_with_actor(make_customer: Make, people: dict[str, Any]) -> None:
    customer = make_customer()
    customer_update(
        actor=people["verkoop"], customer_id=customer.pk, version=1, values={"name": "Nieuw B.V."}
    )
    newest, oldest = customer.history.order_by("-history_id")
    assert (oldest.name, newest.name) == ("Jansen Installatietechniek B.V.", "Nieuw B.V.")
    assert newest.action.user == people["verkoop"]
    assert Touch.objects.filter(subject_id=customer.pk).count() == 2


def test_a_stale_save_writes_nothing(make_customer: Make) -> None:
    customer = make_customer()
    customer_update(actor=SYSTEM, customer_id=customer.pk, version=1, values={"name": "Eerste"})
    with pytest.raises(StaleVersion) as caught:
        customer_update(actor=SYSTEM, customer_id=customer.pk, version=1, values={"name": "Tweede"})
    assert caught.value.current.name == "Eerste"
    assert Customer.objects.get(pk=customer.pk).name == "Eerste"


def test_a_stale_save_shows_both_versions(make_customer: Make, as_user: Callable[[str], Client]) -> None:
    customer = make_customer(number="K1")
    customer_update(actor=SYSTEM, customer_id=customer.pk, version=1, values={"phone": "030 2345678"})
    response = as_user("verkoop").post("/customers/K1/field/phone", {"phone": "030 2345679", "version": "1"})
    assert response.status_code == 409
    text = response.content.decode()
    assert "030 2345679" in text
    assert "+31 30 234 5678" in text


def test_a_likely_double_is_told_before_anything_is_stored(make_customer: Make) -> None:
    make_customer(email="info@jansen.example")
    with pytest.raises(LooksLikeExisting) as caught:
        customer_create(actor=SYSTEM, values={"name": "Anders", "email": "info@jansen.example"})
    assert len(caught.value.duplicates) == 1
    assert Customer.objects.count() == 1


def test_the_reader_cannot_write(make_customer: Make, people: dict[str, Any]) -> None:
    customer = make_customer()
    from klantenbeheer.kernel.errors import NotAllowed

    for call in (
        lambda: customer_update(
            actor=people["lezer"], customer_id=customer.pk, version=1, values={"name": "x"}
        ),
        lambda: address_save(actor=people["lezer"], customer_id=customer.pk, version=1, addresses={}),
        lambda: customer_create(actor=people["lezer"], values={"name": "x"}),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_writes_around_the_service_are_errors(make_customer: Make) -> None:
    customer = make_customer()
    with pytest.raises(UnsignedWrite):
        Customer.objects.filter(pk=customer.pk).update(name="stil")
    with pytest.raises(UnsignedWrite):
        customer.save()
    with pytest.raises(UnsignedWrite):
        Customer.objects.all().delete()


@pytest.mark.parametrize("values", [{"number": "a b"}, {"name": ""}, {"status": "weg"}, {"credit_limit": -1}])
def test_the_database_itself_refuses(make_customer: Make, values: dict[str, Any]) -> None:
    customer = make_customer()
    with pytest.raises(IntegrityError), transaction.atomic():
        QuerySet(Customer).filter(pk=customer.pk).update(**values)


def test_the_number_is_unique_whatever_the_capitals(make_customer: Make) -> None:
    make_customer(number="AbC")
    other = make_customer(number="X")
    with pytest.raises(IntegrityError), transaction.atomic():
        QuerySet(Customer).filter(pk=other.pk).update(number="aBc")


def test_hostile_names_are_text(make_customer: Make, as_user: Callable[[str], Client]) -> None:
    make_customer("<script>alert(1)</script> \u202eABC", number="K1")
    page = as_user("lezer").get("/customers/K1/contacts/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "\u202e" not in page


def test_export_neutralises_formulas(make_customer: Make, as_user: Callable[[str], Client]) -> None:
    make_customer("=cmd|'/c calc'!A0")
    response: Any = as_user("beheer").get("/customers/export.csv")
    text = b"".join(response.streaming_content).decode()
    assert ";'=cmd|" in text


def exported(client: Client) -> list[dict[str, str]]:
    answer: Any = client.get("/customers/export.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_an_export_speaks_the_language_of_who_asks(
    make_customer: Make, as_user: Callable[[str], Client], people: dict[str, Any], tmp_path: Path
) -> None:
    make_customer("Een", number="K1", status="blocked", language="de")
    dutch = exported(as_user("beheer"))[0]
    assert (dutch["Klantnummer"], dutch["Naam"], dutch["Status"], dutch["Taal"]) == (
        "K1",
        "Een",
        "Geblokkeerd",
        "Duits",
    )
    people["beheer"].language = "en"
    people["beheer"].save()
    english = exported(as_user("beheer"))[0]
    assert (english["Customer number"], english["Status"], english["Language"]) == ("K1", "Blocked", "German")
    # For programs the headings and values are those that never change.
    exporting.write(Customer.objects.all(), tmp_path / "klanten.csv", actor=SYSTEM)
    text = (tmp_path / "klanten.csv").read_text(encoding="utf-8-sig")
    fixed = next(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert (fixed["number"], fixed["status"], fixed["language"]) == ("K1", "blocked", "de")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_export_for_people_is_read_in_again_unchanged(
    make_customer: Make, as_user: Callable[[str], Client], people: dict[str, Any], language: str
) -> None:
    for number, (status, tongue) in enumerate(zip(Status.values, [*Language.values], strict=False)):
        make_customer(
            f"Klant {number}", number=f"K{number}", status=status, language=tongue, credit_limit="1250.50"
        )
    people["beheer"].language = language
    people["beheer"].save()
    answer: Any = as_user("beheer").get("/customers/export.csv")
    content = b"".join(answer.streaming_content)
    run = importing.run_create(actor=SYSTEM, name="klanten.csv", chunks=iter([content]))
    assert len(run.mapping) == len(run.headers)
    importing.run_map(
        actor=SYSTEM, run=run, mapping=run.mapping, on_duplicate="", nameless="refuse", country=""
    )
    importing.reset(run, dry_run=False)
    importing.perform(run, SYSTEM)
    assert (run.read, run.unchanged) == (4, 4)


@pytest.mark.parametrize("number", ["K1\n", "K1\n\n", "K 1", "", "\nK1", "K1\r"])
def test_the_database_itself_refuses_a_number_of_another_form(
    make_customer: Callable[..., Customer], number: str
) -> None:
    customer = make_customer(number="K1")
    with pytest.raises(IntegrityError), transaction.atomic():
        QuerySet(Customer).filter(pk=customer.pk).update(number=number)
    assert QuerySet(Customer).filter(pk=customer.pk).update(number="A" * 20) == 1
