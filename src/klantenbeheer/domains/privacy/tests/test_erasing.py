"""After an erasure nothing tells of the person: no table, no version, no index, no file. Or it is declared to stay."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from klantenbeheer.card.past import moment_text
from klantenbeheer.customers.importing.services import folder as import_folder
from klantenbeheer.customers.models import BankAccount, Customer
from klantenbeheer.customers.services import customer_update
from klantenbeheer.domains.contacts.models import Consent, Contact
from klantenbeheer.domains.contacts.services import contact_create, contact_delete
from klantenbeheer.domains.customer_settings.models import Block
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.domains.privacy import erasing as engine
from klantenbeheer.domains.privacy import jobs, plan, retention, services
from klantenbeheer.domains.privacy.choices import Fate
from klantenbeheer.domains.privacy.models import Archive, Hold, PrivacyRequest
from klantenbeheer.domains.vat_check.models import VatAnswer
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.accounts import mail
from klantenbeheer.foundation.accounts.models import OutgoingMail
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action, write
from klantenbeheer.foundation.audit.undo import undo_action, undo_record
from klantenbeheer.foundation.jobs.models import State
from klantenbeheer.foundation.jobs.running import Run, claim, perform
from klantenbeheer.foundation.search.models import Word
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from tests.conftest import SYSTEM

from .traces import MAIL, NAME, OLD, PHONE, around, erase, person, scan

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(people: dict[str, User]) -> User:
    return people["beheer"]


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: Any) -> None:
    settings.FILES = tmp_path


def test_nothing_tells_of_an_erased_person(make_customer: Callable[..., Customer], manager: User) -> None:
    customer, other = make_customer(number="K1"), make_customer("Anders B.V.", number="K2")
    stays = contact_create(actor=SYSTEM, customer=customer, values={"last_name": "Blijver"})
    who, run = person(customer), around(manager)
    asked = {
        "customer_number": "K1",
        "person_id": str(who.pk),
        "kind": "erasure",
        "asker": f"Xaveria van {NAME}",
    }
    services.request_create(actor=manager, values=asked)
    services.archive_start(actor=manager, customer=customer, person=who)
    archived = claim("w")
    assert archived is not None
    perform(archived)
    before = scan()
    assert {"contacts_contact.last_name", "contacts_historicalcontact.last_name", "files"} <= set(before)
    assert {"notes_note.text", "customers_customer.search_text", "audit_action.reason"} <= set(before)
    mails = {f"accounts_outgoingmail.{name}" for name in ("to", "subject", "body")}
    assert mails <= set(before)
    untouched = OutgoingMail.objects.get(to="ander@ons.example")

    done = erase(manager, customer, who, f"{NAME} vraagt het")

    assert scan() == {}
    assert done.done_at is not None
    assert done.reason == "[gewist] vraagt het"
    assert not (import_folder() / "a.csv").exists()
    assert (import_folder() / "b.csv").exists()
    assert [issue.cells for issue in run.issues.all()] == [[], ["Iemand anders"]]
    assert Note.objects.get().text.startswith("Mevrouw [gewist] belt op [gewist] terug")
    assert Contact.objects.get() == stays
    assert Block.objects.get().reason == "gewist"
    assert Customer.objects.get(pk=customer.pk).erased_on is None
    assert Customer.objects.get(pk=other.pk).name == "Anders B.V."
    assert not Archive.objects.exists()
    assert PrivacyRequest.objects.get().asker == "gewist"
    # The mail to the person is gone; a colleague's keeps what does not tell of the person, and still opens.
    colleague, other_mail = OutgoingMail.objects.order_by("to").reverse()
    assert colleague.subject == "Toegang voor [gewist]"
    assert mail.read(colleague) == "Beste collega,\n\n[gewist] ([gewist], [gewist]) vraagt om toegang.\n"
    assert (other_mail.pk, other_mail.body) == (untouched.pk, untouched.body)


def test_a_deleted_name_goes_too_and_cannot_be_put_back(
    make_customer: Callable[..., Customer], manager: User
) -> None:
    customer = make_customer(number="K1", status="prospect")
    who = person(customer)
    consents = Consent.objects.count()
    contact_delete(actor=SYSTEM, record=who)
    assert (Consent.objects.count(), consents) == (0, 1)
    erase(manager, customer, None)
    assert scan() == {}
    assert not Contact.history.filter(id=who.pk).exists()


def actions_of(customer: Customer) -> list[Action]:
    """Give all actions that touched a customer, the latest first."""
    return list(Action.objects.filter(touches__subject_id=customer.pk).order_by("-pk"))


def test_no_undo_brings_an_erased_person_back(
    make_customer: Callable[..., Customer], manager: User, as_user: Callable[[str], Client]
) -> None:
    """Each action, as a whole and record by record: refused with the reason, or it brings back nothing of him."""
    customer = make_customer(number="K1")
    who = person(customer)
    consent = Consent.objects.get()
    before = actions_of(customer)
    deleted = contact_create(actor=SYSTEM, customer=customer, values={"last_name": NAME, "email": MAIL})
    contact_delete(actor=SYSTEM, record=deleted)
    gone = actions_of(customer)[0]
    moment = timezone.now()
    erase(manager, customer, who)
    assert Contact.history.filter(id=deleted.pk).exists()  # another person by the same name
    erasure = actions_of(customer)[0]
    assert erasure.kind == "privacy.erase"
    for action in (erasure, *before):
        for kind, key in (("contact", who.pk), ("consent", consent.pk)):
            with pytest.raises((Refused, NotFound)):
                undo_record(manager, action, kind, key)
    made = next(action for action in before if action.kind == "contact.create")
    for action in (erasure, made):
        with pytest.raises(Refused) as why:
            undo_action(manager, action)
        assert why.value.code == "erased"
    undo_action(manager, gone)  # the other one, who was deleted only, comes back
    for action in before:
        if action.kind != "customer.create":
            with suppress(Refused):
                undo_action(manager, action)
    assert not Consent.objects.exists()
    assert Contact.objects.get().pk == deleted.pk
    # Nor does the card as it was, its comparison with now, or the timeline show him.
    client = as_user("beheer")
    at = moment_text(moment)
    for path in (
        "contacts/",
        f"contacts/?at={at}",
        "history/",
        f"history/compare/?at={at}",
        f"notes/?at={at}",
    ):
        answer = client.get(f"/customers/K1/{path}")
        assert answer.status_code == 200, path
        assert "Quastenbrock" not in answer.text, path
        assert "Xaveria" not in answer.text, path


def test_no_undo_changes_a_customer_who_was_erased(
    make_customer: Callable[..., Customer], manager: User, as_user: Callable[[str], Client]
) -> None:
    customer = rich(make_customer)
    before = actions_of(customer)
    moment = timezone.now()
    erase(manager, customer, None)
    stored = scan()
    for action in (*actions_of(customer), *before):
        with pytest.raises(Refused):
            undo_action(manager, action)
    assert scan() == stored
    client = as_user("beheer")
    answer = client.post(f"/history/undo/{before[0].pk}/", headers={"HX-Request": "true"})
    assert answer.status_code in (204, 409, 422)
    for path in ("contacts/", "notes/", "history/"):
        for query in ("", f"?at={moment_text(moment)}"):
            answer = client.get(f"/customers/K1/{path}{query}")
            assert answer.status_code == 200
            assert MAIL not in answer.text
            assert "Xaveria" not in answer.text
    assert client.get("/customers/K1/contacts/persons/new/").status_code in (403, 422)
    assert client.get("/customers/K1/edit").status_code in (200, 403, 422)


def rich(make_customer: Callable[..., Customer], **values: Any) -> Customer:
    """A customer whose own name is the planted one, with something of every kind."""
    place = {
        "street": f"{NAME}laan",
        "house_number": "1",
        "city": "Utrecht",
        "postcode": "3511 AB",
        "country": "NL",
    }
    customer = make_customer(
        OLD,
        number="K1",
        addresses={"visiting": place},
        email=MAIL,
        phone=PHONE,
        iban="NL91ABNA0417164300",
        **values,
    )
    customer = customer_update(
        actor=SYSTEM, customer_id=customer.pk, version=customer.version, values={"name": f"{NAME} Advies"}
    )
    person(customer)
    with acting(SYSTEM, "bank.save"):
        write(
            [BankAccount(customer=customer, kind="second", holder=NAME, iban="NL20INGB0001234567")], new=True
        )
    VatAnswer.objects.create(
        customer=customer,
        customer_number="K1",
        number="NL004495445B01",
        outcome="valid",
        name=NAME,
        asked_label="x",
    )
    return customer


def test_nothing_tells_of_an_erased_prospect(make_customer: Callable[..., Customer], manager: User) -> None:
    customer = rich(make_customer, status="prospect")
    around(manager)
    assert Word.objects.filter(word="zwirnelli").exists()
    done = erase(manager, customer, None, "Bewaartermijn voorbij")
    assert scan() == {}
    stored = Customer.objects.get(pk=customer.pk)
    assert (stored.name, stored.status, stored.iban) == ("Gewiste klant", "archived", "")
    assert stored.erased_on == timezone.localdate()
    assert not VatAnswer.objects.exists()
    assert done.keeps_until is None
    assert not Word.objects.filter(word="zwirnelli").exists()


def test_of_a_customer_the_administration_stays_until_the_law_lets_go(
    make_customer: Callable[..., Customer], manager: User
) -> None:
    customer = rich(make_customer)
    shown = plan.of_customer(customer)
    until = date(timezone.localdate().year + 7, 12, 31)
    assert shown.keeps_until == until
    kept = {line.label: line for line in shown.of(Fate.STAYS) if line.until}
    assert all(line.until == until and "art. 52 AWR" in line.why for line in kept.values())
    done = erase(manager, customer, None)
    allowed = {
        "customers_customer.name", "customers_customer.name_norm", "customers_customer.search_text",
        "customers_historicalcustomer.name", "customers_address.street", "customers_historicaladdress.street",
        "customers_bankaccount.holder", "customers_historicalbankaccount.holder", "vat_check_vatanswer.name",
        "search_word.word", "customers_customer_fts.search_text",
    }  # fmt: skip
    assert set(scan()) <= allowed
    stored = Customer.objects.get(pk=customer.pk)
    assert (stored.name, stored.email, stored.phone, stored.status) == (f"{NAME} Advies", "", "", "archived")
    assert not Contact.objects.exists()
    assert VatAnswer.objects.count() == 1
    assert done.keeps_until == until
    # What stays is locked, and a second time is refused until then.
    with pytest.raises(Refused, match=r"vergrendeld|locked"):
        customer_update(
            actor=SYSTEM, customer_id=stored.pk, version=stored.version, values={"phone": "030 2345678"}
        )
    with pytest.raises(Refused):
        contact_create(actor=SYSTEM, customer=stored, values={"last_name": "Nieuw"})
    with pytest.raises(Refused):
        services.erasing_start(actor=manager, customer=stored, person=None, reason="x")
    # After the last day the rest goes.
    later = until + timedelta(days=1)
    assert retention.obstacles(stored, later) == []
    assert retention.retention_of(stored).runs_on(until)
    assert not retention.retention_of(stored).runs_on(later)


def test_a_customer_who_is_called_a_prospect_now_is_kept_too(make_customer: Callable[..., Customer]) -> None:
    customer = make_customer(number="K1")
    values = {"status": "prospect"}
    customer = customer_update(actor=SYSTEM, customer_id=customer.pk, version=customer.version, values=values)
    assert retention.retention_of(customer).runs_on(timezone.localdate())
    assert plan.of_customer(customer).keeps_until is not None


def test_a_legal_hold_forbids_everything(make_customer: Callable[..., Customer], manager: User) -> None:
    customer = make_customer(number="K1")
    who = person(customer)
    hold = services.hold_create(actor=manager, customer=customer, values={"reason": "Rechtszaak"})
    for subject in (who, None):
        with pytest.raises(Refused, match="Rechtszaak"):
            services.erasing_start(actor=manager, customer=customer, person=subject, reason="x")
    services.hold_lift(actor=manager, customer=customer, hold_id=hold.pk)
    assert Hold.objects.get().until == timezone.localdate() - timedelta(days=1)
    erase(manager, customer, who)
    assert scan() == {}


def test_a_hold_that_comes_while_it_waits_stops_it(
    make_customer: Callable[..., Customer], manager: User
) -> None:
    customer = make_customer(number="K1")
    who = person(customer)
    before = scan()
    started = services.erasing_start(actor=manager, customer=customer, person=who, reason="x")
    services.hold_create(actor=manager, customer=customer, values={"reason": "Rechtszaak"})
    job = claim("w")
    assert job is not None
    perform(job)
    job.refresh_from_db()
    started.refresh_from_db()
    assert (job.state, started.applied_at) == (State.FAILED, None)
    assert "Rechtszaak" in job.error
    assert set(scan()) >= set(before)


class Killed(BaseException):
    """The machine stops."""


def test_a_kill_in_the_middle_leaves_no_half(
    make_customer: Callable[..., Customer], manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = make_customer(number="K1")
    who = person(customer)
    around(manager)
    before = scan()
    started = services.erasing_start(actor=manager, customer=customer, person=who, reason="x")
    job = claim("w")
    assert job is not None

    def stop(*args: Any, **values: Any) -> None:
        raise Killed

    for place in ("_elsewhere", "_archives"):
        with monkeypatch.context() as patch:
            patch.setattr(engine, place, stop)
            with pytest.raises(Killed):
                jobs.erase(Run(job))
        assert scan() == before
        started.refresh_from_db()
        assert started.applied_at is None
    # Killed between the database and the files: the files go the next time.
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", stop)
        with pytest.raises(Killed):
            jobs.erase(Run(job))
    started.refresh_from_db()
    assert (started.applied_at is not None, started.done_at) == (True, None)
    assert scan() == {"files": ["a.csv", "1.csv"]} or scan() == {"files": ["1.csv", "a.csv"]}
    jobs.erase(Run(job))
    assert scan() == {}
    jobs.erase(Run(job))
    started.refresh_from_db()
    assert started.done_at is not None


def test_who_may_not_erase_is_refused_also_in_the_job(
    make_customer: Callable[..., Customer], people: dict[str, User]
) -> None:
    customer = make_customer(number="K1")
    who = person(customer)
    with pytest.raises(NotAllowed):
        services.erasing_start(actor=people["verkoop"], customer=customer, person=who, reason="x")
    with pytest.raises(InvalidInput):
        services.erasing_start(actor=people["beheer"], customer=customer, person=who, reason=" ")
    services.erasing_start(actor=people["beheer"], customer=customer, person=who, reason="x")
    people["beheer"].roles.clear()
    job = claim("w")
    assert job is not None
    perform(job)
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert Contact.objects.filter(pk=who.pk).exists()


def test_the_name_of_somebody_else_stays(make_customer: Callable[..., Customer], manager: User) -> None:
    """A last name alone tells of the person at his own customer only; a longer word never does."""
    customer, other = make_customer(number="K1"), make_customer("Bakker B.V.", number="K2")
    who = contact_create(
        actor=SYSTEM,
        customer=customer,
        values={"first_name": "Jan", "last_name": "Bakker", "email": "jan@b.example"},
    )
    son = contact_create(
        actor=SYSTEM, customer=customer, values={"first_name": "Piet", "last_name": "Bakker"}
    )
    with acting(SYSTEM, "note.create"):
        write([Note(customer=customer, text="Bakkerij gebeld door Jan Bakker")], new=True)
        write([Note(customer=other, text="Bakker gebeld")], new=True)
    erase(manager, customer, who)
    assert [note.text for note in Note.objects.order_by("pk")] == [
        "Bakkerij gebeld door [gewist]",
        "Bakker gebeld",
    ]
    assert Contact.objects.get().pk == son.pk
    assert Customer.objects.get(pk=other.pk).name == "Bakker B.V."
