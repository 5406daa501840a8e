"""Taking numbers from a series, and setting how it goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, StaleVersion

from .models import NumberSeries
from .registry import SERIES, SeriesKind

RIGHT = "administration"
LONGEST = 20
MOST = 10**12
_PREFIX = re.compile(r"[A-Za-z0-9._-]{0,12}")
_FIELDS = ("prefix", "width", "by_year", "next_value")


def _locked(kind: str, start: int) -> NumberSeries:
    NumberSeries.objects.get_or_create(kind=kind, defaults={"next_value": start, "first_value": start})
    series = NumberSeries.objects.select_for_update().get(kind=kind)
    series.enter(timezone.localdate().year)
    return series


@transaction.atomic
def take_numbers(kind: str, count: int = 1, *, start: int = 1) -> list[str]:
    """Take the next ``count`` numbers of a series, which begins at ``start`` when it does not exist yet.

    The row stays locked until the surrounding transaction ends, so no number is given twice; a number taken in
    a transaction that fails is free again. So a series has no gaps.
    """
    series = _locked(kind, start)
    numbers = [series.format(value) for value in range(series.next_value, series.next_value + count)]
    series.next_value += count
    series.save(update_fields=["next_value", "first_value", "year"])
    return numbers


def hold_series(kind: str, *, start: int = 1) -> None:
    """Lock a series till the surrounding transaction ends, so that what depends on its numbers is done one by one."""
    _locked(kind, start)


def series_of(kind: SeriesKind) -> NumberSeries:
    """Give a series as it would go on now, without taking or storing anything."""
    series = NumberSeries.objects.filter(kind=kind.key).first() or NumberSeries(
        kind=kind.key, next_value=kind.start, first_value=kind.start
    )
    series.enter(timezone.localdate().year)
    return series


def _clean(kind: SeriesKind, series: NumberSeries, typed: Mapping[str, Any]) -> dict[str, Any]:
    problems: dict[str, list[str]] = {}
    prefix = str(typed.get("prefix") or "").strip()
    width, following = int(typed.get("width") or 0), int(typed.get("next_value") or 0)
    by_year = bool(typed.get("by_year"))
    if not _PREFIX.fullmatch(prefix):
        problems["prefix"] = [
            _("“%(value)s”: a prefix has at most 12 letters, digits and - . _") % {"value": prefix[:40]}
        ]
    if not 0 <= width <= 12:
        problems["width"] = [_("“%(value)s” is not between 0 and 12.") % {"value": width}]
    given = series.next_value > series.first_value
    if following < series.next_value:
        problems["next_value"] = [
            _("The next number can only go up: %(low)d is lower than %(now)d.")
            % {"low": following, "now": series.next_value}
        ]
    elif following > MOST:
        problems["next_value"] = [_("“%(value)s” is too high.") % {"value": following}]
    elif kind.gapless and given and following != series.next_value:
        problems["next_value"] = [
            _("The law wants these numbers without gaps: after %(last)s comes %(next)s.")
            % {"last": series.format(series.next_value - 1), "next": series.format(series.next_value)}
        ]
    if not problems:
        sample = NumberSeries(
            kind=kind.key, prefix=prefix, width=width, by_year=by_year, next_value=following
        )
        sample.enter(timezone.localdate().year)
        if len(sample.format(following)) > LONGEST:
            problems["width"] = [
                _("“%(value)s” is longer than %(most)d characters.")
                % {"value": sample.format(following), "most": LONGEST}
            ]
    if problems:
        raise InvalidInput(problems)
    return {"prefix": prefix, "width": width, "by_year": by_year, "next_value": following}


def preview(kind_key: str, typed: Mapping[str, Any]) -> str:
    """Give the next number as it would be written with these settings. Raises ``InvalidInput``."""
    kind = SERIES.get(kind_key)
    values = _clean(kind, series_of(kind), typed)
    sample = NumberSeries(kind=kind.key, **values)
    sample.enter(timezone.localdate().year)
    return sample.format(sample.next_value)


def series_update(*, actor: Actor, kind_key: str, version: int, values: Mapping[str, Any]) -> NumberSeries:
    """Set how a series goes on. What was given stays given: the next number can only go up.

    Raises ``InvalidInput`` (lower than it is, a gap where the law wants none, a prefix that cannot be, too long),
    ``StaleVersion`` also when a number was taken meanwhile and the typed one is used by now, ``NotAllowed``.
    """
    if not actor.may(RIGHT, Level.EDIT):
        raise NotAllowed(_("Only an application manager may do this."), right=RIGHT)
    kind = SERIES.get(kind_key)
    with acting(actor, "series.update") as action:
        series = _locked(kind.key, kind.start)
        if series.version != version:
            raise StaleVersion(current=series, changes=values)
        cleaned = _clean(kind, series, values)
        before = {name: getattr(series, name) for name in _FIELDS}
        if cleaned["next_value"] > series.next_value and series.next_value == series.first_value:
            series.first_value = cleaned["next_value"]
        for name, value in cleaned.items():
            setattr(series, name, value)
        series.enter(timezone.localdate().year)
        if cleaned != before:
            series.version += 1
            series.save()
            told = [
                f"{name} {before[name]} → {cleaned[name]}"
                for name in _FIELDS
                if before[name] != cleaned[name]
            ]
            action.reason = f"{kind.key}: {', '.join(told)}"[:200]
            action.save(update_fields=["reason"])
    return series
