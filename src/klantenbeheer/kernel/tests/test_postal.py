"""Addresses in each country's order; the KIX code."""

from __future__ import annotations

import pytest

from klantenbeheer.kernel.postal import Place, envelope, kix_bars, kix_text, map_url, one_line, street_line

DUTCH = Place("Industrieweg", "12", "A", "1234 AB", "Utrecht", "", "NL")


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (DUTCH, "Industrieweg 12A, 1234 AB Utrecht"),
        (Place("Industrieweg", "12", "3", "1234 AB", "Utrecht", "", "NL"), "Industrieweg 12-3, 1234 AB Utrecht"),
        (Place("Postbus 100", "", "", "1230 AA", "Utrecht", "", "NL"), "Postbus 100, 1230 AA Utrecht"),
        (Place("Obere Straße", "57", "", "12209", "Berlin", "", "DE"), "Obere Straße 57, 12209 Berlin, Duitsland"),
        (Place("Baker Street", "221", "B", "NW1 6XE", "London", "", "GB"),
         "221B Baker Street, London, NW1 6XE, Verenigd Koninkrijk"),
        (Place("Polk St.", "187", "Suite 5", "97403", "San Francisco", "CA", "US"),
         "187-Suite 5 Polk St., San Francisco, CA 97403, Verenigde Staten"),
        (Place("Rue Royale", "4", "", "75008", "Paris", "", "FR"), "4, Rue Royale, 75008 Paris, Frankrijk"),
        (Place("Via Ludovico il Moro", "22", "", "24100", "Bergamo", "BG", "IT"),
         "Via Ludovico il Moro, 22, 24100 Bergamo (BG), Italië"),
        (Place("", "", "", "", "Utrecht", "", ""), "Utrecht"),
        (Place(), ""),
    ],
)  # fmt: skip
def test_one_line(place: Place, line: str) -> None:
    assert one_line(place) == line


def test_an_envelope() -> None:
    assert envelope("Jansen B.V.", DUTCH) == ["Jansen B.V.", "Industrieweg 12A", "1234 AB  UTRECHT"]
    berlin = Place("Obere Straße", "57", "", "12209", "Berlin", "", "DE")
    assert envelope("Futterkiste", berlin) == ["Futterkiste", "Obere Straße 57", "12209 Berlin", "GERMANY"]
    assert envelope("Jansen B.V.", DUTCH, home="BE")[-1] == "NETHERLANDS"


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (DUTCH, "1234AB12XA"),
        (Place("Industrieweg", "12", "A-3", "1234 AB", "Utrecht", "", "NL"), "1234AB12XA3"),
        (Place("Postbus 30500", "", "", "2500 GX", "Den Haag", "", "NL"), "2500GX30500"),
        (Place("Antwoordnummer 10", "", "", "2500 VB", "Den Haag", "", "NL"), "2500VB10"),
        (Place("Weg", "12", "", "1234", "Brussel", "", "BE"), ""),
        (Place("Weg", "12", "", "fout", "Utrecht", "", "NL"), ""),
        (Place("Zonder nummer", "", "", "1234 AB", "Utrecht", "", "NL"), ""),
    ],
)
def test_the_text_of_the_kix_code(place: Place, text: str) -> None:
    assert kix_text(place) == text


def test_the_bars_of_the_kix_code() -> None:
    assert kix_bars("0") == "TTFF"
    assert kix_bars("1") == "TDAF"
    assert kix_bars("Z") == "FFTT"
    codes = {kix_bars(char) for char in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    assert len(codes) == 36
    # Each symbol has two long bars in the upper and two in the lower half.
    assert all(code.count("F") * 2 + code.count("A") + code.count("D") == 4 for code in codes)
    assert all(code.count("A") == code.count("D") for code in codes)
    with pytest.raises(ValueError):
        kix_bars("é")


def test_a_map_asks_for_a_place() -> None:
    assert map_url(DUTCH) == (
        "https://www.openstreetmap.org/search?query=Industrieweg+12A%2C+1234+AB+Utrecht%2C+Netherlands"
    )
    assert map_url(Place(street="Ergens")) == ""


def test_a_street_without_number() -> None:
    assert street_line(Place(street="Haven", country="FR")) == "Haven"
    assert street_line(Place(house_number="4", country="FR")) == "4"
