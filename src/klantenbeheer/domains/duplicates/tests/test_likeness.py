"""How much two customers look like one: a table of cases, and the way names sound."""

from __future__ import annotations

from typing import Any

import pytest

from klantenbeheer.customers.likeness import LIKELY, Face, face, likeness, reasons_of
from klantenbeheer.kernel.names import sound, without_form

JANSEN: dict[str, Any] = {
    "name": "Jansen Installatietechniek B.V.", "vat_number": "NL004495445B01", "kvk_number": "12345678",
    "email": "info@jansen-it.example", "phone": "+31 30 234 5678", "iban": "NL91ABNA0417164300",
    "website": "https://www.jansen-it.example/contact", "postcode": "3511 AB", "house_number": "12", "city": "Utrecht",
    "country": "NL",
}  # fmt: skip
PLACE = ("postcode", "house_number", "addition", "city")


def made(**values: Any) -> Face:
    return face(values, [{part: values.get(part, "") for part in PLACE}] if "city" in values else [])


@pytest.mark.parametrize(
    ("values", "likely", "codes"),
    [
        (JANSEN, True, {"vat_number", "kvk_number", "iban", "email", "phone", "name", "address"}),
        ({"name": "Janssen installatie techniek BV", "city": "Utrecht", "postcode": "3511ab", "house_number": "12"},
         True, {"name", "address"}),
        ({"name": "Installatietechniek Jansen", "city": "Utrecht"}, True, {"name", "city"}),
        ({"name": "Jansen Installatietechniek GmbH", "city": "Utrecht"}, True, {"name", "city"}),
        ({"name": "Iets heel anders", "kvk_number": "12345678"}, False, {"kvk_number", "name_other"}),
        ({"name": "Jansen Installatietechniek", "vat_number": "NL004495454B01"}, True, {"name", "vat_near"}),
        ({"name": "Jansen Beheer", "vat_number": "NL999995445B01", "kvk_number": "87654321", "city": "Utrecht",
          "postcode": "3511 AB", "house_number": "12", "phone": "+31 30 234 5678"},
         False, {"vat_other", "kvk_other", "phone", "address"}),
        ({"name": "Jansen Installatietechniek"}, False, {"name"}),
        ({"name": "Bakkerij De Gouden Aar", "city": "Assen"}, False, {"name_other"}),
        ({"name": "Visser", "email": "verkoop@jansen-it.example"}, False, {"host", "name_other"}),
        ({"name": "Jansen Installatietechniek", "city": "Utrecht", "country": "DE"},
         False, {"name", "city", "country"}),
    ],
)  # fmt: skip
def test_the_score_and_its_signs(values: dict[str, Any], likely: bool, codes: set[str]) -> None:
    found = likeness(made(**JANSEN), made(**values))
    assert {reason.code for reason in found.reasons} == codes
    assert found.is_likely is likely, found.score
    assert (found.score >= LIKELY) is likely
    assert likeness(made(**values), made(**JANSEN)) == found
    assert reasons_of(reason.stored() for reason in found.reasons) == list(found.reasons)
    assert found.score == max(0, min(100, sum(reason.points for reason in found.reasons)))


def test_a_mail_box_that_anybody_has_says_nothing() -> None:
    one, other = made(name="Smit", email="smit@gmail.com"), made(name="Bakker", email="bakker@gmail.com")
    assert {reason.code for reason in likeness(one, other).reasons} == {"name_other"}
    assert likeness(one, made(name="Smit", email="smit@gmail.com")).is_likely


def test_reasons_are_words() -> None:
    words = [
        reason.text
        for reason in likeness(
            made(**JANSEN), made(**JANSEN | {"name": "Janssen Installatietechniek"})
        ).reasons
    ]
    assert "zelfde btw-nummer" in words
    assert "naam 98 % gelijk" in words


@pytest.mark.parametrize(
    "words",
    [
        "meijer meyer meier maier", "schmidt smit smid schmitt", "kuijpers kuypers cuypers kuipers", "jansen janssen",
        "visser fisser", "hendriks hendrix hendricks", "klaassen claassen", "schulz schultz schults", "philips filips",
        "bakker backer", "dijkstra dykstra", "thijssen tijsen thyssen", "jacobs jakobs",
    ],
)  # fmt: skip
def test_names_that_sound_the_same(words: str) -> None:
    assert len({sound(word) for word in words.split()}) == 1


def test_names_that_sound_otherwise() -> None:
    assert (
        len({sound(word) for word in ["jansen", "hendriks", "visser", "bakker", "smit", "meijer", "mulder"]})
        == 7
    )


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Jansen Bouw B.V.", "jansen bouw"), ("Müller GmbH & Co. KG", "muller"), ("J. Jansen", "j jansen"),
        ("De Vries V.O.F.", "de vries"), ("B.V.", "b v"), ("Bvlgari", "bvlgari"), ("Rossi S.p.A.", "rossi"),
    ],
)  # fmt: skip
def test_a_legal_form_is_left_out(name: str, bare: str) -> None:
    assert without_form(name) == bare
