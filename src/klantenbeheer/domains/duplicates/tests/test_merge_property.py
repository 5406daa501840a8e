"""Customers with anything that can belong to them, merged and taken apart again: all is as it was."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from klantenbeheer.customers.bank.models import BankAccount, IbanChange, Mandate
from klantenbeheer.customers.former import FormerNumber
from klantenbeheer.customers.models import (
    Address,
    Customer,
    CustomerMailingCode,
    CustomerMark,
    MailingCode,
)
from klantenbeheer.customers.refreshing import refresh_derived
from klantenbeheer.domains.characteristics import values as characteristics
from klantenbeheer.domains.characteristics.models import (
    Characteristic,
    CharacteristicValue,
    CustomerCharacteristics,
)
from klantenbeheer.domains.characteristics.services import index
from klantenbeheer.domains.contacts.models import Branch, Contact
from klantenbeheer.domains.customer_settings.models import Block, CustomerSettings
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.domains.vat_check.models import VatAnswer, Waiting
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.kernel.actors import SystemActor

from ..merging import customers_merge
from ..models import Pair
from ..services import decide
from ..undoing import merge_undo
from .test_merge import belongs_to_a_customer

SYSTEM = SystemActor("test")

pytestmark = pytest.mark.django_db

IBANS = ["", "NL91ABNA0417164300", "NL20INGB0001234567", "NL44RABO0123456789"]
PLACE = st.fixed_dictionaries(
    {
        "street": st.sampled_from(["Dorpsstraat", "Industrieweg"]),
        "house_number": st.sampled_from(["1", "12"]),
        "postcode": st.sampled_from(["3511 AB", "9401 HJ"]),
        "city": st.sampled_from(["Utrecht", "Assen"]),
        "country": st.just("NL"),
    }
)
PERSON = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Jansen B.V.", "Janssen BV", "De Vries", "Müller GmbH"]),
        "phone": st.sampled_from(["", "+31 30 234 5678", "+31 592 123 456"]),
        "email": st.sampled_from(["", "info@jansen.example", "x@devries.example"]),
        "iban": st.sampled_from(IBANS),
        "vat_number": st.sampled_from(["", "NL004495445B01"]),
        "status": st.sampled_from(["active", "prospect", "blocked"]),
        "flags": st.sampled_from([{}, {"phone": "form"}]),
        "addresses": st.dictionaries(st.sampled_from(["visiting", "postal", "billing"]), PLACE, max_size=3),
        "further": st.lists(PLACE, max_size=2),
        "people": st.integers(0, 3),
        "branches": st.integers(0, 2),
        "notes": st.integers(0, 2),
        "blocks": st.integers(0, 2),
        "codes": st.sets(st.sampled_from(["A", "B", "C"])),
        "marks": st.sets(st.sampled_from(["verkoop", "lezer"])),
        "settings": st.one_of(st.none(), st.sampled_from(["order", "month"])),
        "characteristics": st.dictionaries(st.sampled_from([0, 1]), st.sampled_from(["x", "y"])),
        "mandate": st.booleans(),
        "second": st.sampled_from(IBANS),
        "pending": st.booleans(),
        "waiting": st.booleans(),
        "answers": st.integers(0, 2),
    }
)


def make(number: str, drawn: dict[str, Any], world: dict[str, Any]) -> Customer:
    """Store a customer with everything that was drawn, as an import would."""
    basic = {key: drawn[key] for key in ("name", "phone", "email", "iban", "vat_number", "status", "flags")}
    customer = Customer(number=number, **basic)
    with acting(SYSTEM, "customer.import"):
        write([customer], new=True)
        own = {"customer": customer}
        write([Address(kind=kind, **own, **place) for kind, place in drawn["addresses"].items()], new=True)
        further = [
            Address(kind="delivery", further=True, label=f"Hal {turn}", **own, **place)
            for turn, place in enumerate(drawn["further"])
        ]
        write(further, new=True)
        branches = [Branch(name=f"Vestiging {turn}", **own) for turn in range(drawn["branches"])]
        write(branches, new=True)
        at = branches[0] if branches else None
        write(
            [Contact(last_name=f"Persoon {turn}", branch=at, **own) for turn in range(drawn["people"])],
            new=True,
        )
        write([Note(text=f"Notitie {turn}", **own) for turn in range(drawn["notes"])], new=True)
        write(
            [Block(scope="all", reason=f"Reden {turn}", **own) for turn in range(drawn["blocks"])], new=True
        )
        write(
            [CustomerMailingCode(code=world["codes"][code], **own) for code in sorted(drawn["codes"])],
            new=True,
        )
        if drawn["settings"]:
            write([CustomerSettings(collective_invoice=drawn["settings"], **own)], new=True)
        if drawn["characteristics"]:
            values = {str(world["asked"][turn].pk): text for turn, text in drawn["characteristics"].items()}
            record = CustomerCharacteristics(values=values, **own)
            write([record], new=True)
            index([record])
        if drawn["mandate"]:
            kept = {"signed_on": "2026-01-02", "scheme": "core", "sequence": "recurrent", "state": "active"}
            write([Mandate(reference=f"M-{number}", **kept, **own)], new=True)
        if drawn["second"]:
            write([BankAccount(kind="second", iban=drawn["second"], holder="Z", **own)], new=True)
        if drawn["pending"]:
            write([IbanChange(account="first", new_iban=IBANS[1], proposed_label="x", **own)], new=True)
    for username in drawn["marks"]:
        CustomerMark.objects.create(user=world["people"][username], customer=customer)
    if drawn["waiting"]:
        Waiting.objects.create(customer=customer, due_at="2026-11-25T10:00:00Z")
    for _turn in range(drawn["answers"]):
        VatAnswer.objects.create(
            customer=customer, customer_number=number, number="NL1", outcome="valid", asked_label="x"
        )
    return customer


UNCOMPARED = {"version", "modified_at", "modified_by_id", "search_text"}


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Give every record that belongs to customers, and the customers, without versions and who changed them."""
    found = {}
    for model in [Customer, *belongs_to_a_customer()]:
        names = [column.attname for column in model._meta.concrete_fields if column.attname not in UNCOMPARED]
        if model in (CharacteristicValue, Pair):  # written anew, so under other keys
            names = [name for name in names if name not in ("id", "found_at")]
        rows = model._base_manager.order_by().values_list(*names)
        found[model._meta.label] = sorted(tuple(map(str, row)) for row in rows)
    return found


