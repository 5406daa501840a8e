"""The page of the VAT check and the evidence of a customer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.vat_check import services
from klantenbeheer.domains.vat_check.models import VatAnswer
from klantenbeheer.foundation.jobs.models import Job
from klantenbeheer.kernel.actors import SystemActor

from .server import CONSULTATION, Handler

pytestmark = pytest.mark.django_db
Make = Callable[..., Customer]
Sign = Callable[[str], Client]
Stub = type[Handler]
SYSTEM = SystemActor("test")


@pytest.fixture
def asked(make_customer: Make, vies_stub: Stub) -> Customer:
    customer = make_customer("=Formule B.V.", number="K1", vat_number="NL004495445B01")
    services.check_one(actor=SYSTEM, customer_id=customer.pk)
    return customer


def test_the_evidence_as_dialog_and_as_page(asked: Customer, as_user: Sign) -> None:
    page = as_user("lezer").get("/customers/K1/vat").content.decode()
    part = as_user("lezer").get("/customers/K1/vat", headers={"HX-Request": "true"}).content.decode()
    assert "<html" in page
    assert "<html" not in part
    for text in (page, part):
        assert CONSULTATION in text
        assert "JANSEN INSTALLATIETECHNIEK B.V." in text
        assert "naam wijkt af" in text
        assert "Controleren bij VIES" not in text, "the reader may not ask"
    assert "Controleren bij VIES" in as_user("verkoop").get("/customers/K1/vat").content.decode()


def test_the_evidence_asks_the_right_on_customers_too(asked: Customer, people: Any) -> None:
    from klantenbeheer.foundation.access.models import Role, RoleLevel

    role = Role.objects.create(key="controle", name="Alleen controle")
    RoleLevel.objects.create(role=role, right="vat_check", level=2)
    RoleLevel.objects.create(role=role, right="customers.export", level=2)
    people["niemand"].roles.add(role)
    client = Client()
    client.force_login(people["niemand"], backend="klantenbeheer.foundation.access.backend.AccountBackend")
    assert client.get("/customers/K1/vat").status_code == 404
    page = client.get("/vat-check/")
    assert page.status_code == 200
    assert "Formule" not in page.content.decode()
    lines: Any = client.get("/vat-check/answers.csv")
    assert "Formule" not in b"".join(lines.streaming_content).decode()
    assert client.post("/customers/K1/vat/check").status_code == 403


def test_hostile_answers_are_text(asked: Customer, vies_stub: Stub, as_user: Sign, monkeypatch: Any) -> None:
    def hostile(self: Any, question: dict[str, str]) -> None:
        self.verdict(question, name="<script>alert(1)</script>", address="<img src=x onerror=alert(1)>")

    monkeypatch.setattr(Handler, "do_hostile", hostile, raising=False)
    vies_stub.script["NL"] = "hostile"
    services.check_one(actor=SYSTEM, customer_id=asked.pk)
    for path in ("/customers/K1/vat", "/vat-check/", "/customers/K1/notes/"):
        page = as_user("lezer").get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_a_check_from_the_card(asked: Customer, as_user: Sign, vies_stub: Stub) -> None:
    vies_stub.script["NL"] = "MS_UNAVAILABLE"
    response = as_user("verkoop").post("/customers/K1/vat/check", headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "kb:card-whole" in response["HX-Trigger"]
    assert VatAnswer.objects.count() == 2
    assert Customer.objects.get(pk=asked.pk).vat_state == "valid"


def test_the_export_has_every_answer_and_runs_nothing(asked: Customer, as_user: Sign) -> None:
    response: Any = as_user("verkoop").get("/vat-check/answers.csv")
    text = b"".join(response.streaming_content).decode()
    assert CONSULTATION in text
    assert ";'=Formule B.V.;" in text
    assert len(text.strip().splitlines()) == 2


def test_starting_a_check(asked: Customer, as_user: Sign) -> None:
    client = as_user("verkoop")
    response = client.post("/vat-check/start", {"selection": "older", "days": "veel"})
    assert response.status_code == 422
    assert "“veel”" in response.content.decode()
    assert client.post("/vat-check/start", {"selection": "all"}).status_code == 302
    assert Job.objects.filter(kind=services.FILE_JOB).count() == 1
    page = client.get("/vat-check/").content.decode()
    assert "Controle starten" not in page
    assert 'hx-trigger="every 2s"' in page
    response = client.post("/vat-check/start", {"selection": "all"})
    assert "al een controle" in response.content.decode()


def test_switched_off_shows_no_dead_button(make_customer: Make, as_user: Sign, settings: Any) -> None:
    settings.VIES_URL = "off"
    make_customer(number="K1", vat_number="NL004495445B01")
    assert "Controleren bij VIES" not in as_user("beheer").get("/customers/K1/vat").content.decode()
    assert "Controleren bij VIES" not in as_user("beheer").get("/customers/K1/notes/").content.decode()
    page = as_user("beheer").get("/vat-check/").content.decode()
    assert "staat voor deze installatie uit" in page
    assert "Controle starten" not in page


def test_the_page_costs_the_same_with_few_and_many_answers(asked: Customer, as_user: Sign) -> None:
    client = as_user("lezer")
    client.get("/vat-check/")

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as context:
            assert client.get(path).status_code == 200
        return len(context)

    few = queries("/vat-check/"), queries("/customers/K1/vat")
    for _index in range(20):
        services.check_one(actor=SYSTEM, customer_id=asked.pk)
    assert (queries("/vat-check/"), queries("/customers/K1/vat")) == few
    assert few[0] <= 13
    assert few[1] <= 7


def test_a_long_list_of_a_state_says_that_it_is_cut(
    asked: Customer, make_customer: Make, as_user: Sign, monkeypatch: Any
) -> None:
    client = as_user("beheer")
    for number in ("NL004495445B01", "BE0697449992", "DE136695976"):
        make_customer(f"Klant {number}", number=f"V{number[:2]}", vat_number=number)
    assert "van 3, op naam" not in client.get("/vat-check/?state=unchecked").text
    monkeypatch.setattr("klantenbeheer.domains.vat_check.selectors.STATE_MOST", 2)
    assert "De eerste 2 van 3, op naam." in client.get("/vat-check/?state=unchecked").text
