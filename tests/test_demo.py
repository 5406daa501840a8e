"""Demonstration data comes through the door of the import and is found like any other."""

from __future__ import annotations

import pytest

from klantenbeheer.config.demo import load
from klantenbeheer.customers.demo.generator import FIRST_NUMBER, generate
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.selectors import search
from klantenbeheer.domains.contacts.models import Contact
from klantenbeheer.domains.notes.models import Note

from .conftest import SYSTEM

pytestmark = pytest.mark.django_db


def test_all_of_it_is_stored_and_a_second_call_goes_on() -> None:
    made = list(generate(140, 7))
    assert (load(120, 7), load(20, 7)) == (120, 20)
    assert Customer.objects.count() == 140
    assert Customer.objects.filter(flagged=True).count() == 0
    assert Contact.objects.count() == sum(len(item.contacts) for item in made)
    assert Note.objects.count() == sum(len(item.notes) for item in made)
    assert Customer.objects.order_by("-id").values_list("number", flat=True)[0] == str(FIRST_NUMBER + 139)


def test_a_second_contact_is_found_too() -> None:
    load(60, 7)
    item = next(item for item in generate(60, 7) if len(item.contacts) > 1 and item.contacts[1].email)
    found = search(SYSTEM, item.contacts[1].email).rows
    assert item.number in [row["number"] for row in found]
