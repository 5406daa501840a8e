"""Opening hours: read as people type them, checked, written as text, and asked whether it is open now.

What is open at a moment, over midnight, holidays and changes of the clock, is computed by opening-hours-py (the
opening_hours of OpenStreetMap); here is the form in which hours are typed, stored and shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import get_global

from . import public_holidays

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_OSM = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SHORT = {"nl": ("ma", "di", "wo", "do", "vr", "za", "zo"), "en": DAYS}
_WORDS = {
    word: place
    for words in (*SHORT.values(), ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
                  ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
                  ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
    for place, word in enumerate(words)
}  # fmt: skip
_CLOSED = {"", "-", "–", "gesloten", "closed", "dicht", "off"}
_ALL_DAY = {"24", "24 uur", "24u", "24 hours", "24h"}
_TIME = re.compile(r"(\d{1,2})(?:[:.uUhH]?(\d{2}))?\s*(?:uur|u|h)?", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:-|–|—|\btot\b|\btill?\b|\bto\b)\s*", re.IGNORECASE)
DAY = 24 * 60
MOST_INTERVALS = 6

# Minutes since midnight; an end at or before the beginning is on the next day.
Interval = tuple[int, int]


class HoursError(ValueError):
    """A text that is no opening hours: ``code`` (time, interval, overlap, days, many) and the piece that is wrong."""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(f"{code}: {value}")
        self.code = code
        self.value = value


@dataclass(frozen=True, slots=True)
class Period:
    """Other hours, or none, from one date to another, both included."""

    first: date
    last: date
    intervals: tuple[Interval, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Hours:
    """A week, dated exceptions, and whether public holidays are as any other day."""

    week: tuple[tuple[Interval, ...], ...] = ((),) * 7
    exceptions: tuple[Period, ...] = ()
    open_on_holidays: bool = False
    zone: str = ""

    @property
    def given(self) -> bool:
        """Whether anything is known."""
        return any(self.week) or bool(self.exceptions)


@dataclass(frozen=True, slots=True)
class State:
    """Whether it is open; ``until`` is when that changes (``None``: not within a year), ``reason`` of a closed day."""

    open: bool
    until: datetime | None
    reason: str = ""


# -- times and intervals --------------------------------------------------------------------------------------------


def parse_time(text: str) -> int:
    """Read '8', '08:00', '8.30', '830', '8u30' or '24:00' as minutes since midnight; raises ``HoursError``."""
    plain = text.strip()
    found = _TIME.fullmatch(plain)
    if found is None:
        raise HoursError("time", plain)
    hour, minute = int(found[1]), int(found[2] or 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise HoursError("time", plain)
    return hour * 60 + minute


def time_text(minutes: int) -> str:
    """Give '08:00'."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def parse_intervals(text: str) -> tuple[Interval, ...]:
    """Read '08:00-12:00, 13:00-17:30', '24 uur' or 'gesloten' (empty too); raises ``HoursError``."""
    plain = " ".join(text.strip().lower().split())
    if plain in _CLOSED:
        return ()
    if plain in _ALL_DAY:
        return ((0, DAY),)
    found = []
    for part in re.split(r"\s*(?:,|;|\+|&|\ben\b|\band\b)\s*", plain):
        times = [piece for piece in _BETWEEN.split(part) if piece]
        if len(times) != 2:
            raise HoursError("interval", part or plain)
        begin, end = (parse_time(piece) for piece in times)
        if begin in (DAY, end):
            raise HoursError("interval", part)
        found.append((begin, end))
    found.sort()
    if len(found) > MOST_INTERVALS:
        raise HoursError("many", plain)
    for (_begin, end), (begin, _end) in pairwise(found):
        if end <= _begin or begin < end:  # over midnight, or into the next one
            raise HoursError("overlap", intervals_text([(_begin, end), (begin, _end)]))
    return tuple(found)


def intervals_text(intervals: Sequence[Interval]) -> str:
    """Give '08:00-12:00, 13:00-17:30'."""
    return ", ".join(f"{time_text(begin)}-{time_text(end)}" for begin, end in intervals)


def check_week(week: Sequence[Sequence[Interval]]) -> None:
    """Raise ``HoursError`` where a day that goes on after midnight meets the hours of the next day."""
    for place, intervals in enumerate(week):
        following = week[(place + 1) % 7]
        for begin, end in intervals:
            if end <= begin and following and following[0][0] < end:
                raise HoursError("overlap", intervals_text([(begin, end), following[0]]))


# -- a week as one text ---------------------------------------------------------------------------------------------


def week_text(week: Sequence[Sequence[Interval]], language: str) -> str:
    """Give 'ma-vr 08:00-12:00, 13:00-17:30; za 09:00-13:00'; closed days are left out."""
    names = SHORT["nl" if language == "nl" else "en"]
    runs: list[tuple[int, int]] = []
    for place, intervals in enumerate(week):
        if not intervals:
            continue
        if runs and runs[-1][1] == place - 1 and week[runs[-1][0]] == intervals:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return "; ".join(
        f"{names[first]}{f'-{names[last]}' if last > first else ''} {intervals_text(week[first])}"
        for first, last in runs
    )


def _days_of(text: str) -> list[int]:
    found: list[int] = []
    for part in re.split(r"\s*,\s*", text.strip()):
        ends = [_WORDS.get(word.strip(". ")) for word in _BETWEEN.split(part)]
        if None in ends or not 1 <= len(ends) <= 2:
            raise HoursError("days", part)
        first, last = ends[0] or 0, ends[-1] or 0
        found += [place % 7 for place in range(first, last + 1 + (7 if last < first else 0))]
    return found


