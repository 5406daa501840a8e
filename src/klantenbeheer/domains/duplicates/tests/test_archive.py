"""An archive holds everything that points at a customer, or says why not; also what merging took out of his records."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone, translation

from klantenbeheer.customers.choices import SLOTS
from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.contacts.services import contact_create, contact_update
from klantenbeheer.domains.duplicates.merging import customers_merge
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.domains.privacy import archive, archive_words, plan
from klantenbeheer.domains.vat_check.models import Waiting
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action, write
from klantenbeheer.foundation.audit.undo import undo_action

pytestmark = pytest.mark.django_db


def told(customer: Customer, path: Path, person: int | None = None) -> Any:
    archive.write(path, customer, person)
    with zipfile.ZipFile(path) as book:
        return json.loads(book.read("data.json"))


def test_every_model_that_points_at_a_customer_is_in_it_or_says_why_not() -> None:
    inside = {*plan.owned_models(), *archive.PLAIN}
    pointing = {
        model._meta.label
        for model in apps.get_models()
        for column in model._meta.concrete_fields
        if column.related_model is Customer and model not in inside and not hasattr(model, "instance_type")
    }
    assert pointing == set(archive.LEFT_OUT)
    assert all(archive.LEFT_OUT.values())


def test_every_column_has_a_word() -> None:
    for model in (*plan.owned_models(), *archive.PLAIN):
        for column in archive_words.columns_of(model._meta.concrete_fields):
            named = column.name in getattr(model, "audit_field_names", {}) or column.name in SLOTS
            worded = column._verbose_name is not None or column.name in archive_words.WORDS
            assert named or worded, f"{model._meta.label}.{column.name}"


def test_it_speaks_as_the_history_does(
    make_customer: Callable[..., Customer], people: dict[str, User], tmp_path: Path
) -> None:
    user, customer = people["beheer"], make_customer(number="K1")
    person = contact_create(actor=user, customer=customer, values={"last_name": "Vos"})
    contact_update(actor=user, record=person, version=1, values={"last_name": "Vosje"})
    changed = Action.objects.filter(kind="contact.update").latest("pk")
    undo_action(user, changed)
    Waiting.objects.create(customer=customer, due_at=timezone.now())
    with translation.override("nl"):
        archive.write(tmp_path / "a.zip", customer, None)
    with zipfile.ZipFile(tmp_path / "a.zip") as book:
        page = book.read("index.html").decode()
        waiting = book.read("csv/waiting.csv").decode("utf-8-sig").splitlines()[0]
    assert waiting == "ID;klant;opnieuw gevraagd op;pogingen;code;vanaf"
    assert "<td>Contactpersoon toegevoegd</td>" in page
    assert "<td>Contactpersoon gewijzigd (maakt ongedaan wat op " in page
    for action in Action.objects.all():
        assert action.kind not in page
    assert "<td>changed</td>" not in page


def test_the_archive_of_a_person_has_what_was_said_of_him_while_doing_and_merging(
    make_customer: Callable[..., Customer], people: dict[str, User], tmp_path: Path
) -> None:
    user = people["beheer"]
    stays = make_customer("Blijver B.V.", number="K1", email="info@blijver.example")
    goes = make_customer(
        "Ander B.V.", number="K2", email="vos@ander.example", website="https://ander.example"
    )
    person = contact_create(
        actor=user, customer=goes, values={"last_name": "Zwirnelli", "email": "vos@ander.example"}
    )
    with acting(user, "note.create", reason="Gebeld met Zwirnelli"):
        write([Note(customer=stays, text="Prijzen")], new=True)
    with acting(user, "note.create", reason="Gebeld met een ander"):
        write([Note(customer=stays, text="Levering")], new=True)
    customers_merge(actor=user, keys=[stays.pk, goes.pk], survivor=stays.pk)
    found = told(Customer.objects.get(pk=stays.pk), tmp_path / "a.zip", person.pk)
    assert [row["reason"] for row in found["actions"]["records"]] == ["Gebeld met Zwirnelli"]
    took = str(found["merge"]["records"])
    assert "vos@ander.example" in took
    assert "https://ander.example" not in took


def test_what_a_merge_took_and_old_numbers_are_in_it(
    make_customer: Callable[..., Customer], people: dict[str, User], tmp_path: Path
) -> None:
    user = people["beheer"]
    stays = make_customer("Blijver B.V.", number="K1", website="https://blijver.example")
    goes = make_customer("Ander B.V.", number="K2", website="https://vervallen.example")
    Customer.objects.filter(pk=stays.pk).update_unversioned(modified_by=user)
    customers_merge(actor=user, keys=[stays.pk, goes.pk], survivor=stays.pk)
    found = told(Customer.objects.get(pk=stays.pk), tmp_path / "a.zip")
    assert [row["number"] for row in found["formernumber"]["records"]] == ["K2"]
    assert "vervallen.example" in str(found["merge"]["records"])
    with zipfile.ZipFile(tmp_path / "a.zip") as book:
        rows = book.read("csv/customer.csv").decode("utf-8-sig")
    assert str(user) in rows, "whom it points at is named, not numbered"
    undo_action(user, Action.objects.filter(kind__contains="merge").latest("pk"))
    assert "merge" not in told(Customer.objects.get(pk=stays.pk), tmp_path / "b.zip")
