"""From a pair to one customer and back, without a mouse; axe finds nothing on the way, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.services import customer_update
from klantenbeheer.domains.contacts.services import contact_create
from klantenbeheer.domains.duplicates.services import score_pairs
from klantenbeheer.foundation.audit.context import acting

from .cast import SYSTEM
from .keys import enter, walk_to

pytestmark = pytest.mark.django_db(transaction=True)


def clean_in_both_schemes(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = Axe().run(page)
        assert found.response["violations"] == [], found.generate_report()


def test_deciding_merging_and_undoing_by_keyboard(desk: Page, make_customer: Callable[..., Customer]) -> None:
    place = {"street": "Kade", "house_number": "3", "city": "Assen", "postcode": "9401 HJ", "country": "NL"}
    one = make_customer(
        "Kuijpers Techniek B.V.", number="T1", phone="0592 123456", addresses={"visiting": place}
    )
    other = make_customer("Kuypers Techniek", number="T2", phone="0592 654321", addresses={"visiting": place})
    contact_create(actor=SYSTEM, customer=other, values={"last_name": "Oosterhout"})
    score_pairs([(one.pk, other.pk)])

    desk.goto("/duplicates/")
    expect(desk.get_by_text("zelfde adres")).to_be_visible()
    clean_in_both_schemes(desk)
    enter(desk, "button[value=same]")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Klanten samenvoegen")
    clean_in_both_schemes(desk)
    walk_to(desk, "[name='choose.phone']:checked")
    desk.keyboard.press("ArrowRight")
    expect(desk.locator(f"[name='choose.phone'][value='{other.pk}']")).to_be_checked()
    enter(desk, "main form [data-key=save]")
    expect(desk.get_by_text("Contactpersonen: 1")).to_be_visible()
    expect(desk.get_by_text("Telefoon: +31 592 123 456 (T1)")).to_be_visible()
    clean_in_both_schemes(desk)
    enter(desk, "main form [data-key=save]")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Kuijpers Techniek B.V.")
    expect(desk.get_by_text("1 klant met deze samengevoegd.")).to_be_visible()
    expect(desk.get_by_role("row", name="Oosterhout")).to_be_visible()

    desk.goto("/customers/T2/contacts/")
    expect(desk).to_have_url("/customers/T1/contacts/")
    expect(desk.get_by_text("Kuypers Techniek (T2) is samengevoegd met deze klant, T1.")).to_be_visible()

    desk.goto("/duplicates/?show=merges")
    clean_in_both_schemes(desk)
    enter(desk, "main td form button")
    expect(desk.get_by_text("De samenvoeging is ongedaan gemaakt: elke klant is terug.")).to_be_visible()
    desk.goto("/customers/T2/contacts/")
    expect(desk.get_by_role("row", name="Oosterhout")).to_be_visible()


def test_a_customer_is_merged_from_his_card_on_a_telephone(desk: Page) -> None:
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto("/duplicates/merge/?customer=K1")
    desk.get_by_label("Nummer van een andere klant").fill("onbekend")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("alert")).to_contain_text("onbekend")
    desk.get_by_label("Nummer van een andere klant").fill("K2")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("button", name="Laten zien wat er gebeurt")).to_be_visible()
    assert desk.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_timeline_fits_on_a_telephone_after_a_change_of_many(
    desk: Page, make_customer: Callable[..., Customer]
) -> None:
    several = [make_customer(f"Kuypers {number}", number=f"T{number}") for number in (1, 2)]
    with acting(SYSTEM, "customer.change"):
        for one in several:
            customer_update(
                actor=SYSTEM, customer_id=one.pk, version=one.version, values={"fax": "0592 123456"}
            )
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto("/customers/T1/history/")
    expect(desk.get_by_role("button", name="Ongedaan maken voor alle klanten")).to_be_visible()
    assert desk.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
