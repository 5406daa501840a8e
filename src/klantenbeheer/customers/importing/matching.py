"""Which stored customers a chunk of rows is about, with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from klantenbeheer.foundation.audit.models import Action, Touch
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.text import normalise

from ..derive import phone_key
from ..former import leading_to
from ..models import Customer
from ..reach import within
from .rows import PreparedRow

_IN = 900
T = TypeVar("T", int, str)
Key = tuple[str, str]


def keys_of(prepared: PreparedRow) -> list[Key]:
    """Give what would make another customer the same as this row: kind and value."""
    values = prepared.values
    keys = [
        (kind, values[kind])
        for kind in ("vat_number", "kvk_number", "iban", "email")
        if values.get(kind) and kind not in prepared.flags
    ]
    phone = phone_key(values.get("phone", ""))
    if phone:
        keys.append(("phone_norm", phone))
    city = normalise(prepared.addresses.get("visiting", {}).get("city", ""))[:100]
    if city and values.get("name"):
        keys.append(("name", f"{normalise(values['name'])[:200]}|{city}"))
    return keys


def reason_of(kind: str, number: str) -> str:
    """Say why a row is doubtful."""
    words = {
        "vat_number": _("the same VAT number"), "kvk_number": _("the same KvK number"), "iban": _("the same IBAN"),
        "email": _("the same e-mail"), "phone_norm": _("the same telephone"), "name": _("the same name and place"),
    }  # fmt: skip
    return _("Looks like customer %(number)s: %(why)s.") % {"number": number, "why": words[kind]}


@dataclass(slots=True)
class Matches:
    """What is stored already: customers by number (upper case), and ids with numbers by key."""

    by_number: dict[str, Customer] = field(default_factory=dict)
    by_key: dict[Key, list[tuple[int, str]]] = field(default_factory=dict)
    # Numbers (upper case) of merged customers: the number of who he is now, empty when the actor may not see that one.
    moved: dict[str, str] = field(default_factory=dict)
    # Numbers (upper case) of customers that who imports may not know of.
    taken: set[str] = field(default_factory=set)
    # Those that an earlier row of the same file was about.
    earlier: set[int] = field(default_factory=set)

    def ids(self) -> set[int]:
        """Everybody who was found."""
        keyed = {pk for found in self.by_key.values() for pk, _number in found}
        return keyed | {customer.pk for customer in self.by_number.values()}


def stored_by(action: Action | None, ids: Iterable[int]) -> set[int]:
    """Give those of these customers that an action wrote."""
    if action is None:
        return set()
    found: set[int] = set()
    for part in _chunks(ids):
        touched = Touch.objects.filter(action=action, subject_id__in=part)
        found.update(touched.values_list("subject_id", flat=True))
    return found


def _chunks(values: Iterable[T]) -> Iterable[list[T]]:
    ordered = sorted(values)
    for start in range(0, len(ordered), _IN):
        yield ordered[start : start + _IN]


def _follow(found: Matches, visible: Any, unknown: set[str]) -> None:
    """Let numbers of merged customers lead to who they are now."""
    leading = leading_to(unknown)
    for part in _chunks(set(leading.values())):
        queryset = visible.filter(pk__in=part).select_related("territory", "salesperson", "condition_group")
        now = {
            one.pk: one for one in queryset.prefetch_related("addresses", "mailing_codes__code").defer("search_text")
        }  # fmt: skip
        for number, key in leading.items():
            if key in now:
                # The same object as under his own number, if the file has that too.
                customer = found.by_number.setdefault(now[key].number.upper(), now[key])
                found.by_number[number] = customer
                found.moved[number] = customer.number
            elif key in part:
                found.moved[number] = ""


def find(actor: Actor, rows: Sequence[PreparedRow]) -> Matches:
    """Look up numbers and keys of all rows at once."""
    found = Matches()
    visible = Customer.objects.visible_to(actor)
    numbers = {row.number.upper() for row in rows if row.number}
    for part in _chunks(numbers):
        queryset = visible.with_numbers(part).select_related("territory", "salesperson", "condition_group")
        for customer in queryset.prefetch_related("addresses", "mailing_codes__code").defer("search_text"):
            found.by_number[customer.number.upper()] = customer
    _follow(found, visible, numbers - set(found.by_number))
    if not within(actor).everything:
        for part in _chunks(numbers - set(found.by_number)):
            stored_numbers = Customer.objects.with_numbers(part).values_list("number", flat=True)
            found.taken.update(number.upper() for number in stored_numbers)
    wanted: dict[str, set[str]] = {}
    for row in rows:
        if row.number.upper() not in found.by_number:
            for kind, value in keys_of(row):
                wanted.setdefault(kind, set()).add(value)
    for kind, values in wanted.items():
        column = "name_norm" if kind == "name" else kind
        for part in _chunks({value.split("|")[0] if kind == "name" else value for value in values}):
            stored: Any = visible.filter(**{f"{column}__in": part}).values_list(
                "id", "number", column, "city_norm"
            )
            for pk, number, value, city in stored:
                key = f"{value}|{city}" if kind == "name" else value
                if key in values:
                    found.by_key.setdefault((kind, key), []).append((pk, number))
    return found
