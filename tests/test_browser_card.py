"""The card in a real browser: editing in place, two people at once, the tab strip, and nothing that jumps."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import customer_update
from klantenbeheer.domains.contacts.models import Contact
from klantenbeheer.domains.contacts.services import contact_create
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.domains.notes.services import note_create, note_update

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)

CARD = "/customers/K1/contacts/"


def k1() -> Customer:
    return Customer.objects.get(number="K1")


def value(page: Page, label: str) -> Any:
    return page.get_by_role("button", name=re.compile(f"^{label}:"))


def somebody_else_sets(**values: str) -> None:
    customer = k1()
    customer_update(actor=SYSTEM, customer_id=customer.pk, version=customer.version, values=values)


def test_editing_in_place_with_the_keyboard_alone(desk: Page) -> None:
    desk.goto(CARD)
    value(desk, "E-mail").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#id_email")).to_be_focused()
    desk.keyboard.type("info@mueller.example")
    desk.keyboard.press("Enter")
    expect(value(desk, "E-mail")).to_be_focused()
    expect(value(desk, "E-mail")).to_have_text("info@mueller.example")
    desk.keyboard.press("Enter")
    expect(desk.locator("#id_email")).to_be_focused()
    desk.keyboard.type("anders@mueller.example")
    desk.keyboard.press("Tab")
    expect(desk.locator("#id_phone")).to_be_focused()
    expect(value(desk, "E-mail")).to_have_text("anders@mueller.example")
    desk.keyboard.press("Shift+Tab")
    expect(desk.locator("#id_email")).to_be_focused()
    desk.keyboard.type("weg@mueller.example")
    desk.keyboard.press("Escape")
    expect(value(desk, "E-mail")).to_be_focused()
    assert k1().email == "anders@mueller.example"


def test_a_refused_value_stays_as_typed_wherever_one_goes(desk: Page) -> None:
    desk.goto(CARD)
    value(desk, "Telefoon").click()
    desk.locator("#id_phone").fill("12")
    desk.keyboard.press("Tab")
    expect(desk.locator("#id_phone_error")).to_contain_text("12")
    expect(desk.locator("#id_phone")).to_be_focused()
    value(desk, "Fax").click()
    expect(desk.locator("#id_fax")).to_be_focused()
    expect(desk.locator("#id_phone")).to_have_value("12")


def test_two_values_open_at_once_are_no_conflict_with_oneself(desk: Page) -> None:
    desk.goto(CARD)
    value(desk, "Telefoon").click()
    desk.locator("#id_phone").fill("020 6234567")
    value(desk, "E-mail").click()
    desk.locator("#id_email").fill("info@mueller.example")
    desk.keyboard.press("Enter")
    expect(value(desk, "E-mail")).to_have_text("info@mueller.example")
    desk.locator("#id_phone").press("Enter")
    expect(value(desk, "Telefoon")).to_have_text("+31 20 623 4567")
    expect(desk.get_by_role("dialog")).to_have_count(0)


def test_a_dialog_that_is_saved_leaves_a_half_typed_value_alone(desk: Page) -> None:
    desk.goto(CARD)
    value(desk, "Telefoon").click()
    desk.locator("#id_phone").fill("020 6234567")
    desk.locator("#card-edit").click()
    desk.locator("#dialog #id_fax").fill("030 2345679")
    desk.get_by_role("dialog").get_by_role("button", name="Bewaren").click()
    expect(desk.get_by_text("Bewaard.")).to_be_visible()
    expect(desk.locator("#id_phone")).to_have_value("020 6234567")
    desk.locator("#id_phone").press("Enter")
    expect(value(desk, "Telefoon")).to_have_text("+31 20 623 4567")
    assert k1().fax == "+31 30 234 5679"


def test_a_new_name_shows_around_without_loading_the_page(desk: Page) -> None:
    desk.goto(CARD)
    desk.evaluate("window.untouched = true")
    value(desk, "Naam").click()
    desk.locator("#id_name").fill("Zonnewende B.V.")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Zonnewende B.V.")
    expect(desk.locator("#card-face")).to_contain_text("ZB")
    assert desk.evaluate("window.untouched") is True


def test_a_stale_record_is_chosen_per_field(desk: Page) -> None:
    desk.goto(CARD)
    desk.keyboard.press("e")
    desk.locator("#dialog #id_email").fill("mijn@mueller.example")
    desk.locator("#dialog #id_fax").fill("030 2345679")
    somebody_else_sets(fax="020 6234567", website="www.mueller.example")
    desk.keyboard.press("Control+s")
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_contain_text("twee versies")
    # What this user left alone is proposed as the other stored it.
    expect(dialog.locator("[name='take.website'][value=theirs]")).to_be_checked()
    expect(dialog.locator("[name='take.fax'][value=mine]")).to_be_checked()
    dialog.get_by_role("radio", name="+31 20 623 4567").check()
    dialog.get_by_role("button", name="Bewaren").click()
    expect(value(desk, "E-mail")).to_have_text("mijn@mueller.example")
    expect(value(desk, "Website")).to_have_text("www.mueller.example")
    assert (k1().fax, k1().email) == ("+31 20 623 4567", "mijn@mueller.example")
    expect(desk.get_by_role("link", name="Bewerken", exact=True)).to_be_focused()


def test_a_stale_note_is_chosen_per_field(desk: Page) -> None:
    note = note_create(actor=SYSTEM, customer=k1(), values={"text": "Eerste tekst"})
    desk.goto("/customers/K1/notes/")
    desk.locator("#tab").get_by_role("link", name="Bewerken").click()
    desk.get_by_label("Vastgezet").check()
    note_update(actor=SYSTEM, record=note, version=1, values={"text": "Tweede tekst\nin twee regels"})
    desk.get_by_role("dialog").get_by_role("button", name="Bewaren").click()
    expect(desk.get_by_role("dialog")).to_contain_text("Tweede tekst")
    desk.get_by_role("dialog").get_by_role("button", name="Bewaren").click()
    expect(desk.locator("#tab")).to_contain_text("Vastgezet")
    stored = Note.objects.get()
    assert (stored.text, stored.pinned) == ("Tweede tekst\nin twee regels", True)


def test_a_refusal_does_not_hide_that_somebody_saved(desk: Page) -> None:
    note = note_create(actor=SYSTEM, customer=k1(), values={"text": "Eerste"})
    desk.goto("/customers/K1/notes/")
    desk.locator("#tab").get_by_role("link", name="Bewerken").click()
    desk.locator("#id_text").fill("")
    note_update(actor=SYSTEM, record=note, version=1, values={"text": "Van een ander"})
    save = desk.get_by_role("dialog").get_by_role("button", name="Bewaren")
    save.click()
    expect(desk.locator("#id_text_error")).to_be_visible()
    desk.locator("#id_text").fill("Van mij")
    save.click()
    expect(desk.get_by_role("dialog")).to_contain_text("twee versies")
    assert Note.objects.get().text == "Van een ander"


def test_new_from_the_menu_leads_to_its_tab(desk: Page) -> None:
    desk.goto(CARD)
    desk.get_by_text("Nieuw", exact=True).last.click()
    desk.locator("#card-new").get_by_role("link", name="Notitie").click()
    desk.locator("#id_text").fill("Belangrijk bericht")
    desk.get_by_label("Belangrijk").check()
    desk.get_by_role("dialog").get_by_role("button", name="Bewaren").click()
    desk.wait_for_url("**/customers/K1/notes/")
    expect(desk.get_by_role("link", name="Notities")).to_have_attribute("aria-current", "page")
    expect(desk.locator("#card-warnings")).to_contain_text("Belangrijk bericht")
    expect(desk.locator("#badge-notes")).to_contain_text("1")
    expect(desk).to_have_title(re.compile("Notities"))


def test_deleting_keeps_focus_in_the_tab_and_is_undone(desk: Page) -> None:
    contact_create(actor=SYSTEM, customer=k1(), values={"last_name": "Zwanenburg"})
    desk.goto(CARD)
    desk.get_by_role("button", name="Verwijderen: Zwanenburg").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#tab")).to_contain_text("Nog niets")
    expect(desk.locator("#tab")).to_be_focused()
    desk.get_by_role("button", name="Ongedaan maken").press("Enter")
    expect(desk.locator("#tab")).to_contain_text("Zwanenburg")
    assert Contact.objects.get().last_name == "Zwanenburg"


def test_keys_open_tabs_and_the_way_back_works(desk: Page) -> None:
    desk.goto(CARD)
    desk.keyboard.press("Alt+3")
    desk.wait_for_url("**/notes/")
    expect(desk.get_by_role("link", name="Notities")).to_have_attribute("aria-current", "page")
    desk.keyboard.press("n")
    expect(desk.locator("#id_text")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog")).to_have_count(0)
    desk.go_back()
    expect(desk.get_by_role("link", name="Contacten")).to_have_attribute("aria-current", "page")
    desk.wait_for_load_state("networkidle")
    desk.keyboard.press("e")
    expect(desk.get_by_role("dialog")).to_be_visible()


def test_a_tab_is_there_before_the_click(desk: Page) -> None:
    desk.goto(CARD)
    with desk.expect_response("**/K1/notes/"):
        desk.get_by_role("link", name="Notities").hover()
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.get_by_role("link", name="Notities").click()
    desk.wait_for_url("**/notes/")
    expect(desk.locator("#tab")).to_contain_text("Notitie")
    assert not [url for url in asked if url.endswith("/K1/notes/")]


def test_what_is_saved_is_not_hidden_by_a_tab_fetched_before(desk: Page) -> None:
    desk.goto(CARD)
    with desk.expect_response("**/K1/history/"):
        desk.get_by_role("link", name="Historie").hover()
    value(desk, "E-mail").click()
    desk.locator("#id_email").fill("net@gewijzigd.example")
    desk.keyboard.press("Enter")
    expect(value(desk, "E-mail")).to_be_focused()
    desk.get_by_role("link", name="Historie").click()
    expect(desk.locator("#tab")).to_contain_text("net@gewijzigd.example")


def test_tabs_that_do_not_fit_stand_under_more(desk: Page) -> None:
    desk.goto("/customers/K1/history/")
    desk.evaluate(
        """() => { const strip = document.getElementById("tabs"), more = strip.querySelector("[data-more]");
        for (let i = 1; i <= 20; i++) { const tab = document.createElement("a");
          tab.dataset.tab = ""; tab.href = "#" + i; tab.textContent = "Onderwerp nummer " + i;
          strip.insertBefore(tab, strip.querySelector("[data-tab]")); } }"""
    )
    desk.set_viewport_size({"width": 1000, "height": 800})
    more = desk.locator("#tabs > [data-more]")
    expect(more).to_be_visible()
    expect(desk.get_by_role("link", name="Historie")).to_be_visible()
    hidden = int(more.locator("[data-more-count]").inner_text())
    assert hidden == more.locator(".menu-items > a").count() > 5
    assert desk.evaluate("document.documentElement.scrollWidth") <= 1000
    more.locator("summary").press("Enter")
    desk.keyboard.press("ArrowDown")
    expect(more.locator(".menu-items > a").first).to_be_focused()
    desk.keyboard.press("Escape")
    expect(more.locator("summary")).to_be_focused()


def test_the_basic_data_stay_folded(desk: Page) -> None:
    desk.goto(CARD)
    desk.locator("#card-basic > summary").press("Enter")
    expect(value(desk, "Telefoon")).to_be_hidden()
    expect(desk.locator("#card-glance")).to_contain_text("+31 30 234 5678")
    desk.goto("/customers/K2/contacts/")
    expect(value(desk, "Telefoon")).to_be_hidden()


def test_the_card_fits_its_window_and_nothing_jumps(desk: Page) -> None:
    for index in range(40):
        contact_create(actor=SYSTEM, customer=k1(), values={"last_name": f"Nr {index}"})
    desk.set_viewport_size({"width": 1280, "height": 800})
    desk.add_init_script(
        """window.shift = 0;
        new PerformanceObserver((list) => { for (const one of list.getEntries()) window.shift += one.value; })
        .observe({ type: "layout-shift", buffered: true });"""
    )
    desk.goto(CARD)
    expect(desk.locator("#badge-contacts")).to_contain_text("40")
    desk.keyboard.press("Alt+3")
    desk.wait_for_url("**/notes/")
    desk.keyboard.press("Alt+1")
    desk.wait_for_url("**/contacts/")
    expect(desk.locator("#tab")).to_contain_text("Nr 39")
    heights = desk.evaluate(
        """() => { const tab = document.getElementById("tab"), root = document.documentElement;
        return [root.scrollHeight, root.clientHeight, tab.scrollHeight, tab.clientHeight]; }"""
    )
    assert heights[0] == heights[1]
    assert heights[2] > heights[3] > 200
    assert desk.evaluate("window.shift") < 0.01


def test_the_bar_at_the_top_is_for_what_takes_long(desk: Page) -> None:
    desk.goto(CARD)
    desk.wait_for_load_state("networkidle")  # the time counts from the first request that is under way
    held: list[Route] = []
    desk.route("**/K1/notes/", lambda route: held.append(route))
    # The page's own clock: a machine that is busy makes it later, never sooner.
    desk.evaluate(
        """() => {
            let asked = 0;
            document.addEventListener("htmx:beforeRequest", event => {
                if (event.detail.pathInfo.requestPath.endsWith("/notes/")) asked = performance.now();
            });
            new MutationObserver(() => { window.barAfter ??= performance.now() - asked; })
                .observe(document.querySelector(".top-progress"), { attributeFilter: ["data-on"] });
        }"""
    )
    bar = desk.locator(".top-progress")
    desk.get_by_role("link", name="Notities").press("Enter")
    expect(bar).to_have_attribute("data-on", "")
    assert desk.evaluate("window.barAfter") >= 295
    expect(desk.locator("#tab")).to_contain_text("Contactpersoon")  # what was there stays till the new is
    for route in held:
        route.continue_()
    desk.wait_for_url("**/notes/")
    expect(bar).not_to_have_attribute("data-on", "")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_for_axe_in_dialogs_and_fields(desk: Page, scheme: Any) -> None:
    contact_create(
        actor=SYSTEM, customer=k1(), values={"last_name": "Zwanenburg", "email": "z@mueller.example"}
    )
    note_create(actor=SYSTEM, customer=k1(), values={"text": "Let op", "important": True})
    desk.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    desk.goto(CARD)

    def clean(what: str) -> None:
        results = Axe().run(desk)
        assert results.violations_count == 0, f"{what} {scheme}: {results.generate_report()}"

    for opener in ("#card-edit", "#card-address-edit", "#tab [data-open]"):
        desk.locator(opener).first.click()
        expect(desk.get_by_role("dialog")).to_be_visible()
        clean(opener)
        desk.keyboard.press("Escape")
        expect(desk.locator(opener).first).to_be_focused()
    value(desk, "Telefoon").click()
    desk.locator("#id_phone").fill("12")
    desk.keyboard.press("Enter")
    expect(desk.locator("#id_phone_error")).to_be_visible()
    clean("a refused value")
    desk.keyboard.press("Escape")
    desk.locator("#card-more summary").click()
    clean("a menu")
    desk.keyboard.press("Escape")
    value(desk, "Fax").click()
    desk.locator("#id_fax").fill("030 2345679")
    somebody_else_sets(fax="020 6234567")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("dialog")).to_contain_text("twee versies")
    clean("two versions")


@pytest.mark.parametrize("path", [CARD, "/customers/K1/notes/", "/customers/K1/history/"])
def test_a_narrow_card_scrolls_one_way_only(desk: Page, path: str) -> None:
    somebody_else_sets(
        name="Coöperatieve Vereniging Installatietechniek Noordoost-Nederland en Omstreken U.A.",
        email="administratie.crediteuren.en.debiteuren@cooperatieve-vereniging-installatietechniek.example",
    )
    contact_create(actor=SYSTEM, customer=k1(), values={"last_name": "Oosterhout-Vandenbroucke" * 3})
    note_create(actor=SYSTEM, customer=k1(), values={"text": "Eenwoordzonderspaties" * 20})
    desk.set_viewport_size({"width": 320, "height": 600})
    desk.goto(path)
    assert desk.evaluate("document.documentElement.scrollWidth") == 320
