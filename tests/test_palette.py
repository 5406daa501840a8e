"""The palette on every page: all that one may open is in it, and nothing that one may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve
from django.utils import translation

from klantenbeheer.card.tabs import TABS
from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.contacts.models import Contact
from klantenbeheer.domains.contacts.selectors import search
from klantenbeheer.domains.contacts.services import contact_create, contact_delete, contact_update
from klantenbeheer.foundation.access.models import RoleLevel, User
from klantenbeheer.foundation.palette import finding
from klantenbeheer.foundation.palette.registry import ACTIONS
from klantenbeheer.foundation.ui.navigation import APPLICATIONS
from klantenbeheer.foundation.ui.settings_pages import PAGES
from klantenbeheer.kernel.actors import Level

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db
CARD = "/customers/K1/notes/"
PEOPLE = ("niemand", "lezer", "verkoop", "beheer")


@pytest.fixture
def zwanenburg(make_customer: Callable[..., Customer]) -> Contact:
    customer = make_customer(number="K1")
    values = {
        "first_name": "Petra", "infix": "van", "last_name": "Zwanenburg", "mobile": "06 12345678",
        "email": "petra@kantoor.example", "job_title": "Inkoper",
    }  # fmt: skip
    return contact_create(actor=SYSTEM, customer=customer, values=values)


def addresses() -> set[str]:
    """Give every address that some part registered, for the card of K1."""
    found = {one.url for one in APPLICATIONS} | {page.url for page in PAGES if page.when()}
    found |= {one.entry.url for one in ACTIONS if one.entry.url}
    return found | {f"/customers/K1/{tab.key}/" for tab in TABS}


@pytest.mark.parametrize("username", PEOPLE)
def test_who_may_finds_it_and_who_may_not_does_not(
    username: str, as_user: Callable[[str], Client], people: dict[str, User], zwanenburg: Contact
) -> None:
    """Asked of the gate itself: the palette offers an address if and only if it opens."""
    client = as_user(username)
    offered = {entry.url for entry in finding.everything(people[username], CARD) if entry.url}
    for url in offered:
        assert client.get(url).status_code in (200, 302), url
    for url in addresses() - offered:
        assert client.get(url).status_code in (403, 404), url


def test_every_registered_page_is_offered_to_somebody(people: dict[str, User], zwanenburg: Contact) -> None:
    offered = {entry.url for entry in finding.everything(people["beheer"], CARD)}
    assert addresses() - offered == set()


@pytest.mark.parametrize("username", PEOPLE[1:])
def test_the_links_of_the_page_around_are_all_in_it(
    username: str, as_user: Callable[[str], Client], people: dict[str, User], zwanenburg: Contact
) -> None:
    """No second list: what stands in the app bar and in the menus of a card is found in the palette."""
    import re

    text = as_user(username).get(CARD).text
    offered = {entry.url for entry in finding.everything(people[username], CARD)}
    bar = text[text.index('class="app-bar"') : text.index("</header>")]
    menus = "".join(re.findall(r'id="card-(?:new|more)".*?</details>', text, re.DOTALL))
    edit = re.findall(r'id="card-edit"', text)
    links = set(re.findall(r'href="(/[^"]*)"', bar + menus)) - {"/handbook/at?path=/customers/K1/notes/"}
    assert {link for link in links if not link.startswith("/static/")} <= offered
    assert bool(edit) == ("/customers/K1/edit" in offered)


def test_what_writes_is_not_offered_to_a_reader(people: dict[str, User], zwanenburg: Contact) -> None:
    keys = {entry.key for entry in finding.everything(people["lezer"], CARD)}
    assert not {"customers.new", "customers.import", "card.edit", "card.picture", "territories.new"} & keys
    assert not [key for key in keys if key.startswith("create.")]
    assert {"card.addresses", "card.label", "tab.notes"} <= keys


def test_a_dialog_is_a_get_that_answers_one(
    as_user: Callable[[str], Client], people: Any, zwanenburg: Contact
) -> None:
    client = as_user("beheer")
    for entry in finding.everything(people["beheer"], CARD):
        if entry.dialog:
            assert "<dialog" in client.get(entry.url, headers={"HX-Request": "true"}).text, entry.url
            resolve(entry.url.split("?")[0])


def test_contacts_only_with_the_right_on_their_tab(
    as_user: Callable[[str], Client], people: dict[str, User], zwanenburg: Contact
) -> None:
    for typed in ("@zwanen", "zwanen", "@0612345678", "@petra zwan", "@petra@kant", "@zw", "@pe zw"):
        text = as_user("lezer").get("/palette/", {"q": typed}).text
        assert "Petra van Zwanenburg" in text, typed
        assert "/customers/K1/contacts/?find=Zwanenburg" in text
    RoleLevel.objects.filter(role__key="reader", right="tab.contacts").delete()
    for typed in ("@zwanen", "zwanen", "@"):
        assert "Petra" not in as_user("lezer").get("/palette/", {"q": typed}).text, typed
    assert "Petra" not in as_user("niemand").get("/palette/", {"q": "@zwanen"}).text


def test_customers_only_within_reach(as_user: Callable[[str], Client], zwanenburg: Contact) -> None:
    for query in ({"q": "jansen"}, {"q": "#k"}, {"recent": "K1"}, {"at": CARD}):
        assert "Jansen" in as_user("lezer").get("/palette/", query).text or "at" in query
        text = as_user("niemand").get("/palette/", query).text
        assert "Jansen" not in text
        assert "/customers/" not in text


def test_who_was_erased_was_not_opened_lately(as_user: Callable[[str], Client], zwanenburg: Contact) -> None:
    """The browser goes on holding his number; also while his name stays in the books."""
    client = as_user("beheer")
    for url in ("/palette/", "/start/recent/"):
        assert "Jansen" in client.get(url, {"recent": "K1"}).text, url
    Customer.objects.filter(number="K1").update_unversioned(erased_on=date(2026, 1, 2))
    for url in ("/palette/", "/start/recent/"):
        assert "Jansen" not in client.get(url, {"recent": "K1"}).text, url


def test_what_one_is_found_by_follows_every_write(zwanenburg: Contact) -> None:
    def names(query: str) -> list[str]:
        return [row["last_name"] for row in search(SYSTEM, query)]

    contact_update(
        actor=SYSTEM, record=zwanenburg, version=zwanenburg.version,
        values={"last_name": "Överbeek", "email": "p@anders.example"},
    )  # fmt: skip
    assert names("overbeek") == names("anders") == ["Överbeek"]
    assert names("zwanenburg") == names("kantoor") == []
    contact_delete(actor=SYSTEM, record=Contact.objects.get())
    assert names("overbeek") == []


def test_a_tampered_question_is_answered(as_user: Callable[[str], Client], zwanenburg: Contact) -> None:
    client = as_user("beheer")
    for query in (
        {"q": "%_\\'\"; DROP"}, {"q": ">" * 200}, {"q": "#' OR 1=1"}, {"q": "@😀"}, {"recent": "',--,<script>"},
        {"at": "/customers/../../etc/"}, {"at": "/customers/onbekend/notes/"}, {"q": "<script>alert(1)</script>"},
    ):  # fmt: skip
        answer = client.get("/palette/", query)
        assert answer.status_code == 200
        assert "<script>" not in answer.text
        assert "onbekend" not in answer.text
    assert client.post("/palette/").status_code == 405


def test_in_the_language_of_the_user(as_user: Callable[[str], Client], people: dict[str, User]) -> None:
    assert "Nieuwe klant" in as_user("beheer").get("/palette/", {"q": ">nieuwe"}).text
    people["beheer"].language = "en"
    people["beheer"].save()
    assert "New customer" in as_user("beheer").get("/palette/", {"q": ">new cust"}).text
    with translation.override("nl"):
        labels = [str(entry.label) for entry in finding.everything(people["beheer"], CARD)]
    assert len(labels) == len(
        {
            (label, entry.url, entry.press)
            for label, entry in zip(labels, finding.everything(people["beheer"], CARD), strict=True)
        }
    )


def test_a_role_with_one_tab_finds_that_tab(
    as_user: Callable[[str], Client], people: dict[str, User], zwanenburg: Contact
) -> None:
    RoleLevel.objects.filter(role__key="reader").delete()
    role = people["lezer"].roles.get()
    for right, level in (("customers", Level.VIEW), ("tab.notes", Level.EDIT)):
        RoleLevel.objects.create(role=role, right=right, level=level)
    keys = {entry.key for entry in finding.everything(User.objects.get(username="lezer"), CARD)}
    assert {key for key in keys if key.startswith("tab.")} == {"tab.notes"}
    assert [key for key in keys if key.startswith("create.")] == ["create./customers/K1/notes/items/new/"]
