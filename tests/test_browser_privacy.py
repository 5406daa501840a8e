"""Privacy in a real browser, by keyboard: a consent, a request, an archive, and a person who is erased for good."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.contacts.models import Consent, Contact
from klantenbeheer.domains.contacts.services import contact_create
from klantenbeheer.domains.privacy.models import Erasing, PrivacyRequest
from klantenbeheer.foundation.jobs import running

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _files(tmp_path: Any, settings: Any) -> None:
    settings.FILES = tmp_path


def work() -> None:
    while job := running.claim("browser"):
        running.perform(job)


def press(page: Page, name: str, role: Any = "button") -> None:
    page.get_by_role(role, name=name, exact=True).first.focus()
    page.keyboard.press("Enter")


def person() -> Contact:
    customer = Customer.objects.get(number="K1")
    return contact_create(
        actor=SYSTEM, customer=customer, values={"first_name": "Wil", "last_name": "Vergeetmij"}
    )


def no_faults(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()


def test_a_consent_is_noted_by_keyboard(desk: Page) -> None:
    person()
    desk.goto("/customers/K1/contacts/")
    press(desk, "Toestemmingen: Wil Vergeetmij", "link")
    dialog = desk.get_by_role("dialog")
    expect(dialog.locator("#id_mail_answer")).to_be_focused()
    no_faults(desk)
    dialog.locator("#id_mail_answer").select_option("given")
    desk.keyboard.press("Control+s")
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.locator("#id_mail_on").fill("2026-01-02")
    dialog.locator("#id_mail_source").fill("op de beurs")
    desk.keyboard.press("Control+s")
    expect(desk.locator("#tab")).to_contain_text("E-mail: Gegeven")
    assert Consent.objects.get().source == "op de beurs"


def test_from_request_to_erased_for_good(desk: Page) -> None:
    person()
    desk.goto("/customers/K1/contacts/")
    desk.goto("/privacy/customers/K1/")
    no_faults(desk)
    press(desk, "AVG-verzoek", "link")
    dialog = desk.get_by_role("dialog")
    dialog.locator("#id_kind").select_option("erasure")
    dialog.locator("#id_person_id").select_option(label="Wil Vergeetmij")
    dialog.locator("#id_asker").fill("Wil zelf")
    desk.keyboard.press("Control+s")
    expect(desk).to_have_url(re.compile(r"/privacy/\d+/$"))
    no_faults(desk)
    press(desk, "Archief maken")
    expect(desk).to_have_url(re.compile(r"/privacy/archives/\d+/$"))
    work()
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Downloaden").press("Enter")
    assert download.value.suggested_filename.endswith(".zip")
    no_faults(desk)
    desk.goto("/privacy/customers/K1/")
    press(desk, "Wissen: Wil Vergeetmij", "link")
    expect(desk.get_by_role("heading", name="Wil Vergeetmij wissen")).to_be_visible()
    no_faults(desk)
    desk.locator("#reason").fill("Wil Vergeetmij vraagt het")
    press(desk, "Voorgoed wissen")
    expect(desk.get_by_role("alert")).to_contain_text("Er is niets gewist.")
    desk.locator("#sure").press("Space")
    press(desk, "Voorgoed wissen")
    expect(desk).to_have_url(re.compile(r"/privacy/erasures/\d+/$"))
    work()
    expect(desk.locator("#erasing")).to_contain_text("Gewist op")
    expect(desk.locator("main")).not_to_contain_text("Vergeetmij")
    no_faults(desk)
    assert not Contact.objects.exists()
    assert PrivacyRequest.objects.get().asker == "gewist"
    assert Erasing.objects.get().reason == "[gewist] vraagt het"
    desk.goto("/privacy/")
    expect(desk.locator("main")).to_contain_text("vraagt het")
    no_faults(desk)
