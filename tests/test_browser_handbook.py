"""The handbook in a real browser: one key away from the work, and the work stays as it was."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from klantenbeheer.card.tabs import TABS
from klantenbeheer.foundation.handbook import pages

pytestmark = pytest.mark.django_db(transaction=True)

CARD = "/customers/K1/contacts/"


def help_of(desk: Page, press: str = "?") -> Page:
    """Press the key; give the page of the browser that opens, loaded."""
    with desk.expect_popup() as opened:
        desk.keyboard.press(press)
    opened.value.wait_for_load_state()
    return opened.value


def title(key: str) -> str:
    found = pages.page(key, "nl")
    assert found is not None
    return found.title


def test_the_question_mark_opens_the_page_of_the_tab(desk: Page) -> None:
    for tab in TABS:
        desk.goto(f"/customers/K1/{tab.key}/")
        handbook = help_of(desk)
        expect(handbook).to_have_url(f"{handbook.url.split('/handbook/')[0]}/handbook/{tab.key}/")
        expect(handbook.get_by_role("heading", level=1)).to_have_text(title(tab.key))
        handbook.close()


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/customers/", "customers"),
        ("/customers/import", "import"),
        ("/jobs/", "jobs"),
        ("/password/", "account"),
    ],
)
def test_the_question_mark_on_other_screens(desk: Page, path: str, key: str) -> None:
    desk.goto(path)
    desk.locator("main").focus()
    expect(help_of(desk).get_by_role("heading", level=1)).to_have_text(title(key))


def test_a_tab_that_was_swapped_in_is_the_one_explained(desk: Page) -> None:
    desk.goto(CARD)
    desk.locator(".tabs").get_by_role("link", name="Notities").click()
    desk.wait_for_url("**/notes/")
    expect(help_of(desk).get_by_role("heading", level=1)).to_have_text(title("notes"))


def test_what_was_typed_is_still_there(desk: Page) -> None:
    desk.goto("/customers/new")
    desk.locator("#id_name").fill("Half getypt")
    desk.locator("h1").click()
    expect(help_of(desk).get_by_role("heading", level=1)).to_have_text(title("customers"))
    expect(desk.locator("#id_name")).to_have_value("Half getypt")


def test_typed_text_in_a_dialog_stays_and_a_question_mark_in_a_field_is_text(desk: Page) -> None:
    desk.goto("/customers/K1/notes/")
    desk.keyboard.press("n")
    field = desk.get_by_role("dialog").get_by_role("textbox")
    field.fill("Waarom")
    field.press("?")
    expect(field).to_have_value("Waarom?")
    assert len(desk.context.pages) == 1
    desk.get_by_role("dialog").get_by_role("checkbox").first.focus()
    expect(help_of(desk).get_by_role("heading", level=1)).to_have_text(title("notes"))
    expect(field).to_have_value("Waarom?")


def test_the_second_time_the_same_tab_of_the_browser_is_used(desk: Page) -> None:
    desk.goto(CARD)
    handbook = help_of(desk)
    desk.goto("/customers/K1/history/")
    desk.keyboard.press("?")
    expect(handbook.get_by_role("heading", level=1)).to_have_text(title("history"))
    assert len(desk.context.pages) == 2


def test_finding_and_following(desk: Page) -> None:
    desk.goto("/handbook/")
    field = desk.get_by_role("searchbox", name="Zoek in de handleiding")
    field.fill("vestigng")
    field.press("Enter")
    desk.locator("article").get_by_role("link", name="Een vestiging toevoegen").click()
    expect(desk.get_by_role("heading", name="Een vestiging toevoegen")).to_be_in_viewport()
    assert desk.url.endswith("/handbook/contacts/#een-vestiging-toevoegen")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_for_axe(desk: Page, scheme: Any) -> None:
    desk.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for path in ("/handbook/", "/handbook/?q=blokade", "/handbook/?q=kwantummechanica",
                 *(f"/handbook/{key}/" for key in pages.keys("nl"))):  # fmt: skip
        desk.goto(path)
        results = Axe().run(desk)
        assert results.violations_count == 0, f"{path} {scheme}: {results.generate_report()}"
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto("/handbook/keys/")
    results = Axe().run(desk)
    assert results.violations_count == 0, f"narrow {scheme}: {results.generate_report()}"


@pytest.mark.parametrize("width", [320, 390])
def test_a_narrow_page_scrolls_one_way_only(desk: Page, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 800})
    for key in pages.keys("nl"):
        desk.goto(f"/handbook/{key}/")
        assert desk.evaluate("document.documentElement.scrollWidth") == width, key
        expect(desk.get_by_role("heading", level=1)).to_be_in_viewport()


def test_on_paper_the_page_stands_alone(desk: Page) -> None:
    desk.goto("/handbook/import/")
    desk.emulate_media(media="print")
    expect(desk.get_by_role("heading", level=1)).to_be_visible()
    expect(desk.locator(".handbook .contents")).to_be_hidden()
    expect(desk.locator(".on-this-page")).to_be_hidden()


def test_two_commands_stand_on_two_lines(desk: Page) -> None:
    desk.goto("/handbook/administration/")
    commands = desk.locator("pre", has_text="klantenbeheer backup")
    first, second = commands.inner_text().splitlines()
    assert first.startswith("klantenbeheer backup")
    assert second.startswith("klantenbeheer restore")
