"""The card: a fixed number of queries, whole page or part, and jobs that survive a killed worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from klantenbeheer.customers.choices import NUMBER_SLOT, SLOTS
from klantenbeheer.customers.codes import code_create
from klantenbeheer.customers.extra_services import extra_field_save
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import customer_update
from klantenbeheer.domains.characteristics.choices import Kind
from klantenbeheer.domains.characteristics.defining import definition_create
from klantenbeheer.domains.contacts.services import contact_create
from klantenbeheer.domains.notes.services import note_create
from klantenbeheer.domains.territories.services import staff_create, territory_create
from klantenbeheer.foundation.access.models import RoleLevel
from klantenbeheer.foundation.jobs import running, services
from klantenbeheer.foundation.jobs.models import Job, State
from klantenbeheer.foundation.jobs.registry import KINDS
from klantenbeheer.kernel.actors import Level

from .conftest import SYSTEM

# Session, user, roles, customer, addresses, mailing codes, mark, important notes, and the tab's own.
SHELL_QUERIES = 12


def count(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as context:
        assert client.get(path).status_code == 200
    return len(context)


def test_telephone_and_fax_can_be_dialled(make_customer: Callable[..., Customer], as_user: Any) -> None:
    make_customer(number="K1", phone="030-2345678 ext 12", fax="030-2345679")
    page = as_user("lezer").get("/customers/K1/notes/").text
    assert 'href="tel:+31302345678;ext=12"' in page
    assert 'href="tel:+31302345679"' in page
    assert 'href="tel:+31302345678;ext=12"' in as_user("lezer").get("/customers/").text


def test_contact_persons_can_be_dialled(make_customer: Callable[..., Customer], as_user: Any) -> None:
    values = {"last_name": "Bakker", "phone": "030-2345678 toestel 12", "mobile": "0612345678"}
    contact_create(actor=SYSTEM, customer=make_customer(number="K1"), values=values)
    page = as_user("lezer").get("/customers/K1/contacts/").text
    assert 'href="tel:+31302345678;ext=12">+31 30 234 5678 ext. 12</a>' in page
    assert 'href="tel:+31612345678"' in page


@pytest.mark.parametrize("tab", ["contacts", "notes", "history"])
def test_the_card_costs_the_same_whatever_is_in_it(
    tab: str, make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    customer, client = make_customer(number="K1"), as_user("verkoop")
    contact_create(actor=SYSTEM, customer=customer, values={"last_name": "Eerste"})
    note_create(actor=SYSTEM, customer=customer, values={"text": "Eerste"})
    few = count(client, f"/customers/K1/{tab}/")
    for index in range(30):
        contact_create(actor=SYSTEM, customer=customer, values={"last_name": f"Nr {index}"})
        note_create(actor=SYSTEM, customer=customer, values={"text": f"Nr {index}", "important": True})
    many = count(client, f"/customers/K1/{tab}/")
    if tab == "history":
        assert many <= few  # a page of contacts and notes alone asks fewer tables than one with every kind
    else:
        assert many == few <= SHELL_QUERIES


def test_the_list_costs_the_same_with_few_and_many(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    client = as_user("verkoop")
    make_customer("Klant")
    few = count(client, "/customers/")
    for index in range(60):
        make_customer(f"Klant {index}")
    assert count(client, "/customers/") == few <= 10


def test_the_shell_costs_the_same_with_everything_that_can_be_in_it(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client], people: dict[str, Any]
) -> None:
    customer, client = make_customer(number="K1"), as_user("beheer")
    pages = ("/customers/K1/notes/", "/customers/K1/characteristics/", "/customers/")

    def costs() -> list[int]:
        for page in pages:
            client.get(page, follow=True)  # what is kept in memory is read once
        return [count(client, page) for page in pages]

    before = costs()
    for slot in SLOTS:
        number = slot == NUMBER_SLOT
        values = {"label_nl": f"Veld {slot}", "active": True, "choices": "" if number else "Rood\nBlauw"}
        extra_field_save(actor=SYSTEM, slot=slot, version=0, values=values)
    for index in range(12):
        kind = Kind.values[index % len(Kind.values)]
        values = {
            "name_nl": f"Kenmerk {index}",
            "kind": kind,
            "choices": "Een\nTwee",
            "group": f"Groep {index % 3}",
        }
        definition_create(actor=SYSTEM, values=values)
    region = territory_create(actor=SYSTEM, values={"code": "MID", "name": "Midden"})
    staff = {"salesperson": people["verkoop"], "deputy": people["lezer"], "since": date(2020, 1, 1)}
    staff_create(actor=SYSTEM, territory_id=region.pk, values=staff)
    filled = {slot: "7" if slot == NUMBER_SLOT else "Rood" for slot in SLOTS}
    given = filled | {
        "status": "blocked",
        "territory": "MID",
        "salesperson": "beheer",
        "credit_limit": "100",
    }
    customer_update(actor=SYSTEM, customer_id=customer.pk, version=customer.version, values=given)
    assert costs() == before
    card = client.get("/customers/K1/notes/").content.decode()
    for text in ("Veld extra_text_6", "Geblokkeerd", "in dit rayon: Verkoop"):
        assert text in card


def test_a_tab_comes_alone_for_htmx_and_in_the_card_otherwise(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    make_customer(number="K1")
    client = as_user("lezer")
    whole = client.get("/customers/K1/notes/")
    part = client.get("/customers/K1/notes/", headers={"HX-Request": "true"})
    again = client.get(
        "/customers/K1/notes/", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    )
    assert b"<html" in whole.content
    assert b"<html" not in part.content
    assert b"<html" in again.content
    assert "HX-Request" in part["Vary"]


def test_pages_are_private_and_under_a_strict_policy(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    make_customer(number="K1")
    response = as_user("lezer").get("/customers/K1/notes/")
    assert response["Cache-Control"] == "private, no-store"
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]


def test_markdown_runs_nothing(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    customer = make_customer(number="K1")
    text = (
        "**vet** <img src=x onerror=alert(1)> [klik](javascript:alert(1)) ![x](http://elders.example/p.png)"
    )
    note_create(actor=SYSTEM, customer=customer, values={"text": text})
    page = as_user("lezer").get("/customers/K1/notes/").content.decode()
    assert "<strong>vet</strong>" in page
    assert "<img src=x" not in page
    assert 'href="javascript' not in page
    assert 'src="http://elders' not in page


def test_a_job_of_a_killed_worker_is_taken_over(db: Any) -> None:
    job = services.job_enqueue(actor=SYSTEM, kind="jobs.tidy", title="x", params={})
    first = running.claim("dood")
    assert first is not None
    assert running.claim("levend") is None
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    second = running.claim("levend")
    assert second is not None
    assert second.attempts == 2
    with pytest.raises(running.Stopped):
        running.Run(first).step(1)
    running.perform(second)
    job.refresh_from_db()
    assert job.state == State.DONE


def test_a_job_that_never_ends_well_is_given_up(db: Any) -> None:
    job = services.job_enqueue(actor=SYSTEM, kind="jobs.tidy", title="x", params={})
    for _attempt in range(KINDS.get("jobs.tidy").attempts):
        assert running.claim("w") is not None
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert running.claim("w") is None
    job.refresh_from_db()
    assert job.state == State.FAILED


def test_a_cancelled_job_stops_at_its_next_step(db: Any) -> None:
    job = services.job_enqueue(actor=SYSTEM, kind="jobs.tidy", title="x", params={})
    claimed = running.claim("w")
    assert claimed is not None
    services.job_cancel(actor=SYSTEM, job_id=job.pk)
    with pytest.raises(running.Stopped):
        running.Run(claimed).step(1)


def test_history_hides_what_a_role_may_not_see(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    customer, client = make_customer(number="K1"), as_user("lezer")
    note_create(actor=SYSTEM, customer=customer, values={"text": "Vertrouwelijk"})
    contact_create(actor=SYSTEM, customer=customer, values={"last_name": "Zichtbaar"})
    assert "Vertrouwelijk" in client.get("/customers/K1/history/").text
    RoleLevel.objects.filter(role__key="reader", right="tab.notes").update(level=Level.NONE)
    text = client.get("/customers/K1/history/").text
    assert "Zichtbaar" in text
    assert "Vertrouwelijk" not in text
    assert 'value="note"' not in text
    assert "Vertrouwelijk" not in client.get("/customers/K1/history/?kind=note").text


def test_history_names_what_records_point_at(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    client = as_user("lezer")
    code_create(actor=SYSTEM, values={"code": "KRT", "name": "Kerstkaart"})
    make_customer(number="K1", mailing_codes=["KRT"])
    assert "KRT" in client.get("/customers/K1/history/?kind=mailing_code").text


def test_an_error_page_keeps_the_app_bar_of_who_is_signed_in(as_user: Any, client: Any) -> None:
    signed_in = as_user("verkoop").get("/customers/NOBODY/")
    assert signed_in.status_code == 404
    assert b"app-bar" in signed_in.content
    part = as_user("verkoop").get("/customers/NOBODY/", headers={"HX-Request": "true"})
    assert b"app-bar" not in part.content
    assert b"<html" not in part.content
    assert b"app-bar" not in client.get("/nowhere/").content
