"""The address label."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import pytest
from django.test import Client

from klantenbeheer.customers.label import bars
from klantenbeheer.customers.models import Customer

pytestmark = pytest.mark.django_db


def test_a_dutch_label_carries_the_code(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    street = {
        "street": "Industrieweg",
        "house_number": "12",
        "postcode": "1234 AB",
        "city": "Utrecht",
        "country": "NL",
    }
    box = {"street": "Postbus 100", "postcode": "1230 AA", "city": "Utrecht", "country": "NL"}
    make_customer("Jansen B.V.", number="K1", addresses={"visiting": street, "postal": box})
    client = as_user("lezer")
    text = client.get("/customers/K1/label").text
    assert "1230 AA  UTRECHT" in text
    assert "1230AA100" in text
    visiting = client.get("/customers/K1/label?kind=visiting").text
    assert "1234AB12" in visiting
    assert visiting.count("<rect") == 4 * len("1234AB12")
    assert not re.search(r'x="\d+,\d', visiting)  # a decimal comma is no number in SVG


def test_abroad_and_without_an_address(
    make_customer: Callable[..., Customer], as_user: Callable[[str], Client]
) -> None:
    make_customer(
        "Futterkiste",
        number="D1",
        status="prospect",
        addresses={"visiting": {"city": "Berlin", "postcode": "12209", "country": "DE"}},
    )
    make_customer("Leeg", number="L1", addresses={})
    client = as_user("lezer")
    text = client.get("/customers/D1/label").text
    assert "GERMANY" in text
    assert "<rect" not in text
    assert "Leeg" in client.get("/customers/L1/label").text


def test_bars_lie_beside_each_other() -> None:
    drawn = bars("1234AB12")
    assert len(drawn) == 32
    assert all(one.x + one.width < other.x for one, other in itertools.pairwise(drawn))
    assert {bar.y + bar.height for bar in drawn} <= {32.0, 50.0}