@pytest.fixture
def world(people: dict[str, User]) -> dict[str, Any]:
    codes = {code: MailingCode(code=code) for code in "ABC"}
    asked = [Characteristic(name_nl=f"Kenmerk {turn}", kind="text") for turn in range(2)]
    with acting(SYSTEM, "x"):
        write(list(codes.values()), new=True)
        write(asked, new=True)
    characteristics.DEFINITIONS.forget()
    return {"codes": codes, "asked": asked, "people": people}


@settings(
    max_examples=25,
    phases=[
        Phase.explicit,
        Phase.generate,
    ],  # a failing example takes minutes to make smaller, and says enough as it is
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn=st.lists(PERSON, min_size=2, max_size=4), data=st.data())
def test_merging_and_undoing_leaves_everything_as_it_was(
    drawn: list[dict[str, Any]], data: st.DataObject, world: dict[str, Any]
) -> None:
    with transaction.atomic():
        made = [make(f"K{place}", one, world) for place, one in enumerate(drawn)]
        third = make("DERDE", drawn[0] | {"mandate": False}, world)
        for customer in (*made, third):
            refresh_derived(Customer.objects.get(pk=customer.pk), actor=SYSTEM)
        decide(actor=SYSTEM, one=made[-1].pk, other=third.pk, verdict="different")
        before = everything()
        survivor = data.draw(st.sampled_from(made))
        chosen = {
            name: str(data.draw(st.sampled_from(made)).pk)
            for name in (
                "name",
                "phone",
                "iban",
                "second.iban",
                "mandate",
                "address.visiting",
                "address.postal",
            )
        }
        chosen |= {
            f"keep.{key}": data.draw(st.sampled_from("01"))
            for key in Address.objects.values_list("pk", flat=True)
        }
        merge = customers_merge(
            actor=SYSTEM, keys=[one.pk for one in made], survivor=survivor.pk, chosen=chosen
        )
        assert set(Customer.objects.values_list("pk", flat=True)) == {survivor.pk, third.pk}
        people = sum(one["people"] for one in drawn)
        assert Contact.objects.filter(customer=survivor).count() == people
        assert FormerNumber.objects.filter(customer=survivor).count() == len(made) - 1
        after = everything()
        merge_undo(actor=SYSTEM, merge_id=merge.pk)
        for label, rows in everything().items():
            assert rows == before[label], label
        # Once more: an undone merge leaves nothing that hinders the next.
        again = customers_merge(
            actor=SYSTEM, keys=[one.pk for one in made], survivor=survivor.pk, chosen=chosen
        )
        assert {
            k: v for k, v in everything().items() if k != "customers.FormerNumber"
        }.keys() == after.keys() - {"customers.FormerNumber"}
        assert len(again.lost) == len(merge.lost)
        transaction.set_rollback(True)
