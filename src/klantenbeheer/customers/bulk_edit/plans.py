"""What can be done to many customers, whom it would change, and for whom it is refused, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from types import SimpleNamespace
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput
from klantenbeheer.kernel.text import clean

from .. import display, extra, inputs, reach, services, validation, vat
from ..choices import TEXT_SLOTS, Status
from ..fields import BasicField
from ..models import Customer, CustomerMailingCode, MailingCode
from ..permissions import BLOCKS

# Of these, one value can be right for many; a name or a number belongs to one.
FIELDS = ("status", "language", "territory", "salesperson", "condition_group", "credit_limit")
ADD, REMOVE = "codes_add", "codes_remove"
MARKED = "marked"
MOST_VALUE = 200
_NEVER_EMPTY = ("status", "language", "condition_group")
# What a row must have to be looked at.
LOOKED_AT = ("id", "number", "name", "country", "postcode", "status", "vat_number", "flags", "territory_id",
             "salesperson_id", "erased_on")  # fmt: skip
# What says which one it is, of what a customer points at.
REFERENCES = {
    "territory": "territory__code",
    "salesperson": "salesperson__full_name",
    "condition_group": "condition_group__name",
}


Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why some customers are left as they are: ``reason`` says why one is, or nothing.

    ``may_be`` is true for whoever it can be about; the others need no look.
    """

    may_be: Q
    reason: Callable[[Row], str]


@dataclass(frozen=True, slots=True)
class Plan:
    """A change of one field to one value, checked. ``same`` is true for who has the value already."""

    field: str
    label: Any
    words: str
    same: Q
    columns: Mapping[str, Any] = default(default_factory=dict)
    code: MailingCode | None = None
    refusals: Sequence[Refusal] = ()
    # The column that the earlier value stands in, for the examples.
    before: str = ""

    @property
    def is_sought(self) -> bool:
        """Whether the search finds customers by it."""
        return self.field in TEXT_SLOTS or self.field == "extra_number"

    def told(self, row: Mapping[str, Any]) -> str:
        """Give what a customer has now, in words."""
        if not self.before:
            return ""
        value = row[self.before]
        return display.text_of(self.field, value) if self.field not in REFERENCES else str(value or "")


def offered(actor: Actor) -> list[tuple[str, str]]:
    """Give what this actor may do to many: the key and its label."""
    may = services.editable_fields(actor)
    found = [(one.key, str(one.label)) for one in _fields() if one.key in may]
    if inputs.CODES in may and MailingCode.objects.exists():
        found += [(ADD, _("Add a mailing code")), (REMOVE, _("Remove a mailing code"))]
    return found


def _fields() -> list[BasicField]:
    return [one for one in extra.basic_fields() if one.key in FIELDS or one.group == extra.GROUP]


def input_of(key: str, value: str, problems: Sequence[str]) -> dict[str, Any]:
    """Give the input of the new value, as ``customers/input.html`` shows it."""
    if key in (ADD, REMOVE):
        codes = [
            (one.code, f"{one.code} {one.name}".strip())
            for one in MailingCode.objects.order_by("code")
            if key == REMOVE or not one.retired
        ]
        one = BasicField("value", _("Mailing code"))
        return {
            "field": one,
            "value": value,
            "problems": problems,
            "choices": codes,
            "chosen": [value],
            "shape": "",
        }
    found = extra.field_by_key(key)
    assert found is not None  # noqa: S101 - the caller took it from what is offered
    shown = inputs.input_of(found, value, problems)
    shown["field"] = BasicField("value", found.label, found.kind)
    return shown


def plan_of(actor: Actor, key: str, value: str) -> Plan:
    """Check what is asked. Raises ``InvalidInput`` with the reason at ``field`` or ``value``."""
    labels = dict(offered(actor))
    if key not in labels:
        raise InvalidInput(
            {"field": [_("“%(value)s” cannot be changed for many at once.") % {"value": key[:40]}]}
        )
    value = clean(value)
    if len(value) > MOST_VALUE:
        raise InvalidInput(
            {
                "value": [
                    _("“%(value)s…” has %(length)d characters; at most %(most)d fit.")
                    % {"value": value[:30], "length": len(value), "most": MOST_VALUE}
                ]
            }
        )
    if key in (ADD, REMOVE):
        return _codes(key, labels[key], value)
    if not value and key in _NEVER_EMPTY:
        # For one customer nothing means the usual one; for many at once it means that nobody chose.
        raise InvalidInput({"value": [_("Fill in a value.")]})
    cleaned = validation.clean_values({key: value}, country="NL", keep=False)
    problems = {**cleaned.problems, **_emptied(key, cleaned.values)}
    if problems:
        raise InvalidInput({"value": problems[key]})
    new = cleaned.values[key]
    if key in REFERENCES:
        same = Q(**{f"{key}_id": new.pk}) if new is not None else Q(**{f"{key}__isnull": True})
        words = str(new) if new is not None else _("nothing")
        return Plan(
            key, labels[key], words, same, {f"{key}_id": new.pk if new is not None else None},
            refusals=_refusals(actor, key, new),
            before=REFERENCES[key],
        )  # fmt: skip
    same = Q(**{f"{key}__isnull": True}) if new is None else Q(**{key: new})
    words = display.text_of(key, new) or _("nothing")
    return Plan(key, labels[key], words, same, {key: new}, refusals=_refusals(actor, key, new), before=key)


