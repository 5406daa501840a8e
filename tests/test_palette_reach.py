"""The palette and the start page show nobody out of reach, and offer what the looked-at role may do."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from klantenbeheer.customers import reach as reaching
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import marks_set
from klantenbeheer.domains.contacts.selectors import search
from klantenbeheer.domains.contacts.services import contact_create
from klantenbeheer.domains.customer_settings.services import block_create
from klantenbeheer.domains.notes.services import note_create
from klantenbeheer.foundation.access.models import Role
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.kernel.actors import Level, Reach

from .cast import SYSTEM, Give
from .test_reach import ALL_RIGHTS, World, fresh, size, world

pytestmark = pytest.mark.django_db
__all__ = ["size", "world"]

QUESTIONS = (
    {"q": "zonnebloem"}, {"q": "zo"}, {"q": "zonneblom"}, {"q": "verweg"}, {"q": "verweh"}, {"q": "#F"}, {"q": "#FAR"},
    {"q": "far"}, {"q": "030 2345678"}, {"q": "NL004495445B01"}, {"recent": "FAR,NEAR"},
    {"at": "/customers/FAR/notes/"},
    {"q": "@"}, {"q": "@geheim"}, {"q": "@ge"}, {"q": "@g"}, {"q": "geheim"}, {"q": "@0612345678"}, {"q": "@sam ge"},
    {"q": ">", "at": "/customers/FAR/notes/"}, {"q": ">bewerken", "at": "/customers/FAR/notes/"},
)  # fmt: skip


@pytest.fixture
def warned(world: World) -> World:
    """Give everybody a person, an important note and a block; the customer out of reach the newest of each."""
    for one in (world.near, world.own, world.far):
        last = "Geheim" if one is world.far else "Gezien"
        person = {"first_name": "Sam", "last_name": last, "mobile": "06 12345678"}
        contact_create(actor=SYSTEM, customer=one, values=person)
        note_create(actor=SYSTEM, customer=one, values={"text": f"Let op {one.number}", "important": True})
        block_create(
            actor=SYSTEM,
            customer=one,
            values={"scope": "all", "reason": f"Betaalt niet {one.number}", "since": date(2026, 1, 1)},
        )
    return world


def test_nothing_asked_tells_of_who_is_out_of_reach(
    warned: World, give: Give, as_user: Callable[[str], Client]
) -> None:
    give("verkoop", ALL_RIGHTS, Reach.BOTH)
    client = as_user("verkoop")
    for question in QUESTIONS:
        text = client.get("/palette/", question).text.replace(question.get("q", ""), "")
        for words in ("Verweg", "Geheim", "/customers/FAR", "+31 30 234"):
            assert words not in text, (question, words)
    assert "Eigen Zonnebloem" in client.get("/palette/", {"q": "zonnebloem"}).text
    found = client.get("/palette/", {"q": "@sam"}).text
    assert found.count("Sam Gezien") == 2
    assert "Dichtbij" in client.get("/palette/", {"recent": "FAR,NEAR"}).text


def test_common_persons_find_the_own_ones_among_many(warned: World, give: Give, size: None) -> None:
    """The index gives some hundreds at most: those must be of the customers of who asks."""
    give("verkoop", ALL_RIGHTS, Reach.OWN)
    for place in range(520):
        values = {"first_name": "Sam", "last_name": f"Aaa{place}"}
        contact_create(actor=SYSTEM, customer=warned.far, values=values)
    seller = fresh(warned.seller)
    for query in ("sam", "gezien", "ge", "sa ge", "06 12345678"):
        assert [row["last_name"] for row in search(seller, query)] == ["Gezien"], query
    assert search(seller, "geheim") == search(seller, "aa") == []


def test_who_reaches_many_is_not_made_to_wait_for_all_their_keys(
    warned: World, give: Give, as_user: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of a hundred thousand keys takes longer than the search; each person found is asked for his customer."""
    monkeypatch.setattr(reaching, "_sizes", {})
    monkeypatch.setattr(reaching, "SMALL", 0)
    give("verkoop", ALL_RIGHTS, Reach.BOTH)
    client = as_user("verkoop")
    for path in ("/palette/?q=@sam", "/palette/?q=@ge", "/"):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        whole = re.compile(
            r'"(?:customer_id|id)" IN \(SELECT \w+\."id" (?:AS \S+ )?FROM "customers_customer"'
        )
        assert [one["sql"] for one in asked.captured_queries if whole.search(one["sql"])] == [], path


def test_the_start_page_warns_of_the_own_customers_only(
    warned: World, give: Give, as_user: Callable[[str], Client], size: None
) -> None:
    give("verkoop", ALL_RIGHTS, Reach.BOTH)
    marks_set(actor=fresh(warned.seller), customer_ids=[warned.near.pk], marked=True)
    client = as_user("verkoop")
    text = client.get("/").text + client.get("/start/recent/", {"recent": "FAR,OWN"}).text
    for words in ("Dichtbij", "Eigen", "Let op NEAR", "Betaalt niet OWN"):
        assert words in text, words
    for words in ("Verweg", "FAR"):
        assert words not in text, words


def test_a_mark_on_a_customer_that_moved_out_of_reach_is_not_shown(
    warned: World, give: Give, as_user: Callable[[str], Client]
) -> None:
    give("verkoop", ALL_RIGHTS, Reach.TERRITORIES)
    marks_set(actor=fresh(warned.seller), customer_ids=[warned.near.pk], marked=True)
    assert "Dichtbij" in as_user("verkoop").get("/").text
    with acting(SYSTEM, "customer.update"):
        customer = Customer.objects.get(pk=warned.near.pk)
        customer.territory = warned.other
        customer.save()
    assert "Dichtbij" not in as_user("verkoop").get("/").text


def test_who_may_not_see_persons_finds_no_customer_by_them(
    warned: World, give: Give, as_user: Callable[[str], Client]
) -> None:
    client = as_user("verkoop")
    give("verkoop", ALL_RIGHTS, Reach.ALL)
    assert "Verweg" in client.get("/palette/", {"q": "geheim"}).text
    give("verkoop", ALL_RIGHTS | {"tab.contacts": Level.NONE}, Reach.ALL)
    for query in ("geheim", "@geheim", "geheum", "0612345678", "#geheim"):
        text = client.get("/palette/", {"q": query}).text
        assert "Verweg" not in text, query
        assert "Sam" not in text, query


def test_seen_as_a_role_it_offers_what_that_role_has(warned: World, as_user: Callable[[str], Client]) -> None:
    client = as_user("beheer")
    at = {"q": ">", "at": "/customers/NEAR/notes/"}
    mine: Any = client.get("/palette/", at).text
    assert "/settings/roles/" in client.get("/palette/", {"at": at["at"]}).text
    assert "/customers/NEAR/notes/items/new/" in mine
    assert ".seeing button" not in mine
    reader = Role.objects.get(key="reader")
    client.post(f"/settings/roles/{reader.pk}/see/")
    seen = client.get("/palette/", at).text
    assert ".seeing button" in seen
    assert "/customers/NEAR/notes/items/new/" not in seen
    assert "/customers/new" not in seen
    assert "/settings/roles/" not in client.get("/palette/", {"at": at["at"]}).text
