"""Fields to filter by: a fixed map from a name to what may be asked of it and to the condition that it becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.dates import parse_date
from klantenbeheer.kernel.errors import NotAllowed
from klantenbeheer.kernel.money import parse_amount, parse_number

from .conditions import Condition, Filter, Group, refusal

# Kind of field to its operators, in the order in which they are offered.
BY_KIND: dict[str, tuple[str, ...]] = {
    "text": ("contains", "starts", "is", "isnt", "empty", "filled"),
    "choice": ("is", "isnt", "empty", "filled"),
    "number": ("is", "least", "most", "empty", "filled"),
    "amount": ("is", "least", "most", "empty", "filled"),
    "day": ("last", "next", "this", "older", "on", "since", "until", "empty", "filled"),
    "flag": ("yes", "no"),
}
WORDS: dict[str, Any] = {
    "is": gettext_lazy("is"), "isnt": gettext_lazy("is not"), "just": gettext_lazy("is exactly"),
    "contains": gettext_lazy("contains"), "starts": gettext_lazy("begins with"),
    "empty": gettext_lazy("is empty"), "filled": gettext_lazy("is filled in"),
    "least": gettext_lazy("is at least"), "most": gettext_lazy("is at most"), "on": gettext_lazy("is on"),
    "since": gettext_lazy("is on or after"), "until": gettext_lazy("is on or before"),
    "last": gettext_lazy("in the last … days"), "next": gettext_lazy("in the next … days"),
    "older": gettext_lazy("more than … days ago"), "this": gettext_lazy("falls in"), "yes": gettext_lazy("yes"),
    "no": gettext_lazy("no"),
}  # fmt: skip
PERIODS: dict[str, Any] = {
    "day": gettext_lazy("today"), "week": gettext_lazy("this week"), "month": gettext_lazy("this month"),
    "quarter": gettext_lazy("this quarter"), "year": gettext_lazy("this year"),
}  # fmt: skip
_DAYS_MOST = 36_500


@dataclass(frozen=True, slots=True)
class Asked:
    """A checked condition: the operator and its value as Python has it (days become ``(first, last)``)."""

    actor: Actor
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Field:
    """Something to filter by.

    ``build`` makes the condition. ``choices`` gives what can be chosen (stored value and words). ``operators`` are
    fewer than those of its kind where not all make sense. ``order`` names the sort of the list that runs along this
    very field; ``by_name`` says that the database finds its values in the usual order of the list.
    """

    key: str
    label: Any
    kind: str
    build: Callable[[Asked], Q]
    choices: Callable[[], Sequence[tuple[str, Any]]] | None = None
    operators: tuple[str, ...] = ()
    right: str = ""
    group: Any = ""
    order: str = ""
    by_name: bool = False

    @property
    def offered(self) -> tuple[str, ...]:
        """The operators, in their order."""
        return self.operators or BY_KIND[self.kind]


def days_of(operator: str, text: str, today: date) -> tuple[date | None, date | None]:
    """Give the first and the last day that an operator on days means; raises ``ValueError``."""
    if operator in ("on", "since", "until"):
        day = parse_date(text)
        return (day if operator != "until" else None), (day if operator != "since" else None)
    if operator == "this":
        return _period(text, today)
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text) <= _DAYS_MOST:
        raise ValueError(text)
    span = timedelta(days=int(text))
    # Within what a calendar can say, whatever was asked.
    earliest = today - span if today.toordinal() > span.days else date.min
    if operator == "next":
        return today, today + span
    return (
        (earliest, today)
        if operator == "last"
        else (None, earliest - timedelta(days=1) if earliest > date.min else earliest)
    )


def _period(text: str, today: date) -> tuple[date, date]:
    if text not in PERIODS:
        raise ValueError(text)
    if text == "day":
        return today, today
    if text == "week":
        first = today - timedelta(days=today.weekday())
        return first, first + timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}[text]
    start = (today.month - 1) // months * months
    behind = start + months
    first = date(today.year, start + 1, 1)
    return first, date(today.year + behind // 12, behind % 12 + 1, 1) - timedelta(days=1)


def _value(field: Field, condition: Condition) -> Any:
    """Read the value; raises ``InvalidInput`` with what is wrong."""
    text = condition.value
    try:
        if field.kind == "day" and text:
            return days_of(condition.operator, text, timezone.localdate())
        if field.kind == "number" and text:
            return parse_number(text)
        if field.kind == "amount" and text:
            return parse_amount(text)
    except (ValueError, OverflowError):
        refused = {
            "day": _("“%(value)s” is no date, and no number of days, for “%(field)s”."),
            "number": _("“%(value)s” is no number, for “%(field)s”."),
            "amount": _("“%(value)s” is no amount, for “%(field)s”."),
        }[field.kind]
        raise refusal(refused % {"value": text[:40], "field": field.label}) from None
    if field.choices is not None and text and text not in dict(field.choices()):
        raise refusal(
            _("“%(value)s” is none of the choices of “%(field)s”.")
            % {"value": text[:40], "field": field.label}
        )
    return text


def _q(actor: Actor, fields: Mapping[str, Field], condition: Condition) -> Q:
    field = checked(actor, fields, condition)
    return field.build(Asked(actor, condition.operator, _value(field, condition)))


def checked(actor: Actor, fields: Mapping[str, Field], condition: Condition) -> Field:
    """Give the field of a condition. Raises ``InvalidInput`` for what does not exist, ``NotAllowed``."""
    field = fields.get(condition.field)
    if field is None:
        raise refusal(_("“%(value)s” is no field to filter by.") % {"value": condition.field[:40]})
    if field.right and not actor.may(field.right):
        # Left out, it would show more than was asked for; narrowed by, it would tell what may not be seen.
        raise NotAllowed(_("You may not narrow the list by this."), right=field.right)
    if condition.operator not in field.offered:
        raise refusal(
            _("“%(field)s” cannot be compared by “%(value)s”.")
            % {"field": field.label, "value": WORDS[condition.operator]}
        )
    return field


def check(actor: Actor, fields: Mapping[str, Field], asked: Filter) -> None:
    """Raise ``InvalidInput`` or ``NotAllowed`` where a filter cannot be used by this actor."""
    for condition in asked.conditions():
        _value(checked(actor, fields, condition), condition)


def narrow(
    rows: QuerySet[Any], actor: Actor, fields: Mapping[str, Field], asked: Filter, *, along: str = ""
) -> QuerySet[Any]:
    """Narrow to what a filter leaves.

    ``along`` is the sort that the database is to walk along, because so many are left that sorting them would take
    long: conditions on that very field still bound the walk, the others are hidden from the choice of an index.
    """
    hidden = Q()
    for item in asked.items if not asked.any else ():
        condition = _item(actor, fields, item)
        field = fields.get(item.field) if isinstance(item, Condition) else None
        if along and not (
            field is not None and (field.order == along or (field.by_name and along == "name"))
        ):
            hidden &= condition
        else:
            rows = rows.filter(condition)
    if asked.any:
        either = Q()
        for item in asked.items:
            either |= _item(actor, fields, item)
        if not along:
            return rows.filter(either)
        hidden = either
    if hidden:
        fits = Case(When(hidden, then=Value(1)), default=Value(0), output_field=IntegerField())
        rows = rows.alias(fits_filter=fits).filter(fits_filter=1)
    return rows


def _item(actor: Actor, fields: Mapping[str, Field], item: Condition | Group) -> Q:
    if isinstance(item, Condition):
        return _q(actor, fields, item)
    found = Q()
    for one in item.items:
        found = found | _q(actor, fields, one) if item.any else found & _q(actor, fields, one)
    return found


def in_words(field: Field | None, condition: Condition) -> str:
    """Give a condition as one says it, in the reader's language."""
    if field is None:
        return str(condition)
    value: Any = condition.value
    if field.choices is not None:
        value = dict(field.choices()).get(value, value)
    elif condition.operator == "this":
        value = PERIODS.get(value, value)
    word = str(WORDS[condition.operator])
    if field.kind == "flag":
        return f"{field.label}: {word}"
    if "…" in word:
        return f"{field.label} {word.replace('…', str(value))}"
    return f"{field.label} {word} {value}".strip()


