"""Every value of the basic data in its place: wrong, told so, corrected, saved; two people at once; bad pictures."""

from __future__ import annotations

import base64
import io
import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from klantenbeheer.customers import extra
from klantenbeheer.customers.codes import code_create
from klantenbeheer.customers.extra_services import extra_field_save
from klantenbeheer.customers.models import Customer, Territory
from klantenbeheer.customers.picture import picture_set
from klantenbeheer.domains.territories.services import territory_create, territory_delete
from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.pictures.models import Picture

from .cast import PASSWORD
from .conftest import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)

CARD = "/customers/K1/contacts/"
# What is typed wrong (nothing: any text is right), what is typed then, and how the card shows it.
TYPED: dict[str, tuple[str, str, str]] = {
    "name": ("", "Zonnewende B.V.", "Zonnewende B.V."),
    "website": ("http://geen spatie.example", "www.zonnewende.example", "www.zonnewende.example"),
    "email": ("info@", "info@zonnewende.example", "info@zonnewende.example"),
    "phone": ("12", "020 6234567", "+31 20 623 4567"),
    "fax": ("abc", "030 2345679", "+31 30 234 5679"),
    "kvk_number": ("1234", "12345678", "12345678"),
    "vat_number": ("NL004495440B01", "nl 0044.95.445.b01", "NL004495445B01"),
    "iban": ("NL00ABNA0417164300", "nl91abna0417164300", "NL91 ABNA 0417 1643 00"),
    "bic": ("ABN", "ABNANL2A", "ABNANL2A"),
    "credit_limit": ("veel", "1.234,50", "€ 1.234,50"),
    "extra_number": ("tien", "12,5", "12,5"),
    "extra_text_2": ("x" * 300, "Vrije tekst", "Vrije tekst"),
}
# Of a list one chooses; nothing wrong can be typed.
CHOSEN = {
    "territory": ("ZUID", "ZUID Zuid"),
    "salesperson": ("verkoop", "Verkoop"),
    "condition_group": ("Algemeen", "Algemeen"),
    "language": ("de", "Duits"),
    "status": ("prospect", "Prospect"),
    "extra_text_1": ("Groot", "Groot"),
}


def k1() -> Customer:
    return Customer.objects.get(number="K1")


@pytest.fixture
def full(desk: Page) -> Page:
    """A card on which every kind of value stands."""
    User.objects.filter(username="verkoop").update(is_salesperson=True)
    territory_create(actor=SYSTEM, values={"code": "ZUID", "name": "Zuid"})
    for code, name in (("KERST", "Kerstkaart"), ("NIEUWS", "Nieuwsbrief"), ("PRIJS", "Prijslijst")):
        code_create(actor=SYSTEM, values={"code": code, "name": name})
    for slot, name, choices in (
        ("extra_number", "Monteurs", ""), ("extra_text_1", "Maat", "Klein\nGroot"), ("extra_text_2", "Vrij", ""),
    ):  # fmt: skip
        values = {"label_nl": name, "label_en": "", "active": True, "choices": choices}
        extra_field_save(actor=SYSTEM, slot=slot, version=0, values=values)
    desk.goto(CARD)
    return desk


def shown(page: Page, key: str) -> Any:
    return page.locator(f"[data-edit][hx-get$='/field/{key}']")


def test_every_value_wrong_corrected_and_saved(full: Page) -> None:
    keys = {field.key for field in extra.basic_fields()}
    assert keys == {*TYPED, *CHOSEN, "mailing_codes"}  # a new value gets its journey here
    for key, (wrong, right, text) in TYPED.items():
        field, error = full.locator(f"kb-edit #id_{key}"), full.locator(f"#id_{key}_error")
        shown(full, key).press("Enter")
        expect(field).to_be_focused()
        field.fill(wrong)
        full.keyboard.press("Enter")
        expect(error).to_contain_text(wrong[:10] or "naam")
        expect(field).to_be_focused()
        expect(field).to_have_value(wrong)
        expect(field).to_have_attribute("aria-describedby", re.compile(rf"\bid_{key}_error\b"))
        field.fill(right)
        full.keyboard.press("Enter")
        expect(shown(full, key)).to_have_text(text)
        expect(shown(full, key)).to_be_focused()
    for key, (value, text) in CHOSEN.items():
        shown(full, key).press("Enter")
        full.locator(f"kb-edit #id_{key}").select_option(value)
        full.keyboard.press("Enter")
        expect(shown(full, key)).to_have_text(text)
        expect(shown(full, key)).to_be_focused()
    full.goto(CARD)
    for key, text in {key: row[-1] for key, row in (TYPED | CHOSEN).items()}.items():
        expect(shown(full, key)).to_have_text(text)


