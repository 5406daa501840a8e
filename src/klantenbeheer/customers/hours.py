"""Opening hours of a customer (H7): what the head of the card says, reading the dialog, storing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.kernel import hours, public_holidays
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.dates import parse_date
from klantenbeheer.kernel.errors import InvalidInput, StaleVersion
from klantenbeheer.kernel.hours import DAYS, Hours, HoursError, Period
from klantenbeheer.kernel.text import clean

from .models import Customer
from .refreshing import refresh_derived
from .services import locked_customer, require_edit

EXCEPTION_PARTS = ("first", "last", "hours", "reason")
EXCEPTIONS_MOST = 60
Typed = dict[str, str]


# -- shown --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Now:
    """What the head of the card says: ``until`` is when that is no longer true (milliseconds since 1970)."""

    open: bool
    text: str
    week: str
    until: int | None


def zone_of(plan: Hours, country: str) -> str:
    """Give the zone in which the hours hold: the one that was chosen, that of the country, or the company's."""
    zones = hours.zones_of(country)
    return plan.zone or (zones[0] if zones else timezone.get_current_timezone_name())


def _moment(change: datetime, local: datetime) -> str:
    clock = change.strftime("%H:%M")
    days = (change.date() - local.date()).days
    if days == 0:
        return clock
    if days < 7:
        return f"{date_format(change, 'l').lower() if get_language() == 'nl' else date_format(change, 'l')} {clock}"
    return f"{change.strftime('%d-%m-%Y')} {clock}"


def state_text(plan: Hours, country: str, now: datetime) -> tuple[hours.State, str]:
    """Give the state at a moment, and its words: 'open until 17:30', 'closed, opens Monday 08:00'."""
    zone = zone_of(plan, country)
    found = hours.state(plan, now, country=country, zone=zone, language=get_language() or "nl")
    local = now.astimezone(ZoneInfo(zone))
    change = found.until.astimezone(ZoneInfo(zone)) if found.until else None
    if found.open:
        if change is None:
            return found, _("always open")
        # Not the next day's name with 00:00: that reads as a day longer.
        midnight = (change.date() - local.date()).days == 1 and change.time() == time.min
        until = "24:00" if midnight else _moment(change, local)
        return found, _("open until %(time)s") % {"time": until}
    said = _("closed (%(reason)s)") % {"reason": found.reason} if found.reason else _("closed")
    if change is None:
        return found, said
    return found, _("%(closed)s, opens %(time)s") % {"closed": said, "time": _moment(change, local)}


def now_of(customer: Customer, now: datetime | None = None) -> Now | None:
    """Give what the head says, or nothing where no hours are known."""
    if not customer.opening_hours:
        return None
    plan = hours.from_json(customer.opening_hours)
    if customer.as_of is not None:  # whether it is open now is of now; the week is what it was
        week = hours.week_text(plan.week, get_language() or "nl")
        return Now(False, week, week, None)
    found, text = state_text(plan, customer.country, now or timezone.now())
    until = int(found.until.timestamp() * 1000) if found.until else None
    return Now(found.open, text, hours.week_text(plan.week, get_language() or "nl"), until)


# -- typed --------------------------------------------------------------------------------------------------------


def typed_values(customer: Customer) -> Typed:
    """Give the stored hours as the dialog's fields would send them."""
    plan = hours.from_json(customer.opening_hours)
    typed = {day: hours.intervals_text(plan.week[place]) for place, day in enumerate(DAYS)}
    typed |= {"holidays": "open" if plan.open_on_holidays else "closed", "zone": plan.zone}
    for place, one in enumerate(plan.exceptions):
        given = (one.first.isoformat(), one.last.isoformat() if one.last > one.first else "",
                 hours.intervals_text(one.intervals), one.reason)  # fmt: skip
        typed |= {
            f"exception.{place}.{part}": text for part, text in zip(EXCEPTION_PARTS, given, strict=True)
        }
    return typed


def sent_values(data: Mapping[str, Any]) -> Typed:
    """Read the dialog's fields; a day that was not sent is empty."""
    names = [f"exception.{place}.{part}" for place in range(EXCEPTIONS_MOST) for part in EXCEPTION_PARTS]
    typed = {name: str(data.get(name, "")) for name in (*DAYS, "holidays", "zone")}
    return typed | {name: str(data[name]) for name in names if name in data}


def exception_count(typed: Typed) -> int:
    """Give how many rows of exceptions there are, filled in or not."""
    return sum(1 for place in range(EXCEPTIONS_MOST) if f"exception.{place}.first" in typed)


def _said(error: HoursError) -> str:
    value = {"value": error.value[:60]}
    if error.code == "time":
        return _("“%(value)s” is no time, such as 08:30.") % value
    if error.code == "overlap":
        return _("%(value)s: these overlap.") % value
    if error.code == "days":
        return _("“%(value)s” does not say on which days, such as mo-fr 08:00-17:00.") % value
    if error.code == "many":
        return _("“%(value)s”: at most six times on a day.") % value
    return _("“%(value)s” is no from-until, such as 08:00-12:00.") % value


