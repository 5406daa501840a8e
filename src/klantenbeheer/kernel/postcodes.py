"""Postcodes in order: each country's own form as a number, so that a range of postcodes is a range of numbers.

What people write as a range is made of beginnings: '10' up to '1099' takes in '1099 ZZ', and 'M1' up to 'M4' takes in
'M4 6BF' but not 'M40'. A database compares texts by its own collation, and 'M10' before 'M2'; numbers have neither
trouble.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext as _

# What stands at each place: 9 a digit, A a letter, a a letter or none, X either. The forms follow the Universal Postal
# Union's addressing sheets. A country that is not here is taken as up to ten digits and letters.
_FORMS: dict[str, str] = {
    "NL": "9999AA", "GB": "Aa99a9AA", "XI": "Aa99a9AA", "IE": "A9XXXXX", "CA": "A9A9A9", "US": "999999999",
    "PT": "9999999", "BR": "99999999", "JP": "9999999",
    **dict.fromkeys(("BE", "LU", "AT", "CH", "LI", "DK", "NO", "HU", "SI", "BG", "CY", "LV", "AU", "NZ", "ZA"), "9999"),
    **dict.fromkeys(("DE", "FR", "MC", "IT", "SM", "ES", "FI", "SE", "PL", "GR", "CZ", "SK", "HR", "EE", "LT", "TR"),
                    "99999"),
    "RO": "999999", "CN": "999999", "IN": "999999", "RU": "999999",
}  # fmt: skip
_ANY = "XXXXXXXXXX"
# First and last beginning that a country gives out, where that is less than its form allows.
_GIVEN_OUT = {
    "NL": ("1", "9"), "BE": ("1", "9"), "LU": ("1", "9"), "AT": ("1", "9"), "CH": ("1", "9"), "DE": ("01", "99"),
    "FR": ("01", "98"), "ES": ("01", "52"), "HU": ("1", "9"), "FI": ("00", "99"), "SE": ("1", "9"),
}  # fmt: skip
_DIGITS = "0123456789"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALPHABETS = {"9": _DIGITS, "A": _LETTERS, "a": " " + _LETTERS, "X": _DIGITS + _LETTERS}
_BRITISH = re.compile(r"([A-Z]{1,2})(\d{1,2})([A-Z]?)(\d[A-Z]{2})")
_BRITISH_START = re.compile(r"([A-Z]{1,2})(?:(\d{1,2})([A-Z]?))?")
# Where the beginning of a British postcode may end: after the area, the district, its letter.
_BRITISH_CUTS = (2, 4, 5, 8)


class PostcodeRangeError(ValueError):
    """A range that cannot be; ``field`` is 'low' or 'high', the text is for the user."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class PostcodeRange:
    """A stretch of postcodes of one country, both ends included; without texts it is the whole country."""

    country: str
    low_text: str
    high_text: str
    low: int
    high: int


def _form(country: str) -> str:
    return _FORMS.get(country, _ANY)


def _written(country: str, text: str) -> str | None:
    """Give the text as it stands in the country's form, without what separates; ``None`` when it does not fit."""
    upper = text.strip().upper()
    form = _form(country)
    if form[0] == "9":
        upper = re.sub(r"^[A-Z]{1,2}[- ]?(?=\d)", "", upper)  # 'L-1234', 'NL 1234 AB'
    compact = re.sub(r"[\s.-]", "", upper)
    if not compact or not compact.isascii():
        return None
    if country in ("GB", "XI"):
        return _british(compact)
    if form == _ANY:
        compact = compact[: len(_ANY)]
    fits = len(compact) <= len(form) and all(
        char in _ALPHABETS[kind] for char, kind in zip(compact, form, strict=False)
    )
    return compact if fits else None