def test_mailing_codes_are_ticked(full: Page) -> None:
    shown(full, "mailing_codes").press("Enter")
    expect(full.get_by_label("KERST Kerstkaart")).to_be_focused()
    for key in ("Space", "Tab", "Tab", "Space", "Enter"):
        full.keyboard.press(key)
    expect(shown(full, "mailing_codes")).to_have_text("KERST PRIJS")
    expect(shown(full, "mailing_codes")).to_be_focused()
    full.keyboard.press("e")
    dialog = full.get_by_role("dialog")
    expect(dialog.get_by_role("group", name="Mailingcodes").get_by_label("PRIJS Prijslijst")).to_be_checked()
    for label in ("KERST Kerstkaart", "PRIJS Prijslijst"):
        dialog.get_by_label(label).uncheck()
    full.keyboard.press("Control+s")
    expect(shown(full, "mailing_codes")).to_have_text("")
    assert not k1().mailing_codes.exists()


def test_a_choice_that_is_gone_when_one_saves(full: Page) -> None:
    shown(full, "territory").press("Enter")
    field = full.locator("kb-edit #id_territory")
    field.select_option("ZUID")
    territory_delete(actor=SYSTEM, territory_id=Territory.objects.get(code="ZUID").pk)
    full.keyboard.press("Enter")
    expect(full.locator("#id_territory_error")).to_contain_text("ZUID")
    expect(field).to_be_focused()
    field.select_option("")
    full.keyboard.press("Enter")
    expect(shown(full, "territory")).to_be_focused()
    assert k1().territory is None


def test_two_browsers_on_one_customer(desk: Page, new_context: Callable[..., BrowserContext]) -> None:
    other = new_context().new_page()
    other.goto("/")
    other.fill("[name=username]", "verkoop")
    other.fill("[name=password]", PASSWORD)
    other.keyboard.press("Enter")
    other.get_by_role("heading", name="Startpagina").wait_for()
    other.goto("/customers/")
    for page in (desk, other):
        page.goto(CARD)
        shown(page, "phone").press("Enter")
    other.locator("kb-edit #id_phone").fill("020 6234567")
    other.keyboard.press("Enter")
    expect(shown(other, "phone")).to_have_text("+31 20 623 4567")
    # The slower one sees both, takes his own with the keyboard, and is back at the value.
    desk.locator("kb-edit #id_phone").fill("030 2345679")
    desk.keyboard.press("Enter")
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_contain_text("+31 20 623 4567")
    expect(dialog).to_contain_text("030 2345679")
    assert k1().phone == "+31 20 623 4567"
    desk.keyboard.press("Control+s")
    expect(dialog).to_have_count(0)
    expect(shown(desk, "phone")).to_have_text("+31 30 234 5679")
    # Now the other one is behind, in the dialog of all values, and leaves without saving: nothing is changed.
    other.keyboard.press("e")
    expect(other.locator("#dialog #id_email")).to_be_visible()
    shown(desk, "email").press("Enter")
    desk.locator("kb-edit #id_email").fill("een@mueller.example")
    desk.keyboard.press("Enter")
    expect(shown(desk, "email")).to_have_text("een@mueller.example")
    other.locator("#dialog #id_email").fill("twee@mueller.example")
    other.keyboard.press("Control+s")
    theirs = other.locator("[name='take.email'][value=theirs]")
    expect(theirs).to_be_attached()
    expect(other.get_by_role("dialog")).to_contain_text("twee@mueller.example")
    theirs.check()
    other.keyboard.press("Control+s")
    expect(other.get_by_role("dialog")).to_have_count(0)
    expect(shown(other, "email")).to_have_text("een@mueller.example")
    expect(shown(other, "phone")).to_have_text("+31 30 234 5679")
    assert (k1().email, k1().phone) == ("een@mueller.example", "+31 30 234 5679")


