"""Extra fields (X1): one number and six texts that the application manager gives a name, an order, and choices.

Their values are columns of the customer; what a column means is data, which every page needs and so is kept in memory
(:data:`DEFINITIONS`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils.functional import lazystr
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from klantenbeheer.kernel.errors import InvalidInput
from klantenbeheer.kernel.kept import Kept
from klantenbeheer.kernel.text import clean

from .choices import NUMBER_SLOT, SLOTS
from .fields import BASIC_FIELDS, FIELD_BY_KEY, BasicField
from .models import Customer, ExtraField

GROUP = "extra"


class _Label:
    """A name in the language of whoever reads it."""

    def __init__(self, definition: ExtraField) -> None:
        self.definition = definition

    def __str__(self) -> str:
        names = self.definition.label_nl, self.definition.label_en
        return (names if get_language() == "nl" else names[::-1])[0] or names[0] or names[1]


def removed_choices(now: Iterable[str], before: Iterable[Iterable[str]]) -> list[str]:
    """Give the choices of earlier versions that are no choice now: who has one keeps it and is found by it."""
    gone = dict.fromkeys(value for choices in before for value in choices)
    return [value for value in gone if value not in set(now)]


def _read() -> dict[str, ExtraField]:
    found = {row.slot: row for row in ExtraField.objects.order_by("position", "slot")}
    before: dict[str, list[list[str]]] = {}
    for slot, choices in ExtraField.history.order_by("history_id").values_list("slot", "choices"):
        before.setdefault(slot, []).append(choices)
    for row in found.values():
        row.removed = removed_choices(row.choices, before.get(row.slot, ())) if row.choices else ()
    return found


DEFINITIONS = Kept(_read, lambda: settings.KEPT_SETTINGS_SECONDS)


def definitions() -> dict[str, ExtraField]:
    """Give every definition by slot in their order, also those that are switched off."""
    return DEFINITIONS.get()


def in_use() -> list[ExtraField]:
    """Give the definitions that are switched on, in their order."""
    return [row for row in definitions().values() if row.active]


def _as_field(row: ExtraField) -> BasicField:
    kind = "number" if row.slot == NUMBER_SLOT else "choice" if row.choices else "text"
    names = tuple(name for name in (row.label_nl, row.label_en) if name)
    return BasicField(row.slot, lazystr(_Label(row)), kind, GROUP, names)


def basic_fields() -> tuple[BasicField, ...]:
    """Give all fields of the basic data: the product's own and the extra ones in use."""
    return (*BASIC_FIELDS, *(_as_field(row) for row in in_use()))


def field_by_key(key: str) -> BasicField | None:
    """Give a field of the basic data, or nothing for an unknown one or an extra one that is switched off."""
    if key in FIELD_BY_KEY or key not in SLOTS:
        return FIELD_BY_KEY.get(key)
    row = definitions().get(key)
    return _as_field(row) if row is not None and row.active else None


def label_of(slot: str) -> str:
    """Give the name of a slot, also of one that was switched off since; its own key when it never had one."""
    row = definitions().get(slot)
    return str(_Label(row)) if row is not None else slot


def choices_of(key: str, stored: str = "") -> list[tuple[str, str]]:
    """Give what can be chosen in a field; ``stored`` stays choosable where it was removed since. Empty: free text."""
    row = definitions().get(key)
    if row is None or not row.choices:
        return []
    return [("", "—"), *labelled(row.choices, [stored] if stored not in ("", *row.choices) else ())]


def labelled(choices: Iterable[str], removed: Iterable[str]) -> list[tuple[str, str]]:
    """Give choices with their words; those that were taken away say so."""
    words = _("%(value)s (removed)")
    return [*((value, value) for value in choices), *((value, words % {"value": value}) for value in removed)]


def choice(key: str, text: str) -> str | None:
    """Give a typed choice as it is written in the definition, or nothing when it is none of them."""
    row = definitions().get(key)
    if row is None or not row.choices:
        return text
    return next((value for value in row.choices if value.casefold() == text.casefold()), None)


def missing(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Give the refusals of required extra fields that are empty in ``values``."""
    return {
        row.slot: [_("“%(field)s” is required.") % {"field": _Label(row)}]
        for row in in_use()
        if row.required and values.get(row.slot) in (None, "")
    }


def emptied(customer: Customer, changes: Mapping[str, Any]) -> dict[str, list[str]]:
    """Give the refusals of required fields that a change would empty; one that was empty may stay so."""
    after = {
        row.slot: changes.get(row.slot, "kept") for row in in_use() if getattr(customer, row.slot) is not None
    }
    return {key: reasons for key, reasons in missing(after).items() if key in changes and key in after}


def without_unchanged(customer: Customer, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the typed values but for extra texts that are as stored: a choice that was removed since may stay."""
    return {
        key: value
        for key, value in values.items()
        if key not in SLOTS or key == NUMBER_SLOT or clean(str(value or "")) != (getattr(customer, key) or "")
    }


def refuse_unknown(key: str) -> None:
    """Raise ``InvalidInput`` for a field that nobody switched on."""
    if field_by_key(key) is None:
        raise InvalidInput({key: [_("There is no field “%(value)s”.") % {"value": key}]})