def _british(compact: str) -> str | None:
    whole = _BRITISH.fullmatch(compact)
    if whole:
        return f"{whole[1]:2}{whole[2]:0>2}{whole[3]:1}{whole[4]}"
    start = _BRITISH_START.fullmatch(compact)
    if start is None:
        return None
    if start[2] is None:
        return f"{start[1]:2}" if len(start[1]) == 2 else f"{start[1]} "
    return f"{start[1]:2}{start[2]:0>2}{start[3]}"


def _number(form: str, written: str, *, last: bool) -> int:
    value = 0
    for place, kind in enumerate(form):
        alphabet = _ALPHABETS[kind]
        padding = len(alphabet) - 1 if last else 0
        value = value * len(alphabet) + (alphabet.index(written[place]) if place < len(written) else padding)
    return value + 1  # nought is for an address without a readable postcode


@cache
def _most(country: str) -> int:
    return _number(_form(country), "", last=True)


def postcode_key(country: str, text: str) -> int:
    """Give the place of a postcode in its country's order; 0 when there is none that can be read."""
    if not country or not text:
        return 0
    written = _written(country, text)
    return 0 if written is None else _number(_form(country), written, last=False)


def postcode_range(country: str, low: str, high: str) -> PostcodeRange:
    """Give the range from one beginning up to another; both empty is the whole country, one alone stands for both.

    Raises :class:`PostcodeRangeError` for what is no beginning of a postcode of that country, and for a range upside
    down.
    """
    low, high = " ".join(low.upper().split()), " ".join(high.upper().split())
    if not low and not high:
        return PostcodeRange(country, "", "", 0, _most(country))
    low, high = low or high, high or low
    keys = {}
    for field, text in (("low", low), ("high", high)):
        written = _written(country, text)
        if written is None:
            raise PostcodeRangeError(
                field, _("“%(value)s” is not the beginning of a postcode there.") % {"value": text[:20]}
            )
        keys[field] = _number(_form(country), written, last=field == "high")
    if keys["low"] > keys["high"]:
        raise PostcodeRangeError(
            "high",
            _("The range is upside down: “%(high)s” comes before “%(low)s”.") % {"high": high, "low": low},
        )
    return PostcodeRange(country, low, high, keys["low"], keys["high"])


def country_span(country: str) -> tuple[int, int]:
    """Give the first and last place that the country gives out."""
    first, last = _GIVEN_OUT.get(country, ("", ""))
    form = _form(country)
    return _number(form, first, last=False), _number(form, last, last=True)


def _characters(form: str, key: int) -> str:
    value = key - 1
    found = []
    for kind in reversed(form):
        alphabet = _ALPHABETS[kind]
        value, digit = divmod(value, len(alphabet))
        found.append(alphabet[digit])
    return "".join(reversed(found))


def _readable(country: str, written: str) -> str:
    if country in ("GB", "XI"):
        area, district, letter, inward = written[:2].strip(), written[2:4], written[4:5].strip(), written[5:]
        outward = area + (str(int(district)) if district else "") + letter
        return f"{outward} {inward}".strip()
    return f"{written[:4]} {written[4:]}".strip() if country == "NL" else written


def range_text(country: str, low: int, high: int) -> tuple[str, str]:
    """Give the shortest beginnings that mean this range, for reading: ('2000', '2099')."""
    form = _form(country)
    cuts = _BRITISH_CUTS if country in ("GB", "XI") else range(1, len(form) + 1)
    texts = []
    for key, last in ((max(low, 1), False), (max(high, 1), True)):
        characters = _characters(form, key)
        cut = next(cut for cut in cuts if _number(form, characters[:cut], last=last) == key)
        texts.append(characters[:cut])
    # '1' up to '1' reads better as '1000' up to '1999'.
    digits = len(form) - len(form.lstrip("9"))
    if max(map(len, texts)) <= digits:
        texts = [texts[0].ljust(digits, "0"), texts[1].ljust(digits, "9")]
    return _readable(country, texts[0]), _readable(country, texts[1])