def _png(width: int, height: int) -> bytes:
    """A whole black-and-white PNG; however large, it is small as a file."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width // 8 + 1) * height), 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _good(form: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 300), "red").save(file, form)
    return file.getvalue()


def test_bad_pictures_say_what_is_wrong_and_a_good_one_is_kept(desk: Page, tmp_path: Path) -> None:
    bad = {
        "tekst.png": (b"geen plaatje", "geen leesbare afbeelding"),
        "enorm.png": (_png(20_000, 20_000), "40 miljoen"),
        "zwaar.png": (_good() + bytes(50 * 1024**2), "10 MB"),
        "half.png": (_good()[:200], "beschadigd"),
        "script.png": (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
            "geen leesbare afbeelding",
        ),
    }
    desk.goto(CARD)
    desk.locator("#card-picture").press("Enter")
    field = desk.locator("#id_picture")
    for name, (content, words) in bad.items():
        (tmp_path / name).write_bytes(content)
        field.set_input_files(tmp_path / name)
        desk.keyboard.press("Control+s")
        expect(desk.locator("#id_picture_error")).to_contain_text(words)
        expect(field).to_be_focused()
        assert not Picture.objects.exists()
    # A picture and a program in one file: what is kept is the picture alone.
    (tmp_path / "beide.gif").write_bytes(_good("GIF") + b"<script>alert(1)</script>")
    field.set_input_files(tmp_path / "beide.gif")
    expect(desk.locator("#dialog canvas")).to_be_visible()
    desk.keyboard.press("Control+s")
    expect(desk.locator("#card-picture img")).to_be_visible()
    assert b"<script" not in bytes(Picture.objects.get().content)


def test_a_picture_that_somebody_else_changed_meanwhile(desk: Page, tmp_path: Path) -> None:
    (tmp_path / "mijn.png").write_bytes(_good())
    desk.goto(CARD)
    desk.locator("#card-picture").press("Enter")
    desk.locator("#id_picture").set_input_files(tmp_path / "mijn.png")
    desk.locator("#dialog [data-zoom]").fill("2")
    cut = desk.locator("[name=crop_length]").input_value()
    theirs = io.BytesIO()
    Image.new("RGB", (100, 100), "blue").save(theirs, "PNG")
    theirs.seek(0)
    blue = picture_set(actor=SYSTEM, customer_id=k1().pk, seen="", file=theirs).picture
    desk.keyboard.press("Control+s")
    expect(desk.locator("#id_picture_error")).to_contain_text("Iemand anders")
    expect(desk.locator("#dialog img")).to_have_attribute("src", re.compile(blue))
    # The chosen file and its cut are still there: saving again is enough.
    expect(desk.locator("[name=crop_length]")).to_have_value(cut)
    assert k1().picture == blue
    desk.keyboard.press("Control+s")
    expect(desk.get_by_role("dialog")).to_have_count(0)
    assert k1().picture not in ("", blue)


@pytest.mark.parametrize("how", ["paste", "drop"])
def test_a_picture_that_is_pasted_or_dropped(desk: Page, how: str) -> None:
    desk.goto(CARD)
    desk.locator("#card-picture").press("Enter")
    expect(desk.locator("#id_picture")).to_be_visible()
    desk.evaluate(
        """([how, text]) => {
            const data = new DataTransfer(), bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
            data.items.add(new File([bytes], "scherm.png", { type: "image/png" }));
            const event = how === "paste"
                ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
                : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
            document.querySelector("kb-drop").dispatchEvent(event);
        }""",
        [how, base64.b64encode(_good()).decode()],
    )
    expect(desk.locator("#dialog canvas")).to_be_visible()
    desk.keyboard.press("Control+s")
    expect(desk.locator("#card-picture img")).to_be_visible()
    assert k1().picture