_DAYS_AND_TIMES = re.compile(r"([a-z.,\s–-]*[a-z.])\s*:?\s*(\d.*|gesloten|closed|dicht|off)", re.IGNORECASE)


def parse_week(text: str) -> tuple[tuple[Interval, ...], ...]:
    """Read what :func:`week_text` writes, in Dutch or English; raises ``HoursError``."""
    week: list[tuple[Interval, ...]] = [()] * 7
    for part in re.split(r"\s*[;\n]\s*", text.strip().lower()):
        if not part:
            continue
        found = _DAYS_AND_TIMES.fullmatch(part)
        if found is None:
            raise HoursError("days", part)
        intervals = parse_intervals(found[2])
        for place in _days_of(found[1]):
            week[place] = intervals
    check_week(week)
    return tuple(week)


# -- stored ---------------------------------------------------------------------------------------------------------


def to_json(hours: Hours) -> dict[str, Any]:
    """Give the hours as they are stored; nothing for none."""
    if not hours.given:
        return {}
    found: dict[str, Any] = {
        "week": {
            day: intervals_text(hours.week[place]) for place, day in enumerate(DAYS) if hours.week[place]
        }
    }
    if hours.exceptions:
        found["exceptions"] = [
            {
                "from": one.first.isoformat(),
                "until": one.last.isoformat(),
                "hours": intervals_text(one.intervals),
                "reason": one.reason,
            }
            for one in hours.exceptions
        ]
    if hours.open_on_holidays:
        found["holidays"] = "open"
    if hours.zone:
        found["zone"] = hours.zone
    return found


def from_json(stored: Mapping[str, Any]) -> Hours:
    """Read what :func:`to_json` gave."""
    week = stored.get("week", {})
    return Hours(
        tuple(parse_intervals(week.get(day, "")) for day in DAYS),
        tuple(
            Period(
                date.fromisoformat(one["from"]),
                date.fromisoformat(one["until"]),
                parse_intervals(one["hours"]),
                one.get("reason", ""),
            )
            for one in stored.get("exceptions", ())
        ),
        stored.get("holidays") == "open",
        stored.get("zone", ""),
    )


# -- now ------------------------------------------------------------------------------------------------------------


def _osm_intervals(intervals: Sequence[Interval]) -> str:
    return ",".join(f"{time_text(begin)}-{time_text(end)}" for begin, end in intervals) or "off"


def _osm_day(day: date) -> str:
    return f"{day.year} {_MONTHS[day.month - 1]} {day.day:02}"


def _osm_days(first: date, last: date) -> str:
    return _osm_day(first) + (f"-{_osm_day(last)}" if last > first else "")


def _halves(intervals: Sequence[Interval]) -> tuple[list[Interval], list[Interval]]:
    """Give what lies on the day itself and what lies after its midnight: a rule for a day would hide the latter."""
    today = [(begin, end if end > begin else DAY) for begin, end in intervals]
    after = [(0, end) for begin, end in intervals if end <= begin and end]
    return today, after


def expression(hours: Hours, holidays: Sequence[date] = ()) -> str:
    """Give the hours in OpenStreetMap's form; later rules win over earlier ones, after a comma they add to them.

    ``holidays`` are the days on which it is closed, unless it is open on holidays or an exception says otherwise. They
    are named one by one: the form's own 'PH' knows other days than the calendar that we show.
    """
    week = [_halves(day) for day in hours.week]
    rules = [
        f"{_OSM[place]} {_osm_intervals([*week[place - 1][1], *today])}"
        for place, (today, _after) in enumerate(week)
    ]
    if not hours.open_on_holidays:
        rules += [f"{_osm_day(day)} off" for day in holidays]
    for one in hours.exceptions:
        today, after = _halves(one.intervals)
        rule = f"{_osm_days(one.first, one.last)} {_osm_intervals(today)}"
        if after:
            night = timedelta(days=1)
            rule += f", {_osm_days(one.first + night, one.last + night)} {_osm_intervals(after)}"
        rules.append(rule)
    return "; ".join(rules)


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """Give the time zones of a country (CLDR), the one of most of its land in Europe first."""
    found = [zone for zone, owner in get_global("zone_territories").items() if owner == country]
    main = {"DE": "Europe/Berlin", "ES": "Europe/Madrid", "PT": "Europe/Lisbon", "CY": "Asia/Nicosia"}.get(
        country
    )
    return tuple(sorted(found, key=lambda zone: (zone != main, not zone.startswith("Europe/"), zone)))


@lru_cache(maxsize=512)
def _compiled(text: str, zone: str) -> Any:
    import opening_hours  # large: only when somebody asks

    return opening_hours.OpeningHours(text, timezone=ZoneInfo(zone))


def state(hours: Hours, moment: datetime, *, country: str, zone: str, language: str = "nl") -> State:
    """Say whether it is open at a moment (aware), in the place's ``zone``, with the holidays of ``country``."""
    local = moment.astimezone(ZoneInfo(zone))
    closed = () if hours.open_on_holidays else public_holidays.around(country, local.date())
    compiled = _compiled(expression(hours, closed), zone)
    change = compiled.next_change(local)
    if change is not None and change - local > timedelta(days=366):
        change = None
    if compiled.is_open(local):
        return State(True, change)
    today = local.date()
    reason = next((one.reason for one in hours.exceptions if one.first <= today <= one.last), "")
    if not reason and not hours.open_on_holidays:
        reason = public_holidays.name_of(today, country, language)
    return State(False, change, reason)
