"""History in a real browser, by keyboard: undoing from the message and the timeline, and the card as it was."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import customer_update
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.domains.notes.services import note_create, note_update
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)

HISTORY = "/customers/K1/history/"


def k1() -> Customer:
    return Customer.objects.get(number="K1")


def a_changed_note() -> Note:
    note = note_create(
        actor=SYSTEM, customer=k1(), values={"text": "Levert altijd op dinsdag aan de achterdeur"}
    )
    note_update(
        actor=SYSTEM, record=note, version=1, values={"text": "Levert altijd op donderdag aan de achterdeur"}
    )
    return note


def no_faults(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.reload()
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()


def test_what_was_edited_in_place_is_undone_and_done_again(desk: Page) -> None:
    desk.goto("/customers/K1/contacts/")
    phone = desk.get_by_role("button", name=re.compile("^Telefoon:"))
    phone.focus()
    desk.keyboard.press("Enter")
    desk.locator("#id_phone").fill("020 6234567")
    desk.keyboard.press("Enter")
    undo = desk.locator("#toasts").get_by_role("button", name="Ongedaan maken")
    undo.focus()
    desk.keyboard.press("Enter")
    expect(phone).to_have_text("+31 30 234 5678")
    expect(desk.locator("#toasts")).to_contain_text("Ongedaan gemaakt.")
    undo.last.focus()
    desk.keyboard.press("Enter")
    expect(phone).to_have_text("+31 20 623 4567")
    assert k1().phone == "+31 20 623 4567"


def test_the_timeline_tells_at_once_what_is_edited_beside_it(desk: Page) -> None:
    a_changed_note()
    desk.goto(HISTORY)
    desk.locator("select[name=kind]").select_option("customer")
    expect(desk.locator(".timeline > li")).to_have_count(1)
    asked: list[str] = []
    desk.on("request", lambda one: asked.append(one.url) if "/history/?" in one.url else None)
    desk.get_by_role("button", name=re.compile("^Telefoon:")).focus()
    desk.keyboard.press("Enter")
    desk.locator("#id_phone").fill("020 6234567")
    desk.keyboard.press("Enter")
    # Still narrowed to the customer, and focus stays where one was.
    expect(desk.locator(".timeline > li")).to_have_count(2)
    expect(desk.locator(".timeline > li").first.locator("ins")).to_have_text("20 623 4567")
    expect(desk.locator("select[name=kind]")).to_have_value("customer")
    expect(desk.get_by_role("button", name=re.compile("^Telefoon:"))).to_be_focused()
    assert len(asked) == 1
    # Undoing tells of both the card and the tab, and asks for the tab once.
    desk.locator(".timeline > li").first.get_by_role("button", name=re.compile("^Ongedaan maken")).click()
    expect(desk.locator(".timeline > li")).to_have_count(3)
    assert len(asked) == 2


def test_what_is_added_from_the_history_shows_on_its_own_tab(desk: Page) -> None:
    desk.goto(HISTORY)
    asked: list[str] = []
    desk.on("request", lambda one: asked.append(one.url) if one.url.endswith(HISTORY) else None)
    desk.locator("#card-new > summary").click()
    desk.locator("#card-new").get_by_role("link", name="Notitie").click()
    desk.locator("#id_text").fill("Belt morgen terug")
    desk.keyboard.press("Control+s")
    expect(desk.locator("#tab")).to_contain_text("Belt morgen terug")
    desk.wait_for_url("**/customers/K1/notes/")
    # The history does not come back over it.
    desk.wait_for_load_state("networkidle")
    assert asked == []


def test_what_was_done_to_many_fits_a_telephone(desk: Page) -> None:
    with acting(SYSTEM, "customer.bulk"):
        write([Note(customer=one, text="Voor allen") for one in Customer.objects.all()], new=True)
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto(HISTORY)
    expect(desk.get_by_role("button", name=re.compile("^Ongedaan maken voor alle klanten"))).to_be_visible()
    assert desk.evaluate("document.documentElement.scrollWidth") == 390


def test_words_are_marked_and_a_change_is_undone_from_the_timeline(desk: Page) -> None:
    a_changed_note()
    desk.goto(HISTORY)
    moment = desk.locator(".timeline > li").first
    expect(moment.locator("del")).to_have_text("dinsdag")
    expect(moment.locator("ins")).to_have_text("donderdag")
    assert "line-through" in moment.locator("del").evaluate("e => getComputedStyle(e).textDecorationLine")
    assert "underline" in moment.locator("ins").evaluate("e => getComputedStyle(e).textDecorationLine")
    no_faults(desk)
    moment.get_by_role("button", name=re.compile("Ongedaan maken")).focus()
    desk.keyboard.press("Enter")
    expect(desk.locator(".timeline > li").first).to_contain_text("maakt ongedaan wat op")
    assert Note.objects.get().text == "Levert altijd op dinsdag aan de achterdeur"


def test_what_the_history_undid_is_not_offered_by_an_earlier_message(desk: Page) -> None:
    desk.goto("/customers/K1/contacts/")
    desk.get_by_role("button", name=re.compile("^Telefoon:")).focus()
    desk.keyboard.press("Enter")
    desk.locator("#id_phone").fill("020 6234567")
    desk.keyboard.press("Enter")
    toasts = desk.locator("#toasts")
    expect(toasts.get_by_role("button", name="Ongedaan maken")).to_have_count(1)
    desk.get_by_role("link", name="Historie", exact=True).click()
    moment = desk.locator(".timeline > li").first
    expect(moment.locator("ins")).to_have_text("20 623 4567")
    moment.get_by_role("button", name=re.compile("^Ongedaan maken")).focus()
    desk.keyboard.press("Enter")
    expect(toasts).to_contain_text("Ongedaan gemaakt.")
    # What is left does what was undone again.
    expect(toasts.get_by_role("button", name="Ongedaan maken")).to_have_count(1)


def test_the_timeline_is_narrowed_to_a_field(desk: Page) -> None:
    a_changed_note()
    customer = k1()
    customer_update(
        actor=SYSTEM, customer_id=customer.pk, version=customer.version, values={"email": "a@b.example"}
    )
    desk.goto(HISTORY)
    desk.get_by_label("Veld").select_option("customer.email")
    expect(desk.locator(".timeline > li")).to_have_count(1)
    expect(desk.locator(".timeline")).to_contain_text("a@b.example")
    desk.get_by_role("link", name="Alles", exact=True).focus()
    desk.keyboard.press("Enter")
    expect(desk.locator(".timeline")).to_contain_text("donderdag")


def test_the_card_as_it_was_and_beside_now(desk: Page) -> None:
    a_changed_note()
    desk.goto(HISTORY)
    desk.locator(".timeline > li").nth(1).get_by_role("link", name="Kaart op dit moment").focus()
    desk.keyboard.press("Enter")
    bar = desk.locator("#card-past")
    expect(bar).to_contain_text("De kaart zoals die was op")
    desk.get_by_role("link", name="Notities").click()
    desk.wait_for_url(re.compile(r"/notes/\?at="))
    expect(desk.locator("#tab")).to_contain_text("dinsdag")
    expect(desk.locator("#tab")).not_to_contain_text("donderdag")
    expect(desk.get_by_role("link", name="Bewerken")).to_have_count(0)
    no_faults(desk)
    bar.get_by_role("link", name="Vergelijken met nu").focus()
    desk.keyboard.press("Enter")
    differs = desk.locator("tr.differs")
    expect(differs).to_have_count(1)
    expect(differs).to_contain_text("≠")
    expect(differs.locator("del")).to_have_text("dinsdag")
    expect(differs.locator("ins")).to_have_text("donderdag")
    no_faults(desk)
    desk.keyboard.press("Tab")
    bar.get_by_role("link", name="Terug naar nu").focus()
    desk.keyboard.press("Enter")
    expect(bar).to_have_count(0)
