"""The card as it was: equal to what it showed then, read-only, and only for who may see it now."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from klantenbeheer.card.past import moment_text, parse_moment
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.past import customer_at
from klantenbeheer.customers.services import address_save, customer_update
from klantenbeheer.domains.contacts.models import Branch
from klantenbeheer.domains.contacts.services import branch_create, branch_update, contact_create
from klantenbeheer.domains.history.comparing import compared
from klantenbeheer.domains.notes.services import note_create, note_delete, note_update
from klantenbeheer.foundation.access.models import Role, RoleLevel, User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.kinds import audited_models
from klantenbeheer.foundation.audit.models import Action, write
from klantenbeheer.foundation.audit.past import records_at
from klantenbeheer.kernel.errors import InvalidInput, Refused

from .conftest import SYSTEM
from .test_undo_property import World, act, deeds, rolled_back, world

__all__ = ["world"]
Make = Callable[..., Customer]


def snapshot(customer: Customer) -> dict[str, Any]:
    """What belongs to the customer now, and how the card calls what it points at."""
    found: dict[str, Any] = {}
    for model in audited_models():
        if model.subject_field:
            names = [field.attname for field in model.history.model.tracked_fields]
            rows = model._base_manager.filter(**{model.subject_field: customer.pk}).order_by("pk")
            found[model._meta.label] = list(rows.values_list(*names))
    now = Customer.objects.get(pk=customer.pk)
    found["head"] = head(now, [item.code.code for item in now.mailing_codes.select_related("code")])
    return found


def snapshots() -> dict[int, dict[str, Any]]:
    """What every customer that there is now shows."""
    return {one.pk: snapshot(one) for one in Customer.objects.all()}


def head(customer: Customer, codes: list[str]) -> tuple[Any, ...]:
    return (
        str(customer.territory or ""), str(customer.condition_group), customer.city, customer.country,
        customer.name_norm, customer.postcode_key, customer.iban_pending, customer.flagged, sorted(codes),
    )  # fmt: skip


def as_it_was(customer: Customer, at: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for model in audited_models():
        if model.subject_field:
            names = [field.attname for field in model.history.model.tracked_fields]
            rows = sorted(records_at(model, customer.pk, at), key=lambda row: row.pk)
            found[model._meta.label] = [tuple(getattr(row, name) for name in names) for row in rows]
    then = customer_at(customer, at)
    found["head"] = head(then, [item.code.code for item in then.mailing_codes.all()])
    return found


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(deeds)
def test_the_card_at_a_moment_is_the_snapshot_taken_then(world: World, deeds: list[Any]) -> None:
    with rolled_back():
        customers: dict[int, Customer] = {}
        taken = []
        for deed in [None, *deeds]:
            if deed:
                act(world, [deed])
            customers |= {one.pk: one for one in Customer.objects.all()}
            taken.append((timezone.now(), snapshots()))
        for at, shown in taken:
            # Who was merged into another by then has no card of his own any more.
            assert {pk: as_it_was(customers[pk], at) for pk in shown} == shown


def test_versions_of_a_job_hold_from_when_they_were_written(make_customer: Make) -> None:
    customer = make_customer(number="K1")
    begun = Action.objects.create(actor_label="taak", kind="customer.import")
    between = timezone.now()
    with acting(SYSTEM, "customer.import", action=begun):
        record = Customer.objects.get(pk=customer.pk)
        record.email, record.version = "laat@b.example", 2
        write([record], new=False)
    assert customer_at(customer, between).email == ""
    assert customer_at(customer, timezone.now()).email == "laat@b.example"


@pytest.fixture
def past(make_customer: Make) -> tuple[Customer, str]:
    """A customer with everything changed since a moment, and that moment."""
    customer = make_customer("Oude Naam B.V.", number="K1", phone="030 2345678")
    branch = branch_create(actor=SYSTEM, customer=customer, values={"name": "Oud filiaal"})
    contact_create(actor=SYSTEM, customer=customer, values={"last_name": "Ader", "branch": branch})
    note = note_create(actor=SYSTEM, customer=customer, values={"text": "Oude notitie", "important": True})
    gone = note_create(actor=SYSTEM, customer=customer, values={"text": "Verdwenen notitie"})
    at = moment_text(timezone.now())
    branch_update(
        actor=SYSTEM,
        record=Branch.objects.get(),
        version=1,
        values={"name": "Nieuw filiaal", "country": "NL"},
    )
    note_update(actor=SYSTEM, record=note, version=1, values={"text": "Nieuwe notitie"})
    note_delete(actor=SYSTEM, record=gone)
    parts = {"city": "Groningen", "country": "NL"}
    stored = Customer.objects.get(pk=customer.pk)
    address_save(actor=SYSTEM, customer_id=customer.pk, version=stored.version, addresses={"visiting": parts})
    stored = Customer.objects.get(pk=customer.pk)
    customer_update(
        actor=SYSTEM, customer_id=customer.pk, version=stored.version,
        values={"name": "Nieuwe Naam B.V.", "phone": "", "status": "blocked"},
    )  # fmt: skip
    return Customer.objects.get(pk=customer.pk), at


def test_head_tabs_and_warnings_are_of_then(
    past: tuple[Customer, str], as_user: Callable[[str], Client]
) -> None:
    _customer, at = past
    client = as_user("beheer")
    notes = client.get(f"/customers/K1/notes/?at={at}").text
    assert "De kaart zoals die was op" in notes
    for then in ("Oude Naam B.V.", "+31 30 234 5678", "Utrecht", "Oude notitie", "Verdwenen notitie"):
        assert then in notes
    for later in ("Nieuwe Naam", "Groningen", "Nieuwe notitie", "Geblokkeerd"):
        assert later not in notes
    contacts = client.get(f"/customers/K1/contacts/?at={at}").text
    assert "Oud filiaal" in contacts
    assert "Nieuw filiaal" not in contacts
    assert "Nieuwe Naam" not in client.get(f"/customers/K1/history/?at={at}").text
    for tab in ("characteristics", "customer_settings"):
        assert client.get(f"/customers/K1/{tab}/?at={at}").status_code == 200
    root = client.get(f"/customers/K1/?at={at}")
    assert "at=" in root["Location"]


def test_nothing_can_be_written_there(past: tuple[Customer, str], as_user: Callable[[str], Client]) -> None:
    _customer, at = past
    client = as_user("beheer")
    before = Action.objects.count()
    for tab in ("contacts", "notes", "characteristics", "customer_settings", "history"):
        shown = client.get(f"/customers/K1/{tab}/?at={at}").text
        main = shown[shown.index('<main id="main"') : shown.index("</main>")]
        assert not re.search(r'method="post"|hx-post|kb-edit|/edit|/new/|/delete', main), tab
        assert re.search(r'href="/customers/K1/\w+/\?at=', main)
    for path in ("notes/items/new/", "contacts/persons/new/", "customer_settings/edit/"):
        answer = client.post(f"/customers/K1/{path}?at={at}", {"text": "x", "last_name": "x"})
        assert answer.status_code == 422
        assert client.get(f"/customers/K1/{path}?at={at}").status_code == 403
    assert Action.objects.count() == before


def test_bad_moments_are_told(past: tuple[Customer, str], as_user: Callable[[str], Client]) -> None:
    client = as_user("beheer")
    for text in ("gisteren", "31-02-2026", "2026-11-25T25:00", "0001-01-01", "99999-01-01", "1e9", "2026", "%00x", "🙂",
                 "9999-12-31T23:59", "2999-01-01", "1990-01-01", "٣", "2026-11-25T10:00:00+99:00"):  # fmt: skip
        for path in ("notes/", "", "history/compare/"):
            answer = client.get(f"/customers/K1/{path}", {"at": text.replace("%00", "")})
            assert answer.status_code == 422, (text, answer.status_code)
    assert client.get("/customers/K1/history/compare/").status_code == 422


def test_moments_are_read_as_people_write_them() -> None:
    zone = timezone.get_current_timezone()
    for text in (
        "25-11-2025 10:30",
        "2025-11-25T10:30",
        "2025-11-25 10:30",
        "25/11/2025 10.30",
        "25 november 2025 10:30",
    ):
        found = parse_moment(text).astimezone(zone)
        assert (found.day, found.hour, found.minute) == (25, 10, 30), text
    assert parse_moment("2025-11-25T09:30:00Z") == parse_moment("2025-11-25T10:30:00 01:00")
    assert parse_moment("25-11-2025").astimezone(zone).hour == 23
    with pytest.raises(InvalidInput):
        parse_moment("")
    moment = timezone.now() - timedelta(seconds=1)
    assert parse_moment(moment_text(moment)) == moment


def test_rights_are_as_now(
    past: tuple[Customer, str], people: dict[str, User], as_user: Callable[[str], Client]
) -> None:
    _customer, at = past
    role = Role.objects.create(key="notes_only", name="x")
    for right in ("customers", "tab.notes"):
        RoleLevel.objects.create(role=role, right=right, level=1)
    people["niemand"].roles.add(role)
    client = as_user("niemand")
    assert client.get("/customers/K1/notes/").status_code == 200
    assert client.get(f"/customers/K1/notes/?at={at}").status_code == 403
    RoleLevel.objects.create(role=role, right="tab.history", level=1)
    assert client.get(f"/customers/K1/notes/?at={at}").status_code == 200
    assert client.get(f"/customers/K1/contacts/?at={at}").status_code == 404
    beside = client.get(f"/customers/K1/history/compare/?at={at}").text
    assert "Verdwenen notitie" in beside
    assert "Ader" not in beside


def test_then_and_now_side_by_side(past: tuple[Customer, str], as_user: Callable[[str], Client]) -> None:
    customer, at = past
    records = compared(SYSTEM, customer, parse_moment(at))
    told = {(record.kind, record.state) for record in records if record.differs}
    assert ("Notitie", "then") in told or ("Note", "then") in told
    basic = next(record for record in records if record.lines[0].label and not record.title)
    different = {line.then: line.now for line in basic.lines if line.differs}
    assert different["Oude Naam B.V."] == "Nieuwe Naam B.V."
    client = as_user("lezer")
    page = client.get(f"/customers/K1/history/compare/?at={at}").text
    assert "<del>Oude </del>" in page
    assert "<ins>Nieuwe </ins>" in page
    assert "verschilt" in page
    only = client.get(f"/customers/K1/history/compare/?at={at}&only=1", headers={"HX-Request": "true"}).text
    assert len(only) < len(page)
    assert "Ader" not in only


def test_before_he_was_there_is_told(past: tuple[Customer, str]) -> None:
    customer, _at = past
    with pytest.raises(Refused):
        customer_at(customer, timezone.now() - timedelta(days=3650))
