"""Every dialog is a page too: its link opened in a new window, or a browser without script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.contacts.models import Contact

DIALOGS = [
    "/customers/K1/edit", "/customers/K1/addresses", "/customers/K1/picture", "/customers/K1/vat",
    "/customers/K1/contacts/persons/new/", "/customers/K1/notes/items/new/", "/customers/K1/customer_settings/edit/",
    "/territories/new/", "/condition-groups/new/", "/settings/mailing-codes/new/", "/settings/series/customer/",
    "/settings/company/edit/",
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("path", DIALOGS)
def test_a_dialog_without_htmx_is_a_whole_page(
    path: str, make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    make_customer("Klant <b>", number="K1", vat_number="NL000099998B57")
    client = as_user("beheer")
    page = client.get(path).content.decode()
    assert page.lstrip().startswith("<!doctype html>"), path
    assert "Klant <b>" not in page
    assert "HX-Request" in client.get(path)["Vary"]
    part = client.get(path, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part


@pytest.mark.django_db(transaction=True)
def test_a_contact_is_made_without_script(
    browser: Browser, live_server: object, people: object, make_customer: Callable[..., Customer]
) -> None:
    make_customer("Zonder Script", number="K1")
    context = browser.new_context(java_script_enabled=False, base_url=str(live_server))
    page = context.new_page()
    page.goto("/customers/K1/contacts/persons/new/")
    page.fill("[name=username]", "verkoop")
    page.fill("[name=password]", "een-goed-wachtwoord")
    page.locator("[name=password]").press("Enter")
    expect(page.get_by_role("link", name="Terug")).to_be_visible()
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    page.fill("[name=last_name]", "Letterzetter")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_role("heading", name="Contactpersonen")).to_be_visible()
    assert Contact.objects.get().last_name == "Letterzetter"
    context.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_dialog_page_is_accessible(desk: Page, scheme: Any) -> None:
    desk.emulate_media(color_scheme=scheme)
    for path in ("/customers/K1/contacts/persons/new/", "/customers/K1/edit"):
        desk.goto(path)
        assert Axe().run(desk).response["violations"] == []
        desk.set_viewport_size({"width": 320, "height": 600})
        assert desk.evaluate("document.documentElement.scrollWidth") == 320
