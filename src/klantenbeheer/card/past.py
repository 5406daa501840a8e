"""The card as it was (``?at=``): which moment is asked, and by whom it may be."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.past import customer_at
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.dates import parse_date
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, Refused

# Who may not see the history may not see the past either.
RIGHT = "tab.history"
_TIME = re.compile(r"(?P<day>.+?)[T ]+(?P<time>\d{1,2}[:.]\d{2}.*)")


def _wrong(text: str) -> InvalidInput:
    return InvalidInput(
        {"at": [_("“%(value)s” is no moment, such as 31-12-2026 14:30.") % {"value": text[:40]}]}
    )


def parse_moment(text: str) -> datetime:
    """Read a moment: ISO 8601, or a date as people type it with or without a time (then: the end of that day).

    Without a zone it is the company's. Raises ``InvalidInput`` for what is none, or has not come yet.
    """
    typed = text.strip()
    try:
        found = datetime.fromisoformat(re.sub(r" (\d{2}:\d{2})$", r"+\1", typed))
        if re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", typed):
            found = datetime.combine(found.date(), time.max)
    except ValueError:
        match = _TIME.fullmatch(typed)
        try:
            day = parse_date(match["day"] if match else typed)
            clock = time.fromisoformat(match["time"].replace(".", ":").zfill(5)) if match else time.max
        except ValueError as error:
            raise _wrong(text) from error
        found = datetime.combine(day, clock)
    try:
        moment = found if found.tzinfo else timezone.make_aware(found)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _wrong(text) from error
    if moment.year < 1900:
        raise _wrong(text)
    if moment > timezone.now() and timezone.localdate(moment) > timezone.localdate():
        raise InvalidInput({"at": [_("“%(value)s” has not come yet.") % {"value": text[:40]}]})
    return moment


def moment_text(moment: datetime) -> str:
    """Give a moment as an address carries it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def query(customer: Customer) -> str:
    """Give what an address of the card needs behind it: nothing now, the moment on a card of the past."""
    return "?" + urlencode({"at": moment_text(customer.as_of)}) if customer.as_of else ""


def asked(request: HttpRequest, actor: Actor, customer: Customer) -> Customer:
    """Give the customer as the request asks for him: now, or as he was.

    Raises ``InvalidInput`` for what is no moment, ``Refused`` for one before he was there or for a write, and
    ``NotAllowed``.
    """
    text = request.GET.get("at", "")
    if not text:
        return customer
    if not actor.may(RIGHT):
        raise NotAllowed(_("You may not see the history."), right=RIGHT)
    if request.method not in ("GET", "HEAD"):
        raise Refused(_("This is the card as it was: nothing can be changed there."), code="past")
    return customer_at(customer, parse_moment(text))
