"""Opening hours against a count of every minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klantenbeheer.kernel import hours, public_holidays
from klantenbeheer.kernel.hours import DAY, Hours, HoursError, Period

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("8", 480),
        ("08:00", 480),
        ("8.30", 510),
        ("830", 510),
        ("8u30", 510),
        ("17h", 1020),
        ("24:00", DAY),
        ("0:05", 5),
    ],
)  # fmt: skip
def test_times_as_people_type_them(text: str, minutes: int) -> None:
    assert hours.parse_time(text) == minutes


@pytest.mark.parametrize("text", ["", "25", "8:60", "24:01", "acht", "8:3", "-1", "08:00:00"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(HoursError):
        hours.parse_time(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("8-12, 11-17", "overlap"), ("8", "interval"), ("8-12-13", "interval"), ("8-8", "interval"),
        ("22-2, 23-23:30", "overlap"), ("24-8", "interval"), ("8-acht", "time"),
        ("1-2,3-4,5-6,7-8,9-10,11-12,13-14", "many"),
    ],
)  # fmt: skip
def test_wrong_intervals_say_what_is_wrong(text: str, code: str) -> None:
    with pytest.raises(HoursError) as refused:
        hours.parse_intervals(text)
    assert refused.value.code == code


def test_a_night_that_runs_into_the_next_morning() -> None:
    with pytest.raises(HoursError):
        hours.parse_week("vr 22-3; za 2-10")
    assert hours.parse_week("vr 22-2; za 2-10")[4] == ((1320, 120),)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("ma-vr 8-12, 13-17:30; za 9-13", "ma-vr 08:00-12:00, 13:00-17:30; za 09:00-13:00"),
        ("Mon-Fri 08:00-17:00", "ma-vr 08:00-17:00"),
        ("maandag, woensdag 9.00 - 17.00 uur", "ma 09:00-17:00; wo 09:00-17:00"),
        ("za-ma 10 tot 16", "ma 10:00-16:00; za-zo 10:00-16:00"),
        ("ma-zo 24 uur", "ma-zo 00:00-24:00"),
        ("", ""),
    ],
)
def test_a_week_as_text(text: str, same: str) -> None:
    week = hours.parse_week(text)
    assert hours.week_text(week, "nl") == same
    for language in ("nl", "en"):
        assert hours.parse_week(hours.week_text(week, language)) == week


quarters = st.integers(0, 95).map(lambda place: place * 15)


@st.composite
def days(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    marks = sorted(draw(st.sets(quarters, max_size=4)))
    pairs = [(marks[place], marks[place + 1]) for place in range(0, len(marks) - 1, 2)]
    return tuple(pairs)


@st.composite
def weeks(draw: st.DrawFn) -> Hours:
    week = tuple(draw(days()) for _day in range(7))
    first = date(2026, 10, 19) + timedelta(days=draw(st.integers(0, 12)))
    exceptions = draw(
        st.sampled_from([(), (Period(first, first + timedelta(days=1), draw(days()), "Anders"),)])
    )
    return Hours(week, exceptions, open_on_holidays=True)


def open_by_hand(plan: Hours, local: datetime) -> bool:
    def of(day: date) -> tuple[tuple[int, int], ...]:
        for one in plan.exceptions:
            if one.first <= day <= one.last:
                return one.intervals
        return plan.week[day.weekday()]

    minute = local.hour * 60 + local.minute
    return any(begin <= minute < end for begin, end in of(local.date()))


@given(weeks(), st.integers(0, 14 * 24 * 4 - 1))
def test_open_and_until_when_equals_a_walk_through_the_minutes(plan: Hours, quarter: int) -> None:
    """Over the night of 25 October 2026, in which the clock goes back."""
    moment = datetime(2026, 10, 18, 22, tzinfo=UTC) + timedelta(minutes=15 * quarter)
    found = hours.state(plan, moment, country="NL", zone="Europe/Amsterdam")
    assert found.open == open_by_hand(plan, moment.astimezone(AMSTERDAM))
    assert hours.from_json(hours.to_json(plan)).week == plan.week or not plan.given
    walk = moment
    for _step in range(9 * 24 * 4):
        walk += timedelta(minutes=15)
        if open_by_hand(plan, walk.astimezone(AMSTERDAM)) != found.open:
            assert found.until is not None
            assert found.until.astimezone(UTC) == walk
            return


def test_holidays_and_exceptions_have_their_reason() -> None:
    plan = Hours(
        hours.parse_week("ma-vr 8-17"), (Period(date(2026, 12, 28), date(2026, 12, 31), (), "Inventaris"),)
    )
    christmas = datetime(2026, 12, 25, 10, tzinfo=AMSTERDAM)
    found = hours.state(plan, christmas, country="NL", zone="Europe/Amsterdam")
    assert (found.open, found.reason) == (False, "Eerste kerstdag")
    assert found.until == datetime(2027, 1, 4, 8, tzinfo=AMSTERDAM)  # 1 January is a holiday too
    closed = hours.state(
        plan, datetime(2026, 12, 29, 10, tzinfo=AMSTERDAM), country="NL", zone="Europe/Amsterdam"
    )
    assert closed.reason == "Inventaris"
    friday = hours.state(plan, christmas - timedelta(days=7), country="NL", zone="Europe/Amsterdam")
    assert (friday.open, friday.until) == (True, datetime(2026, 12, 18, 17, tzinfo=AMSTERDAM))
    everyday = Hours(plan.week, (), open_on_holidays=True)
    assert hours.state(everyday, christmas, country="NL", zone="Europe/Amsterdam").open


@pytest.mark.parametrize("country", ["NL", "BE", "DE", "FR", "GB", "AT", "ES", "SE", "IT", "PL", "US"])
def test_every_holiday_that_is_shown_is_a_day_on_which_it_is_closed(country: str) -> None:
    plan = Hours(hours.parse_week("ma-zo 10-12"))
    shown = {day for day, _name in public_holidays.coming(country, date(2026, 1, 1), "nl", most=99)}
    days = [date(2026, 1, 1) + timedelta(days=place) for place in range(730)]
    closed = {
        day
        for day in days
        if not hours.state(
            plan,
            datetime(day.year, day.month, day.day, 11, tzinfo=AMSTERDAM),
            country=country,
            zone="Europe/Amsterdam",
        ).open
    }
    assert closed == shown
    assert date(2026, 1, 1) in closed


def test_good_friday_is_a_working_day_in_the_netherlands_only() -> None:
    friday = date(2026, 4, 3)
    assert public_holidays.name_of(friday, "NL", "nl") == ""
    assert public_holidays.name_of(friday, "DE", "nl") != ""
    assert public_holidays.name_of(date(2026, 4, 6), "NL", "nl") == "Tweede paasdag"
    assert public_holidays.name_of(friday, "XX", "nl") == ""


def test_over_midnight() -> None:
    plan = Hours(hours.parse_week("vr 22-2"))
    late = datetime(2026, 11, 28, 1, tzinfo=AMSTERDAM)
    found = hours.state(plan, late, country="NL", zone="Europe/Amsterdam")
    assert (found.open, found.until) == (True, datetime(2026, 11, 28, 2, tzinfo=AMSTERDAM))


def test_a_long_night_of_an_exception() -> None:
    day = date(2026, 12, 31)
    plan = Hours(
        hours.parse_week("ma-zo 9-17"), (Period(day, day, hours.parse_intervals("20-3"), "Oud en nieuw"),)
    )
    found = hours.state(
        plan, datetime(2026, 12, 31, 23, tzinfo=AMSTERDAM), country="NL", zone="Europe/Amsterdam"
    )
    assert (found.open, found.until) == (True, datetime(2027, 1, 1, 3, tzinfo=AMSTERDAM))


def test_the_zones_of_countries() -> None:
    assert hours.zones_of("NL") == ("Europe/Amsterdam",)
    assert hours.zones_of("ES")[0] == "Europe/Madrid"
    assert hours.zones_of("PT")[0] == "Europe/Lisbon"
    assert len(hours.zones_of("US")) > 5
    assert hours.zones_of("") == ()
