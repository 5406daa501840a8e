"""The head of the card in a real browser: room for long names and warnings, and what paper and readers see of it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from klantenbeheer.customers.hours import hours_save
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import customer_update
from klantenbeheer.domains.customer_settings.services import block_create
from klantenbeheer.domains.notes.services import note_create

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)

CARD = "/customers/K1/contacts/"
NAME = (
    "Koninklijke Installatietechnische Groothandelsmaatschappij Van den Bosch-van 's-Gravenhage & Zonen B.V."
)
WEEK = dict.fromkeys(("mo", "tu", "th", "fr"), "8-12, 13-17:30") | {"we": "8-12", "sa": "9-13"}
REASON = "Drie facturen ouder dan negentig dagen; eerst overleg met de debiteurenadministratie van het hoofdkantoor"


@pytest.fixture
def full(desk: Page) -> Page:
    customer = Customer.objects.get(number="K1")
    customer = customer_update(
        actor=SYSTEM, customer_id=customer.pk, version=customer.version, values={"name": NAME}
    )
    hours_save(actor=SYSTEM, customer_id=customer.pk, version=customer.version, typed=WEEK)
    block_create(actor=SYSTEM, customer=customer, values={"scope": "orders", "reason": REASON})
    note_create(actor=SYSTEM, customer=customer, values={"text": "Eerst bellen", "important": True})
    return desk


def box(page: Page, selector: str) -> dict[str, Any]:
    found = page.locator(selector).bounding_box()
    assert found is not None
    return dict(found)


@pytest.mark.parametrize("width", [1440, 1024])
def test_a_long_name_has_the_room_that_the_buttons_leave(full: Page, width: int) -> None:
    full.set_viewport_size({"width": width, "height": 800})
    full.goto(CARD)
    who, buttons, warnings = box(full, ".card-head .who"), box(full, ".actions"), box(full, "#card-warnings")
    assert buttons["x"] - (who["x"] + who["width"]) < 40
    assert who["width"] > buttons["width"]
    # The warnings have the width of the head, below the name.
    assert warnings["x"] + warnings["width"] > buttons["x"] + buttons["width"] - 2
    assert warnings["y"] >= who["y"] + who["height"]


def test_on_a_telephone_the_warnings_come_before_the_buttons(full: Page) -> None:
    full.set_viewport_size({"width": 390, "height": 844})
    full.goto(CARD)
    assert box(full, "#card-warnings")["y"] < box(full, ".actions")["y"]
    assert full.evaluate("document.documentElement.scrollWidth") == 390


def test_paper_has_the_week_instead_of_now(full: Page) -> None:
    full.goto(CARD)
    week = full.locator("#card-hours .week")
    expect(full.locator("#card-hours a")).to_be_visible()
    expect(week).to_be_hidden()
    full.emulate_media(media="print")
    expect(week).to_be_visible()
    expect(week).to_contain_text("ma-di 08:00-12:00, 13:00-17:30; wo 08:00-12:00")
    expect(full.locator("#card-hours a")).to_be_hidden()
    expect(full.locator("#card-edit")).to_be_hidden()


def test_from_the_address_to_the_opening_hours(full: Page) -> None:
    full.goto(CARD)
    full.locator("#card-address-edit").press("Enter")
    expect(full.get_by_role("link", name="Op de kaart tonen: Vestigingsadres")).to_be_visible()
    full.get_by_role("link", name="Openingstijden wijzigen").press("Enter")
    expect(full.locator("#id_mo")).to_have_value("08:00-12:00, 13:00-17:30")
