"""What a page weighs over the line, compressed, at most."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import django_htmx
import pytest
from django.test import Client

from klantenbeheer.customers.models import Customer
from klantenbeheer.domains.contacts.services import contact_create
from klantenbeheer.domains.notes.services import note_create
from klantenbeheer.foundation import ui

from .conftest import SYSTEM

KB = 1024
STATIC = Path(ui.__file__).parent / "static" / "ui"


def packed(*contents: bytes) -> int:
    return sum(len(gzip.compress(content)) for content in contents)


def test_style_and_script() -> None:
    scripts = [path.read_bytes() for path in (STATIC / "js").glob("*.js")]
    library = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    assert len(scripts) > 10
    assert packed((STATIC / "app.css").read_bytes()) <= 30 * KB
    assert packed(library.read_bytes(), *scripts) <= 60 * KB


@pytest.mark.parametrize(
    "path", ["/customers/", "/customers/new", "/customers/K1/contacts/", "/customers/K1/notes/"]
)
def test_pages(path: str, as_user: Callable[[str], Client], make_customer: Callable[..., Customer]) -> None:
    customer = make_customer(number="K1")
    for index in range(60):
        make_customer(
            f"Handelsonderneming Van der Hoogenband {index}", email=f"info{index}@hoogenband.example"
        )
        contact_create(actor=SYSTEM, customer=customer, values={"last_name": f"Oosterhout {index}"})
        note_create(actor=SYSTEM, customer=customer, values={"text": f"Notitie nummer {index}"})
    response = as_user("beheer").get(path)
    assert response.status_code == 200
    assert packed(response.content) <= 40 * KB
