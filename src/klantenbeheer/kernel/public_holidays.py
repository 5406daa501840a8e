"""Public holidays of countries, on which who keeps office hours is closed. From the library holidays."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

# Counted as a holiday for legal terms only (Algemene termijnenwet art. 3 lid 2): trade goes on.
_WORKED = {"NL": ("Good Friday",)}


@lru_cache(maxsize=128)
def in_year(country: str, year: int, language: str) -> dict[date, str]:
    """Give the holidays of a country (ISO code) in a year by day, named in a language or else in the country's own.

    A country that the library does not know has none.
    """
    import holidays  # some hundred countries: only when somebody asks

    try:
        supported = holidays.country_holidays(country).supported_languages
        chosen = language if language in supported else None
        found = dict(holidays.country_holidays(country, years=year, language=chosen))
        english = dict(holidays.country_holidays(country, years=year, language="en_US"))
    except NotImplementedError:
        return {}
    worked = _WORKED.get(country, ())
    return {day: name for day, name in found.items() if english[day] not in worked}


def name_of(day: date, country: str, language: str) -> str:
    """Give the name of a public holiday, or nothing."""
    return in_year(country, day.year, language).get(day, "")


def coming(country: str, today: date, language: str, most: int = 6) -> list[tuple[date, str]]:
    """Give the next public holidays."""
    found = {**in_year(country, today.year, language), **in_year(country, today.year + 1, language)}
    return sorted((day, name) for day, name in found.items() if day >= today)[:most]


def around(country: str, day: date) -> list[date]:
    """Give the holidays from the day before until the end of the next year, in order."""
    years = {(day - timedelta(days=1)).year, day.year, day.year + 1}
    return sorted(
        found for year in years for found in in_year(country, year, "") if found >= day - timedelta(days=1)
    )
