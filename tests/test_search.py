"""Finding customers by anything, with accents, spaces and typing errors."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import QuerySet

from klantenbeheer.customers.list_query import ListQuery
from klantenbeheer.customers.listing import page
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.selectors import mend, search
from klantenbeheer.domains.contacts.services import contact_create, contact_delete
from klantenbeheer.foundation.access.models import RoleLevel, User
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.errors import InvalidInput

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def muller(make_customer: Callable[..., Customer]) -> Customer:
    make_customer("De Vries Houthandel")
    customer = make_customer(
        "Café Müller van den Berg", number="M-77", phone="030-2345678", email="inkoop@mullerberg.example",
        vat_number="NL000099998B57", iban="NL91ABNA0417164300", kvk_number="12345678",
        addresses={"visiting": {"city": "'s-Hertogenbosch", "postcode": "5211 AB", "country": "NL", "street": "Markt"}},
    )  # fmt: skip
    contact_create(
        actor=SYSTEM,
        customer=customer,
        values={"last_name": "Zwanenburg", "mobile": "06 12345678", "email": "p.zwaan@kantoor.example"},
    )
    return customer


@pytest.mark.parametrize(
    "query",
    [
        "m", "mu", "caf", "cafe muller", "CAFÉ MÜLLER", "vandenberg", "m-77", "M-77", "hertogenbosch", "5211ab",
        "5211 AB", "030 234 56 78", "0302345678", "+31 30 2345678", "2345678", "mullerberg", "NL0000.99998.B57",
        "NL91 ABNA 0417 1643 00", "12345678", "zwanenburg", "06-12345678", "muller bosch",
        "inkoop@mullerberg.example", "info@mullerberg.nl", "inkoop@mull", "P.Zwaan@kantoor.example", "zwaan@kantoor.e",
    ],
)  # fmt: skip
def test_found_by(muller: Customer, query: str) -> None:
    rows = search(SYSTEM, query).rows
    if query in ("m", "mu"):
        return  # a beginning of the name only; see the next test
    assert [row["number"] for row in rows] == ["M-77"], query


def test_one_and_two_characters_are_the_beginning_of_the_name(muller: Customer) -> None:
    assert [row["number"] for row in search(SYSTEM, "ca").rows] == ["M-77"]
    assert [row["name"] for row in search(SYSTEM, "d").rows] == ["De Vries Houthandel"]
    assert search(SYSTEM, "u").rows == []


@pytest.mark.parametrize(
    ("typed", "mended"), [("mulller", "muller"), ("zwanenburgg", ""), ("houthandle", "houthandel")]
)
def test_typing_errors_are_mended(muller: Customer, typed: str, mended: str) -> None:
    found = search(SYSTEM, typed)
    assert found.suggestion == mended
    assert bool(found.rows) == bool(mended)


def test_a_word_that_is_right_is_not_mended(make_customer: Callable[..., Customer]) -> None:
    make_customer("De Boer Zaden")
    make_customer("Boersma Lichttechniek")
    assert search(SYSTEM, "boersma lichttechneik").suggestion == "boersma lichttechniek"
    assert mend(SYSTEM, "boersma lichttechneik") == "boersma lichttechniek"


@pytest.mark.parametrize("typed", ["---", "😀", "!?"])
def test_signs_alone_find_nobody_in_the_list_either(muller: Customer, typed: str) -> None:
    assert page(SYSTEM, ListQuery(q=typed)).rows == []
    assert len(page(SYSTEM, ListQuery(q="  ")).rows) == 2


def test_a_contact_that_is_gone_is_not_found(muller: Customer) -> None:
    contact = muller.contacts.get()
    contact_delete(actor=SYSTEM, record=contact)
    assert search(SYSTEM, "zwanenburg").rows == []


def test_who_may_not_see_customers_finds_none(muller: Customer, people: dict[str, Any]) -> None:
    assert search(people["niemand"], "muller").rows == []


@pytest.mark.parametrize(
    "sort", ["name", "-name", "number", "-number", "city", "-postcode", "changed", "-changed"]
)
def test_paging_there_and_back_meets_every_customer_once(
    make_customer: Callable[..., Customer], sort: str
) -> None:
    for index in range(23):
        make_customer(f"Klant {index % 4}")
    seen: list[str] = []
    query = ListQuery.parse({"sort": sort})
    got = page(SYSTEM, query, size=5)
    while True:
        seen += [row["number"] for row in got.rows]
        if not got.after:
            break
        got = page(SYSTEM, ListQuery.parse({"sort": sort, "after": got.after}), size=5)
    assert len(seen) == len(set(seen)) == 23
    back = page(SYSTEM, ListQuery.parse({"sort": sort, "before": got.before}), size=5)
    assert [row["number"] for row in back.rows] == seen[15:20]


@pytest.mark.parametrize(
    "data", [{"sort": "password"}, {"status": "x"}, {"after": "&&&"}, {"after": "W251bGwsMV0"}]
)
def test_a_tampered_address_is_a_clear_message(db: None, data: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        page(SYSTEM, ListQuery.parse(data))


@pytest.fixture
def no_contacts(people: Any) -> Any:
    RoleLevel.objects.filter(role__key="reader", right="tab.contacts").update(level=Level.NONE)
    return User.objects.get(username="lezer")


@pytest.mark.parametrize(
    "query",
    ["zwanenburg", "wanenbur", "06-12345678", "P.Zwaan@kantoor.example", "muller zwanenburg", "zwanenburg v"],
)
def test_who_may_not_see_contacts_finds_nobody_by_them(
    muller: Customer, no_contacts: Any, query: str
) -> None:
    """As someone types, in the list, with filters on top, and when the query is mended."""
    everybody = User.objects.get(username="verkoop")
    for actor, found in ((everybody, ["M-77"]), (no_contacts, [])):
        assert [row["number"] for row in search(actor, query).rows] == found
        for asked in (
            {"q": query},
            {"q": query, "country": "NL"},
            {"q": query, "country": "NL", "sort": "-changed"},
        ):
            assert [row["number"] for row in page(actor, ListQuery.parse(asked)).rows] == found
    assert mend(no_contacts, "zwanenburgg") == ""


@pytest.mark.parametrize(
    "query",
    ["muller", "cafe bosch", "m-77", "030 234 56 78", "mullerberg", "5211ab", "muller va", "ca", "mulller"],
)
def test_who_may_not_see_contacts_finds_customers_as_before(
    muller: Customer, no_contacts: Any, query: str
) -> None:
    assert [row["number"] for row in search(no_contacts, query).rows] == ["M-77"]
    assert [
        row["number"] for row in page(no_contacts, ListQuery.parse({"q": query, "country": "NL"})).rows
    ] == ["M-77"]


def test_a_word_that_is_both_the_customers_and_a_persons_is_the_customers(
    make_customer: Callable[..., Customer], no_contacts: Any
) -> None:
    customer = make_customer("Bakker Brood", number="K1")
    contact_create(actor=SYSTEM, customer=customer, values={"first_name": "Piet", "last_name": "Bakker"})
    customer.refresh_from_db()
    own, _apart, others = customer.search_text.partition(" | ")
    assert ("bakker" in own.split(), others.split()) == (True, ["piet"])
    assert [row["number"] for row in search(no_contacts, "bakker brood").rows] == ["K1"]
    assert search(no_contacts, "piet bakker").rows == []
    assert [row["number"] for row in search(SYSTEM, "piet bakker").rows] == ["K1"]


def test_a_sign_in_a_query_opens_no_door(muller: Customer, no_contacts: Any) -> None:
    for query in ("|", "| zwanenburg", "zwanenburg |", "muller|zwanenburg", "%", "_wanenburg"):
        assert search(no_contacts, query).rows == []
        assert page(no_contacts, ListQuery.parse({"q": query})).rows == []


def test_search_texts_of_before_are_written_anew(muller: Customer, no_contacts: Any) -> None:
    muller.refresh_from_db()
    now = muller.search_text
    QuerySet(Customer).filter(pk=muller.pk).update(search_text=now.replace(" |", ""))
    assert [row["number"] for row in search(no_contacts, "zwanenburg").rows] == ["M-77"]
    migration = import_module("klantenbeheer.domains.contacts.migrations.0003_search_apart")
    for _twice in range(2):
        migration.forwards(apps, SimpleNamespace(connection=connection))
        muller.refresh_from_db()
        assert muller.search_text == now
    assert search(no_contacts, "zwanenburg").rows == []
    assert [row["number"] for row in search(SYSTEM, "zwanenburg").rows] == ["M-77"]