def _day_read(text: str) -> date | None:
    return parse_date(text) if text.strip() else None


def _period(typed: Typed, place: int, problems: dict[str, list[str]]) -> Period | None:
    name = f"exception.{place}."
    given = {part: clean(typed.get(name + part, "")) for part in EXCEPTION_PARTS}
    if not any(given.values()):
        return None
    dates: dict[str, date | None] = {}
    for part in ("first", "last"):
        try:
            dates[part] = _day_read(given[part])
        except ValueError:
            problems[name + part] = [_("“%(value)s” is no date.") % {"value": given[part][:40]}]
    first, last = dates.get("first"), dates.get("last")
    if first is None and name + "first" not in problems:
        problems[name + "first"] = [_("Say on which day.")]
    if first and last and last < first:
        problems[name + "last"] = [
            _("%(until)s is before %(since)s.")
            % {"until": last.strftime("%d-%m-%Y"), "since": first.strftime("%d-%m-%Y")}
        ]
    intervals: tuple[hours.Interval, ...] = ()
    try:
        intervals = hours.parse_intervals(given["hours"])
    except HoursError as error:
        problems[name + "hours"] = [_said(error)]
    if len(given["reason"]) > 60:
        problems[name + "reason"] = [
            _("“%(value)s…” has %(length)d characters; at most %(most)d fit.")
            % {"value": given["reason"][:30], "length": len(given["reason"]), "most": 60}
        ]
    return Period(first, last or first, intervals, given["reason"]) if first else None


def read(typed: Typed) -> Hours:
    """Read what was typed; raises ``InvalidInput`` with the reasons per field."""
    problems: dict[str, list[str]] = {}
    week: list[tuple[hours.Interval, ...]] = []
    for day in DAYS:
        try:
            week.append(hours.parse_intervals(typed.get(day, "")))
        except HoursError as error:
            problems[day] = [_said(error)]
            week.append(())
    if not problems:
        for place, day in enumerate(DAYS):
            try:
                pair: list[tuple[hours.Interval, ...]] = [()] * 7
                pair[place], pair[(place + 1) % 7] = week[place], week[(place + 1) % 7]
                hours.check_week(pair)
            except HoursError as error:
                problems[day] = [_said(error)]
    periods = [
        (place, found)
        for place in range(exception_count(typed))
        if (found := _period(typed, place, problems)) is not None
    ]
    periods.sort(key=lambda pair: pair[1].first)
    for (_place, before), (place, after) in pairwise(periods):
        if after.first <= before.last:
            problems.setdefault(f"exception.{place}.first", []).append(
                _("%(day)s is in another exception already.") % {"day": after.first.strftime("%d-%m-%Y")}
            )
    zone = clean(typed.get("zone", ""))
    if zone and zone not in available_timezones():
        problems["zone"] = [_("“%(value)s” is no time zone.") % {"value": zone[:60]}]
    if problems:
        raise InvalidInput(problems)
    return Hours(
        tuple(week), tuple(found for _place, found in periods), typed.get("holidays") == "open", zone
    )


def copied(typed: Typed, day: str, to: str) -> Typed:
    """Give the fields with one day's hours on the working days (``weekdays``) or on every day."""
    days = DAYS[:5] if to == "weekdays" else DAYS
    return typed | dict.fromkeys(days, typed.get(day, "")) if day in DAYS else typed


def hours_save(*, actor: Actor, customer_id: int, version: int, typed: Typed) -> Customer:
    """Store opening hours. Raises ``InvalidInput`` per field, ``StaleVersion``, ``NotAllowed``, ``NotFound``."""
    require_edit(actor)
    with acting(actor, "customer.hours"):
        customer = locked_customer(actor, customer_id)
        if customer.version != version:
            raise StaleVersion(current=customer, changes=typed)
        stored = hours.to_json(read(typed))
        if stored == customer.opening_hours:
            return customer
        customer.opening_hours = stored
        customer.version += 1
        write([customer], new=False)
        refresh_derived(customer, actor=actor)
    return customer


def coming(country: str) -> list[tuple[date, str]]:
    """Give the next public holidays of the customer's country."""
    today = timezone.localdate()
    found = public_holidays.coming(country or "NL", today, get_language() or "nl")
    return [(day, name) for day, name in found if day - today < timedelta(days=370)]


def kept(text: str) -> str:
    """Give hours that were typed as one text in their usual form; what cannot be read stays as it was typed."""
    try:
        return hours.week_text(hours.parse_week(text), get_language() or "nl") or text
    except HoursError:
        return text


def with_state(text: str, country: str) -> str:
    """Give hours that were typed as one text, and behind them whether it is open now, where that can be read."""
    try:
        plan = Hours(hours.parse_week(text))
    except HoursError:
        return text
    return f"{text} ({state_text(plan, country, timezone.now())[1]})" if plan.given else text


def from_text(text: str) -> dict[str, Any]:
    """Read a week of a file ('ma-vr 08:00-17:00; za 9-13') as it is stored; raises ``ValueError`` in words."""
    try:
        return hours.to_json(Hours(hours.parse_week(text)))
    except HoursError as error:
        raise ValueError(_said(error)) from error
