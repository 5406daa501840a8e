"""Recognising headings."""

from __future__ import annotations

import pytest

from klantenbeheer.foundation.exchange.columns import FieldNames, match_columns, normalise_header

FIELDS = [
    FieldNames("number", ("number", "Klantnummer", "customer id", "code", "id")),
    FieldNames("name", ("name", "Naam", "bedrijfsnaam", "company name")),
    FieldNames("email", ("email", "E-mail", "e-mailadres")),
    FieldNames("postcode", ("postcode", "postal code", "zip")),
    FieldNames("city", ("city", "Plaats")),
    FieldNames("vat", ("vat_number", "btw-nummer", "VAT number")),
]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("CompanyName", "company name"),
        ("company_name", "company name"),
        ("  E-Mail: ", "e mail"),
        ("VATNumber", "vat number"),
        ("Coördinaten", "coordinaten"),
        ("BTW-nr.", "btw nr"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
        ("***", ""),
    ],
)
def test_normalise(typed: str, wanted: str) -> None:
    assert normalise_header(typed) == wanted


def test_dutch_and_english() -> None:
    assert match_columns(["KLANTNUMMER", "Bedrijfs naam", "E-mail", "Plaats", "Kleur"], FIELDS) == {
        "KLANTNUMMER": "number",
        "Bedrijfs naam": "name",
        "E-mail": "email",
        "Plaats": "city",
    }
    assert match_columns(["CustomerID", "CompanyName", "PostalCode", "VATNumber"], FIELDS) == {
        "CustomerID": "number",
        "CompanyName": "name",
        "PostalCode": "postcode",
        "VATNumber": "vat",
    }


def test_one_column_per_field_and_the_best_one() -> None:
    assert match_columns(["code", "id", "Klantnummer"], FIELDS) == {"Klantnummer": "number"}
    assert match_columns(["NA-AM", "Naam"], FIELDS) == {"Naam": "name"}
    assert match_columns(["Naam (kort)", "naam_"], FIELDS) == {"naam_": "name"}


def test_besides_brackets() -> None:
    assert match_columns(["Naam (verplicht)", "Plaats [vestiging] *"], FIELDS) == {
        "Naam (verplicht)": "name",
        "Plaats [vestiging] *": "city",
    }


def test_nothing_matches_nothing() -> None:
    assert match_columns(["", "---", "()"], [FieldNames("x", ("", "-"))]) == {}
    assert match_columns([], FIELDS) == {}
