"""The start page: what is waiting, for whom, and a way on when nothing is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from klantenbeheer.card.warned import WARNED
from klantenbeheer.customers.list_query import ListQuery
from klantenbeheer.customers.listing import page
from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.customer_settings.models import Block
from klantenbeheer.domains.customer_settings.services import block_create, block_update
from klantenbeheer.domains.notes.services import note_create
from klantenbeheer.foundation.access.models import RoleLevel, User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.jobs.models import Job, State

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def warned(make_customer: Callable[..., Customer]) -> dict[str, Customer]:
    """Give a customer per kind of warning, and one without any."""
    belgian = {"visiting": {"city": "Gent", "postcode": "9000", "country": "BE"}}
    made = {
        "plain": make_customer("Gewoon B.V.", number="K1"),
        "note": make_customer("Notitie B.V.", number="K2"),
        "block": make_customer("Blokkade B.V.", number="K3"),
        "missing": make_customer("Zonder Btw B.V.", number="K4", addresses=belgian, status="prospect"),
    }
    with acting(SYSTEM, "customer.import"):  # as an import may bring him
        made["missing"].status = "active"
        made["missing"].save()
    note_create(
        actor=SYSTEM, customer=made["note"], values={"text": "**Eerst bellen**\nverder", "important": True}
    )
    note_create(actor=SYSTEM, customer=made["plain"], values={"text": "Niet belangrijk"})
    block_create(
        actor=SYSTEM,
        customer=made["block"],
        values={"scope": "all", "reason": "Betaalt niet", "since": date(2026, 1, 1)},
    )
    return made


def test_each_warning_once_with_its_words(
    as_user: Callable[[str], Client], warned: dict[str, Customer]
) -> None:
    text = as_user("beheer").get("/").text
    for words in (
        "Notitie B.V.",
        "Eerst bellen",
        "Blokkade B.V.",
        "Betaalt niet",
        "Zonder Btw B.V.",
        "Btw-nummer ontbreekt",
    ):
        assert words in text, words
    assert "Gewoon B.V." not in text
    assert "Niet belangrijk" not in text
    assert "verder" not in text


def test_an_ended_block_warns_no_more(as_user: Callable[[str], Client], warned: dict[str, Customer]) -> None:
    block = Block.objects.get()
    values = {"scope": "all", "reason": "Betaalt niet", "since": date(2026, 1, 1), "until": date(2026, 1, 2)}
    block_update(actor=SYSTEM, record=block, version=block.version, values=values)
    assert "Blokkade B.V." not in as_user("beheer").get("/").text


def test_the_links_lead_to_exactly_those_customers(
    as_user: Callable[[str], Client], warned: dict[str, Customer]
) -> None:
    client = as_user("beheer")
    text = client.get("/").text
    for kind in WARNED:
        assert f'href="{kind.address}"'.replace("&", "&amp;") in text, kind.key
        answer = client.get(kind.address)
        assert answer.status_code == 200
    for key, number, word in (("note", "K2", "notitie"), ("block", "K3", "blokkade")):
        rows = page(SYSTEM, ListQuery.parse({f"warned_{key}": "1"})).rows
        assert [row["number"] for row in rows] == [number]
        # Also beside a search, where the database walks another index.
        rows = page(SYSTEM, ListQuery.parse({f"warned_{key}": "1", "q": word})).rows
        assert [row["number"] for row in rows] == [number]
    assert client.get("/customers/?warned_note=x").status_code in (400, 422)
    assert "Zonder Btw" in client.get("/vat-check/?state=missing").text


def test_who_may_not_know_of_a_warning_does_not(
    as_user: Callable[[str], Client], people: dict[str, User], warned: dict[str, Customer]
) -> None:
    RoleLevel.objects.filter(role__key="reader", right__in=["tab.notes", "vat_check"]).delete()
    text = as_user("lezer").get("/").text
    assert "Eerst bellen" not in text
    assert "Zonder Btw" not in text
    assert "Blokkade B.V." in text  # whoever sees the customer must know of a block
    assert "warned_note" not in text
    text = as_user("niemand").get("/").text
    assert "B.V." not in text
    assert "Mijn achtergrondwerk" in text


def test_marked_the_last_one_first_and_only_the_own(
    as_user: Callable[[str], Client], warned: dict[str, Customer]
) -> None:
    seller, manager = as_user("verkoop"), as_user("beheer")
    for number in ("K1", "K2"):
        seller.post(f"/customers/{number}/mark", {"marked": "1"})
    text = seller.get("/").text
    marked = text[text.index('id="block-marked"') : text.index('id="block-warnings"')]
    assert marked.index("Notitie B.V.") < marked.index("Gewoon B.V.")
    assert "Markeer een klant met de ster" in manager.get("/").text


def test_opened_lately_comes_from_the_browser_and_is_narrowed(
    as_user: Callable[[str], Client], warned: dict[str, Customer]
) -> None:
    text = as_user("lezer").get("/start/recent/", {"recent": "K3,K1,NERGENS,' OR 1"}).text
    assert text.index("Blokkade B.V.") < text.index("Gewoon B.V.")
    assert "NERGENS" not in text
    assert "Hier staan de klanten die u in deze browser opent" in as_user("lezer").get("/start/recent/").text
    assert as_user("niemand").get("/start/recent/", {"recent": "K1"}).status_code == 404
    assert as_user("beheer").get("/start/onzin/").status_code == 404


def test_own_jobs_only(as_user: Callable[[str], Client], people: dict[str, User]) -> None:
    for username, title in (("verkoop", "Mijn import"), ("beheer", "Andermans import")):
        Job.objects.create(kind="customers.import", title=title, user=people[username], state=State.FAILED)
    text = as_user("verkoop").get("/").text
    assert "Mijn import" in text
    assert "Andermans import" not in text
    assert "Mislukt" in text


def test_signing_in_leads_here(people: Any) -> None:
    client = Client()
    answer = client.post("/sign-in/", {"username": "beheer", "password": "een-goed-wachtwoord"})
    assert answer["Location"] == "/"
    assert "Startpagina" in client.get("/").text
