"""How screens look in a real browser: what fits, what stands in line or on paper, and where keys lead back to."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from klantenbeheer.customers import hours
from klantenbeheer.customers.extra_services import extra_field_save
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import customer_update
from klantenbeheer.domains.contacts.services import contact_create
from klantenbeheer.domains.notes.services import note_create
from klantenbeheer.foundation.jobs import running

from .conftest import SYSTEM
from .keys import walk_to

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "Coöperatieve Inkoopvereniging van Zelfstandige Installatiebedrijven Noordoost-Brabant en Limburg U.A."
WEEK = dict.fromkeys(("mo", "tu", "we", "th", "fr"), "8-12, 13-17:30") | {"sa": "", "su": ""}


def k1() -> Customer:
    return Customer.objects.get(number="K1")


def box(place: Locator) -> FloatRect:
    found = place.bounding_box()
    assert found is not None
    return found


def hidden_sideways(page: Page, selector: str) -> int:
    """Give how much of something can only be seen by scrolling it sideways."""
    page.locator(selector).first.wait_for()
    return int(page.eval_on_selector(selector, "one => one.scrollWidth - one.clientWidth"))


def test_a_long_name_has_the_room_beside_the_buttons(desk: Page) -> None:
    customer_update(actor=SYSTEM, customer_id=k1().pk, version=k1().version, values={"name": LONG})
    hours.hours_save(actor=SYSTEM, customer_id=k1().pk, version=k1().version, typed=WEEK)
    desk.set_viewport_size({"width": 1024, "height": 768})
    desk.goto("/customers/K1/contacts/")
    expect(desk.locator("#card-hours")).to_be_visible()
    assert box(desk.locator("#card-head .who"))["width"] > 460
    back = box(desk.get_by_role("link", name="Terug naar de lijst"))
    buttons = box(desk.locator("#card-head .actions"))
    # Opening hours stand under the buttons; they take no room from the name.
    assert back["x"] - buttons["x"] < 12


@pytest.mark.parametrize("width", [1280, 1024, 800])
def test_contact_persons_fit_with_every_button(desk: Page, width: int) -> None:
    contact_create(actor=SYSTEM, customer=k1(), values={
        "first_name": "Lotte", "last_name": "Brouwer", "job_title": "Crediteurenadministratie",
        "roles": ["decides", "buys"], "phone": "030 2345678", "mobile": "06 22683359",
        "email": "lotte.brouwer@bakker-zonen-luchttechniek-en-klimaat.example",
    })  # fmt: skip
    desk.set_viewport_size({"width": width, "height": 800})
    desk.goto("/customers/K1/contacts/")
    assert hidden_sideways(desk, "#tab .table-wrap") == 0
    button = desk.get_by_role("button", name="Verwijderen: ")
    button.scroll_into_view_if_needed()
    expect(button).to_be_in_viewport(ratio=1)
    expect(desk.get_by_text("Crediteurenadministratie")).to_be_visible()


def test_suggestions_fit_a_telephone(desk: Page, make_customer: Callable[..., Customer]) -> None:
    make_customer(LONG, number="K3", phone="030-2345679")
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto("/customers/")
    desk.keyboard.press("/")
    desk.keyboard.type("coop")
    desk.locator("#search-results a").first.wait_for()
    assert desk.evaluate("document.documentElement.scrollWidth") == 390
    found = box(desk.locator("#search-results"))
    assert found["x"] >= 0
    assert found["x"] + found["width"] <= 390


def test_filters_fill_their_menu(desk: Page) -> None:
    values = {"active": True, "choices": "", "in_list": True, "label_nl": "Bezoekritme", "label_en": "Rhythm"}
    extra_field_save(actor=SYSTEM, slot="extra_text_1", version=0, values=values)
    desk.goto("/customers/")
    desk.locator("#list-filter summary").click()
    menu = desk.locator("#list-filter .menu-items")
    expect(menu).to_be_visible()
    room = menu.evaluate("one => one.clientWidth - 2 * parseFloat(getComputedStyle(one).paddingLeft)")
    expect(menu.get_by_label("Bezoekritme")).to_be_visible()
    for field in menu.locator("select, input").all():
        assert abs(box(field)["width"] - room) < 1


def test_words_stand_level_with_their_boxes(desk: Page) -> None:
    desk.goto("/customers/K1/contacts/")
    desk.keyboard.press("n")
    for name in ("Directie", "Facturen en aanmaningen"):
        apart = desk.get_by_role("checkbox", name=name).evaluate(
            """field => { const words = document.createRange(); words.selectNodeContents(field.parentElement);
            words.setStartAfter(field); const [a, b] = [words, field].map((one) => one.getBoundingClientRect());
            return Math.abs(a.top + a.height / 2 - b.top - b.height / 2); }"""
        )
        assert apart < 2


def test_a_note_begins_under_its_author(desk: Page) -> None:
    note_create(actor=SYSTEM, customer=k1(), values={"text": "Levering achterom"})
    desk.goto("/customers/K1/notes/")
    words, author = box(desk.get_by_text("Levering achterom")), box(desk.locator("#tab li .soft").first)
    assert words["x"] == author["x"]
    assert words["y"] - author["y"] - author["height"] < 12


def test_two_versions_can_be_read_on_a_telephone(desk: Page) -> None:
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto("/customers/K1/contacts/")
    desk.locator("#card-edit").click()
    desk.locator("#dialog #id_website").fill("www.van-mij.example")
    values = {"website": "www.van-een-ander.example"}
    customer_update(actor=SYSTEM, customer_id=k1().pk, version=k1().version, values=values)
    desk.keyboard.press("Control+s")
    mine = desk.get_by_role("dialog").get_by_text("www.van-mij.example")
    expect(mine).to_be_visible()
    assert box(desk.get_by_role("radio").first.locator("xpath=ancestor::td"))["width"] > 140
    expect(desk.get_by_role("dialog").get_by_text("Website")).to_be_visible()


# -- files ------------------------------------------------------------------------------------------------------


def test_a_file_field_speaks_the_language_of_the_user(desk: Page, tmp_path: Path) -> None:
    path = tmp_path / "relaties.csv"
    path.write_text("naam\nNieuw\n", encoding="utf-8")
    desk.goto("/customers/import")
    drop = desk.locator("kb-drop")
    expect(drop).to_contain_text("Bestand kiezen")
    expect(drop).to_contain_text("Nog geen bestand gekozen")
    # What the browser writes itself lies under it, and is still what a key or a click reaches.
    assert desk.locator("#id_file").evaluate("one => getComputedStyle(one).opacity") == "0"
    desk.on("filechooser", lambda _chooser: None)
    walk_to(desk, "#id_file")
    with desk.expect_file_chooser() as chooser:
        desk.keyboard.press("Space")
    chooser.value.set_files(path)
    expect(drop).to_contain_text("relaties.csv")
    expect(drop).not_to_contain_text("Nog geen")
    with desk.expect_file_chooser():
        drop.get_by_text("Bestand kiezen").click(force=True)


# -- back -------------------------------------------------------------------------------------------------------


def test_back_at_the_list_one_is_where_one_was(desk: Page, make_customer: Callable[..., Customer]) -> None:
    for index in range(40):
        make_customer(f"Zagerij {index:02d}", number=f"Z{index:02d}")
    desk.goto("/customers/?q=zagerij")
    desk.get_by_role("link", name="Zagerij 31").click()
    desk.wait_for_url("**/Z31/contacts/")
    desk.keyboard.press("Escape")
    desk.wait_for_url("**/customers/?q=zagerij")
    row = desk.get_by_role("row", name="Z31")
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()
    desk.keyboard.press("j")
    expect(desk.get_by_role("row", name="Z32")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/Z32/contacts/")
    desk.go_back()
    expect(desk.get_by_role("row", name="Z32")).to_be_focused()
    # A list that one goes to, instead of coming back, opens at its top.
    desk.goto("/customers/?q=zagerij")
    expect(row).to_be_visible()
    expect(desk.locator("[data-rows] [data-current], [data-rows][data-current]")).to_have_count(0)


def test_escape_leads_back_from_an_import(desk: Page, tmp_path: Path) -> None:
    path = tmp_path / "relaties.csv"
    path.write_text("naam\nNieuw\n", encoding="utf-8")
    desk.goto("/customers/import")
    desk.set_input_files("#id_file", str(path))
    desk.get_by_role("button", name="Bestand inlezen").click()
    desk.wait_for_url(re.compile(r"/customers/import/\d+$"))
    desk.keyboard.press("Escape")
    desk.wait_for_url("**/customers/import")
    expect(desk.get_by_role("link", name="relaties.csv")).to_be_visible()
    desk.keyboard.press("Escape")
    desk.wait_for_url("**/customers/")


# -- paper ------------------------------------------------------------------------------------------------------


def test_the_list_on_paper_has_its_headings_above_their_columns(desk: Page) -> None:
    desk.set_viewport_size({"width": 688, "height": 970})
    desk.goto("/customers/")
    desk.emulate_media(media="print")
    expect(desk.locator("#list-filter")).to_be_hidden()
    for heading, text in (("Nummer", "K1"), ("Naam", "Café Müller B.V."), ("Plaats", "Utrecht")):
        head = box(desk.get_by_role("columnheader", name=heading))
        cell = box(desk.get_by_role("row", name="Café Müller").get_by_role("cell", name=text, exact=True))
        assert head["x"] == cell["x"], heading


def test_contact_persons_fit_on_paper(desk: Page) -> None:
    contact_create(actor=SYSTEM, customer=k1(), values={
        "last_name": "Brouwer", "job_title": "Crediteurenadministratie", "phone": "030 2345678",
        "email": "lotte.brouwer@bakker-zonen-luchttechniek-en-klimaat.example",
    })  # fmt: skip
    desk.set_viewport_size({"width": 688, "height": 970})
    desk.goto("/customers/K1/contacts/")
    desk.emulate_media(media="print")
    assert hidden_sideways(desk, "#tab .table-wrap") == 0
    expect(desk.get_by_role("columnheader", name="Functie")).to_be_hidden()


@pytest.mark.parametrize("media", ["screen", "print"])
def test_remarks_about_rows_can_be_read_narrow_and_on_paper(desk: Page, tmp_path: Path, media: Any) -> None:
    path = tmp_path / "relaties.csv"
    row = f"{LONG};Administratie;Weg naar Zee 1;Alphen aan den Rijn;Zuid-Holland;veel\n"
    path.write_text("naam;contactpersoon;adres;plaats;regio;kredietlimiet\n" + row * 3, encoding="utf-8")
    desk.goto("/customers/import")
    desk.set_input_files("#id_file", str(path))
    desk.get_by_role("button", name="Bestand inlezen").click()
    desk.get_by_role("button", name="Voorbeeld tonen").click()
    while job := running.claim("browser"):
        running.perform(job)
    desk.get_by_text("veel” is geen bedrag").first.wait_for()
    desk.emulate_media(media=media)
    desk.set_viewport_size({"width": 390 if media == "screen" else 688, "height": 900})
    assert hidden_sideways(desk, "#import-state .table-wrap") == 0
    assert box(desk.get_by_role("table").get_by_text("geweigerd").first)["height"] < 30


# -- nothing to complain of ---------------------------------------------------------------------------------------


def test_a_refused_form_gives_the_browser_nothing_to_complain_of(desk: Page) -> None:
    told: list[str] = []
    desk.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    desk.goto("/customers/K1/contacts/")
    desk.keyboard.press("n")
    expect(desk.get_by_role("dialog")).to_be_visible()
    desk.keyboard.press("Control+s")
    expect(desk.locator("#id_last_name_error")).to_be_visible()
    expect(desk.locator("#id_last_name")).to_be_focused()
    assert [text for text in told if "422" not in text] == []


def test_changes_can_be_read_on_a_telephone(desk: Page) -> None:
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto("/customers/K1/history/")
    heading = desk.get_by_role("rowheader", name="Naam")
    assert box(heading)["width"] < box(heading.locator("xpath=following-sibling::td"))["width"]


def test_vcards_are_read_in(desk: Page) -> None:
    desk.goto("/customers/K1/contacts/persons/vcards")
    expect(desk.get_by_role("button", name="Bestand inlezen")).to_be_visible()


def test_who_saves_while_the_line_is_down_is_told_and_keeps_what_was_typed(desk: Page) -> None:
    desk.goto("/customers/K1/notes/")
    desk.keyboard.press("n")
    desk.locator("#id_text").fill("Een lange notitie")
    desk.route("**/notes/items/new/", lambda route: route.abort())
    desk.keyboard.press("Control+s")
    expect(desk.get_by_text("De server antwoordt niet")).to_be_visible()
    expect(desk.locator("#id_text")).to_have_value("Een lange notitie")
    desk.unroute("**/notes/items/new/")
    desk.keyboard.press("Control+s")
    expect(desk.locator("#tab")).to_contain_text("Een lange notitie")


def test_an_answer_that_is_no_answer_is_told(desk: Page) -> None:
    desk.goto("/customers/K1/contacts/")
    desk.route("**/K1/notes/", lambda route: route.fulfill(status=502, body="Bad Gateway"))
    desk.get_by_role("link", name="Notities").press("Enter")
    expect(desk.get_by_text("Dit lukte niet")).to_be_visible()
    expect(desk.locator("#tab")).to_contain_text("Contactpersonen")
