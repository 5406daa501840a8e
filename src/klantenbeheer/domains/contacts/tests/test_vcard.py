"""vCards out and in; roles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.contacts import vcard
from klantenbeheer.domains.contacts.models import Contact
from klantenbeheer.domains.contacts.services import contact_create, contact_update
from klantenbeheer.kernel.errors import InvalidInput
from tests.conftest import SYSTEM

pytestmark = pytest.mark.django_db
URL = "/customers/K1/contacts/persons/"
FOUR = (
    "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Jan van der Berg\r\nN:Berg;Jan;van der;;\r\nTITLE:Inkoper\r\n"
    'TEL;TYPE="work,voice";VALUE=uri:tel:+31-30-2345678\r\nTEL;TYPE=cell:+31612345678\r\n'
    "EMAIL:jan@berg.example\r\nBDAY:1980-04-12\r\nEND:VCARD\r\n"
)
TWO = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Kurt\r\n"
    "TEL;CELL:06 12345679\r\nTEL;FAX:030 2345679\r\nEND:VCARD\r\n"
)


def jansen(make_customer: Callable[..., Customer]) -> tuple[Customer, Contact]:
    customer = make_customer("Jansen; Zonen, B.V.", number="K1")
    values = {
        "first_name": "Jan", "infix": "van der", "last_name": "Berg\\Straat", "phone": "030 2345678",
        "mobile": "06 12345678", "email": "jan@berg.example", "birthday": date(1980, 4, 12), "job_title": "Inkoper",
        "roles": ["purchasing", "decides"],
    }  # fmt: skip
    return customer, contact_create(actor=SYSTEM, customer=customer, values=values)


def test_out_and_in_again_is_the_same_person(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    _customer, contact = jansen(make_customer)
    client = as_user("lezer")
    answer = client.get(f"{URL}{contact.pk}/vcard.vcf")
    assert answer["Content-Type"].startswith("text/vcard")
    assert "attachment" in answer["Content-Disposition"]
    text = answer.content.decode()
    assert "VERSION:3.0" in text
    assert "Jansen\\; Zonen\\, B.V." in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    (person,) = vcard.read(answer.content)
    for name in ("first_name", "infix", "last_name", "phone", "mobile", "email", "birthday", "job_title"):
        assert person[name] == getattr(contact, name), name
    assert client.get(f"{URL}vcards.vcf").content.count(b"BEGIN:VCARD") == 1
    assert client.get(f"{URL}999999/vcard.vcf").status_code == 404


def test_other_versions_are_read() -> None:
    first, second = vcard.read((FOUR + TWO).encode())
    assert (first["first_name"], first["infix"], first["last_name"]) == ("Jan", "van der", "Berg")
    assert (first["phone"], first["mobile"], first["birthday"]) == (
        "+31-30-2345678",
        "+31612345678",
        date(1980, 4, 12),
    )
    assert (second["last_name"], second["mobile"], second["phone"]) == ("Müller", "06 12345679", "")


@pytest.mark.parametrize(
    "content",
    [b"", b"geen kaart", b"BEGIN:VCARD\r\n", b"\xff\xfe\x00\x01" * 50, b"BEGIN:VCALENDAR\r\nEND:VCALENDAR"],
)
def test_what_is_no_card_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        vcard.read(content)


def test_reading_a_file_shows_it_first_and_stores_what_was_chosen(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    make_customer(number="K1")
    client = as_user("verkoop")
    shown = client.post(f"{URL}vcards/", {"file": SimpleUploadedFile("x.vcf", (FOUR + TWO).encode())})
    assert "Müller" in shown.text
    assert not Contact.objects.exists()
    assert client.post(f"{URL}vcards/", {"text": FOUR + TWO}).status_code == 422
    assert client.post(f"{URL}vcards/", {"text": FOUR + TWO, "take": ["1"]}).status_code in (200, 302)
    assert [contact.last_name for contact in Contact.objects.all()] == ["Müller"]
    again = client.post(f"{URL}vcards/", {"file": SimpleUploadedFile("x.vcf", TWO.encode())})
    assert "bestaat al" in again.text


def test_one_wrong_person_stores_nobody(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    make_customer(number="K1")
    wrong = TWO.replace("06 12345679", "12")
    answer = as_user("verkoop").post(f"{URL}vcards/", {"text": FOUR + wrong, "take": ["0", "1"]})
    assert answer.status_code == 422
    assert "Kurt Müller: " in answer.text
    assert not Contact.objects.exists()


def test_roles_have_one_order_and_stand_in_history(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    _customer, contact = jansen(make_customer)
    assert contact.roles == ["decides", "purchasing"]
    values = {"last_name": contact.last_name, "roles": ["purchasing", "decides"]}
    assert contact_update(actor=SYSTEM, record=contact, version=1, values=values).version == 1
    client = as_user("lezer")
    assert "Beslist, Inkoop" in client.get("/customers/K1/contacts/").text
    assert "Beslist, Inkoop" in client.get("/customers/K1/history/").text
