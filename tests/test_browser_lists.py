"""Arranging the list in a real browser, with the keyboard alone; axe finds nothing in any of its windows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from klantenbeheer.customers.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def many(desk: Page, make_customer: Callable[..., Customer]) -> Page:
    """Give the list with more than a page of customers."""
    for index in range(60):
        status = "prospect" if index % 2 else "active"
        make_customer(f"Zagerij {index:02d}", number=f"Z{index:02d}", status=status)
    desk.goto("/customers/?sort=name")
    return desk


def nothing_for_axe(page: Page) -> None:
    # What fades in has another contrast on the way.
    page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)))")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []


def test_a_filter_is_put_together_with_keys(many: Page) -> None:
    many.locator("#list-where").focus()
    many.keyboard.press("Enter")
    expect(many.locator("#filter-f0")).to_be_visible()
    nothing_for_axe(many)
    many.locator("#filter-f0").focus()
    many.keyboard.type("Status")
    expect(many.locator("select#filter-v0")).to_be_visible()
    many.locator("#filter-v0").focus()
    many.keyboard.type("Prospect")
    many.get_by_role("button", name="Groep", exact=True).focus()
    many.keyboard.press("Enter")
    expect(many.locator("#filter-f1")).to_be_focused()
    many.keyboard.type("Nummer")
    expect(many.locator("#filter-f1")).to_have_value("number")
    many.locator("#filter-v1").focus()
    many.keyboard.type("Z07")
    many.keyboard.press("Enter")
    many.wait_for_url("**where=*")
    expect(many.locator("[data-rows] > tr")).to_have_count(1)
    expect(many.get_by_role("list", name="Voorwaarden van het filter")).to_contain_text("Status is Prospect")
    nothing_for_axe(many)


def test_a_condition_that_is_not_complete_says_so_at_its_field(many: Page) -> None:
    many.locator("#list-where").click()
    many.locator("#filter-v0").focus()
    many.keyboard.press("Enter")
    expect(many.locator("#filter-v0_error")).to_have_text("Vul een waarde in.")
    nothing_for_axe(many)


def test_a_column_is_chosen_moved_and_made_as_wide_as_one_likes(many: Page) -> None:
    many.locator("#list-columns").focus()
    many.keyboard.press("Enter")
    many.get_by_role("checkbox", name="Taal").focus()
    many.keyboard.press("Space")
    many.get_by_role("button", name="Omhoog: Taal").focus()
    many.keyboard.press("Enter")
    nothing_for_axe(many)
    many.get_by_role("spinbutton", name="Breedte in pixels: Taal").fill("120")
    many.keyboard.press("Control+s")
    head = many.locator("th[data-column=language]")
    expect(head).to_be_visible()
    box = head.bounding_box()
    assert box is not None
    assert abs(box["width"] - 120) < 2
    many.mouse.move(box["x"] + box["width"] - 2, box["y"] + 8)
    many.mouse.down()
    many.mouse.move(box["x"] + box["width"] + 58, box["y"] + 8, steps=4)
    with many.expect_response("**/lists/customers/width"):
        many.mouse.up()
    many.reload()
    wider = many.locator("th[data-column=language]").bounding_box()
    assert wider is not None
    assert abs(wider["width"] - 180) < 4


def test_the_quick_look_goes_along_with_the_rows(many: Page) -> None:
    many.goto("/customers/?q=zagerij&sort=name")
    many.keyboard.press("j")
    many.keyboard.press("Space")
    expect(many.locator("[data-look-of=Z00]")).to_be_visible()
    nothing_for_axe(many)
    many.keyboard.press("j")
    expect(many.locator("[data-look-of=Z01]")).to_be_visible()
    many.keyboard.press("Escape")
    expect(many.locator("[data-look-of]")).to_have_count(0)
    expect(many.get_by_role("row", name="Z01")).to_be_focused()


def test_the_quick_look_is_in_sight_on_a_telephone(many: Page) -> None:
    many.set_viewport_size({"width": 390, "height": 844})
    many.goto("/customers/?q=zagerij&sort=name")
    row = many.locator("[data-rows] > tr").nth(1)
    row.locator("summary").click()
    row.get_by_text("Snel bekijken").click()
    expect(many.locator("[data-look-of=Z01]")).to_be_in_viewport(ratio=0.9)
    nothing_for_axe(many)
    many.get_by_role("button", name="Snel bekijken sluiten").click()
    expect(many.locator("[data-look-of]")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_that_fit_are_changed_and_back(many: Page, scheme: Any) -> None:
    many.emulate_media(color_scheme=scheme)
    many.goto("/customers/?where=name+contains+zagerij")
    many.locator("[data-select]").first.focus()
    many.keyboard.press("Space")
    many.get_by_role("button", name="Alle passende kiezen").focus()
    many.keyboard.press("Enter")
    expect(many.locator("[data-bulk]")).to_contain_text("Alle 60 passende klanten")
    nothing_for_axe(many)
    many.locator("[data-bulk]").get_by_role("button", name="Wijzigen").focus()
    many.keyboard.press("Enter")
    many.wait_for_url("**/customers/bulk/*")
    many.get_by_label("Wat wijzigen").focus()
    many.keyboard.type("Taal")
    expect(many.locator("#id_value")).to_be_visible()
    many.locator("#id_value").focus()
    many.keyboard.type("Engels")
    many.get_by_role("button", name="Voorbeeld tonen").focus()
    many.keyboard.press("Enter")
    go = many.get_by_role("button", name="60 klanten wijzigen")
    expect(go).to_be_visible()
    nothing_for_axe(many)
    go.focus()
    many.keyboard.press("Enter")
    expect(many.locator("#bulk-state")).to_contain_text("60 gewijzigd")
    nothing_for_axe(many)
    assert Customer.objects.filter(language="en").count() == 60
    many.locator("#bulk-state").get_by_role("button", name="Ongedaan maken").focus()
    many.keyboard.press("Enter")
    many.wait_for_url("**where=*")
    assert Customer.objects.filter(language="en").count() == 0


def test_all_that_fit_are_chosen_on_a_telephone(many: Page) -> None:
    many.set_viewport_size({"width": 390, "height": 844})
    many.goto("/customers/?where=name+contains+zagerij")
    every = many.get_by_role("checkbox", name="Alles kiezen")
    expect(many.get_by_text("Alles kiezen", exact=True)).to_be_in_viewport(ratio=1)
    every.click()
    expect(many.locator("[data-bulk]")).to_contain_text("50 gekozen")
    assert many.evaluate("document.documentElement.scrollWidth") == 390
    nothing_for_axe(many)
    every.click()
    expect(many.locator("[data-bulk]")).to_be_hidden()
    many.get_by_text("Alles kiezen", exact=True).click()
    many.get_by_role("button", name="Alle passende kiezen").click()
    expect(many.locator("[data-bulk]")).to_contain_text("Alle 60 passende klanten")
    many.locator("[data-bulk]").get_by_role("button", name="Wijzigen").click()
    many.wait_for_url("**/customers/bulk/*")
    expect(many.locator("main")).to_contain_text("60 klanten")


def test_the_windows_fit_a_telephone(many: Page) -> None:
    many.set_viewport_size({"width": 390, "height": 844})
    for address in ("/lists/customers/filter", "/lists/customers/columns", "/lists/customers/views/new"):
        many.goto(address)
        assert many.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        nothing_for_axe(many)
