"""Addresses on paper: each country's order of the parts, the KIX bar code, and a map of the place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from .countries import country_name
from .text import join_street, normalise

# Universal Postal Union, S42 templates. Not listed: street and number, then postcode and town.
_NUMBER_FIRST = {"AU", "CA", "FR", "GB", "IE", "LU", "MC", "MT", "NZ", "US", "XI", "ZA"}
_COMMA_BEFORE_NUMBER = {"BR", "ES", "IT", "PT"}
_COMMA_AFTER_NUMBER = {"FR", "LU", "MC"}
_TOWN_THEN_POSTCODE = {"AU", "CA", "MT", "NZ", "SG", "TW", "US", "ZA"}
_POSTCODE_BELOW = {"GB", "IE", "XI"}
_REGION_CODE = {"AU", "CA", "US"}
_REGION_BEHIND = {"ES", "IT"}


@dataclass(frozen=True, slots=True)
class Place:
    """The parts of an address; ``country`` is an ISO code or empty."""

    street: str = ""
    house_number: str = ""
    addition: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""


def street_line(place: Place) -> str:
    """Give street and number in the country's order."""
    if not place.house_number or place.country not in _NUMBER_FIRST | _COMMA_BEFORE_NUMBER:
        return join_street(place.street, place.house_number, place.addition)
    number = join_street("", place.house_number, place.addition)
    if place.country in _COMMA_BEFORE_NUMBER:
        return ", ".join(part for part in (place.street, number) if part)
    return f"{number}{',' if place.country in _COMMA_AFTER_NUMBER and place.street else ''} {place.street}".strip()


def place_lines(place: Place) -> list[str]:
    """Give the line or lines with town, postcode and region in the country's order."""
    town, postcode, region, country = place.city, place.postcode, place.region, place.country
    if country in _POSTCODE_BELOW:
        lines = [town, region if normalise(region) != normalise(town) else "", postcode]
    elif country in _REGION_CODE:
        separator = ", " if country == "US" else " "
        lines = [f"{separator.join(part for part in (town, region) if part)} {postcode}".strip()]
    elif country in _TOWN_THEN_POSTCODE:
        lines = [" ".join(part for part in (town, postcode) if part), region]
    elif country in _REGION_BEHIND:
        first = " ".join(part for part in (postcode, town) if part)
        lines = [f"{first} ({region})" if region and first else first or region]
    else:
        lines = [" ".join(part for part in (postcode, town) if part), region]
    return [line for line in lines if line]


def one_line(place: Place, *, home: str = "NL", language: str = "nl") -> str:
    """Give the address on one line, with the country when it is not ``home``."""
    abroad = place.country and place.country != home
    country = country_name(place.country, language) if abroad else ""
    return ", ".join(part for part in (street_line(place), *place_lines(place), country) if part)


def envelope(name: str, place: Place, *, home: str = "NL") -> list[str]:
    """Give the lines of an envelope.

    A Dutch address has two spaces after the postcode and the town in capitals (PostNL); abroad the country stands in
    capitals on the last line, in English, which the post of both countries reads (UPU).
    """
    if place.country == "NL":
        town = "  ".join(part for part in (place.postcode, place.city.upper()) if part)
        lines = [name, street_line(place), town]
        if home != "NL":
            lines.append("NETHERLANDS")
    else:
        lines = [name, street_line(place), *place_lines(place)]
        if place.country and place.country != home:
            lines.append(country_name(place.country, "en").upper())
    return [line for line in lines if line]


def map_url(place: Place) -> str:
    """Give the address of a map that searches the place; empty when there is nothing to search."""
    query = one_line(place, home="", language="en")
    return (
        f"https://www.openstreetmap.org/search?{urlencode({'query': query})}"
        if place.city or place.postcode
        else ""
    )


_KIX_SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Which two of the four bars are long: in the upper half by the symbol's row, in the lower half by its column.
_HALVES = ("0011", "0101", "0110", "1001", "1010", "1100")
_POST_BOX = re.compile(r"(?:postbus|antwoordnummer)\b", re.IGNORECASE)


def kix_text(place: Place) -> str:
    """Give what the KIX code of a Dutch address says: postcode, number, and X with the addition; else nothing."""
    postcode = place.postcode.replace(" ", "").upper()
    if place.country != "NL" or not re.fullmatch(r"[1-9][0-9]{3}[A-Z]{2}", postcode):
        return ""
    number = place.house_number
    if not number and (box := _POST_BOX.match(place.street)):
        number = place.street[box.end() :].strip()
    if not re.fullmatch(r"[0-9]{1,5}", number):
        return ""
    addition = re.sub(r"[^0-9A-Z]", "", place.addition.upper())[:6]
    return f"{postcode}{number}{'X' + addition if addition else ''}"


def kix_bars(text: str) -> str:
    """Give the bars of a KIX code: four for a symbol, each F (full), A (upper), D (lower) or T (track).

    The symbols are those of RM4SCC, without start, stop and check digit. Raises ``ValueError`` for other characters.
    """
    bars = []
    for char in text:
        row, column = divmod(_KIX_SYMBOLS.index(char), 6)
        for upper, lower in zip(_HALVES[row], _HALVES[column], strict=True):
            bars.append({"11": "F", "10": "A", "01": "D", "00": "T"}[upper + lower])
    return "".join(bars)
