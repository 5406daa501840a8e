"""The pages of the register, archives for who asked for them alone, and the consents of a person."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.contacts.consents import consents_save, may_contact, signature
from klantenbeheer.domains.contacts.models import Consent, Contact
from klantenbeheer.domains.contacts.services import contact_create, contact_delete
from klantenbeheer.domains.notes.services import note_create
from klantenbeheer.domains.privacy import jobs, services
from klantenbeheer.domains.privacy.models import Archive, Erasing, Hold, PrivacyRequest
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.audit.undo import undo_action
from klantenbeheer.foundation.jobs.running import claim, perform
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, StaleVersion
from tests.conftest import SYSTEM

pytestmark = pytest.mark.django_db
Make = Callable[..., Customer]
As = Callable[[str], Client]
HTMX = {"HX-Request": "true"}
GIVEN = {"mail_answer": "given", "mail_on": date(2026, 1, 2), "mail_source": "beurs"}


@pytest.fixture(autouse=True)
def _files(tmp_path: Any, settings: Any) -> None:
    settings.FILES = tmp_path


def work() -> None:
    """Do what waits in the background."""
    while job := claim("w"):
        perform(job)


def jan(customer: Customer) -> Contact:
    return contact_create(
        actor=SYSTEM, customer=customer,
        values={"first_name": "Jan", "last_name": "=cmd|'/c calc'!A0", "email": "jan@voorbeeld.example"},
    )  # fmt: skip


def archive_of(client: Client, person: Contact | None = None) -> Archive:
    answer = client.post("/privacy/customers/K1/archive/", {"person": person.pk} if person else {})
    assert answer.status_code == 302
    work()
    return Archive.objects.latest("pk")


def test_an_archive_has_everything_and_nothing_in_it_runs(make_customer: Make, as_user: As) -> None:
    customer = make_customer(number="K1")
    person = jan(customer)
    consents_save(actor=SYSTEM, contact=person, seen="", values=GIVEN)
    note_create(
        actor=SYSTEM, customer=customer, values={"text": "<script>alert(1)</script> jan@voorbeeld.example"}
    )
    note_create(actor=SYSTEM, customer=customer, values={"text": "Over een ander"})
    client = as_user("beheer")
    made = archive_of(client)
    assert "downloaden" in client.get(f"/privacy/archives/{made.pk}/").text.casefold()
    answer = client.get(f"/privacy/archives/{made.pk}/file.zip")
    assert answer["Cache-Control"] == "private, no-store"
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as book:  # type: ignore[attr-defined]
        names = book.namelist()
        assert all("/" not in name.removeprefix("csv/") and ".." not in name for name in names)
        assert {
            "index.html",
            "data.json",
            "csv/contact.csv",
            "csv/contact_history.csv",
            "csv/consent.csv",
        } <= set(names)
        told = json.loads(book.read("data.json"))
        rows = list(csv.reader(io.StringIO(book.read("csv/contact.csv").decode("utf-8-sig")), delimiter=";"))
        page = book.read("index.html").decode()
    assert told["contact"]["records"][0]["email"] == "jan@voorbeeld.example"
    assert told["consent"]["records"][0]["source"] == "beurs"
    assert not any(cell.startswith("=") for row in rows for cell in row)
    assert "<script" not in page
    assert "Over een ander" in page


def test_the_archive_of_a_person_tells_of_nobody_else(make_customer: Make, as_user: As) -> None:
    customer = make_customer(number="K1")
    person = jan(customer)
    contact_create(actor=SYSTEM, customer=customer, values={"last_name": "Anderman"})
    note_create(actor=SYSTEM, customer=customer, values={"text": "Mail aan jan@voorbeeld.example"})
    note_create(actor=SYSTEM, customer=customer, values={"text": "Anderman belt"})
    client = as_user("beheer")
    made = archive_of(client, person)
    answer = client.get(f"/privacy/archives/{made.pk}/file.zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as book:  # type: ignore[attr-defined]
        everything = "".join(book.read(name).decode("utf-8-sig") for name in book.namelist())
    assert "Mail aan jan@voorbeeld.example" in everything
    assert "Anderman" not in everything


def test_an_archive_is_for_who_asked_for_some_days(
    make_customer: Make, as_user: As, people: dict[str, User], give: Any
) -> None:
    make_customer(number="K1")
    client = as_user("beheer")
    made = archive_of(client)
    give("verkoop", {"customers": 2, "privacy": 2})
    for path in (f"/privacy/archives/{made.pk}/", f"/privacy/archives/{made.pk}/file.zip"):
        assert as_user("verkoop").get(path).status_code == 404
    assert (jobs.folder() / made.path).exists()
    Archive.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert as_user("beheer").get(f"/privacy/archives/{made.pk}/file.zip").status_code == 404
    stray = jobs.folder() / "999.zip.half"
    stray.write_bytes(b"x")
    jobs.tidy(None)  # type: ignore[arg-type]  # it asks nothing of its run
    assert list(jobs.folder().iterdir()) == []
    assert not Archive.objects.exists()


def test_a_request_from_entry_to_answer(make_customer: Make, as_user: As) -> None:
    make_customer(number="K1")
    client = as_user("beheer")
    today = timezone.localdate()
    form = {
        "customer_number": "K1",
        "kind": "access",
        "asker": "Jan",
        "received_on": today.strftime("%d-%m-%Y"),
    }
    assert client.post("/privacy/new/", form | {"customer_number": "X"}).status_code == 422
    assert client.post("/privacy/new/", form | {"kind": "onzin"}).status_code == 422
    assert client.post("/privacy/new/", form, headers=HTMX).status_code in (200, 204)
    request = PrivacyRequest.objects.get()
    assert request.due_on == services.months_after(today, 1)
    page = client.get("/privacy/?state=open").text
    assert f"/privacy/{request.pk}/" in page
    assert f"/privacy/{request.pk}/" not in client.get("/privacy/?state=done").text
    assert client.get("/privacy/?state=onzin&kind=onzin&number=" + "9" * 300).status_code == 200
    early = (today - timedelta(days=1)).strftime("%d-%m-%Y")
    closing = {"version": request.version, "outcome": "granted", "done_on": early}
    assert client.post(f"/privacy/{request.pk}/close/", closing).status_code == 422
    closing["done_on"] = today.strftime("%d-%m-%Y")
    assert client.post(f"/privacy/{request.pk}/close/", closing, headers=HTMX).status_code in (200, 204)
    request.refresh_from_db()
    assert (request.outcome, request.done_label) == ("granted", "Beheer")
    text = b"".join(client.get("/privacy/export.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "Jan" in text
    client.post(f"/privacy/{request.pk}/reopen/")
    request.refresh_from_db()
    assert request.is_open
    undo_action(User.objects.get(username="beheer"), Action.objects.latest("pk"))
    request.refresh_from_db()
    assert not request.is_open


def test_months_end_where_the_month_ends() -> None:
    assert services.due_of(date(2026, 1, 31), extended=False) == date(2026, 2, 28)
    assert services.due_of(date(2026, 11, 30), extended=True) == date(2027, 2, 28)


def test_erasing_is_shown_asked_and_followed(make_customer: Make, as_user: As) -> None:
    customer = make_customer(number="K1")
    person = jan(customer)
    client = as_user("beheer")
    url = "/privacy/customers/K1/erase/"
    page = client.get(f"{url}?person={person.pk}").text
    assert "Contactpersoon" in page
    whole = client.get(url).text
    assert f"31-12-{timezone.localdate().year + 7}" in whole
    assert "art. 52 AWR" in whole
    for form in ({"reason": "Vraagt het"}, {"sure": "1"}, {"sure": "1", "reason": "x" * 300}):
        assert client.post(url, {**form, "person": person.pk}).status_code == 422
    assert client.post(url, {"person": "999999", "sure": "1", "reason": "x"}).status_code == 404
    assert not Erasing.objects.exists()
    assert client.post(url, {"person": person.pk, "sure": "1", "reason": "Vraagt het"}).status_code == 302
    # Twice at once is one.
    assert client.post(url, {"person": person.pk, "sure": "1", "reason": "Vraagt het"}).status_code == 422
    work()
    done = Erasing.objects.get()
    assert "Gewist op" in client.get(f"/privacy/erasures/{done.pk}/").text
    assert not Contact.objects.exists()
    assert client.get(f"{url}?person={person.pk}").status_code == 404
    assert "Vraagt het" in client.get("/privacy/").text


def test_a_hold_is_seen_and_lifted(make_customer: Make, as_user: As) -> None:
    make_customer(number="K1")
    client = as_user("beheer")
    form = {"reason": "Rechtszaak", "since": "01-02-2026"}
    wrong = client.post("/privacy/customers/K1/holds/new/", form | {"until": "01-01-2026"})
    assert wrong.status_code == 422
    client.post("/privacy/customers/K1/holds/new/", form, headers=HTMX)
    hold = Hold.objects.get()
    assert "Wisverbod: Rechtszaak." in client.get("/privacy/customers/K1/").text
    assert "Wisverbod: Rechtszaak." in client.get("/privacy/customers/K1/erase/").text
    refused = client.post("/privacy/customers/K1/erase/", {"reason": "x", "sure": "1"})
    assert refused.status_code == 422
    client.post(f"/privacy/customers/K1/holds/{hold.pk}/lift/")
    assert "Wisverbod: Rechtszaak." not in client.get("/privacy/customers/K1/").text


# -- consents -------------------------------------------------------------------------------------------------------


def test_a_consent_has_date_source_and_who_noted_it(make_customer: Make, as_user: As) -> None:
    person = jan(make_customer(number="K1"))
    url = f"/customers/K1/contacts/persons/{person.pk}/consents/"
    client = as_user("verkoop")
    assert client.get(url).status_code == 200
    told = {"mail_answer": "given", "seen": ""}
    assert client.post(url, told).status_code == 422
    told |= {"mail_on": "02-01-2026", "mail_source": "beurs"}
    late = told | {"mail_on": (timezone.localdate() + timedelta(days=1)).strftime("%d-%m-%Y")}
    assert client.post(url, late).status_code == 422
    assert client.post(url, told, headers=HTMX).status_code == 200
    consent = Consent.objects.get()
    assert (consent.answer, consent.told_on, consent.source) == ("given", date(2026, 1, 2), "beurs")
    assert consent.noted_label == "Verkoop"
    # Of two at once the second is told.
    assert client.post(url, told | {"mail_answer": "withdrawn"}).status_code == 422
    assert "E-mail: Gegeven" in client.get("/customers/K1/contacts/").text
    assert as_user("lezer").get(url).status_code == 403
    with pytest.raises(NotAllowed):
        consents_save(actor=User.objects.get(username="lezer"), contact=person, seen="", values=GIVEN)
    with pytest.raises(StaleVersion):
        consents_save(actor=SYSTEM, contact=person, seen="mail:9", values=GIVEN)
    with pytest.raises(InvalidInput):
        consents_save(actor=SYSTEM, contact=person, seen=signature(person), values={"post_answer": "given"})
    undo_action(User.objects.get(username="beheer"), Action.objects.filter(kind="consent.save").latest("pk"))
    assert not Consent.objects.exists()


def test_whom_one_may_approach(make_customer: Make) -> None:
    person = jan(make_customer(number="K1"))
    channels = ("mail", "phone", "post", "message")
    assert [may_contact(person, one).allowed for one in channels] == [False, False, True, False]
    consents_save(actor=SYSTEM, contact=person, seen="", values=GIVEN)
    assert may_contact(person, "mail").allowed
    asked = {"customer_number": "K1", "person_id": str(person.pk), "kind": "objection", "asker": "Jan"}
    services.request_create(actor=SYSTEM, values=asked)
    assert not any(may_contact(person, one).allowed for one in channels)
    person.left_on = timezone.localdate()
    assert not may_contact(person, "post").allowed


def test_consents_go_and_come_back_with_their_person(make_customer: Make) -> None:
    person = jan(make_customer(number="K1"))
    consents_save(actor=SYSTEM, contact=person, seen="", values=GIVEN)
    contact_delete(actor=SYSTEM, record=person)
    assert not Consent.objects.exists()
    undo_action(SYSTEM, Action.objects.latest("pk"))
    assert Consent.objects.get().contact_id == person.pk