# -- what a condition becomes -----------------------------------------------------------------------------------------


def equal(column: str, value: Any, operator: str) -> Q:
    """Give 'is' or 'is not' on a column; who has nothing there is not it either."""
    if operator == "is":
        return Q(**{column: value})
    return ~Q(**{column: value}) | Q(**{f"{column}__isnull": True})


def choice(column: str, *, nothing: Any = None) -> Callable[[Asked], Q]:
    """Compare a column with one of its choices; ``nothing`` is what stands in it when it is empty."""

    def build(asked: Asked) -> Q:
        empty = Q(**{f"{column}__isnull": True}) if nothing is None else Q(**{column: nothing})
        if asked.operator in ("empty", "filled"):
            return empty if asked.operator == "empty" else ~empty
        return equal(column, asked.value, asked.operator)

    return build


def number(column: str) -> Callable[[Asked], Q]:
    """Compare a number or an amount that may be missing."""

    def build(asked: Asked) -> Q:
        if asked.operator in ("empty", "filled"):
            return Q(**{f"{column}__isnull": asked.operator == "empty"})
        sign = {"is": "", "least": "__gte", "most": "__lte"}[asked.operator]
        return Q(**{f"{column}{sign}": asked.value})

    return build


def day(column: str, *, moment: bool = False) -> Callable[[Asked], Q]:
    """Compare a day, or with ``moment`` a point in time by the days of the company's zone."""

    def build(asked: Asked) -> Q:
        if asked.operator in ("empty", "filled"):
            return Q(**{f"{column}__isnull": asked.operator == "empty"})
        first, last = asked.value
        found = Q()
        if first is not None:
            found &= Q(**{f"{column}__gte": _start(first) if moment else first})
        if last is not None:
            behind = last + timedelta(days=1) if last < date.max else last
            found &= Q(**{f"{column}__lt": _start(behind)}) if moment else Q(**{f"{column}__lte": last})
        return found

    return build


def _start(value: date) -> datetime:
    # The first and last days of the calendar have no moment in every zone.
    safe = min(max(value, date(2, 1, 1)), date(9998, 12, 31))
    return timezone.make_aware(datetime.combine(safe, time.min))
