"""Countries: their names in three ways, and the letters of their VAT numbers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from babel import Locale, localedata
from babel.languages import get_official_languages

from .text import normalise

_OTHER_NAMES = {
    "uk": "GB", "u k": "GB", "groot brittannie": "GB", "great britain": "GB", "engeland": "GB", "england": "GB",
    "schotland": "GB", "scotland": "GB", "wales": "GB", "usa": "US", "u s a": "US", "vs": "US", "amerika": "US",
    "america": "US", "united states of america": "US", "holland": "NL", "the netherlands": "NL",
    "griekenland": "GR", "hellas": "GR", "el": "GR", "czech republic": "CZ", "tsjechische republiek": "CZ",
    "rusland": "RU", "zuid korea": "KR", "macedonie": "MK", "turkey": "TR", "turkije": "TR", "eire": "IE",
    "republic of ireland": "IE", "ierland": "IE", "brd": "DE", "noord ierland": "XI", "northern ireland": "XI",
    "d": "DE", "b": "BE", "f": "FR", "ivory coast": "CI", "ivoorkust": "CI",
}  # fmt: skip
_NOT_COUNTRIES = {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB", "XK"}


@cache
def _names(language: str) -> dict[str, str]:
    territories = Locale.parse(language).territories
    names = {
        code: name
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    }
    names["XI"] = {"nl": "Noord-Ierland"}.get(language, "Northern Ireland")
    return names


def country_name(code: str, language: str) -> str:
    """Give the country's name in a language; the code itself when it is not known."""
    return _names(language).get(code, code)


def country_choices(language: str) -> list[tuple[str, str]]:
    """Give all countries as (code, name) by name."""
    return sorted(_names(language).items(), key=lambda item: normalise(item[1]))


def _own_names(language: str, codes: list[str]) -> Iterator[tuple[str, str]]:
    """Give how these countries are called in one of their own languages, and let go of what babel read for it.

    Babel keeps each language for good: those of all countries are a hundred megabytes for some three hundred names.
    """
    held = set(localedata._cache)
    for code in codes:
        try:
            own = Locale.parse(f"{language}_{code}", sep="_").territories.get(code)
        except Exception:  # noqa: BLE001 - babel has no data for some small languages; the other names remain
            own = None
        if own:
            yield code, own
    for name in set(localedata._cache) - held:
        localedata._cache.pop(name, None)


@cache
def _lookup() -> dict[str, str]:
    table: dict[str, str] = {}
    spoken: dict[str, list[str]] = {}
    for code in _names("en"):
        for language in get_official_languages(code, de_facto=True):
            spoken.setdefault(language, []).append(code)
    for language, codes in spoken.items():
        for code, own in _own_names(language, codes):
            table.setdefault(normalise(own), code)
    for language in ("fr", "de", "en", "nl"):
        for code, name in _names(language).items():
            table[normalise(name)] = code
    for code in _names("en"):
        table[code.lower()] = code
    return table | _OTHER_NAMES


@lru_cache(maxsize=4_096)  # asked for each row of a file, which may hold anything
def find_country(text: str) -> str | None:
    """Give the ISO code of a country typed as code or as name in Dutch, English, German, French or its own language."""
    return _lookup().get(normalise(text)) if len(text) <= 80 else None


def is_country(code: str) -> bool:
    """Say whether these are the letters of a country (ISO 3166, and XI)."""
    return code in _names("en")


def vat_prefix(code: str) -> str:
    """Give the letters of the country's VAT numbers: Greece writes EL."""
    return "EL" if code == "GR" else code
