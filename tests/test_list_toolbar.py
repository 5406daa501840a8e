"""The filters above the list of customers: conditions one click away, and none that is passed over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from klantenbeheer.customers import list_fields, list_kind, list_parts, listing
from klantenbeheer.customers.extra_services import extra_field_save
from klantenbeheer.customers.list_query import KNOWN
from klantenbeheer.customers.models import (
    ConditionGroup,
    Customer,
    CustomerMailingCode,
    MailingCode,
    Territory,
)
from klantenbeheer.customers.services import marks_set
from klantenbeheer.domains.customer_settings.models import Block
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
Make = Callable[..., Customer]
Sign = Callable[[str], Client]


def numbers(actor: Any, **asked: str) -> list[str]:
    return [row["number"] for row in listing.page(actor, list_kind.query_of(actor, asked)).rows]


@pytest.fixture
def three(make_customer: Make) -> Customer:
    """Three customers, of whom the last has all that there is a filter for."""
    values = {"active": True, "label_nl": "Kleur", "choices": "", "in_list": False}
    extra_field_save(actor=SYSTEM, slot="extra_text_1", version=0, values=values)
    with acting(SYSTEM, "test"):
        region, code = Territory(code="N", name="Noord"), MailingCode(code="KERST", name="Kerst")
        group = ConditionGroup(name="Groot")
        for one in (region, code, group):
            write([one], new=True)
    make_customer("Alfa", number="A1")
    make_customer("Beta", number="B1")
    made = make_customer("Gamma", number="C1", status="prospect", territory="N")
    with acting(SYSTEM, "customer.import"):
        write([CustomerMailingCode(customer=made, code=code)], new=True)
        write([Note(customer=made, text="Let op", important=True)], new=True)
        write([Block(customer=made, scope="all", reason="Betaalt niet", since=date(2026, 1, 1))], new=True)
        made.refresh_from_db()
        made.country, made.condition_group, made.extra_text_1 = "BE", group, "rood"
        made.flags, made.flagged, made.version = {"phone": "form"}, True, made.version + 1
        write([made], new=False)
    return made


@pytest.mark.parametrize(
    ("name", "value", "where"),
    [
        ("status", "prospect", "status is prospect"),
        ("country", "BE", "country is BE"),
        ("territory", "N", "territory is N"),
        ("group", "{group}", "condition_group is {group}"),
        ("code", "KERST", "code is KERST"),
        ("marked", "1", "marked yes"),
        ("flagged", "1", "flagged yes"),
        ("warned_note", "1", "warned_note yes"),
        ("warned_block", "1", "warned_block yes"),
        ("extra_text_1", "rood", "extra_text_1 is rood"),
    ],
)
def test_a_filter_of_the_toolbar_is_a_condition_one_click_away(
    three: Customer, people: dict[str, User], name: str, value: str, where: str
) -> None:
    actor = people["beheer"]
    marks_set(actor=actor, customer_ids=[three.pk], marked=True)
    value, where = (text.format(group=three.condition_group_id) for text in (value, where))
    assert numbers(actor, **{name: value}) == ["C1"]
    assert numbers(actor, where=where) == ["C1"]
    # Beside a condition both must hold.
    assert numbers(actor, where="status is blocked", **{name: value}) == []


def test_every_filter_of_the_toolbar_is_among_the_conditions(people: dict[str, User]) -> None:
    places = {"q", "where", "by", "view", "sort", "after", "before"}
    called = {"group": "condition_group"}
    asked = {called.get(name, name) for name in KNOWN - places}
    parts = {found.key for _part, found in list_parts.filters()}
    assert asked | parts <= set(list_fields.fields(people["beheer"]))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("group", "x"), ("group", "²"), ("group", "9" * 30), ("marked", "x"), ("flagged", "ja"), ("country", "NLD"),
        ("territory", "N" * 21), ("code", "K" * 21), ("extra_text_1", "rood"), ("state", "blocked"),
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_never_shows_or_changes_more_than_was_asked_for(
    as_user: Sign, make_customer: Make, name: str, value: str
) -> None:
    make_customer("Geheim B.V.", number="K1")
    boss = as_user("beheer")
    for response in (
        boss.get("/customers/", {name: value}),
        boss.get("/customers/export.csv", {name: value}),
        boss.post("/customers/export", {"form": "csv", "back": urlencode({name: value})}),
        boss.post("/customers/bulk/new", {"all": "1", "back": urlencode({name: value})}),
        boss.post("/customers/mark", {"all": "1", "marked": "1", "back": urlencode({name: value})}),
    ):
        assert response.status_code == 422
        assert "Geheim" not in response.content.decode()
        assert "geen van de keuzes" in response.text or "kan niet worden gefilterd" in response.text


def test_the_window_of_the_filter_leaves_out_no_condition_in_silence(three: Customer, as_user: Sign) -> None:
    boss = as_user("beheer")
    sent = {"f0": "status", "o0": "is", "v0": "prospect", "f1": "extra_text_1", "o1": "is", "v1": "rood"}
    applied = boss.get("/lists/customers/filter", {**sent, "apply": "1"})
    assert applied["Location"] == "/customers/?where=status+is+prospect+and+extra_text_1+is+rood"
    values = {"active": False, "label_nl": "Kleur", "choices": "", "in_list": False}
    extra_field_save(actor=SYSTEM, slot="extra_text_1", version=1, values=values)
    refused = boss.get("/lists/customers/filter", {**sent, "apply": "1"})
    assert refused.status_code == 422
    assert "Op “extra_text_1” kan niet worden gefilterd" in refused.text
    # Not even when it was the only one; and no number in the form is too long.
    assert boss.get("/lists/customers/filter", {"f0": "extra_text_1", "apply": "1"}).status_code == 422
    many = {f"f{place}": "marked" for place in range(60)}
    assert boss.get("/lists/customers/filter", {**many, "apply": "1"}).status_code == 422
    assert boss.get("/lists/customers/filter", {**sent, "add": "9" * 5_000}).status_code in (200, 422)
