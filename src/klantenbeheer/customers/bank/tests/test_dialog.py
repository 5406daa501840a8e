"""The dialog behind 'Bank'."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from klantenbeheer.customers.bank.models import BicCheck, IbanChange
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import customer_update
from klantenbeheer.kernel.actors import SystemActor

pytestmark = pytest.mark.django_db
Make = Callable[..., Customer]
Sign = Callable[[str], Client]
SYSTEM = SystemActor("test")
OLD, NEW = "NL91ABNA0417164300", "NL20INGB0001234567"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def customer(make_customer: Make) -> Customer:
    return make_customer(number="K1", iban=OLD)


def post(client: Client, path: str, data: dict[str, Any]) -> Any:
    return client.post(f"/customers/K1/bank{path}", data, headers=HTMX)


def test_what_is_typed_stays_after_a_refusal(customer: Customer, as_user: Sign) -> None:
    typed = {
        "version": "1",
        "first.iban": "NL00FOUT",
        "first.holder": "Jansen & Zn",
        "mandate.reference": "M1",
    }
    response = post(as_user("verkoop"), "", typed)
    text = response.content.decode()
    assert response.status_code == 422
    assert "NL00FOUT" in text
    assert "Jansen &amp; Zn" in text
    assert "first-iban_error" in text
    assert "mandate-signed_on_error" in text
    assert Customer.objects.get(pk=customer.pk).version == 1


def test_a_proposal_and_its_confirmation(customer: Customer, as_user: Sign) -> None:
    seller, boss = as_user("verkoop"), as_user("beheer")
    assert post(seller, "", {"version": "1", "first.iban": NEW}).status_code == 200
    card = seller.get("/customers/K1/notes/").content.decode()
    assert "NL20 INGB 0001 2345 67 wacht op bevestiging" in card
    assert "NL91 ABNA 0417 1643 00" in card
    assert "Bankrekening wacht op bevestiging" in card
    dialog = seller.get("/customers/K1/bank", headers=HTMX).content.decode()
    assert "iemand anders bevestigt het" in dialog
    assert "/bank/confirm" not in dialog
    change = IbanChange.objects.get()
    response = post(boss, "/confirm", {"change": change.pk, "remark": "Gebeld"})
    assert response.status_code == 422
    assert "Geef aan hoe" in response.content.decode()
    assert "Gebeld" in response.content.decode()
    response = post(boss, "/confirm", {"change": change.pk, "channel": "phone", "remark": "Gebeld"})
    assert response.status_code == 200
    assert "/history/undo/" in response["HX-Trigger"]
    assert Customer.objects.get(pk=customer.pk).iban == NEW
    history = boss.get("/customers/K1/history/").content.decode()
    assert "Gewijzigd IBAN" in history


def test_who_only_may_propose_cannot_confirm_by_hand(customer: Customer, as_user: Sign) -> None:
    boss = as_user("beheer")
    post(boss, "", {"version": "1", "first.iban": NEW})
    change = IbanChange.objects.get()
    response = post(boss, "/confirm", {"change": change.pk, "channel": "phone"})
    assert response.status_code == 422
    assert "zelf voorgesteld" in response.content.decode()
    assert Customer.objects.get(pk=customer.pk).iban == OLD


def test_a_stale_save_shows_both_versions(customer: Customer, as_user: Sign) -> None:
    customer_update(actor=SYSTEM, customer_id=customer.pk, version=1, values={"bic": "ABNANL2A"})
    typed = {
        "version": "1",
        "first.iban": OLD,
        "was.first.iban": OLD,
        "first.holder": "Jansen",
        "was.first.holder": "",
    }
    response = post(as_user("verkoop"), "", typed)
    assert response.status_code == 409
    assert "Jansen" in response.content.decode()
    assert Customer.objects.get(pk=customer.pk).version == 2


def test_a_reader_reads_dates_and_numbers_as_one_writes_them(customer: Customer, as_user: Sign) -> None:
    seller = as_user("verkoop")
    mandate = {"mandate.reference": "M1", "mandate.signed_on": "2026-01-31"}
    post(seller, "", {"version": "1", "first.iban": NEW, **mandate})
    post(seller, "/withdraw", {"change": IbanChange.objects.get().pk})
    text = as_user("lezer").get("/customers/K1/bank").text
    assert "31-01-2026" in text
    assert "2026-01-31" not in text
    assert "<td>NL20 INGB 0001 2345 67</td>" in text


def test_as_a_page_of_its_own(customer: Customer, as_user: Sign) -> None:
    page = as_user("lezer").get("/customers/K1/bank").content.decode()
    assert "<html" in page
    assert "<input name" not in page.split("<main")[1]
    assert "NL91 ABNA 0417 1643 00" in page


def test_the_bank_is_found_while_typing(customer: Customer, as_user: Sign) -> None:
    client = as_user("verkoop")
    found = client.get("/customers/K1/bank/lookup", {"first.iban": NEW}).content.decode()
    assert "INGBNL2A" in found
    assert "ING" in found
    wrong = client.get("/customers/K1/bank/lookup", {"second.iban": "NL91ABNA0417164301"}).content.decode()
    assert "controlecijfers" in wrong
    unknown = client.get("/customers/K1/bank/lookup", {"first.iban": "NL13TEST0123456789"}).content.decode()
    assert "geen lijst" in unknown


def test_the_bic_online(customer: Customer, as_user: Sign) -> None:
    client = as_user("verkoop")
    dialog = client.get("/customers/K1/bank", headers=HTMX).content.decode()
    assert 'rel="noopener noreferrer"' in dialog
    assert "bicSearch_bic=ABNANL2A" in dialog
    assert 'value="ask"' not in dialog, "no provider, no button"
    post(client, "/bic", {"bic": "ABNANL2A", "result": "no"})
    check = BicCheck.objects.get()
    assert (check.found, check.checked_label) == (False, "Verkoop")
    assert "niet gevonden" in client.get("/customers/K1/bank", headers=HTMX).content.decode()
    assert post(client, "/bic", {"bic": "ABNANL2A", "result": "ask"}).status_code == 422


def test_the_bic_of_a_number_that_waits_is_checked_before_it_counts(
    customer: Customer, as_user: Sign
) -> None:
    seller, boss = as_user("verkoop"), as_user("beheer")
    post(seller, "", {"version": "1", "first.iban": NEW})
    assert "bicSearch_bic=INGBNL2A" in boss.get("/customers/K1/bank", headers=HTMX).text
    text = post(boss, "/bic", {"bic": "INGBNL2A", "result": "yes"}).text
    assert BicCheck.objects.get().bic == "INGBNL2A"
    assert "Niet gevonden" not in text
    assert text.count("Nog niet online gecontroleerd.") == 1  # that of the number in force


def test_in_place_too_it_waits(customer: Customer, as_user: Sign) -> None:
    client = as_user("verkoop")
    response = client.post("/customers/K1/field/iban", {"iban": NEW, "version": "1"}, headers=HTMX)
    text = response.content.decode()
    assert response.status_code == 200
    assert "NL91 ABNA 0417 1643 00" in text
    assert "NL20 INGB 0001 2345 67 wacht op bevestiging" in text
    assert Customer.objects.get(pk=customer.pk).iban == OLD


def test_the_same_iban_at_two_customers_is_told(customer: Customer, as_user: Sign, settings: Any) -> None:
    settings.BANK_CONFIRM_FIRST = True
    response = as_user("verkoop").post("/customers/new", {"name": "Dubbel", "iban": OLD})
    assert response.status_code == 409
    assert "K1" in response.content.decode()


def test_the_card_shows_the_bic_that_was_found(make_customer: Make, as_user: Sign) -> None:
    make_customer(number="K1", iban=OLD)
    make_customer(number="K2", iban=OLD, bic="INGBNL2A")
    make_customer(number="K3", iban="")
    for who, soft in (("verkoop", ">"), ("lezer", ' title="gevonden bij het IBAN">')):
        page = as_user(who).get("/customers/K1/notes/").content.decode()
        assert f'<span class="soft"{soft}ABNANL2A (gevonden)</span>' in page
    assert "(gevonden)" not in as_user("verkoop").get("/customers/K2/notes/").content.decode()
    assert "(gevonden)" not in as_user("verkoop").get("/customers/K3/notes/").content.decode()
    assert Customer.objects.get(number="K1").bic == ""
