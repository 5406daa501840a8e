"""Territories, condition groups and mailing codes without a mouse: each dialog wrong, corrected, saved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from klantenbeheer.customers.codes import code_create
from klantenbeheer.customers.models import ConditionGroup, Customer, MailingCode, Territory
from klantenbeheer.domains.conditions.services import group_create
from klantenbeheer.domains.territories.models import TerritoryRule, TerritoryStaff
from klantenbeheer.domains.territories.services import rule_create, staff_create, territory_create

from .cast import SYSTEM
from .keys import enter, retype, save_done, save_refused, walk_to

SUBMIT = "#dialog button[type=submit]"

pytestmark = pytest.mark.django_db(transaction=True)


def region(code: str, low: str = "") -> Territory:
    made = territory_create(actor=SYSTEM, values={"code": code, "name": f"Rayon {code}"})
    if low:
        rule = {"country": "NL", "low_text": low, "high_text": ""}
        rule_create(actor=SYSTEM, territory_id=made.pk, values=rule)
    return made


def test_a_territory_with_its_rule_and_its_salesperson(desk: Page, people: dict[str, Any]) -> None:
    desk.goto("/territories/")
    enter(desk, "main [href='/territories/new/']")
    retype(desk, "#id_name", "Zuid-Nederland en Vlaanderen")
    save_refused(desk, "id_code")
    desk.keyboard.type("ZUID")
    desk.keyboard.press("Control+s")
    expect(desk.get_by_role("heading", level=1)).to_have_text("ZUID Zuid-Nederland en Vlaanderen")
    made = Territory.objects.get()

    enter(desk, "[href$='/rules/new/']")
    retype(desk, "#id_low_text", "6000")
    retype(desk, "#id_high_text", "5000")
    save_refused(desk, "id_high_text", "ondersteboven")
    expect(desk.locator("#id_low_text")).to_have_value("6000")
    retype(desk, "#id_high_text", "6999")
    save_done(desk)
    expect(desk.get_by_role("cell", name="6999", exact=True)).to_be_visible()

    enter(desk, "[href$='/staff/new/']")
    walk_to(desk, "#id_deputy")
    desk.keyboard.type("Verkoop")
    save_refused(desk, "id_salesperson")
    desk.keyboard.type("Verkoop")
    save_refused(desk, "id_deputy", "Verkoop")
    desk.keyboard.type("Beheer")
    walk_to(desk, "#id_until")
    desk.keyboard.type("01012020")
    save_refused(desk, "id_until", "01-01-2020")
    for _part in range(3):
        desk.keyboard.press("Delete")
        desk.keyboard.press("Tab")
    save_done(desk)
    expect(desk.get_by_role("cell", name="Verkoop nu")).to_be_visible()
    staff = TerritoryStaff.objects.get()
    assert (staff.salesperson, staff.deputy, staff.until) == (people["verkoop"], people["beheer"], None)
    assert TerritoryRule.objects.get().territory == made


def test_customers_are_assigned_moved_handed_over_and_back(
    desk: Page, people: dict[str, Any], at: Callable[..., Customer]
) -> None:
    mid, south = region("MID", "35"), region("ZUID")
    since = {"salesperson": people["verkoop"], "since": date(2020, 1, 1)}
    staff_create(actor=SYSTEM, territory_id=south.pk, values=since)

    def where() -> dict[str, tuple[str | None, str | None]]:
        rows = Customer.objects.values_list("number", "territory__code", "salesperson__username")
        return {number: (code, person) for number, code, person in rows}

    desk.goto("/territories/")
    enter(desk, "main [href='/territories/assign/']")
    expect(desk.get_by_role("dialog")).to_be_visible()
    desk.keyboard.press("Control+s")
    expect(desk.get_by_role("dialog")).to_contain_text("2 klanten worden verplaatst")
    assert where()["K1"] == (None, None)
    enter(desk, SUBMIT)
    expect(desk.locator("#toasts")).to_contain_text("2 klanten")
    assert where()["K1"] == ("MID", None)

    desk.goto(f"/territories/{mid.pk}/")
    enter(desk, "[href$='/move/']")
    retype(desk, "#id_low", "3600")
    save_refused(desk, "id_target")
    desk.keyboard.type("ZUID")
    save_refused(desk, "id_country", "land")
    desk.keyboard.type("Nederland")
    desk.keyboard.press("Control+s")
    expect(desk.get_by_role("dialog")).to_contain_text("geen klant worden verplaatst")
    desk.keyboard.press("Escape")
    enter(desk, "[href$='/move/']")
    walk_to(desk, "#id_target")
    desk.keyboard.type("ZUID")
    desk.keyboard.press("Control+s")
    expect(desk.get_by_role("dialog")).to_contain_text("Café Müller B.V. (K1)")
    enter(desk, SUBMIT)
    expect(desk.get_by_role("main")).to_contain_text("Geen klanten")
    assert where()["K1"] == ("ZUID", None)

    desk.goto(f"/territories/{south.pk}/")
    enter(desk, "[href$='/hand-over/']")
    expect(desk.get_by_role("dialog")).to_contain_text("2 klanten krijgen een andere verkoper")
    enter(desk, SUBMIT)
    expect(desk.get_by_role("dialog")).to_have_count(0)
    assert where()["K2"] == ("ZUID", "verkoop")
    enter(desk, "#toasts > :last-child [data-undo]")
    expect(desk.locator("#toasts")).to_contain_text("Ongedaan gemaakt voor 2 klanten.")
    assert where()["K2"] == ("ZUID", None)


def test_a_condition_group(desk: Page, at: Callable[..., Customer]) -> None:
    desk.goto("/condition-groups/")
    enter(desk, "main [href$='/new/']")
    retype(desk, "#id_discount", "120")
    save_refused(desk, "id_name")
    desk.keyboard.type("Algemeen")
    save_refused(desk, "id_name", "Algemeen")
    expect(desk.locator("#id_discount_error")).to_contain_text("120")
    retype(desk, "#id_name", "Installateurs A")
    retype(desk, "#id_discount", "12,5")
    desk.keyboard.press("Control+s")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Installateurs A")
    expect(desk.get_by_role("main")).to_contain_text("Korting 12,5%")
    at("K9", "5611 AB", condition_group="Installateurs A")

    desk.keyboard.press("e")
    retype(desk, "#id_surcharge", "veel")
    save_refused(desk, "id_surcharge")
    retype(desk, "#id_surcharge", "2")
    desk.keyboard.press("Control+s")
    expect(desk.get_by_role("main")).to_contain_text("Toeslag 2%")

    enter(desk, "[href$='/delete/']")
    expect(desk.get_by_role("dialog")).to_contain_text("Klant K9 (K9)")
    enter(desk, SUBMIT)
    desk.wait_for_url("**/condition-groups/")
    expect(desk.locator("#toasts")).to_contain_text("1 klant")
    assert Customer.objects.get(number="K9").condition_group.name == "Algemeen"
    enter(desk, "#toasts > :last-child [data-undo]")
    expect(desk.get_by_role("table")).to_contain_text("Installateurs A")
    group = ConditionGroup.objects.get(name="Installateurs A")
    assert (group.discount, group.surcharge) == (Decimal("12.5"), Decimal(2))
    assert Customer.objects.get(number="K9").condition_group == group


def test_a_mailing_code(desk: Page) -> None:
    code_create(actor=SYSTEM, values={"code": "KERST", "name": "Kerstkaart"})
    desk.goto("/settings/mailing-codes/")
    enter(desk, "main [href$='/new/']")
    retype(desk, "#id_name", "Nieuwsbrief")
    save_refused(desk, "id_code")
    desk.keyboard.type("kerst")
    save_refused(desk, "id_code", "kerst")
    expect(desk.locator("#id_name")).to_have_value("Nieuwsbrief")
    retype(desk, "#id_code", "NIEUWS")
    desk.keyboard.press("Control+s")
    expect(desk.get_by_role("link", name="NIEUWS")).to_be_visible()
    enter(desk, f"[href$='/{MailingCode.objects.get(code='NIEUWS').pk}/']")
    walk_to(desk, "#id_retired")
    desk.keyboard.press("Space")
    save_done(desk)
    expect(desk.get_by_role("row", name="NIEUWS")).to_contain_text("vervallen")


def test_two_managers_in_one_condition_group(desk: Page) -> None:
    made = group_create(actor=SYSTEM, values={"name": "Dealers", "discount": Decimal(5)})
    desk.goto(f"/condition-groups/{made.pk}/")
    other = desk.context.new_page()
    for page in (desk, other):
        page.goto(f"/condition-groups/{made.pk}/")
        page.keyboard.press("e")
        expect(page.get_by_role("dialog")).to_be_visible()
    retype(other, "#id_discount", "7")
    save_done(other)
    retype(desk, "#id_description", "Vaste afnemers")
    desk.keyboard.press("Control+s")
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_contain_text("7")
    expect(dialog).to_contain_text("Vaste afnemers")
    desk.keyboard.press("Control+s")
    expect(desk.get_by_role("main")).to_contain_text("Vaste afnemers")
    stored = ConditionGroup.objects.get(pk=made.pk)
    assert (stored.discount, stored.description) == (Decimal(7), "Vaste afnemers")
