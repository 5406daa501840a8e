"""Undoing: what is refused and why, by whom it may be done, and from where."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from klantenbeheer.customers import codes
from klantenbeheer.customers.bank.services import bic_check_store
from klantenbeheer.customers.models import (
    ConditionGroup,
    Customer,
    CustomerMailingCode,
    CustomerMark,
    MailingCode,
)
from klantenbeheer.customers.services import address_save, customer_create, customer_update
from klantenbeheer.domains.conditions import services as conditions
from klantenbeheer.domains.contacts import services as contacts
from klantenbeheer.domains.contacts.models import Contact
from klantenbeheer.domains.customer_settings import services as blocks
from klantenbeheer.domains.notes import services as notes
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.audit.undo import undo_action, undo_record
from klantenbeheer.kernel.errors import NotAllowed, NotFound, Refused

from .conftest import SYSTEM, undo_last

Make = Callable[..., Customer]
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/customers/K1/notes/"}


def change(customer: Customer, **values: Any) -> Action:
    stored = Customer.objects.get(pk=customer.pk)
    customer_update(actor=SYSTEM, customer_id=customer.pk, version=stored.version, values=values)
    return Action.objects.latest("pk")


def test_a_field_that_was_changed_again_is_named_and_another_goes_back(make_customer: Make) -> None:
    customer = make_customer(number="K1")
    first = change(customer, phone="030 2345678", email="a@b.example")
    second = change(customer, email="c@d.example")
    with pytest.raises(Refused, match=r"e-mail.*test") as refused:
        undo_action(SYSTEM, first)
    assert len(refused.value.reasons) == 1  # type: ignore[attr-defined]
    undo_action(SYSTEM, second)
    undo_action(SYSTEM, first)
    after = Customer.objects.get(pk=customer.pk)
    assert (after.phone, after.email) == ("", "")


def test_a_later_change_of_another_field_stays(make_customer: Make) -> None:
    customer = make_customer(number="K1")
    first = change(customer, phone="030 2345678")
    change(customer, email="c@d.example")
    undo_action(SYSTEM, first)
    after = Customer.objects.get(pk=customer.pk)
    assert (after.phone, after.email) == ("", "c@d.example")
    assert after.phone_norm == ""


def test_undone_once_again_and_back(make_customer: Make) -> None:
    customer = make_customer(number="K1")
    action = change(customer, phone="030 2345678")
    undone = undo_action(SYSTEM, action)
    with pytest.raises(Refused, match="al ongedaan gemaakt"):
        undo_action(SYSTEM, action)
    again = undo_action(SYSTEM, undone.action)
    assert Customer.objects.get(pk=customer.pk).phone == "+31 30 234 5678"
    with pytest.raises(Refused, match="al ongedaan gemaakt"):
        undo_action(SYSTEM, undone.action)
    undo_action(SYSTEM, again.action)
    assert Customer.objects.get(pk=customer.pk).phone == ""


def test_a_number_that_was_taken_is_named(make_customer: Make) -> None:
    code = codes.code_create(actor=SYSTEM, values={"code": "KERST"})
    codes.code_delete(actor=SYSTEM, code_id=code.pk)
    codes.code_create(actor=SYSTEM, values={"code": "kerst"})
    with pytest.raises(Refused, match="KERST"):
        undo_last("mailing_code.delete")
    assert MailingCode.objects.count() == 1


def test_what_was_added_below_is_named(make_customer: Make) -> None:
    customer = customer_create(
        actor=SYSTEM, values={"name": "Nieuw"}, addresses={"visiting": {"city": "Assen"}}
    )
    created = Action.objects.latest("pk")
    note = notes.note_create(actor=SYSTEM, customer=customer, values={"text": "Hier hangt iets aan"})
    with pytest.raises(Refused, match="Hier hangt iets aan"):
        undo_action(SYSTEM, created)
    notes.note_delete(actor=SYSTEM, record=note)
    CustomerMark.objects.create(customer=customer, user=User.objects.create_user("x", None, full_name="X"))
    undo_action(SYSTEM, created)  # a mark is somebody's own and no reason
    assert not Customer.objects.exists()
    # And all of it again, with its number and what it is found by.
    undo_last("customer.create.undo")
    back = Customer.objects.get()
    assert (back.number, back.city, back.name_norm) == (customer.number, "Assen", "nieuw")


def test_what_it_pointed_at_is_gone(make_customer: Make) -> None:
    code = codes.code_create(actor=SYSTEM, values={"code": "KERST"})
    customer = make_customer(number="K1", mailing_codes="KERST")
    change(customer, mailing_codes="")
    codes.code_delete(actor=SYSTEM, code_id=code.pk)
    with pytest.raises(Refused, match=r"KERST.*er niet meer"):
        undo_action(SYSTEM, Action.objects.filter(kind="customer.update").latest("pk"))
    undo_last("mailing_code.delete")
    undo_last("customer.update")
    assert CustomerMailingCode.objects.get().code_id == code.pk


def test_one_record_of_an_action_alone(make_customer: Make) -> None:
    customer = make_customer(number="K1")
    parts = {"street": "Kade", "city": "Assen", "country": "NL"}
    stored = Customer.objects.get(pk=customer.pk)
    address_save(
        actor=SYSTEM,
        customer_id=customer.pk,
        version=stored.version,
        addresses={"postal": parts, "billing": parts},
    )
    action = Action.objects.latest("pk")
    postal = customer.addresses.get(kind="postal")
    version = Customer.objects.get(pk=customer.pk).version
    done = undo_record(SYSTEM, action, "address", postal.pk)
    assert done.action.part == f"address:{postal.pk}"
    assert sorted(customer.addresses.values_list("kind", flat=True)) == ["billing", "visiting"]
    # Who had the dialog of the addresses open notices.
    assert Customer.objects.get(pk=customer.pk).version > version
    with pytest.raises(Refused):
        undo_record(SYSTEM, action, "address", postal.pk)
    undo_action(SYSTEM, action)  # what is left of it
    assert list(customer.addresses.values_list("kind", flat=True)) == ["visiting"]
    for kind, key in (("address", 99_999), ("nothing", 1)):
        with pytest.raises(NotFound):
            undo_record(SYSTEM, action, kind, key)


def test_rights_are_those_of_the_change(make_customer: Make, people: dict[str, User]) -> None:
    customer = make_customer(number="K1")
    reader, seller = people["lezer"], people["verkoop"]
    phone = change(customer, phone="030 2345678")
    limit = change(customer, credit_limit="500")
    group = conditions.group_create(actor=SYSTEM, values={"name": "Groep"})
    made = Action.objects.latest("pk")
    for actor, action in ((reader, phone), (seller, made), (people["niemand"], phone)):
        with pytest.raises((NotAllowed, NotFound)):
            undo_action(actor, action)
    if not seller.may("customers.credit"):
        with pytest.raises(NotAllowed):
            undo_action(seller, limit)
    undo_action(seller, phone)
    assert Customer.objects.get(pk=customer.pk).phone == ""
    assert ConditionGroup.objects.filter(pk=group.pk).exists()


def test_evidence_and_an_iban_in_force_are_not_undone_by_one(
    make_customer: Make, people: dict[str, User]
) -> None:
    customer = make_customer(number="K1")
    bic_check_store(actor=SYSTEM, customer_id=customer.pk, bic="ABNANL2A", found=True, source="x")
    with pytest.raises(Refused, match="bewijs"):
        undo_last("customer.bank.bic")
    seller, boss = people["verkoop"], people["beheer"]
    stored = Customer.objects.get(pk=customer.pk)
    customer_update(
        actor=seller, customer_id=customer.pk, version=stored.version, values={"iban": "NL91ABNA0417164300"}
    )
    entered = Action.objects.latest("pk")
    out = undo_action(seller, entered)  # out of force: nobody can be paid on it
    assert Customer.objects.get(pk=customer.pk).iban == ""
    with pytest.raises(Refused, match="tweede gebruiker"):
        undo_action(seller, out.action)  # in force again: not by him who entered it
    undo_action(boss, out.action)
    assert Customer.objects.get(pk=customer.pk).iban == "NL91ABNA0417164300"


def test_the_law_on_keeping_is_asked_again(make_customer: Make) -> None:
    customer = make_customer(number="K1", status="prospect")
    from klantenbeheer.domains.customer_settings.forms import SettingsForm
    from klantenbeheer.domains.customer_settings.selectors import settings_of

    names = list(SettingsForm.base_fields)
    for years in (2, 9):
        record = settings_of(customer)
        values = {name: getattr(record, name) for name in names} | {"retention_years": years}
        blocks.settings_update(actor=SYSTEM, customer=customer, version=record.version, values=values)
    change(customer, status="active")
    with pytest.raises(Refused, match="zeven jaar"):
        undo_last("customer_settings.update")


def test_a_period_given_to_another_since_is_named(make_customer: Make) -> None:
    customer = make_customer(number="K1")
    block = blocks.block_create(
        actor=SYSTEM, customer=customer, values={"scope": "all", "reason": "Wacht", "since": date(2026, 1, 1)}
    )
    blocks.block_update(
        actor=SYSTEM, record=block, version=1,
        values={"scope": "all", "reason": "Anders", "since": date(2026, 1, 1)},
    )  # fmt: skip
    with pytest.raises(Refused, match="gewijzigd"):
        undo_last("block.create")


# -- in the browser's requests -----------------------------------------------------------------------------------------


def toast(response: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(response["HX-Trigger"])["kb:toast"]
    return found


def test_every_message_of_a_change_offers_to_undo_it(
    make_customer: Make, as_user: Callable[[str], Client]
) -> None:
    customer = make_customer(number="K1")
    client = as_user("verkoop")
    saved = client.post("/customers/K1/field/phone", {"phone": "030 2345678", "version": "1"}, headers=HTMX)
    undo = toast(saved)["undo_url"]
    assert undo == f"/history/undo/{Action.objects.latest('pk').pk}/"
    done = client.post(undo, headers=HTMX)
    assert set(json.loads(done["HX-Trigger"])) == {"kb:toast", "kb:card-whole", "kb:tab"}
    assert Customer.objects.get(pk=customer.pk).phone == ""
    client.post(toast(done)["undo_url"], headers=HTMX)  # and back
    assert Customer.objects.get(pk=customer.pk).phone == "+31 30 234 5678"
    made = client.post("/customers/K1/notes/items/new/", {"text": "Kort"}, headers=HTMX)
    client.post(toast(made)["undo_url"], headers=HTMX)
    assert not Note.objects.exists()
    unchanged = client.post(
        "/customers/K1/field/phone",
        {"phone": "030 2345678", "version": str(Customer.objects.get(pk=customer.pk).version)},
        headers=HTMX,
    )
    assert "undo_url" not in toast(unchanged)
    marked = client.post("/customers/K1/mark", {"marked": "1"}, headers=HTMX)
    client.post(toast(marked)["undo_url"], headers=HTMX)
    assert not CustomerMark.objects.exists()


def test_a_created_customer_undone_leads_to_the_list(
    make_customer: Make, as_user: Callable[[str], Client]
) -> None:
    client = as_user("verkoop")
    client.post("/customers/new", {"name": "Heel iemand anders"})
    assert "/history/undo/" in client.cookies["kb_toast"].value.replace("%2F", "/")
    response = client.post(f"/history/undo/{Action.objects.latest('pk').pk}/", headers=HTMX)
    assert response["HX-Redirect"] == "/customers/"
    assert not Customer.objects.exists()


def test_a_refusal_is_told_and_changes_nothing(make_customer: Make, as_user: Callable[[str], Client]) -> None:
    customer = make_customer(number="K1")
    contact = contacts.contact_create(actor=SYSTEM, customer=customer, values={"last_name": "Ader"})
    created = Action.objects.latest("pk")
    contacts.contact_update(actor=SYSTEM, record=contact, version=1, values={"last_name": "Beks"})
    response = as_user("verkoop").post(f"/history/undo/{created.pk}/", headers=HTMX)
    assert response.status_code == 422
    assert "sindsdien gewijzigd" in toast(response)["message"]
    assert Contact.objects.get().last_name == "Beks"
    denied = as_user("lezer").post(f"/history/undo/{created.pk}/contact/{contact.pk}/", headers=HTMX)
    assert denied.status_code == 403
    assert Contact.objects.get().last_name == "Beks"


def test_the_timeline_says_what_was_undone(make_customer: Make, as_user: Callable[[str], Client]) -> None:
    customer = make_customer(number="K1")
    action = change(customer, phone="030 2345678")
    client = as_user("beheer")
    assert f'action="/history/undo/{action.pk}/"' in client.get("/customers/K1/history/").text
    assert "/history/undo/" not in as_user("lezer").get("/customers/K1/history/").text
    undo_action(SYSTEM, action)
    shown = client.get("/customers/K1/history/").text
    assert "ongedaan gemaakt op" in shown
    assert f'action="/history/undo/{action.pk}/"' not in shown


def test_the_timeline_tells_the_moment_of_an_undoing_on_the_clock_of_the_company(
    make_customer: Make, as_user: Callable[[str], Client]
) -> None:
    action = change(make_customer(number="K1"), phone="030 2345678")
    back = undo_action(SYSTEM, action).action
    Action.objects.filter(pk=back.pk).update(at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    assert "ongedaan gemaakt op 02-07-2026 00:30 door" in as_user("beheer").get("/customers/K1/history/").text
