"""The palette and the start page in a real browser: without a mouse, to a screen reader, small and dark."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from klantenbeheer.customers.models import Customer, CustomerMark
from klantenbeheer.domains.contacts.services import contact_create
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.foundation.access.models import User

from .cast import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)

CARD = "/customers/K1/contacts/"


def ask(page: Page, text: str = "") -> Any:
    """Open the palette with its key and type; gives its field once the answer to the whole text is there."""
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Klant, contactpersoon, pagina of handeling")
    expect(field).to_be_focused()
    if text:
        with page.expect_response(
            lambda answer: (
                f"q={text[-1]}" in answer.url or answer.url.split("q=")[-1].split("&")[0].endswith(text[-1])
            )
        ):
            page.keyboard.type(text)
        # The answer has come; it stands in the list a moment later.
        page.wait_for_load_state("networkidle")
    return field


def chosen(page: Page) -> Any:
    """Give the option that Enter takes."""
    return page.locator("#palette [role=option][aria-selected=true]")


def test_a_customer_by_name_with_a_typing_error(desk: Page) -> None:
    ask(desk, "houthandle")
    expect(chosen(desk)).to_contain_text("De Vries Houthandel")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/customers/K2/contacts/")
    expect(desk.locator("#palette")).to_be_hidden()


def test_arrows_choose_and_the_field_says_which(desk: Page) -> None:
    desk.goto(CARD)
    field = ask(desk)
    expect(chosen(desk)).to_have_count(1)
    first = field.get_attribute("aria-activedescendant")
    desk.keyboard.press("ArrowDown")
    second = chosen(desk).get_attribute("id")
    assert first != second
    expect(field).to_have_attribute("aria-activedescendant", str(second))
    desk.keyboard.press("ArrowUp")
    expect(field).to_have_attribute("aria-activedescendant", str(first))
    desk.keyboard.press("ArrowUp")
    expect(chosen(desk)).to_contain_text("Instellingen")  # round to the last: a page of the settings
    expect(field).to_be_focused()


def test_an_action_of_the_card_from_the_keyboard_alone(desk: Page) -> None:
    desk.goto(CARD)
    edit = desk.locator("#card-edit")
    edit.focus()
    ask(desk, ">notite")
    expect(chosen(desk)).to_contain_text("Nieuw: Notitie")
    desk.keyboard.press("Enter")
    text = desk.get_by_role("dialog").get_by_role("textbox")
    expect(text).to_be_focused()
    desk.keyboard.type("Belde terug")
    desk.keyboard.press("Control+s")
    expect(desk.locator("#tab")).to_contain_text("Belde terug")
    assert Note.objects.get().text == "Belde terug"
    expect(edit).to_be_focused()


def test_focus_goes_back_to_where_it_was(desk: Page) -> None:
    desk.goto(CARD)
    desk.locator("#card-edit").focus()
    ask(desk)
    desk.keyboard.press("Escape")
    expect(desk.locator("#palette")).to_be_hidden()
    expect(desk.locator("#card-edit")).to_be_focused()
    desk.get_by_role("button", name="Opdrachtpalet").click()
    expect(desk.locator("#palette")).to_be_visible()


def test_the_list_is_exported_with_its_filter(desk: Page) -> None:
    """What stands on the page is found by its words, typing errors and all, and pressed with what is in force."""
    desk.goto("/customers/?q=houthandel&sort=name")
    ask(desk, ">exprteren csv")
    expect(chosen(desk)).to_have_text("Exporteren · Wat de lijst toont · CSV")
    with desk.expect_download() as download:
        desk.keyboard.press("Enter")
    told = download.value.path().read_text(encoding="utf-8-sig")
    assert "De Vries Houthandel" in told
    assert "Müller" not in told
    desk.goto("/customers/?q=houthandel&sort=name")
    ask(desk, ">kolommen")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("dialog", name="Kolommen")).to_be_visible()


def test_what_asks_for_chosen_rows_is_there_once_some_are(desk: Page) -> None:
    desk.goto("/customers/?sort=name")
    ask(desk)
    here = desk.get_by_role("group", name="Op deze pagina")
    expect(here).to_contain_text("Kolommen")
    expect(here.get_by_role("option", name="Wijzigen")).to_have_count(0)
    desk.keyboard.press("Escape")
    desk.get_by_role("checkbox", name="Kies De Vries Houthandel").focus()
    desk.keyboard.press("Space")
    ask(desk)
    here.get_by_role("option", name="Wijzigen").click()
    desk.wait_for_url("**/customers/bulk/**")


def test_a_card_offers_what_its_tab_has_and_no_row_of_it(desk: Page) -> None:
    customer = Customer.objects.get(number="K1")
    contact_create(actor=SYSTEM, customer=customer, values={"last_name": "Zwanenburg"})
    desk.goto(CARD)
    ask(desk)
    here = desk.get_by_role("group", name="Op deze pagina")
    expect(here).to_contain_text("vCards inlezen")
    expect(here).not_to_contain_text("Zwanenburg")
    expect(here).not_to_contain_text("Afdrukken")


def test_a_contact_leads_to_that_person(desk: Page) -> None:
    customer = Customer.objects.get(number="K2")
    for name in ("Zwanenburg", "Anders"):
        contact_create(actor=SYSTEM, customer=customer, values={"last_name": name})
    ask(desk, "@zwan")
    expect(chosen(desk)).to_contain_text("Zwanenburg De Vries Houthandel")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/customers/K2/contacts/?find=Zwanenburg")
    expect(desk.locator("#tab")).to_contain_text("Zwanenburg")
    expect(desk.locator("#tab")).not_to_contain_text("Anders")


def test_what_stands_in_the_bar_is_pressed(desk: Page) -> None:
    ask(desk, ">donker")
    desk.keyboard.press("Enter")
    expect(desk.locator("html")).to_have_attribute("data-theme", "dark")
    ask(desk, ">thema licht")
    desk.keyboard.press("Enter")
    expect(desk.locator("html")).to_have_attribute("data-theme", "light")
    ask(desk, ">afmelden")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/sign-in/**")


def test_marking_from_the_palette(desk: Page) -> None:
    desk.goto("/customers/K2/contacts/")
    ask(desk, ">marker")
    desk.keyboard.press("Enter")
    expect(desk.locator("form.mark button")).to_have_attribute("aria-pressed", "true")
    assert CustomerMark.objects.get().customer.number == "K2"


def test_typed_text_in_a_dialog_asks_before_it_goes(desk: Page) -> None:
    desk.goto("/customers/K1/notes/")
    desk.keyboard.press("n")
    field = desk.get_by_role("dialog").get_by_role("textbox")
    field.fill("Half")
    desk.once("dialog", lambda question: question.dismiss())
    desk.keyboard.press("Control+k")
    expect(field).to_have_value("Half")
    expect(desk.locator("#palette")).to_be_hidden()
    desk.once("dialog", lambda question: question.accept())
    desk.keyboard.press("Control+k")
    expect(desk.locator("#palette")).to_be_visible()


def test_opened_lately_stands_first_on_both(desk: Page) -> None:
    for number in ("K1", "K2"):
        desk.goto(f"/customers/{number}/contacts/")
    desk.goto("/")
    lines = desk.locator("#block-recent li a")
    expect(lines).to_have_text(["De Vries Houthandel", "Café Müller B.V."])
    ask(desk)
    expect(chosen(desk)).to_contain_text("De Vries Houthandel")
    desk.keyboard.press("Escape")
    expect(desk.locator("#palette")).to_be_hidden()
    # Another user of this browser has a list of his own.
    User.objects.filter(username="verkoop").update(is_active=True)
    kept = desk.evaluate("JSON.stringify(localStorage)")
    assert "Houthandel" not in kept
    assert "K2" in kept
    desk.wait_for_load_state("networkidle")
    desk.keyboard.press("j")
    expect(desk.locator("#block-recent li").first).to_be_focused()
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/customers/K2/contacts/")


def test_without_storage_nothing_breaks(desk: Page) -> None:
    desk.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('off'); } });"
    )
    desk.goto(CARD)
    desk.goto("/")
    expect(desk.locator("#block-recent")).to_contain_text("in deze browser")
    ask(desk, "muller")
    expect(chosen(desk)).to_contain_text("Café Müller")


def test_what_a_screen_reader_hears(desk: Page) -> None:
    desk.goto(CARD)
    ask(desk, ">not")
    expect(chosen(desk)).to_have_count(1)
    tree = desk.locator("#palette").aria_snapshot()
    assert re.search(r'combobox "Klant, contactpersoon, pagina of handeling" \[(?:active|expanded)', tree), (
        tree
    )
    assert 'listbox "Gevonden"' in tree
    assert 'group "Deze klant"' in tree
    assert re.search(r'option "Nieuw: Notitie" \[selected\]', tree), tree
    assert re.search(r"status: \d+ gevonden", tree), tree


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_bar_stands_in_one_row_on_an_office_screen(desk: Page, language: str) -> None:
    User.objects.filter(username="beheer").update(language=language, full_name="Annelies de Vries")
    for width in (1440, 1360, 1280, 1240, 1100, 1024):
        desk.set_viewport_size({"width": width, "height": 800})
        desk.goto("/")
        tops = "[...document.querySelectorAll('.app-bar > *')].map((one) => one.getBoundingClientRect())"
        middles = desk.evaluate(f"{tops}.map((box) => Math.round(box.top + box.height / 2))")
        assert max(middles) - min(middles) <= 4, (width, middles)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_for_axe(desk: Page, scheme: Any) -> None:
    desk.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    Note.objects.all()
    for width, height in ((1280, 800), (390, 844)):
        desk.set_viewport_size({"width": width, "height": height})
        desk.goto("/")
        expect(desk.locator("#block-recent")).not_to_have_attribute("aria-busy", "true")
        results = Axe().run(desk)
        assert results.violations_count == 0, f"start {width} {scheme}: {results.generate_report()}"
        assert desk.evaluate("document.documentElement.scrollWidth") == width
        desk.goto(CARD)
        ask(desk, "not")
        expect(chosen(desk)).to_have_count(1)
        results = Axe().run(desk)
        assert results.violations_count == 0, f"palette {width} {scheme}: {results.generate_report()}"
        assert desk.evaluate("document.documentElement.scrollWidth") == width
