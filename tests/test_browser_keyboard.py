"""Every dialog of the card without a mouse: opened, filled in wrong, told so at the field, corrected, saved, left."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Dialog, Page, expect

from klantenbeheer.customers.extra_services import extra_field_save
from klantenbeheer.customers.models import Customer, CustomerMark, ExtraField, Territory
from klantenbeheer.customers.services import address_save, customer_update
from klantenbeheer.domains.characteristics.defining import definition_create, definition_update
from klantenbeheer.domains.characteristics.models import Characteristic, CustomerCharacteristics
from klantenbeheer.domains.conditions.services import group_create
from klantenbeheer.domains.contacts.models import Branch, Contact
from klantenbeheer.domains.customer_settings.models import Block, CustomerSettings
from klantenbeheer.domains.notes.models import Note
from klantenbeheer.domains.territories.services import rule_create, territory_create
from klantenbeheer.kernel import hours

from .conftest import SYSTEM
from .keys import enter, retype, save_done, save_refused, walk_to

pytestmark = pytest.mark.django_db(transaction=True)


def k1() -> Customer:
    return Customer.objects.get(number="K1")


def png(side: int = 300) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (side * 2, side), "red").save(file, "PNG")
    return file.getvalue()


def test_the_dialogs_of_the_head_and_the_basic_data(desk: Page, tmp_path: Path) -> None:
    desk.goto("/customers/K1/contacts/")
    walk_to(desk, "#card-edit")
    desk.keyboard.press("e")
    expect(desk.locator("#dialog #id_name")).to_be_focused()
    retype(desk, "#dialog #id_email", "geen adres")
    retype(desk, "#dialog #id_fax", "030 2345679")
    save_refused(desk, "id_email", "geen adres")
    expect(desk.locator("#dialog #id_fax")).to_have_value("030 2345679")
    retype(desk, "#dialog #id_email", "info@mueller.example")
    save_done(desk, "#card-edit")

    enter(desk, "#card-address-edit")
    expect(desk.locator("[id='id_visiting.street']")).to_be_focused()
    desk.keyboard.type("Oudegracht")
    retype(desk, "[id='id_visiting.postcode']", "35")
    save_refused(desk, "id_visiting.postcode", "35")
    expect(desk.locator("[id='id_visiting.street']")).to_have_value("Oudegracht")
    retype(desk, "[id='id_visiting.postcode']", "3511ab")
    save_done(desk, "#card-address-edit")
    expect(desk.locator("#card-address-edit")).to_contain_text("3511 AB")

    bank = "#card-basic a[href$='/bank']"
    enter(desk, bank)
    retype(desk, "#first-iban", "NL00 ABNA 0417 1643 00")
    save_refused(desk, "first-iban", "NL00")
    retype(desk, "#first-iban", "NL91ABNA0417164300")
    save_done(desk)
    expect(desk.locator(bank)).to_be_focused()

    vat = "#card-basic a[href$='/vat']"
    enter(desk, vat)
    expect(desk.get_by_role("dialog")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator(vat)).to_be_focused()

    path = tmp_path / "logo.png"
    path.write_bytes(png())
    # Listening from here on: switched on together with the key press, the browser may open its own chooser first.
    desk.on("filechooser", lambda _chooser: None)
    walk_to(desk, "#card-picture", back=True)
    desk.keyboard.press("Enter")
    expect(desk.locator("#id_picture")).to_be_focused()
    with desk.expect_file_chooser() as chooser:
        desk.keyboard.press("Space")
    chooser.value.set_files(path)
    walk_to(desk, "#dialog canvas")
    before = desk.locator("[name=crop_left]").input_value()
    desk.keyboard.press("ArrowRight")
    assert float(desk.locator("[name=crop_left]").input_value()) > float(before)
    desk.keyboard.press("Control+s")
    expect(desk.locator("#card-picture img")).to_be_visible()
    stored = k1()
    assert (stored.email, stored.fax) == ("info@mueller.example", "+31 30 234 5679")
    assert stored.picture


def test_opening_hours(desk: Page) -> None:
    desk.goto("/customers/K1/contacts/")
    walk_to(desk, "#card-head .menu:last-of-type > summary")
    desk.keyboard.press("Enter")
    enter(desk, "#card-head .menu-items a[href$='/hours']")
    expect(desk.locator("#id_mo")).to_be_focused()
    desk.keyboard.type("8-12, 11-17")
    walk_to(desk, "#id_su")
    desk.keyboard.type("zondag")
    save_refused(desk, "id_mo", "11:00-17:00")
    expect(desk.locator("#id_su_error")).to_contain_text("zondag")
    expect(desk.locator("#id_su")).to_have_value("zondag")
    retype(desk, "#id_mo", "8-12, 13-17")
    enter(desk, "[name=copy][value='mo:weekdays']")
    expect(desk.locator("#id_fr")).to_have_value("8-12, 13-17")
    expect(desk.locator("#id_su")).to_have_value("zondag")
    retype(desk, "#id_su", "")
    save_done(desk)
    expect(desk.locator("#card-hours")).to_be_visible()
    assert [len(day) for day in hours.from_json(k1().opening_hours).week] == [2, 2, 2, 2, 2, 0, 0]


def test_a_further_address_and_what_is_typed_in_the_dialog_before(desk: Page) -> None:
    desk.goto("/customers/K1/contacts/")
    enter(desk, "#card-address-edit")
    retype(desk, "[id='id_visiting.city']", "Halftikt")
    asked: list[str] = []
    answers = iter((False, True))

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        if next(answers):
            dialog.accept()
        else:
            dialog.dismiss()

    desk.on("dialog", answer)
    another = "#dialog a[href$='/addresses/new']"
    enter(desk, another)
    expect(desk.locator("[id='id_visiting.city']")).to_have_value("Halftikt")
    enter(desk, another)
    expect(desk.locator("#id_kind")).to_be_focused()
    assert len(asked) == 2
    retype(desk, "#id_label", "Magazijn noord")
    retype(desk, "#id_city", "Zwolle")
    retype(desk, "#id_postcode", "8O11")
    save_refused(desk, "id_postcode", "8O11")
    expect(desk.locator("#id_label")).to_have_value("Magazijn noord")
    retype(desk, "#id_postcode", "8011 ab")
    save_done(desk)
    stored = k1().addresses.get(further=True)
    assert (stored.label, stored.postcode, stored.city) == ("Magazijn noord", "8011 AB", "Zwolle")


def test_the_dialogs_of_the_tabs(desk: Page) -> None:
    desk.goto("/customers/K1/contacts/")
    desk.keyboard.press("n")
    retype(desk, "#id_last_name", "Zwanenburg")
    retype(desk, "#id_email", "zwanenburg@")
    save_refused(desk, "id_email", "zwanenburg@")
    expect(desk.locator("#id_last_name")).to_have_value("Zwanenburg")
    retype(desk, "#id_email", "z@mueller.example")
    save_done(desk)
    expect(desk.locator("[data-focus-key='new-persons']")).to_be_focused()

    enter(desk, "[data-focus-key='new-branches']")
    retype(desk, "#id_name", "Magazijn")
    retype(desk, "#id_gln", "8712345678900")
    save_refused(desk, "id_gln", "8712345678900")
    retype(desk, "#id_gln", "8712345678906")
    save_done(desk, "[data-focus-key='new-branches']")

    desk.keyboard.press("Alt+3")
    desk.wait_for_url("**/notes/")
    desk.keyboard.press("n")
    expect(desk.locator("#id_text")).to_be_focused()
    walk_to(desk, "#id_pinned")
    desk.keyboard.press("Space")
    save_refused(desk, "id_text", "")
    expect(desk.locator("#id_pinned")).to_be_checked()
    desk.keyboard.type("Belt liever")
    save_done(desk)

    desk.keyboard.press("Alt+5")
    desk.wait_for_url("**/customer_settings/")
    settings = "#tab a[href$='/edit/']"
    enter(desk, settings)
    retype(desk, "#id_invoice_email", "facturen@")
    save_refused(desk, "id_invoice_email", "facturen@")
    retype(desk, "#id_invoice_email", "facturen@mueller.example")
    save_done(desk, settings)

    enter(desk, "#tab a[href$='/blocks/new/']")
    retype(desk, "#id_reason", "Te laat met betalen")
    desk.locator("#id_until").evaluate(
        "field => field.value = '2020-01-01'"
    )  # typing depends on the browser's locale
    save_refused(desk, "id_until", "01-01-2020")
    expect(desk.locator("#id_reason")).to_have_value("Te laat met betalen")
    desk.locator("#id_until").evaluate("field => field.value = ''")
    save_done(desk, "#tab a[href$='/blocks/new/']")
    expect(desk.locator("#card-warnings")).to_contain_text("Te laat met betalen")

    assert Contact.objects.get().email == "z@mueller.example"
    assert Branch.objects.get().gln == "8712345678906"
    assert Note.objects.get().pinned
    assert CustomerSettings.objects.get().invoice_email == "facturen@mueller.example"
    assert Block.objects.get().until is None


def test_mark_group_and_offered_territory(desk: Page, at: Callable[..., Customer]) -> None:
    territory = territory_create(actor=SYSTEM, values={"code": "ZUID", "name": "Zuid"})
    rule_create(
        actor=SYSTEM, territory_id=territory.pk, values={"country": "NL", "low_text": "56", "high_text": ""}
    )
    group_create(actor=SYSTEM, values={"name": "Bouw", "discount": Decimal(5)})
    territory_create(actor=SYSTEM, values={"code": "NOORD", "name": "Noord"})
    moved = at("K9", "3511 AB", territory="NOORD")
    address = {"city": "Eindhoven", "postcode": "5611 AB", "country": "NL"}
    address_save(actor=SYSTEM, customer_id=moved.pk, version=moved.version, addresses={"visiting": address})
    desk.goto("/customers/K9/notes/")
    for pressed in ("true", "false", "true"):
        enter(desk, "[data-focus-key=mark]")
        expect(desk.locator("[data-focus-key=mark]")).to_have_attribute("aria-pressed", pressed)
        expect(desk.locator("[data-focus-key=mark]")).to_be_focused()
    enter(desk, "#card-offers form:last-of-type button")
    expect(desk.locator("#card-offers button")).to_have_count(0)
    enter(desk, ".status-line [data-edit]")
    expect(desk.locator("#id_condition_group")).to_be_focused()
    desk.keyboard.type("Bouw")
    desk.keyboard.press("Enter")
    expect(desk.locator(".status-line [data-edit]")).to_have_text("Bouw")
    expect(desk.locator(".status-line [data-edit]")).to_be_focused()
    assert CustomerMark.objects.count() == 1
    stored = Customer.objects.get(number="K9")
    assert stored.condition_group.name == "Bouw"
    assert stored.territory is not None
    assert stored.territory.code == "NOORD"


def test_the_settings_of_extra_fields_and_a_choice_that_is_in_use(desk: Page) -> None:
    desk.goto("/settings/extra-fields/")
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    retype(desk, "#id_label_en", "Colour")
    walk_to(desk, "#id_position")
    save_refused(desk, "id_label_nl", "")
    expect(desk.locator("#id_label_en")).to_have_value("Colour")
    desk.keyboard.type("Telefoon")
    save_refused(desk, "id_label_nl", "Telefoon")
    retype(desk, "#id_label_nl", "Kleur")
    desk.keyboard.press("Control+s")
    expect(desk.get_by_role("link", name="Kleur", exact=True)).to_be_visible()
    assert ExtraField.objects.get().label_en == "Colour"

    values = {"label_nl": "Maat", "label_en": "", "active": True, "choices": "Klein\nGroot"}
    extra_field_save(actor=SYSTEM, slot="extra_text_1", version=0, values=values)
    customer_update(actor=SYSTEM, customer_id=k1().pk, version=k1().version, values={"extra_text_1": "Klein"})
    desk.goto("/settings/extra-fields/")
    enter(desk, "[href$='/extra_text_1/']")
    retype(desk, "#id_choices", "Groot\ngroot")
    save_refused(desk, "id_choices", "groot")
    retype(desk, "#id_choices", "Groot")
    desk.keyboard.press("Control+s")
    expect(desk.locator("#toasts")).to_contain_text("“Klein” kan niet meer worden gekozen; 1 klant houdt het")
    # Who has it keeps it, and saving the rest of the card does not take it away.
    desk.goto("/customers/K1/contacts/")
    expect(desk.get_by_role("button", name="Maat: Klein")).to_be_visible()
    desk.keyboard.press("e")
    retype(desk, "#dialog #id_email", "info@mueller.example")
    save_done(desk)
    assert (k1().extra_text_1, k1().email) == ("Klein", "info@mueller.example")


def test_a_characteristic_and_a_choice_that_goes_while_one_types(desk: Page) -> None:
    for kind, name, choices in (("number", "Oppervlak", ""), ("choice", "Merk", "Nefit\nRemeha")):
        definition_create(actor=SYSTEM, values={"kind": kind, "name_nl": name, "choices": choices})
    desk.goto("/customers/K1/characteristics/")
    enter(desk, "#tab a[href$='/edit/']")
    number = desk.get_by_role("dialog").get_by_label("Oppervlak").get_attribute("id")
    retype(desk, f"#{number}", "veel")
    save_refused(desk, str(number), "veel")
    retype(desk, f"#{number}", "12,5")
    save_done(desk, "#tab a[href$='/edit/']")
    expect(desk.locator("#tab")).to_contain_text("12,5")
    before = CustomerCharacteristics.objects.get().values

    enter(desk, "#tab a[href$='/edit/']")
    choice = desk.get_by_role("dialog").get_by_label("Merk").get_attribute("id")
    retype(desk, f"#{number}", "99")
    walk_to(desk, f"#{choice}")
    desk.keyboard.type("Nefit")
    brand = Characteristic.objects.get(name_nl="Merk")
    values = {"name_nl": "Merk", "choices": "Remeha"}
    definition_update(actor=SYSTEM, pk=brand.pk, version=brand.version, values=values)
    save_refused(desk, str(choice), "Nefit")
    expect(desk.locator(f"#{number}")).to_have_value("99")
    assert CustomerCharacteristics.objects.get().values == before
    desk.keyboard.type("Remeha")
    save_done(desk, "#tab a[href$='/edit/']")
    expect(desk.locator("#tab")).to_contain_text("Remeha")


def test_a_territory_that_is_its_own_parent(desk: Page) -> None:
    made = territory_create(actor=SYSTEM, values={"code": "ZUID", "name": "Zuid"})
    desk.goto(f"/territories/{made.pk}/")
    desk.keyboard.press("e")
    retype(desk, "#id_name", "Zuid-Nederland")
    walk_to(desk, "#id_parent")
    desk.keyboard.type("ZUID")
    save_refused(desk, "id_parent", "ZUID")
    expect(desk.locator("#id_name")).to_have_value("Zuid-Nederland")
    desk.keyboard.press("Home")
    desk.keyboard.press("Control+s")
    expect(desk.get_by_role("heading", level=1)).to_have_text(re.compile("Zuid-Nederland"))
    assert Territory.objects.get().parent is None
