"""Reading values as they are typed, keeping them, and showing them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from klantenbeheer.customers.extra import removed_choices
from klantenbeheer.kernel.dates import parse_date
from klantenbeheer.kernel.kept import Kept
from klantenbeheer.kernel.money import format_number, parse_number
from klantenbeheer.kernel.text import clean

from .choices import CHOSEN, NO, YES, Kind
from .models import Characteristic

TEXT_MOST = 200
_YES = {"yes", "ja", "true", "waar", "j", "y", "1", "x"}
_NO = {"no", "nee", "false", "onwaar", "n", "0"}


@dataclass(frozen=True, slots=True)
class Definition:
    """A characteristic as every page needs it."""

    pk: int
    name_nl: str
    name_en: str
    group: str
    kind: str
    unit: str
    help: str
    choices: tuple[str, ...]
    removed: tuple[str, ...]
    statuses: tuple[str, ...]
    required: bool
    retired: bool
    in_list: bool

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_nl if get_language() == "nl" else self.name_en or self.name_nl

    @property
    def key(self) -> str:
        """Its key among a customer's values."""
        return str(self.pk)

    @property
    def name(self) -> str:
        """Its name in forms, addresses and files."""
        return f"c{self.pk}"

    def is_for(self, status: str) -> bool:
        """Say whether it is asked of customers with this status."""
        return not self.retired and (not self.statuses or status in self.statuses)


def _definition(row: Characteristic, before: list[list[str]]) -> Definition:
    return Definition(
        row.pk, row.name_nl, row.name_en, row.group, row.kind, row.unit, row.help, tuple(row.choices),
        tuple(removed_choices(row.choices, before)), tuple(row.statuses), row.required, row.retired, row.in_list,
    )  # fmt: skip


def _read() -> dict[str, Definition]:
    before: dict[int, list[list[str]]] = {}
    rows = Characteristic.history.filter(kind__in=CHOSEN).order_by("history_id").values_list("id", "choices")
    for pk, choices in rows:
        before.setdefault(pk, []).append(choices)
    return {str(row.pk): _definition(row, before.get(row.pk, [])) for row in Characteristic.objects.all()}


DEFINITIONS = Kept(_read, lambda: settings.KEPT_SETTINGS_SECONDS)


def definitions() -> list[Definition]:
    """Give every definition in its order, also the retired ones."""
    return list(DEFINITIONS.get().values())


def by_key(key: str) -> Definition | None:
    """Give a definition by the key of a value."""
    return DEFINITIONS.get().get(key)


def _chosen(definition: Definition, text: str, held: Sequence[str]) -> str:
    for value in (*definition.choices, *held):
        if value.casefold() == text.casefold():
            return value
    raise ValueError(_("“%(value)s” is none of the choices.") % {"value": text[:60]})


def _yes_or_no(text: str) -> bool:
    plain = text.casefold()
    if plain not in _YES | _NO:
        raise ValueError(_("“%(value)s” is neither yes nor no.") % {"value": text[:40]})
    return plain in _YES


def read(definition: Definition, raw: Any, held: Any = None) -> Any:
    """Give a typed value as it is stored, or ``None`` for nothing.

    ``held`` is what is stored now: a choice that was removed since may stay. Raises ``ValueError`` with the reason.
    """
    if definition.kind == Kind.CHOICES:
        parts = re.split(r"[;|\n]", raw) if isinstance(raw, str) else list(raw or ())
        texts = [text for part in parts if (text := clean(str(part)))]
        found = {_chosen(definition, text, held or ()) for text in texts}
        if found == set(held or ()):
            return held or None  # in its own order: a removed choice does not make it another value
        order = [*definition.choices, *(held or ())]
        return sorted(found, key=order.index) or None
    if isinstance(raw, date):
        return raw.isoformat()
    if isinstance(raw, bool):
        return raw
    text = clean("" if raw is None else str(raw))
    if not text:
        return None
    if definition.kind == Kind.NUMBER:
        try:
            return str(parse_number(text.removesuffix(definition.unit).strip() or text))
        except ValueError as error:
            words = _("“%(value)s” is no number with at most four decimals.") % {"value": text[:40]}
            raise ValueError(words) from error
    if definition.kind == Kind.DATE:
        try:
            return parse_date(text).isoformat()
        except ValueError as error:
            raise ValueError(_("“%(value)s” is no date.") % {"value": text[:40]}) from error
    if definition.kind == Kind.YES_NO:
        return _yes_or_no(text)
    if definition.kind == Kind.CHOICE:
        return _chosen(definition, text, [held] if held else ())
    if len(text) > TEXT_MOST:
        raise ValueError(
            _("“%(value)s…” has %(length)d characters; at most %(most)d fit.")
            % {"value": text[:30], "length": len(text), "most": TEXT_MOST}
        )
    return text


def typed(definition: Definition | None, value: Any) -> Any:
    """Give a stored value as a form takes it."""
    if isinstance(value, bool):
        return YES if value else NO
    if value is not None and definition is not None and definition.kind == Kind.NUMBER:
        return text_of(definition, value, unit=False)
    return value


def text_of(definition: Definition | None, value: Any, *, separator: str = ", ", unit: bool = True) -> str:
    """Give a stored value in words."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return separator.join(value)
    if definition is not None and definition.kind == Kind.NUMBER:
        shown = format_number(Decimal(value), get_language() or "nl")
        return f"{shown} {definition.unit}" if unit and definition.unit else shown
    if definition is not None and definition.kind == Kind.DATE:
        return date.fromisoformat(value).strftime("%d-%m-%Y")
    return str(value)
