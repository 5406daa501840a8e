"""Postcodes in order, per country: what a range takes in and what it leaves out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klantenbeheer.kernel.postcodes import (
    PostcodeRangeError,
    country_span,
    postcode_key,
    postcode_range,
    range_text,
)


@pytest.mark.parametrize(
    ("country", "low", "high", "inside", "outside"),
    [
        ("NL", "1000", "1099", ["1000 AA", "1011AB", "1099 ZZ", "nl-1050 ab"], ["0999 ZZ", "1100 AA"]),
        ("NL", "35", "", ["3500 AA", "3599 ZZ"], ["3499 ZZ", "3600 AA"]),
        ("NL", "3511AB", "3511 AD", ["3511 AB", "3511 AD"], ["3511 AA", "3511 AE"]),
        ("DE", "80", "81", ["80331", "81929"], ["79999", "82031"]),
        ("BE", "1000", "1299", ["1000", "B-1210"], ["1300"]),
        ("FR", "75", "", ["75001", "75020"], ["76000", "74999"]),
        ("LU", "L-1009", "L-2999", ["L-1111", "1009"], ["L-3220"]),
        ("AT", "1", "", ["1010", "1230"], ["2340"]),
        ("PL", "00", "05", ["00-001", "05-999"], ["06-100"]),
        ("SE", "111", "118", ["111 20", "11895"], ["119 00"]),
        ("PT", "1000", "1999", ["1000-001", "1999"], ["2000-001"]),
        ("GB", "M1", "M4", ["M1 1AE", "m46bf", "M3"], ["M5 3AA", "M40 1AA", "M11 1AA", "ME1 1AA", "L1 8JQ"]),
        ("GB", "B", "", ["B1 1AA", "B99 9ZZ"], ["BA1 1AA", "A1 1AA"]),
        ("GB", "EC1", "EC2", ["EC1A 1BB", "EC2V 7HH"], ["EC3A 1AA", "E1 6AN"]),
        ("IE", "D01", "D24", ["D02 AF30", "D24 X000"], ["A65 F4E2", "T12 X70A"]),
        ("CA", "K1A", "K2P", ["K1A 0B1", "K2P 1L4"], ["M5V 2T6"]),
        ("US", "10001", "10299", ["10001", "10118-0110"], ["10301", "09999"]),
        ("CL", "83", "85", ["8320000", "8500000"], ["8600000"]),
    ],
)
def test_a_range_takes_in_what_begins_within_it(
    country: str, low: str, high: str, inside: list[str], outside: list[str]
) -> None:
    found = postcode_range(country, low, high)
    for text in inside:
        assert found.low <= postcode_key(country, text) <= found.high, text
    for text in outside:
        assert not found.low <= postcode_key(country, text) <= found.high, text


@pytest.mark.parametrize(
    ("country", "low", "high", "field"),
    [
        ("NL", "1099", "1000", "high"),
        ("NL", "3511AB", "3511AA", "high"),
        ("GB", "M4", "M1", "high"),
        ("GB", "M10", "M9", "high"),
        ("NL", "1234ABC", "", "low"),
        ("DE", "123456", "", "low"),
        ("DE", "1000", "x", "high"),
        ("GB", "1AA", "", "low"),
    ],
)
def test_what_cannot_be_is_refused_at_its_end(country: str, low: str, high: str, field: str) -> None:
    with pytest.raises(PostcodeRangeError) as caught:
        postcode_range(country, low, high)
    assert caught.value.field == field


def test_without_a_postcode_there_is_no_place() -> None:
    for country, text in (("NL", ""), ("", "1234 AB"), ("NL", "onbekend"), ("GB", "???")):
        assert postcode_key(country, text) == 0
    whole = postcode_range("NL", "", "")
    assert whole.low == 0
    assert whole.high == postcode_key("NL", "9999 ZZ")


def test_ranges_that_follow_each_other_leave_nothing_between() -> None:
    for country, first, second in (("NL", "1999", "2000"), ("GB", "M4", "M5"), ("DE", "79", "80")):
        assert postcode_range(country, first, "").high + 1 == postcode_range(country, second, "").low


@pytest.mark.parametrize(
    ("country", "low", "high", "text"),
    [
        ("NL", "10", "10", ("1000", "1099")),
        ("NL", "1011AB", "1011AB", ("1011 AB", "1011 AB")),
        ("GB", "M1", "M4", ("M1", "M4")),
        ("DE", "8", "9", ("80000", "99999")),
    ],
)
def test_a_range_is_written_as_people_read_it(
    country: str, low: str, high: str, text: tuple[str, str]
) -> None:
    found = postcode_range(country, low, high)
    assert range_text(country, found.low, found.high) == text


def test_the_whole_country_is_what_it_gives_out() -> None:
    assert range_text("NL", *country_span("NL")) == ("1000", "9999")


@given(st.integers(1000, 9999), st.integers(1000, 9999))
def test_dutch_postcodes_are_in_the_order_of_their_digits(first: int, second: int) -> None:
    keys = postcode_key("NL", f"{first} AB"), postcode_key("NL", f"{second} AB")
    assert (keys[0] < keys[1]) == (first < second)
