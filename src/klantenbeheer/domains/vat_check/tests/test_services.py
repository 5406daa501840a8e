"""What an answer does to the card, and that it stays as evidence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from klantenbeheer.customers.display import heading
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import address_save, customer_update
from klantenbeheer.customers.vat import is_missing, vat_status
from klantenbeheer.domains.vat_check import selectors, services, vies
from klantenbeheer.domains.vat_check.choices import Source
from klantenbeheer.domains.vat_check.models import VatAnswer, Waiting
from klantenbeheer.foundation.audit.models import Touch, UnsignedWrite
from klantenbeheer.foundation.jobs.models import Job
from klantenbeheer.kernel.actors import SystemActor
from klantenbeheer.kernel.errors import NotAllowed, NotFound, Refused

from .server import CONSULTATION, Handler

pytestmark = pytest.mark.django_db
Make = Callable[..., Customer]
Stub = type[Handler]
SYSTEM = SystemActor("test")
NUMBER = "DE136695976"
BERLIN = {"visiting": {"city": "Berlin", "postcode": "10115", "country": "DE"}}


@pytest.fixture
def berlin(make_customer: Make) -> Customer:
    return make_customer(number="K1", vat_number=NUMBER, addresses=BERLIN)


def ask(customer: Customer, actor: Any = SYSTEM) -> VatAnswer:
    return services.check_one(actor=actor, customer_id=customer.pk)


def colour(customer: Customer, **more: Any) -> str:
    return vat_status(Customer.objects.get(pk=customer.pk), **more).colour


def reasons(customer: Customer) -> set[str]:
    return {reason.code for reason in vat_status(Customer.objects.get(pk=customer.pk)).reasons}


def test_a_yes_makes_it_green_and_is_kept(berlin: Customer, vies_stub: Stub, people: Any) -> None:
    assert colour(berlin) == "amber"
    ask(berlin, people["verkoop"])
    assert colour(berlin) == "green"
    kept = VatAnswer.objects.get()
    assert (kept.number, kept.outcome, kept.consultation) == (NUMBER, "valid", CONSULTATION)
    assert (kept.requester, kept.customer_number) == ("NL004495445B01", "K1")
    assert (kept.asked_by, kept.asked_label) == (people["verkoop"], "Verkoop")
    assert kept.raw.startswith("{")
    assert abs(timezone.now() - kept.asked_at) < timedelta(minutes=1)


def test_a_verdict_makes_no_version_of_the_customer(berlin: Customer, vies_stub: Stub) -> None:
    touches = Touch.objects.count()
    ask(berlin)
    assert Customer.objects.get(pk=berlin.pk).version == berlin.version
    assert Touch.objects.count() == touches


def test_a_no_makes_it_red(berlin: Customer, vies_stub: Stub) -> None:
    vies_stub.script["DE"] = "invalid"
    ask(berlin)
    assert colour(berlin) == "red"
    assert reasons(berlin) == {"vies"}


@pytest.mark.parametrize(
    "happens",
    [
        "SERVICE_UNAVAILABLE", "MS_UNAVAILABLE", "TIMEOUT", "GLOBAL_MAX_CONCURRENT_REQ", "MS_MAX_CONCURRENT_REQ",
        "garbage", "cut", "error_as_no", "status_500",
    ],
)  # fmt: skip
def test_an_outage_changes_no_colour_and_is_asked_again(
    berlin: Customer, vies_stub: Stub, happens: str
) -> None:
    vies_stub.script["DE"] = happens
    ask(berlin)
    assert colour(berlin) == "amber"
    assert reasons(berlin) == {"no_answer"}
    assert Waiting.objects.get().customer_id == berlin.pk
    assert Job.objects.filter(kind=services.QUEUE_JOB, state="ready").count() == 1
    vies_stub.script["DE"] = "valid"
    ask(berlin)
    assert colour(berlin) == "green"
    assert reasons(berlin) == set()
    assert not Waiting.objects.exists()
    vies_stub.script["DE"] = happens
    ask(berlin)
    assert colour(berlin) == "green", "an earlier yes stands"
    assert VatAnswer.objects.count() == 3


@pytest.mark.parametrize("happens", ["INVALID_INPUT", "INVALID_REQUESTER_INFO", "VAT_BLOCKED", "IP_BLOCKED"])
def test_a_refusal_is_no_verdict_and_is_not_asked_again(
    berlin: Customer, vies_stub: Stub, happens: str
) -> None:
    vies_stub.script["DE"] = happens
    ask(berlin)
    assert colour(berlin) == "amber"
    assert not Waiting.objects.exists()
    assert VatAnswer.objects.get().code == happens


def test_the_pause_grows(berlin: Customer, vies_stub: Stub) -> None:
    vies_stub.script["DE"] = "MS_UNAVAILABLE"
    pauses = []
    for _attempt in range(7):
        ask(berlin)
        pauses.append(round((Waiting.objects.get().due_at - timezone.now()).total_seconds() / 60))
    assert pauses == [5, 15, 60, 240, 720, 720, 720]


def test_the_colour_ages(berlin: Customer, vies_stub: Stub, settings: Any) -> None:
    settings.VAT_VALID_DAYS = 30
    ask(berlin)
    now = timezone.now()
    assert colour(berlin, now=now + timedelta(days=29, hours=23)) == "green"
    assert colour(berlin, now=now + timedelta(days=30, minutes=1)) == "amber"
    with translation.override("nl"):
        late = vat_status(Customer.objects.get(pk=berlin.pk), now=now + timedelta(days=31))
    assert "30 dagen" in late.word
    assert late.reasons[0].code == "old"


def test_another_number_falls_back_and_the_old_one_keeps_its_evidence(
    berlin: Customer, vies_stub: Stub
) -> None:
    ask(berlin)
    changed = customer_update(
        actor=SYSTEM, customer_id=berlin.pk, version=berlin.version, values={"vat_number": "DE123456788"}
    )
    assert colour(berlin) == "amber"
    assert Customer.objects.get(pk=berlin.pk).vat_state == "unchecked"
    assert [row.evidence.number for row in selectors.answers_of(changed)] == [NUMBER]
    customer_update(
        actor=SYSTEM, customer_id=berlin.pk, version=changed.version, values={"vat_number": NUMBER}
    )
    assert colour(berlin) == "green", "the verdict was about this number"


def test_an_answer_that_comes_too_late_is_evidence_only(berlin: Customer, vies_stub: Stub) -> None:
    answer = vies.ask(NUMBER)
    customer_update(
        actor=SYSTEM, customer_id=berlin.pk, version=berlin.version, values={"vat_number": "DE123456788"}
    )
    services.answer_store(
        actor=SYSTEM, customer_id=berlin.pk, customer_number="K1", number=NUMBER, answer=answer,
        source=Source.CARD,
    )  # fmt: skip
    assert colour(berlin) == "amber"
    assert VatAnswer.objects.count() == 1


def test_a_yes_overrules_the_check_digit(make_customer: Make, vies_stub: Stub) -> None:
    from django.db.models import QuerySet

    customer = make_customer(vat_number=NUMBER, addresses=BERLIN)
    QuerySet(Customer).filter(pk=customer.pk).update(vat_number="DE136695970")
    assert colour(customer) == "red"
    assert reasons(customer) == {"check_digit"}
    ask(customer)
    assert colour(customer) == "green"


def test_another_name_and_another_country_are_pointed_out(make_customer: Make, vies_stub: Stub) -> None:
    customer = make_customer("Jansen Installatietechniek", vat_number=NUMBER)
    vies_stub.script["DE"] = "other_name"
    ask(customer)
    assert colour(customer) == "green"
    assert reasons(customer) == {"country", "name"}
    assert selectors.answers_of(customer)[0].differs
    vies_stub.script["DE"] = "valid"
    ask(customer)
    assert reasons(customer) == {"country"}, "only the legal form and capitals differ"
    moved = Customer.objects.get(pk=customer.pk)
    address_save(actor=SYSTEM, customer_id=customer.pk, version=moved.version, addresses=BERLIN)
    assert reasons(customer) == set()


@pytest.mark.parametrize(
    ("ours", "theirs", "differ"),
    [
        ("Jansen B.V.", "JANSEN BV", False),
        ("Müller GmbH", "MUELLER GMBH", False),
        ("Café Müller", "CAFE MULLER SARL", False),
        ("De Vries Houthandel", "HOUTHANDEL DE VRIES B.V.", False),
        ("Jansen B.V.", "Pietersen B.V.", True),
        ("Jansen", "", False),
    ],
)
def test_names_are_compared_without_legal_form(ours: str, theirs: str, differ: bool) -> None:
    from klantenbeheer.customers.vat import names_differ

    assert names_differ(ours, theirs) is differ


def test_evidence_is_never_changed(berlin: Customer, vies_stub: Stub) -> None:
    kept = ask(berlin)
    kept.outcome = "invalid"
    for forbidden in (
        kept.save, kept.delete, lambda: VatAnswer.objects.update(outcome="invalid"), VatAnswer.objects.all().delete,
        lambda: VatAnswer.objects.bulk_update([kept], ["outcome"]),
    ):  # fmt: skip
        with pytest.raises(UnsignedWrite):
            forbidden()
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE vat_check_vatanswer SET outcome = 'invalid'")
    if connection.vendor == "postgresql":
        with (
            pytest.raises(DatabaseError, match="never changed"),
            transaction.atomic(),
            connection.cursor() as c,
        ):
            c.execute("DELETE FROM vat_check_vatanswer")
    assert VatAnswer.objects.get().outcome == "valid"


def test_who_may_ask(berlin: Customer, vies_stub: Stub, people: Any, make_customer: Make) -> None:
    with pytest.raises(NotAllowed):
        ask(berlin, people["lezer"])
    with pytest.raises(NotFound):
        services.check_one(actor=SYSTEM, customer_id=berlin.pk + 999)
    with pytest.raises(Refused):
        ask(make_customer("Zonder nummer"))
    assert vies_stub.asked == []
    assert VatAnswer.objects.count() == 0


def test_switched_off_asks_nothing(berlin: Customer, settings: Any) -> None:
    settings.VIES_URL = "off"
    with pytest.raises(Refused):
        ask(berlin)
    assert VatAnswer.objects.count() == 0


def test_counts_per_state_agree_with_the_colours(
    make_customer: Make, vies_stub: Stub, settings: Any, people: Any
) -> None:
    from django.db.models import QuerySet

    numbers = ["NL004495445B01", NUMBER, "DE123456788", "ATU13585627", "BE0428759497"]
    made = [make_customer(f"Klant {number}", vat_number=number, addresses={}) for number in numbers]
    vies_stub.script["AT"] = "invalid"
    for customer in made[:4]:
        ask(customer)
    QuerySet(Customer).filter(pk=made[2].pk).update(vat_checked_at=timezone.now() - timedelta(days=31))
    wrong = make_customer("Fout", vat_number="DE123456788", addresses={})
    QuerySet(Customer).filter(pk=wrong.pk).update(vat_number="DE1", vat_state="wrong")
    missing = make_customer("Mist", status="prospect", addresses=BERLIN)
    QuerySet(Customer).filter(pk=missing.pk).update(status="active")
    make_customer("Archief", vat_number="FR40303265045", status="archived")
    british = make_customer("Taylor Ltd", vat_number="GB980780684", addresses={})
    found = {item.key: item.count for item in selectors.counts(people["lezer"])}
    assert found == {
        "valid": 2, "old": 1, "unchecked": 1, "invalid": 1, "wrong": 1, "outside": 1, "missing": 1,
    }  # fmt: skip
    assert british not in selectors.chosen(people["lezer"], "all")
    with pytest.raises(Refused) as caught:
        services.check_one(actor=people["beheer"], customer_id=british.pk)
    assert caught.value.code == "outside"
    assert "GB" not in {answer.number[:2] for answer in VatAnswer.objects.all()}
    for key, number in found.items():
        assert len(selectors.in_state(people["lezer"], key)) == number
    assert {item.key: item.count for item in selectors.counts(people["niemand"])}["valid"] == 0


def test_parts_with_a_vat_status_of_their_own_are_counted_as_the_card_shows_them(
    make_customer: Make, people: Any
) -> None:
    from django.db.models import QuerySet

    for name, place in (
        ("Las Palmas", {"postcode": "35001", "country": "ES"}), ("Madrid", {"postcode": "28013", "country": "ES"}),
        ("Belfast", {"postcode": "BT1 1AA", "country": "GB"}), ("Londen", {"postcode": "W1A 1AA", "country": "GB"}),
        ("Nergens", {"country": "ES"}),
    ):  # fmt: skip
        make_customer(name, status="prospect", addresses={"visiting": {"city": name, **place}})
    QuerySet(Customer).update(status="active")
    listed = {row["name"] for row in selectors.in_state(people["lezer"], "missing")}
    assert (
        listed
        == {row.name for row in Customer.objects.all() if is_missing(row)}
        == {"Madrid", "Belfast", "Nergens"}
    )
    heads = {row.name: heading(row, list(row.addresses.all())) for row in Customer.objects.all()}
    assert {name for name, head in heads.items() if head.eu_flag_url} == listed
    assert "Canarische Eilanden" in heads["Las Palmas"].country_name
