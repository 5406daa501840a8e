"""The order of the tabs, of a user and of a role; a custom tab is nowhere until it is switched on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import Page, expect

from klantenbeheer.card import arranging
from klantenbeheer.card.arranging import custom_tab_switch
from klantenbeheer.card.past import moment_text
from klantenbeheer.card.tabs import SWITCHED_ON, TABS, SubRoute, Tab, strip_tabs, visible_tabs
from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.domains.notes.services import note_create
from klantenbeheer.foundation.access.changes import history_of
from klantenbeheer.foundation.access.models import Role, User
from klantenbeheer.foundation.access.rights import RIGHTS, Right
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.audit.undo import undo_action
from klantenbeheer.foundation.handbook import pages
from klantenbeheer.kernel.actors import Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, StaleVersion

from .cast import SYSTEM, Give
from .test_rights import contents

Sign = Callable[[str], Client]
URL = "/customers/K1/tab-order"


def strip(client: Client, url: str = "/customers/K1/notes/") -> list[str]:
    """Give the keys of the strip on the card, in order."""
    return re.findall(r'<a href="/customers/K1/(\w+)/" data-tab', client.get(url).content.decode())


@pytest.fixture
def card(make_customer: Callable[..., Customer]) -> Customer:
    return make_customer(number="K1")


DEFAULT = ["contacts", "characteristics", "notes", "history", "customer_settings"]


def test_the_own_order_holds_on_every_card_and_for_nobody_else(card: Customer, as_user: Sign) -> None:
    client = as_user("lezer")
    before = strip(client)
    assert [key for key in before if key in DEFAULT] == DEFAULT
    order = list(reversed(before))
    shown = [key for key in order if key != "history"]
    assert client.post(URL, {"order": order, "shown": shown}).status_code == 302
    assert strip(client) == shown
    assert strip(as_user("beheer")) == before
    # What is hidden stays open by its address, and stands in the strip meanwhile.
    assert "history" in strip(client, "/customers/K1/history/")
    assert client.get("/customers/K1/")["Location"] == f"/customers/K1/{shown[0]}/"
    assert client.post(URL, {"reset": "1"}).status_code == 302
    assert strip(client) == before


def test_without_script_a_step_is_a_request(card: Customer, as_user: Sign) -> None:
    client = as_user("lezer")
    order = strip(client)
    page = client.post(URL, {"order": order, "shown": order, "move": f"{order[1]}:up"}).content.decode()
    assert re.findall(r'name="order" value="(\w+)"', page) == [order[1], order[0], *order[2:]]
    assert strip(client) == order, "not stored yet"


@pytest.mark.parametrize(
    "typed",
    [
        {"order": ["contacts", "contacts"], "shown": ["contacts"]}, {"order": ["geheim"], "shown": ["geheim"]},
        {"order": ["contacts"], "shown": []}, {"order": ["x" * 500] * 300},
    ],
)  # fmt: skip
def test_what_is_no_order_is_refused(typed: dict[str, Any], card: Customer, as_user: Sign) -> None:
    client = as_user("lezer")
    before = strip(client)
    assert client.post(URL, typed).status_code == 422
    assert strip(client) == before


def test_a_tab_that_comes_later_stands_last(card: Customer, people: dict[str, User]) -> None:
    user = people["lezer"]
    arranging.own_arrange(user=user, order=["notes"], shown=["notes", "contacts"])
    assert [tab.key for tab in strip_tabs(user)] == ["notes", "contacts"]
    user.tab_order, user.tabs_hidden = ["notes", "gone"], []
    assert [tab.key for tab in visible_tabs(user)][:2] == ["notes", "contacts"]


def test_only_tabs_that_one_may_open(card: Customer, as_user: Sign, give: Give) -> None:
    give("niemand", {"customers": Level.VIEW, "tab.notes": Level.VIEW, "tab.history": Level.VIEW})
    client = as_user("niemand")
    assert strip(client) == ["notes", "history"]
    assert client.post(URL, {"order": ["contacts", "notes"], "shown": ["contacts"]}).status_code == 422
    assert client.post(URL, {"order": ["history", "notes"], "shown": ["history", "notes"]}).status_code == 302
    assert strip(client) == ["history", "notes"]


def test_the_order_of_a_role_is_the_default(card: Customer, as_user: Sign) -> None:
    manager, reader = as_user("beheer"), Role.objects.get(key="reader")
    url = f"/settings/tab-order/{reader.pk}/"
    order = list(reversed(strip(as_user("lezer"))))
    assert manager.post(url, {"order": order, "version": reader.version}).status_code == 302
    assert strip(as_user("lezer")) == order
    assert [one.label for one in history_of(role=reader)[0].changes] == ["Volgorde van de tabbladen"]
    stale = manager.post(url, {"order": order[::-1], "version": reader.version})
    assert stale.status_code == 409
    assert strip(as_user("lezer")) == order
    arranging.own_arrange(user=User.objects.get(username="lezer"), order=["notes"], shown=DEFAULT)
    assert strip(as_user("lezer"))[0] == "notes", "the own order goes before the role's"
    reader.refresh_from_db()
    assert manager.post(url, {"reset": "1", "version": reader.version}).status_code == 302
    assert not Role.objects.get(key="reader").tab_order


def test_the_order_costs_no_query(card: Customer, as_user: Sign, people: dict[str, User]) -> None:
    def ask() -> int:
        client = as_user("lezer")
        with CaptureQueriesContext(connection) as found:
            client.get("/customers/K1/badges/")
        return len(found)

    ask()
    before = ask()
    Role.objects.filter(key="reader").update(tab_order=["notes"])
    assert ask() == before
    arranging.own_arrange(user=people["lezer"], order=["history"], shown=DEFAULT)
    assert ask() == before


# -- custom tabs ----------------------------------------------------------------------------------------------------


@pytest.fixture
def custom(people: Any) -> Iterator[Tab]:
    """Register a custom tab, as a package for one company does in its ``apps.py``."""
    below = SubRoute("more", lambda request: HttpResponse("Meer maatwerk"), Level.VIEW)
    tab = Tab(
        "jobs_done", "Klussen", 900, lambda request: HttpResponse("Ons maatwerk"), (below,), custom=True
    )
    TABS.register(tab)
    RIGHTS.register(Right(tab.right_key, tab.label, 1000, group="tab", exists=lambda: tab.is_on))
    SWITCHED_ON.forget()
    yield tab
    registries: tuple[tuple[Any, str], ...] = ((TABS, tab.key), (RIGHTS, tab.right_key))
    for registry, key in registries:
        registry._entries.pop(key)
        registry._sorted = None
    SWITCHED_ON.forget()


@pytest.fixture
def handbook(tmp_path: Any, settings: Any) -> Iterator[None]:
    """A handbook with a page of the custom tab."""
    for language in pages.LANGUAGES:
        folder = tmp_path / language
        folder.mkdir()
        (folder / "index.md").write_text("# Inhoud\n\n- [Klussen](jobs_done.md)\n- [Notities](notes.md)\n")
        (folder / "jobs_done.md").write_text("# Klussen\n\nMaatwerkuitleg.\n")
        (folder / "notes.md").write_text("# Notities\n\nUitleg.\n")
    settings.HANDBOOK = tmp_path
    pages.page.cache_clear()
    pages._index.cache_clear()
    yield
    pages.page.cache_clear()
    pages._index.cache_clear()


def seen(client: Client) -> dict[str, Any]:
    """Give where the custom tab shows."""
    grid = f"/settings/roles/{Role.objects.get(key='sales').pk}/"
    return {
        "address": client.get("/customers/K1/jobs_done/").status_code,
        "below": client.get("/customers/K1/jobs_done/more/").status_code,
        "strip": "jobs_done" in strip(client),
        "order": "Klussen" in client.get(URL).content.decode(),
        "right": "Klussen" in client.get("/settings/roles/").content.decode(),
        "grid": "tab.jobs_done" in client.get(grid).content.decode(),
        "handbook": client.get("/handbook/jobs_done/").status_code,
        "contents": "Klussen" in client.get("/handbook/").content.decode(),
        "found": "Maatwerkuitleg" in client.get("/handbook/?q=maatwerkuitleg").content.decode(),
        "help": client.get("/handbook/at?path=/customers/K1/jobs_done/")["Location"],
    }


def test_a_custom_tab_is_nowhere_until_it_is_switched_on(
    card: Customer, custom: Tab, handbook: None, as_user: Sign, people: dict[str, User],
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    client = as_user("beheer")
    off = {
        "address": 404, "below": 404, "strip": False, "order": False, "right": False, "grid": False, "handbook": 404,
        "contents": False, "found": False, "help": "/handbook/index/",
    }  # fmt: skip
    assert seen(client) == off
    assert not people["beheer"].may("tab.jobs_done")
    assert "Klussen" in client.get("/settings/custom-tabs/").content.decode()
    assert "/settings/custom-tabs/" in client.get("/settings/").content.decode()
    switch = "/settings/custom-tabs/jobs_done/"
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(switch, {"active": "1", "version": "0"}).status_code == 302
    assert seen(client) == {
        "address": 200, "below": 200, "strip": True, "order": True, "right": True, "grid": True, "handbook": 200,
        "contents": True, "found": True, "help": "/handbook/jobs_done/",
    }  # fmt: skip
    assert as_user("lezer").get("/customers/K1/jobs_done/").status_code == 404, "a right like any other"
    assert client.post(switch, {"active": "0", "version": "0"}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        client.post(switch, {"active": "0", "version": "1"})
    assert seen(client) == off


def test_the_past_and_its_undoing_know_no_tab_that_is_off(
    card: Customer, custom: Tab, as_user: Sign, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    monkeypatch.setattr(Note, "audit_right", custom.right_key)
    note_create(actor=SYSTEM, customer=card, values={"text": "Van de klussen"})
    added = Action.objects.latest("pk")
    client, at = as_user("beheer"), moment_text(timezone.now())

    def told() -> dict[str, Any]:
        past = client.get(f"/customers/K1/contacts/?at={at}").content.decode()
        return {
            "strip": "/customers/K1/jobs_done/" in past,
            "order": "tab-order" in past,
            "address": client.get(f"/customers/K1/jobs_done/?at={at}").status_code,
            "timeline": "Van de klussen" in client.get("/customers/K1/history/").content.decode(),
            "compared": "Van de klussen" in client.get(f"/customers/K1/history/compare/?at={at}").text,
        }

    off = {"strip": False, "order": False, "address": 404, "timeline": False, "compared": False}
    assert told() == off
    assert client.post(f"/history/undo/{added.pk}/").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        switched = custom_tab_switch(actor=SYSTEM, key="jobs_done", version=0, active=True)
    assert told() == {"strip": True, "order": False, "address": 200, "timeline": True, "compared": True}
    with django_capture_on_commit_callbacks(execute=True):
        undo_action(SYSTEM, Action.objects.filter(kind="custom_tab.switch").latest("pk"))
    assert told() == off
    assert not type(switched).objects.exists()


def test_without_custom_tabs_there_is_no_screen_for_them(as_user: Sign) -> None:
    client = as_user("beheer")
    assert client.get("/settings/custom-tabs/").status_code == 404
    assert "/settings/custom-tabs/" not in client.get("/settings/").content.decode()


def test_who_switches_custom_tabs(custom: Tab, people: dict[str, User]) -> None:
    before = contents()
    with pytest.raises(NotAllowed):
        arranging.custom_tab_switch(actor=people["verkoop"], key=custom.key, version=0, active=True)
    with pytest.raises(NotFound):
        arranging.custom_tab_switch(actor=people["beheer"], key="notes", version=0, active=False)
    with pytest.raises(StaleVersion):
        arranging.custom_tab_switch(actor=people["beheer"], key=custom.key, version=3, active=True)
    with pytest.raises(InvalidInput):
        arranging.own_arrange(user=people["beheer"], order=[custom.key], shown=[custom.key])
    assert contents() == before


# -- in the browser -------------------------------------------------------------------------------------------------


def test_the_order_by_keyboard_and_alt_numbers_follow(desk: Page) -> None:
    desk.goto("/customers/K1/contacts/")
    tabs = desk.get_by_role("navigation", name="Onderwerpen van deze klant")
    desk.get_by_role("link", name="Volgorde van de tabbladen").focus()
    desk.keyboard.press("Enter")
    dialog = desk.get_by_role("dialog", name="Volgorde van de tabbladen")
    up = dialog.get_by_role("button", name="Omhoog: Historie")
    up.focus()
    for _step in range(3):
        desk.keyboard.press("Enter")
        expect(up).to_be_focused()
    expect(dialog.get_by_role("status")).to_contain_text("Historie: plaats 1 van")
    dialog.get_by_role("checkbox", name="Kenmerken").focus()
    desk.keyboard.press("Space")
    desk.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(tabs.locator("[data-tab]").first).to_have_text("Historie")
    expect(tabs.get_by_role("link", name="Kenmerken")).to_have_count(0)
    desk.keyboard.press("Alt+1")
    desk.wait_for_url("**/customers/K1/history/")
    desk.keyboard.press("Alt+2")
    desk.wait_for_url("**/customers/K1/contacts/")
    desk.get_by_role("link", name="Volgorde van de tabbladen").click()
    desk.get_by_role("button", name="Terug naar standaard").click()
    expect(tabs.locator("[data-tab]").first).to_contain_text("Contacten")
    expect(tabs.get_by_role("link", name="Kenmerken")).to_have_count(1)


def test_the_order_by_dragging(desk: Page) -> None:
    desk.goto("/customers/K1/contacts/")
    desk.get_by_role("link", name="Volgorde van de tabbladen").click()
    dialog = desk.get_by_role("dialog", name="Volgorde van de tabbladen")
    rows = dialog.get_by_role("listitem")
    rows.filter(has_text="Instellingen").drag_to(rows.first, target_position={"x": 40, "y": 3})
    expect(rows.first).to_contain_text("Instellingen")
    dialog.get_by_role("button", name="Bewaren").last.click()
    strip_of = desk.get_by_role("navigation", name="Onderwerpen van deze klant")
    expect(strip_of.locator("[data-tab]").first).to_have_text("Instellingen")