def _emptied(key: str, values: Mapping[str, Any]) -> dict[str, list[str]]:
    return {one: reasons for one, reasons in extra.missing(values).items() if one == key and key in values}


def _codes(key: str, label: str, value: str) -> Plan:
    code = MailingCode.objects.filter(code__iexact=value).first() if value else None
    if code is None:
        raise InvalidInput({"value": [_("There is no mailing code “%(value)s”.") % {"value": value[:40]}]})
    refusal = validation.retired_codes([code], ()) if key == ADD else ""
    if refusal:
        raise InvalidInput({"value": [refusal]})
    has = Q(pk__in=CustomerMailingCode.objects.filter(code=code).values("customer"))
    return Plan(key, label, code.code, has if key == ADD else ~has, code=code, refusals=(ERASED,))


def _erased(row: Row) -> str:
    return services.erased_text(Customer(erased_on=row["erased_on"])) if row["erased_on"] else ""


# What is left when the personal data were erased is locked.
ERASED = Refusal(Q(erased_on__isnull=False), _erased)


def _refusals(actor: Actor, key: str, new: Any) -> list[Refusal]:
    """Give for whom a change is refused: what the card refuses for one is refused here for each."""

    def not_allowed(row: Row) -> str:
        problems = services.not_allowed(actor, {key: new}, SimpleNamespace(**row))
        return next((reason for reasons in problems.values() for reason in reasons), "")

    def lacks_vat(row: Row) -> str:
        place = row["country"], row["postcode"]
        # Who lacked a number before loses nothing.
        if row["vat_number"] or vat.is_required(*place, row["status"]) or not vat.is_required(*place, new):
            return ""
        return services.vat_required_text()

    found = [ERASED]
    if key in ("territory", "salesperson") and not reach.within(actor).everything:
        found.append(Refusal(Q(), not_allowed))
    if key == "status":
        if not actor.may(BLOCKS, Level.EDIT):
            found.append(Refusal(Q() if new == Status.BLOCKED else Q(status=Status.BLOCKED), not_allowed))
        if new in (Status.ACTIVE, Status.BLOCKED):
            found.append(Refusal(Q(vat_number="") & ~Q(country__in=["", vat.HOME]), lacks_vat))
    return found


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do: to how many, how many have it already, how many are refused and why, and examples."""

    total: int
    changed: int
    already: int
    refused: Mapping[str, int]
    examples: Sequence[tuple[str, str, str]]


_EXAMPLES = 5


def preview(rows: QuerySet[Any], plan: Plan) -> Preview:
    """Look before anything is written. A few queries; only who may be refused is looked at one by one."""
    total = rows.count()
    already = rows.filter(plan.same).count()
    rest = rows.exclude(plan.same)
    refused: dict[str, int] = {}
    gone: set[int] = set()
    for refusal in plan.refusals:
        for row in rest.filter(refusal.may_be).values(*LOOKED_AT).iterator(chunk_size=2_000):
            reason = "" if row["id"] in gone else refusal.reason(row)
            if reason:
                gone.add(row["id"])
                refused[reason] = refused.get(reason, 0) + 1
    wanted = dict.fromkeys([*LOOKED_AT, *([plan.before] if plan.before else [])])
    shown = [row for row in rest.order_by("id").values(*wanted)[: _EXAMPLES + 50] if row["id"] not in gone]
    examples = [(row["number"], row["name"], plan.told(row)) for row in shown[:_EXAMPLES]]
    return Preview(total, total - already - len(gone), already, refused, examples)


def decide(plan: Plan, rows: Sequence[Row], same: set[int]) -> tuple[list[Row], dict[str, int]]:
    """Give which of these rows are changed, and how many are refused for which reason."""
    changed: list[Row] = []
    refused: dict[str, int] = {}
    for row in rows:
        if row["id"] in same:
            continue
        reason = next((reason for one in plan.refusals if (reason := one.reason(row))), "")
        if reason:
            refused[reason] = refused.get(reason, 0) + 1
        else:
            changed.append(row)
    return changed, refused
