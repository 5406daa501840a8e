"""The customer's picture: set, shown, removed, in history."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from klantenbeheer.customers.models import Customer

pytestmark = pytest.mark.django_db


def upload(colour: str = "red") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (300, 100), colour).save(file, "PNG")
    return SimpleUploadedFile("logo.png", file.getvalue(), "image/png")


def test_set_show_and_remove(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    customer, client = make_customer(number="K1"), as_user("verkoop")
    sent = {"picture": upload(), "seen": "", "crop_left": "1", "crop_top": "0", "crop_length": "1"}
    assert client.post("/customers/K1/picture", sent).status_code == 302
    customer.refresh_from_db()
    url = f"/customers/K1/picture/{customer.picture}.webp"
    assert url in client.get("/customers/K1/contacts/").text
    answer = client.get(url)
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(answer.content)).size == (100, 100)
    assert "afbeelding" in client.get("/customers/K1/history/").text
    assert client.get("/customers/K1/picture/0000.webp").status_code == 404
    assert as_user("niemand").get(url).status_code == 403
    stale = client.post("/customers/K1/picture", {"picture": upload("blue"), "seen": ""})
    assert stale.status_code == 422
    assert client.post("/customers/K1/picture", {"remove": "1", "seen": customer.picture}).status_code == 302
    customer.refresh_from_db()
    assert customer.picture == ""
    assert client.get(url).status_code == 404


def test_a_wrong_file_changes_nothing(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    customer, client = make_customer(number="K1"), as_user("verkoop")
    svg = SimpleUploadedFile("logo.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png")
    for sent in ({"picture": svg, "seen": ""}, {"seen": ""}):
        assert client.post("/customers/K1/picture", sent).status_code == 422
    version = customer.version
    customer.refresh_from_db()
    assert (customer.picture, customer.version) == ("", version)
