"""Journeys in a real browser: what a user does from signing in to undoing an import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.jobs import running

pytestmark = pytest.mark.django_db(transaction=True)


def work() -> None:
    while job := running.claim("browser"):
        running.perform(job)


def test_find_open_and_edit_in_place(desk: Page) -> None:
    desk.keyboard.press("/")
    desk.keyboard.type("cafe mull")
    desk.locator("#search-results a").first.wait_for()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/customers/K1/contacts/")
    desk.locator("[aria-label^='Telefoon']").click()
    field = desk.locator("#id_phone")
    field.fill("12")
    field.press("Enter")
    expect(desk.locator("#id_phone_error")).to_contain_text("12")
    field = desk.locator("#id_phone")
    field.fill("020 6234567")
    field.press("Enter")
    expect(desk.locator("[aria-label^='Telefoon']")).to_have_text("+31 20 623 4567")
    assert Customer.objects.get(number="K1").phone == "+31 20 623 4567"


def test_add_delete_and_put_back_a_contact(desk: Page) -> None:
    desk.goto("/customers/K1/contacts/")
    desk.locator("#tab").get_by_role("link", name="Contactpersoon").click()
    desk.locator("#id_last_name").fill("Zwanenburg")
    desk.locator("#dialog").get_by_role("button", name="Bewaren").click()
    expect(desk.locator("#tab")).to_contain_text("Zwanenburg")
    desk.get_by_role("button", name="Verwijderen: Zwanenburg").click()
    expect(desk.locator("#tab")).not_to_contain_text("Zwanenburg")
    desk.get_by_role("button", name="Ongedaan maken").last.click()
    expect(desk.locator("#tab")).to_contain_text("Zwanenburg")


def test_import_and_undo(desk: Page, tmp_path: Path) -> None:
    path = tmp_path / "klanten.csv"
    path.write_text("naam;plaats\nNieuwe Klant;Delft\n;Leeg\n", encoding="utf-8")
    desk.goto("/customers/import")
    desk.set_input_files("#id_file", str(path))
    desk.get_by_role("button", name="Bestand inlezen").click()
    desk.get_by_role("button", name="Voorbeeld tonen").click()
    work()
    desk.get_by_role("button", name="Nu importeren").click()
    work()
    desk.get_by_role("button", name="Deze import ongedaan maken").wait_for()
    assert Customer.objects.filter(name="Nieuwe Klant").exists()
    desk.get_by_role("button", name="Deze import ongedaan maken").click()
    work()
    desk.get_by_text("De import is ongedaan gemaakt").wait_for()
    assert not Customer.objects.filter(name="Nieuwe Klant").exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_for_axe_to_find(desk: Page, scheme: Any) -> None:
    desk.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for path in (
        "/customers/", "/customers/K1/contacts/", "/customers/K1/notes/", "/customers/K1/history/", "/customers/new",
        "/customers/import", "/jobs/", "/password/", "/design/",
    ):  # fmt: skip
        desk.goto(path)
        results = Axe().run(desk)
        assert results.violations_count == 0, f"{path} {scheme}: {results.generate_report()}"
