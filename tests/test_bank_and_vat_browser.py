"""Journeys in a real browser: a VAT number checked from the card, and a changed IBAN confirmed by a second user."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.vat_check import services
from klantenbeheer.domains.vat_check.tests.conftest import vies_stub  # noqa: F401 - a fixture
from klantenbeheer.domains.vat_check.tests.server import Handler
from klantenbeheer.foundation.jobs import running

from .cast import PASSWORD, SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
OLD, NEW = "NL91ABNA0417164300", "NL20INGB0001234567"


def sign_in(page: Page, username: str) -> None:
    page.context.clear_cookies()
    page.goto("/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.get_by_role("heading", name="Startpagina").wait_for()
    page.goto("/customers/")


@pytest.fixture
def customer(people: dict[str, Any], make_customer: Callable[..., Customer]) -> Customer:
    return make_customer(number="K1", iban=OLD, vat_number="NL004495445B01")


def test_a_number_is_checked_from_the_card(
    page: Page,
    customer: Customer,
    vies_stub: type[Handler],  # noqa: F811 - the fixture
) -> None:
    sign_in(page, "verkoop")
    page.goto("/customers/K1/contacts/")
    expect(page.locator("#card-basic")).to_contain_text("vorm juist, niet bevestigd")
    page.get_by_role("button", name="Controleren bij VIES").click()
    expect(page.locator("#card-basic")).to_contain_text("bevestigd op")
    page.get_by_role("link", name="Btw-nummer").click()
    expect(page.get_by_role("dialog")).to_contain_text("WAPIAAAAY123456")
    vies_stub.script["NL"] = "MS_UNAVAILABLE"
    page.get_by_role("dialog").get_by_role("button", name="Controleren bij VIES").click()
    expect(page.locator("#card-basic")).to_contain_text("geen antwoord, later opnieuw")
    expect(page.locator("#card-basic")).to_contain_text("bevestigd op")


def test_a_changed_iban_is_confirmed_by_somebody_else(page: Page, customer: Customer) -> None:
    sign_in(page, "verkoop")
    page.goto("/customers/K1/contacts/")
    page.get_by_role("link", name="Bank", exact=True).press("Enter")
    page.locator("#first-iban").fill(NEW)
    page.locator("#first-iban").press("Tab")
    expect(page.locator("#first-iban-found")).to_contain_text("INGBNL2A")
    page.keyboard.press("Control+s")
    expect(page.locator("#card-basic")).to_contain_text("NL20 INGB 0001 2345 67 wacht op bevestiging")
    expect(page.locator("#card-basic")).to_contain_text("NL91 ABNA 0417 1643 00")
    sign_in(page, "beheer")
    page.goto("/customers/K1/contacts/")
    page.get_by_role("link", name="Bankrekening wacht op bevestiging").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Hoe bent u het nagegaan?").select_option("phone")
    dialog.get_by_label("Met wie").fill("Mevrouw Jansen, het nummer van de website")
    dialog.get_by_role("button", name="Bevestigen").click()
    expect(page.locator("#card-basic")).to_contain_text("NL20 INGB 0001 2345 67")
    expect(page.locator("#card-basic")).not_to_contain_text("wacht op bevestiging")
    page.get_by_role("button", name="Ongedaan maken").click()
    expect(page.locator("#card-basic")).to_contain_text("NL20 INGB 0001 2345 67 wacht op bevestiging")
    assert Customer.objects.get(pk=customer.pk).iban == OLD


def test_the_whole_file_is_checked_while_one_looks(
    page: Page,
    customer: Customer,
    vies_stub: type[Handler],  # noqa: F811 - the fixture
) -> None:
    sign_in(page, "verkoop")
    page.goto("/vat-check/")
    page.get_by_role("button", name="Controle starten").click()
    expect(page.get_by_text("0 van 1")).to_be_visible()
    job = running.claim("browser")
    assert job is not None
    running.perform(job)
    expect(page.get_by_role("link", name="bevestigd door VIES: 1")).to_be_visible()
    expect(page.get_by_role("button", name="Controle starten")).to_be_visible()
    page.get_by_role("link", name="bevestigd door VIES: 1").click()
    expect(page.get_by_role("region", name="Klanten in deze toestand")).to_contain_text("Jansen")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_for_axe_to_find(
    page: Page,
    customer: Customer,
    scheme: Any,
    vies_stub: type[Handler],  # noqa: F811 - the fixture
) -> None:
    vies_stub.script["NL"] = ["other_name", "MS_UNAVAILABLE"]
    for _time in range(2):
        services.check_one(actor=SYSTEM, customer_id=customer.pk)
    page.emulate_media(color_scheme=scheme)
    sign_in(page, "verkoop")
    page.goto("/customers/K1/contacts/")
    page.get_by_role("link", name="Bank", exact=True).click()
    page.locator("#first-iban").fill(NEW)
    page.get_by_role("dialog").get_by_role("button", name="Bewaren").click()
    expect(page.locator("#card-basic")).to_contain_text("wacht op bevestiging")
    sign_in(page, "beheer")

    def check(name: str) -> None:
        results = Axe().run(page)
        assert results.violations_count == 0, f"{name} {scheme}: {results.generate_report()}"

    for path in ("/customers/K1/vat", "/customers/K1/bank", "/vat-check/?state=valid"):
        page.goto(path)
        check(path)
    for label in ("Bank", "Btw-nummer"):
        page.goto("/customers/K1/contacts/")
        page.get_by_role("link", name=label, exact=True).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        check(label)
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/customers/K1/vat", "/customers/K1/bank", "/vat-check/"):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
