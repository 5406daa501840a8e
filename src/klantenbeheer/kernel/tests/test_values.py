"""Money, dates, countries."""

from __future__ import annotations

import contextlib
from datetime import date
from decimal import Decimal

import pytest
from babel import localedata
from hypothesis import given
from hypothesis import strategies as st

from klantenbeheer.kernel import countries
from klantenbeheer.kernel.countries import (
    country_choices,
    country_name,
    find_country,
    vat_prefix,
)
from klantenbeheer.kernel.dates import parse_date
from klantenbeheer.kernel.money import format_amount, from_cents, parse_amount, round_cents, to_cents
from klantenbeheer.kernel.vat_area import in_eu_vat_area


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("0.005", "0.01"), ("0.004999", "0.00"), ("1.005", "1.01"), ("2.675", "2.68"), ("-0.005", "-0.01"),
        ("-1.234", "-1.23"), ("99999999.995", "100000000.00"),
    ],
)  # fmt: skip
def test_half_a_cent_goes_up(amount: str, rounded: str) -> None:
    assert round_cents(Decimal(amount)) == Decimal(rounded)


@given(st.integers(-(10**12), 10**12))
def test_cents_there_and_back(cents: int) -> None:
    assert to_cents(from_cents(cents)) == cents
    assert parse_amount(f"{from_cents(cents):.2f}".replace(".", ",")) == from_cents(cents)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("€ 1234", "1234.00"), ("12,5", "12.50"),
        ("1.234", "1234.00"),
        ("1234.5", "1234.50"), ("eur 10,-", "10.00"), ("-5", "-5.00"), ("1 234,50", "1234.50"), ("0,005", "0.01"),
        ("12.345.678,90", "12345678.90"), ("€\u00a01.000", "1000.00"),
    ],
)  # fmt: skip
def test_amounts_as_people_type_them(typed: str, amount: str) -> None:
    assert parse_amount(typed) == Decimal(amount)


@pytest.mark.parametrize(
    "typed", ["", "veel", "1,2,3", "1.2.3", "1e5", "NaN", "Infinity", "--5", "1,23.45,6", "9" * 30, "١٢٣x"]
)
def test_what_is_no_amount(typed: str) -> None:
    with pytest.raises(ValueError):
        parse_amount(typed)


@given(st.text(max_size=40))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    try:
        amount = parse_amount(text)
    except ValueError:
        return
    assert amount == round_cents(amount)


def test_amounts_are_shown_in_the_readers_way() -> None:
    assert format_amount(Decimal("1234.5"), "nl").replace("\u00a0", " ") == "€ 1.234,50"
    assert format_amount(Decimal("1234.5"), "en") == "€1,234.50"


@pytest.mark.parametrize(
    "typed",
    ["31-12-2026", "31/12/2026", "31.12.2026", "2026-12-31", "31 december 2026", "31 Dec. 2026", " 2026-12-31T10:00 "],
)  # fmt: skip
def test_dates_as_people_type_them(typed: str) -> None:
    assert parse_date(typed) == date(2026, 12, 31)


@pytest.mark.parametrize(
    "typed", ["", "31-02-2026", "12/31/2026", "31-12-26", "morgen", "0-0-0000", "31 foo 2026"]
)
def test_what_is_no_date(typed: str) -> None:
    with pytest.raises(ValueError):
        parse_date(typed)


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(parse_date(text), date)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Nederland", "NL"), ("the Netherlands", "NL"), ("Duitsland", "DE"), ("Deutschland", "DE"), ("Germany", "DE"),
        ("België", "BE"), ("Belgique", "BE"), ("belgie", "BE"), ("Österreich", "AT"), ("España", "ES"), ("Suomi", "FI"),
        ("Ελλάδα", "GR"), ("EL", "GR"), ("uk", "GB"), ("Northern Ireland", "XI"), ("Brasil", "BR"), ("nl", "NL"),
        ("Türkiye", "TR"), ("U.S.A.", "US"), ("日本", "JP"), ("Danmark", "DK"), ("Éire", "IE"), ("Magyarország", "HU"),
    ],
)  # fmt: skip
def test_countries_in_dutch_english_and_their_own_language(typed: str, code: str) -> None:
    assert find_country(typed) == code


@pytest.mark.parametrize("typed", ["", "Verweggistan", "EU", "ZZ", "x" * 500, "<script>"])
def test_what_is_no_country(typed: str) -> None:
    assert find_country(typed) is None


def test_every_country_is_found_by_its_code_and_both_its_names() -> None:
    for language in ("nl", "en"):
        for code, name in country_choices(language):
            assert find_country(code) == code
            assert find_country(name) == code, name
            assert country_name(code, language) == name


def test_the_languages_that_names_come_from_are_not_kept() -> None:
    assert find_country("Deutschland") == "DE"
    held = set(localedata._cache)
    assert len(held) < 40
    countries._lookup.__wrapped__()
    assert set(localedata._cache) == held


@pytest.mark.parametrize(
    ("code", "on", "member"),
    [
        ("GB", date(2020, 12, 31), True), ("GB", date(2021, 1, 1), False), ("XI", date(2021, 1, 1), True),
        ("HR", date(2013, 6, 30), False), ("HR", date(2013, 7, 1), True), ("CH", date(2026, 1, 1), False),
        ("", date(2026, 1, 1), False),
    ],
)  # fmt: skip
def test_the_vat_area_over_time(code: str, on: date, member: bool) -> None:
    assert in_eu_vat_area(code, on) is member


NOW = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("country", "postcodes"),
    [
        ("ES", ("35001", "38400", "51001", "52006")), ("FI", ("22100", "AX-22100")), ("FR", ("97110", "98800")),
        ("DE", ("27498", "78266")), ("IT", ("23041", "22061")), ("GR", ("630 86",)), ("AX", ("22100",)),
        ("GB", ("B1 1AA", "")),
    ],
)  # fmt: skip
def test_what_is_outside_the_vat_area(country: str, postcodes: tuple[str, ...]) -> None:
    assert [postcode for postcode in postcodes if in_eu_vat_area(country, NOW, postcode)] == []


@pytest.mark.parametrize(
    ("country", "postcodes"),
    [
        ("ES", ("07001", "28013", "")), ("FI", ("00100",)), ("FR", ("98000", "75001")), ("DE", ("27499", "?")),
        ("IT", ("23040",)), ("GR", ("104 31",)), ("GB", ("BT1 1AA",)), ("PT", ("9000-001",)), ("MC", ("98000",)),
    ],
)  # fmt: skip
def test_what_is_inside_the_vat_area(country: str, postcodes: tuple[str, ...]) -> None:
    assert [postcode for postcode in postcodes if not in_eu_vat_area(country, NOW, postcode)] == []


def test_greece_writes_el() -> None:
    assert (vat_prefix("GR"), vat_prefix("NL")) == ("EL", "NL")
