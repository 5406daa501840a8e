"""The pictures of the handbook, made of the screens themselves (ADR 16).

Every run walks to each screen and takes its picture, so that none is of a screen that is gone. With
``KLANTENBEHEER_PICTURES=1`` they are stored in ``docs/handbook``; look at them before committing.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from klantenbeheer.card.tabs import TABS
from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.characteristics.defining import definition_create
from klantenbeheer.domains.conditions.services import group_create
from klantenbeheer.domains.contacts.services import branch_create, contact_create
from klantenbeheer.domains.customer_settings.services import block_create
from klantenbeheer.domains.duplicates.services import score_pairs
from klantenbeheer.domains.notes.services import note_create
from klantenbeheer.domains.privacy.services import request_create
from klantenbeheer.domains.territories.services import territory_create
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.handbook import pages
from klantenbeheer.foundation.handbook.places import PLACES
from klantenbeheer.foundation.jobs.models import Job, State

from .cast import SYSTEM

SCREENS = {
    "start": "/", "palette": "/customers/10001/contacts/", "customers": "/customers/",
    "lists": "/customers/?where=status+is+active",
    "card": "/customers/10001/contacts/",
    "contacts": "/customers/10001/contacts/", "characteristics": "/customers/10001/characteristics/",
    "notes": "/customers/10001/notes/", "history": "/customers/10001/history/",
    "customer_settings": "/customers/10001/customer_settings/", "territories": "/territories/",
    "conditions": "/condition-groups/", "import": "/customers/import", "jobs": "/jobs/", "settings": "/settings/",
    "vat_check": "/vat-check/", "duplicates": "/duplicates/", "privacy": "/privacy/",
    "rights": "/settings/roles/", "account": "/account/", "accounts": "/settings/accounts/",
}  # fmt: skip
WITHOUT = {"index", "keys", "administration"}  # lists and commands: there is nothing to see
MOST_BYTES = 1_500_000


@pytest.fixture
def office(people: dict[str, User], make_customer: Callable[..., Customer], desk: Page) -> Page:
    """Give the desk of an office with something in each drawer."""
    places = [
        ("Utrecht", "3511 AB"),
        ("Gouda", "2801 AB"),
        ("Weert", "6001 AA"),
        ("Alkmaar", "1811 AB"),
        ("Goes", "4461 AA"),
    ]
    names = [
        "Jansen Installatietechniek B.V.",
        "De Vries Houthandel",
        "Bakker & Zonen",
        "Van den Broek Groep",
        "Hermans Sanitair N.V.",
    ]
    for place, (name, (city, code)) in enumerate(zip(names, places, strict=True)):
        address = {
            "visiting": {
                "street": "Industrieweg",
                "house_number": str(12 + place),
                "city": city,
                "postcode": code,
                "country": "NL",
            }
        }
        values = {
            "phone": f"030 234567{place}",
            "email": f"info@klant{place}.example",
            "website": f"www.klant{place}.example",
        }
        make_customer(name, number=f"1000{place + 1}", addresses=address, **values)
    customer = Customer.objects.get(number="10001")
    for first, infix, last, title in (
        ("Petra", "van", "Zwanenburg", "Inkoper"),
        ("Bas", "", "Kramer", "Directeur"),
        ("Ingrid", "", "Kooijman", "Magazijn"),
    ):
        person = {
            "first_name": first,
            "infix": infix,
            "last_name": last,
            "job_title": title,
            "mobile": "06 12345678",
        }
        contact_create(actor=SYSTEM, customer=customer, values=person)
    branch_create(
        actor=SYSTEM,
        customer=customer,
        values={"name": "Magazijn Noord", "city": "Groningen", "country": "NL"},
    )
    alike = make_customer("Jansen Installatie Techniek BV", number="10006", phone="030 2345670")
    score_pairs([(customer.pk, alike.pk)])
    asked = {"kind": "access", "asker": "P. van Zwanenburg", "received_on": timezone.localdate()}
    request_create(actor=SYSTEM, values={"customer_number": "10001", **asked})
    note_create(
        actor=SYSTEM, customer=customer, values={"text": "Belt het liefst vóór 9 uur.", "important": True}
    )
    note_create(actor=SYSTEM, customer=customer, values={"text": "Heeft interesse in een jaarcontract."})
    other = Customer.objects.get(number="10004")
    block_create(
        actor=SYSTEM,
        customer=other,
        values={"scope": "deliveries", "reason": "Twee facturen te laat", "since": date(2026, 1, 5)},
    )
    whole = territory_create(actor=SYSTEM, values={"code": "MID", "name": "Midden-Nederland", "parent": None})
    territory_create(actor=SYSTEM, values={"code": "UTR", "name": "Utrecht", "parent": whole})
    definition_create(
        actor=SYSTEM,
        values={
            "name_nl": "Soort bedrijf", "name_en": "Kind of business", "kind": "choice",
            "choices": ["Groothandel", "Bouwmarkt", "Webwinkel"], "group": "Verkooppunt", "position": 10,
        },
    )  # fmt: skip
    group_create(actor=SYSTEM, values={"name": "Installateurs A", "discount": 5})
    Job.objects.create(
        kind="customers.import",
        title="klanten.csv",
        user=people["beheer"],
        state=State.DONE,
        done=250,
        total=250,
    )
    desk.set_viewport_size({"width": 1100, "height": 640})
    desk.emulate_media(color_scheme="light", reduced_motion="reduce")
    return desk


def take(page: Page, name: str, root: str) -> bytes:
    """Go to the screen and give its picture."""
    # A picture of a tab shows the tab; the basic data has the card's own.
    page.context.add_cookies([{"name": "kb_fold", "value": "" if name == "card" else "basic", "url": root}])
    page.goto(SCREENS[name])
    page.wait_for_load_state("networkidle")
    if name == "start":
        expect(page.locator("#block-recent")).not_to_have_attribute("aria-busy", "true")
    if name == "palette":
        page.keyboard.press("Control+k")
        expect(page.locator("#palette [aria-selected=true]")).to_have_count(1)
    broken = page.evaluate("[...document.images].filter((one) => !one.naturalWidth).map((one) => one.src)")
    assert broken == [], name
    picture = io.BytesIO()
    Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).save(
        picture, "WEBP", quality=60, method=6
    )
    return picture.getvalue()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_each_screen_has_its_picture_taken(
    language: str, office: Page, people: dict[str, User], tmp_path: Path
) -> None:
    User.objects.filter(username="beheer").update(language=language, full_name="A. de Vries")
    for number in ("10003", "10002", "10001"):
        office.goto(f"/customers/{number}/contacts/")
    store = pages.folder() / language / "pictures" if os.environ.get("KLANTENBEHEER_PICTURES") else tmp_path
    store.mkdir(exist_ok=True)
    root = office.url.split("/customers/")[0]
    for name in SCREENS:
        picture = take(office, name, root)
        assert len(picture) <= 60_000, name
        (store / f"{name}.webp").write_bytes(picture)


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_page_of_a_screen_shows_it_with_words_for_who_cannot_see(language: str) -> None:
    wanted = {tab.key for tab in TABS if not tab.custom} | {place.page for place in PLACES}
    assert wanted - WITHOUT - set(SCREENS) == set(), "say in SCREENS where the screen of these pages is"
    for key in SCREENS:
        page = pages.page(key, language)
        assert page is not None
        shown = re.findall(r"<img [^>]*>", page.html)
        assert len(shown) == 1, key
        assert f'src="/handbook/pictures/{language}/{key}.webp"' in shown[0], key
        alt = re.search(r'alt="([^"]*)"', shown[0])
        assert alt is not None
        assert len(alt[1]) > 20, (key, "say what is to be seen")
        assert 'width="1100"' in shown[0]
    files = list((pages.folder() / language / "pictures").glob("*"))
    assert {path.stem for path in files} == set(SCREENS)


def test_the_pictures_are_small() -> None:
    assert sum(path.stat().st_size for path in pages.folder().glob("*/pictures/*")) <= MOST_BYTES


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["nl/onbekend", "nl/..%2f..%2fcard", "fr/card", "nl/Card", "nl/" + "x" * 200]
)
def test_there_are_no_other_pictures(as_user: Callable[[str], Client], path: str) -> None:
    assert as_user("lezer").get(f"/handbook/pictures/{path}.webp").status_code == 404


@pytest.mark.django_db
def test_a_picture_is_the_signed_in_user_s(as_user: Callable[[str], Client]) -> None:
    answer: Any = as_user("niemand").get("/handbook/pictures/nl/card.webp")
    assert answer["Content-Type"] == "image/webp"
    assert answer.content[8:12] == b"WEBP"
    assert Client().get("/handbook/pictures/nl/card.webp").status_code == 302
