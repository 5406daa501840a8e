"""The EU VAT area by day: its countries, and the parts of countries that are in or out on their own.

Sources: Directive 2006/112/EC art. 5-7 with the accession treaties; European Commission, "Territorial status of EU
countries and certain territories"; the Protocol on Ireland/Northern Ireland (goods, since 2021). The postcodes of the
parts are those of their postal services.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from .postcodes import postcode_key, postcode_range

_FOUNDING = date(1993, 1, 1)
_EAST = date(2004, 5, 1)
_LEFT = date(2020, 12, 31)  # the last day of the United Kingdom
# Overseas territories with a code of their own (Åland AX, Guadeloupe GP, the Canaries IC …) are out by not being here.
_COUNTRIES: dict[str, tuple[date, date | None]] = {
    **dict.fromkeys(("BE", "DE", "DK", "ES", "FR", "GR", "IE", "IT", "LU", "NL", "PT", "MC"), (_FOUNDING, None)),
    **dict.fromkeys(("AT", "FI", "SE"), (date(1995, 1, 1), None)),
    **dict.fromkeys(("CY", "CZ", "EE", "HU", "LT", "LV", "MT", "PL", "SI", "SK"), (_EAST, None)),
    "BG": (date(2007, 1, 1), None),
    "RO": (date(2007, 1, 1), None),
    "HR": (date(2013, 7, 1), None),
    # The Isle of Man counts as British, Monaco as French (art. 7).
    **dict.fromkeys(("GB", "IM"), (_FOUNDING, _LEFT)),
    "XI": (date(2021, 1, 1), None),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a country, by its postcodes, that is in the VAT area (``inside``) or out, other than its country.

    ``low`` and ``high`` are places in the order of :func:`~klantenbeheer.kernel.postcodes.postcode_key`.
    """

    country: str
    name: Any
    low: int
    high: int
    since: date = _FOUNDING
    inside: bool = False


def _part(country: str, name: Any, low: str, high: str = "", **rest: Any) -> Part:
    found = postcode_range(country, low, high)
    return Part(country, name, found.low, found.high, **rest)


@cache
def _all_parts() -> tuple[Part, ...]:
    return (
        _part("ES", _("Canary Islands"), "35"), _part("ES", _("Canary Islands"), "38"),
        _part("ES", _("Ceuta"), "51"), _part("ES", _("Melilla"), "52"),
        _part("FI", _("Åland"), "22"),
        _part("FR", _("French overseas territory"), "97"), _part("FR", _("French overseas territory"), "984", "989"),
        _part("DE", _("Heligoland"), "27498"), _part("DE", _("Büsingen"), "78266"),
        _part("IT", _("Livigno"), "23041"), _part("IT", _("Campione d'Italia"), "22061"),
        _part("GR", _("Mount Athos"), "63086"), _part("GR", _("Mount Athos"), "63087"),
        _part("GB", _("Northern Ireland"), "BT", since=date(2021, 1, 1), inside=True),
    )  # fmt: skip


def parts(on: date) -> list[Part]:
    """Give the parts of countries that are in or out on their own on that day."""
    return [part for part in _all_parts() if part.since <= on]


def part_of(country: str, postcode: str, on: date) -> Part | None:
    """Give the part of its country in which a postcode lies, when that part is in or out on its own."""
    if not any(part.country == country for part in _all_parts()):
        return None
    key = postcode_key(country, postcode)
    return next(
        (part for part in parts(on) if part.country == country and part.low <= key <= part.high), None
    )


def in_eu_vat_area(country: str, on: date, postcode: str = "") -> bool:
    """Say whether a place belongs to the EU VAT area on that day (Northern Ireland does, for goods)."""
    part = part_of(country, postcode, on) if postcode else None
    if part is not None:
        return part.inside
    since, until = _COUNTRIES.get(country, (date.max, None))
    return since <= on and (until is None or on <= until)
