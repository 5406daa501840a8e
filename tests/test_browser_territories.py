"""Territories, condition groups and settings in a browser: by keyboard, light and dark, and on a telephone."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from klantenbeheer.customers.models import ConditionGroup, Customer, Territory
from klantenbeheer.domains.conditions.services import group_create
from klantenbeheer.domains.territories.services import rule_create, territory_create

from .cast import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def regions(desk: Page, at: Callable[..., Customer]) -> Page:
    """Two regions with a rule each, a group with a customer in it, and a customer to be assigned."""
    for code, low in (("MID", "35"), ("ZUID", "56")):
        made = territory_create(actor=SYSTEM, values={"code": code, "name": f"Rayon {code}"})
        rule = {"country": "NL", "low_text": low, "high_text": ""}
        rule_create(actor=SYSTEM, territory_id=made.pk, values=rule)
    group_create(actor=SYSTEM, values={"name": "Installateurs", "discount": Decimal("12.5")})
    at("K9", "5611 AB", condition_group="Installateurs")
    return desk


def test_the_offered_territory_is_taken_with_the_keyboard(regions: Page) -> None:
    regions.goto("/customers/K9/notes/")
    button = regions.get_by_role("button", name="Overnemen")
    button.focus()
    regions.keyboard.press("Enter")
    expect(regions.locator("[aria-label^='Rayon']")).to_have_text("ZUID Rayon ZUID")
    expect(button).to_have_count(0)


def test_a_rule_upside_down_is_told_at_its_field_and_mended(regions: Page) -> None:
    regions.goto(f"/territories/{Territory.objects.get(code='MID').pk}/")
    regions.get_by_role("link", name="Regel", exact=True).click()
    regions.locator("#id_low_text").fill("2000")
    regions.locator("#id_high_text").fill("1000")
    regions.keyboard.press("Enter")
    expect(regions.locator("#id_high_text_error")).to_contain_text("ondersteboven")
    expect(regions.locator("#id_low_text")).to_have_value("2000")
    regions.locator("#id_high_text").fill("2099")
    regions.keyboard.press("Enter")
    expect(regions.get_by_role("cell", name="2099", exact=True)).to_be_visible()


def test_assigning_shows_what_moves_and_is_undone(regions: Page) -> None:
    regions.goto("/territories/")
    regions.get_by_role("link", name="Toewijzen volgens de regels").click()
    regions.get_by_role("button", name="Toon wat er verandert").click()
    expect(regions.locator("#dialog")).to_contain_text("Klant K9 (K9)")
    regions.get_by_role("button", name="Verplaatsen").click()
    undo = regions.locator("#toasts").get_by_role("button", name="Ongedaan maken")
    undo.wait_for()
    assert Customer.objects.get(number="K9").territory is not None
    undo.click()
    expect(regions.get_by_text("ongedaan gemaakt", exact=True)).to_be_visible()
    assert Customer.objects.get(number="K9").territory is None


def test_a_group_is_deleted_after_a_preview_and_put_back(regions: Page) -> None:
    group = ConditionGroup.objects.get(name="Installateurs")
    regions.goto(f"/condition-groups/{group.pk}/")
    regions.get_by_role("link", name="Verwijderen").click()
    expect(regions.locator("#dialog")).to_contain_text("Klant K9 (K9)")
    regions.locator("#dialog").get_by_role("button", name="Verwijderen").click()
    regions.locator("#toasts").get_by_role("button", name="Ongedaan maken").click()
    expect(regions.get_by_role("table")).to_contain_text("Installateurs")
    assert Customer.objects.get(number="K9").condition_group == group


def test_the_group_is_changed_in_the_status_bar(regions: Page) -> None:
    regions.goto("/customers/K9/notes/")
    regions.locator("[aria-label^='Conditiegroep']").click()
    regions.locator("#id_condition_group").select_option("Algemeen")
    regions.locator("#id_condition_group").press("Enter")
    expect(regions.locator("#status-note-condition_group")).to_contain_text("Geen korting")
    assert Customer.objects.get(number="K9").condition_group.name == "Algemeen"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 1440), ("light", 390)])
def test_every_page_is_accessible_and_fits(regions: Page, scheme: Any, width: int) -> None:
    regions.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    regions.set_viewport_size({"width": width, "height": 900})
    mid, group = Territory.objects.get(code="MID").pk, ConditionGroup.objects.get(name="Installateurs").pk
    paths = [
        "/territories/", f"/territories/{mid}/", "/territories/report/", "/condition-groups/",
        f"/condition-groups/{group}/", "/settings/", "/settings/company/", "/settings/series/",
        "/settings/mailing-codes/", "/customers/K9/notes/",
    ]  # fmt: skip
    for path in paths:
        regions.goto(path)
        found = Axe().run(regions).response["violations"]
        assert [(path, one["id"], one["nodes"][0]["html"]) for one in found] == []
        over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert regions.evaluate(over) <= 0, path


def test_the_tree_shows_every_depth_also_on_a_telephone(regions: Page) -> None:
    parent = None
    for depth in range(6):
        values = {"code": f"D{depth}", "name": "Gebied", "parent": parent}
        parent = territory_create(actor=SYSTEM, values=values)
    for width in (1440, 390):
        regions.set_viewport_size({"width": width, "height": 800})
        regions.goto("/territories/")
        lefts = [
            (regions.get_by_role("link", name=f"D{depth} Gebied").bounding_box() or {"x": 0})["x"]
            for depth in range(6)
        ]
        assert lefts == sorted(set(lefts))
        assert len(lefts) == 6
