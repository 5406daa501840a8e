"""The list in a real browser: with the keyboard alone, selection, row menu, and a narrow window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from klantenbeheer.customers.extra_services import extra_field_save
from klantenbeheer.customers.models import Customer, CustomerMark

from .conftest import SYSTEM
from .keys import walk_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def many(desk: Page, make_customer: Callable[..., Customer]) -> Page:
    """Give the list with forty more customers."""
    for index in range(40):
        make_customer(f"Zagerij {index:02d}", number=f"Z{index:02d}", email=f"info@zagerij{index}.example")
    desk.goto("/customers/")
    return desk


def test_walking_the_list_and_back_with_keys(many: Page) -> None:
    many.goto("/customers/?q=zagerij")
    for _step in range(3):
        many.keyboard.press("j")
    many.keyboard.press("k")
    expect(many.get_by_role("row", name="Z01")).to_be_focused()
    many.keyboard.press("Enter")
    many.wait_for_url("**/customers/Z01/contacts/")
    many.keyboard.press("Escape")
    many.wait_for_url("**/customers/?q=zagerij")
    many.keyboard.press("/")
    expect(many.get_by_role("combobox", name="Alles doorzoeken")).to_be_focused()
    many.goto("/customers/Z01/notes/")
    many.keyboard.press("Control+Alt+k")
    many.wait_for_url("**/customers/#list-q")
    expect(many.locator("#list-q")).to_be_focused()
    many.keyboard.type("zagerij 07")
    expect(many.locator("[data-rows] > tr")).to_have_count(1)
    many.goto("/customers/")
    many.keyboard.press("n")
    many.wait_for_url("**/customers/new")


def test_typing_replaces_the_address_and_back_leaves_the_list(many: Page) -> None:
    many.goto("/password/")
    many.goto("/customers/")
    many.locator("#list-q").press_sequentially("zagerij 07")
    expect(many.get_by_role("row", name="Z07")).to_be_visible()
    expect(many.locator("[data-rows] > tr")).to_have_count(1)
    many.wait_for_url("**q=zagerij*")
    many.go_back()
    many.wait_for_url("**/password/")


def test_a_range_is_marked_and_the_mark_undone(many: Page) -> None:
    for _row in range(2):
        many.keyboard.press("j")
    walk_to(many, "[data-rows] > tr:nth-child(2) [data-select]")
    many.keyboard.press("Space")
    walk_to(many, "[data-rows] > tr:nth-child(5) [data-select]")
    many.keyboard.press("Shift+Space")
    before = many.locator(".table-wrap").bounding_box()
    expect(many.locator("[data-bulk]")).to_contain_text("4 gekozen")
    assert many.locator(".table-wrap").bounding_box() == before
    walk_to(many, "[data-bulk] [name=marked][value='1']", back=True)
    many.keyboard.press("Enter")
    undo = many.get_by_role("button", name="Ongedaan maken")
    undo.wait_for()
    assert CustomerMark.objects.count() == 4
    undo.focus()
    many.keyboard.press("Enter")
    expect(many.get_by_text("4 niet langer gemarkeerd")).to_be_visible()
    assert CustomerMark.objects.count() == 0


def test_the_row_menu_with_keys(many: Page) -> None:
    button = many.get_by_label("Handelingen voor Zagerij 00")
    button.press("Enter")
    many.keyboard.press("ArrowDown")
    expect(many.get_by_role("link", name="Openen", exact=True)).to_be_focused()
    many.keyboard.press("Escape")
    expect(button).to_be_focused()
    button.press("Enter")
    many.keyboard.press("ArrowDown")
    many.keyboard.press("Enter")
    many.wait_for_url("**/customers/Z00/contacts/")


def test_the_heading_stays_while_the_table_scrolls(many: Page) -> None:
    last = many.locator("[data-rows] > tr").last
    last.scroll_into_view_if_needed()
    expect(many.get_by_role("columnheader", name="Nummer")).to_be_in_viewport()
    assert many.evaluate("document.documentElement.scrollTop") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_for_axe_in_any_state_of_the_list(many: Page, scheme: Any) -> None:
    many.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    def clean(what: str) -> None:
        results = Axe().run(many)
        assert results.violations_count == 0, f"{what} {scheme}: {results.generate_report()}"

    many.locator("[data-select]").first.check()
    clean("selection")
    many.get_by_label("Handelingen voor Zagerij 00").click()
    clean("row menu")
    many.keyboard.press("Escape")
    many.keyboard.press("/")
    many.keyboard.type("zag")
    many.locator("#search-results a").first.wait_for()
    clean("suggestions")
    for address in ("/customers/?q=qqqqqqq", "/customers/?q=zagrij"):
        many.goto(address)
        clean(address)
    many.set_viewport_size({"width": 390, "height": 844})
    many.goto("/customers/")
    clean("narrow")


@pytest.mark.parametrize(
    "path", ["/customers/", "/customers/new", "/customers/import", "/jobs/", "/password/", "/design/"]
)
def test_narrow_pages_scroll_one_way_only(desk: Page, path: str) -> None:
    desk.set_viewport_size({"width": 320, "height": 600})
    desk.goto(path)
    assert desk.evaluate("document.documentElement.scrollWidth") == 320


def test_the_narrow_list_fits_with_more_filters_closed_and_open(desk: Page) -> None:
    values = {"active": True, "choices": "", "in_list": True}
    for slot in ("extra_text_1", "extra_text_2"):
        names = {"label_nl": f"Bezoekritme {slot}", "label_en": f"Rhythm {slot}"}
        extra_field_save(actor=SYSTEM, slot=slot, version=0, values=values | names)
    desk.set_viewport_size({"width": 320, "height": 600})
    desk.goto("/customers/")
    assert desk.evaluate("document.documentElement.scrollWidth") == 320
    desk.locator("summary", has_text="filters").first.click()
    assert desk.evaluate("document.documentElement.scrollWidth") == 320
    expect(desk.get_by_label("Bezoekritme extra_text_1")).to_be_in_viewport(ratio=1)
