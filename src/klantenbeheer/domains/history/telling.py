"""Versions in words: which field, from what to what, and what points at what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Model, TextField
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.customers.models import Customer
from klantenbeheer.kernel.differences import Piece, differences

UNTOLD = {
    "id", "version", "customer", "created_at", "author", "author_label", "new_details", "proposed_by", "decided_by",
    "proposed_at", "decided_at", "checked_at", "further",
}  # fmt: skip
# A value is told so far; a text by its differences, each piece so far.
_LONG = 300


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record, from one text to another; ``pieces`` are what differs, word by word."""

    label: str
    before: str
    after: str
    is_text: bool = False
    name: str = ""

    @property
    def pieces(self) -> list[Piece]:
        """Both texts in one, with what was taken out and put in."""
        if self.is_text and self.before and self.after:
            found = differences(self.before, self.after)
            if any(not piece.sign for piece in found):
                return [Piece(piece.sign, _short(piece.text)) for piece in found]
        both = (Piece("-", _short(self.before)), Piece("+", _short(self.after)))
        return [piece for piece in both if piece.text]


def _short(text: str) -> str:
    return text if len(text) <= _LONG else text[:_LONG] + "…"


# The records that versions point at, by model and key.
Targets = dict[tuple[type[Model], int], Any]


def at_hand(customer: Customer) -> Targets:
    """Give what was read with the customer: most of his versions point at the same."""
    cached = customer._state.fields_cache.values()
    return {(type(record), record.pk): record for record in cached if record is not None}


def targets_of(rows: Iterable[Any], known: Targets) -> Targets:
    """Read the records that these versions point at and that are not known: one query per model."""
    wanted: dict[type[Model], set[int]] = {}
    for row in rows:
        for column in _relations(row):
            key = getattr(row, column.attname)
            if key is not None and (column.related_model, key) not in known:
                wanted.setdefault(column.related_model, set()).add(key)
    return known | {
        (model, key): target
        for model, keys in wanted.items()
        for key, target in model._base_manager.in_bulk(keys).items()
    }


def _relations(row: Any) -> list[Any]:
    return [column for column in row.tracked_fields if column.is_relation and column.name not in UNTOLD]


def title_of(row: Any, targets: Targets) -> str:
    """Give what a version is a version of, in words."""
    record = row.instance
    for column in _relations(row):
        target = targets.get((column.related_model, getattr(row, column.attname)))
        if target is not None:
            setattr(record, column.name, target)
    return str(record)[:120]


def label_of(model: Any, name: str) -> str:
    """Give the word for a field, as it begins a line."""
    label = str(model.audit_field_label(name))
    return label[:1].upper() + label[1:]


def lines_of(row: Any, targets: Targets) -> list[tuple[str, str, str]]:
    """Give every field of a version: its name, its word, its value in words. Many values in one are told apart."""
    found = []
    for column in row.tracked_fields:
        if column.name in UNTOLD:
            continue
        if hasattr(column, "parts"):
            values = column.parts(getattr(row, column.attname))
            found += [(f"{column.attname}.{label}", label, text) for label, text in values.items()]
            continue
        label = label_of(row.instance_type, column.name)
        found.append((column.attname, label, _text(row, column, targets)))
    return found


def changes_between(old: Any, new: Any, targets: Targets) -> list[Change]:
    """Give what differs between two versions of a record; without an old one all that the new one holds."""
    changes = []
    for column in new.tracked_fields:
        if column.name in UNTOLD:
            continue
        if hasattr(column, "parts"):  # many values in one column: each is told by itself
            was = column.parts(getattr(old, column.attname)) if old is not None else {}
            now = column.parts(getattr(new, column.attname))
            told = [
                Change(label, was.get(label, ""), now.get(label, ""), is_text=True, name=column.attname)
                for label in dict.fromkeys([*was, *now])
            ]
            changes += [change for change in told if change.before != change.after]
            continue
        before = _text(old, column, targets) if old is not None else ""
        after = _text(new, column, targets)
        if before != after:
            label = label_of(new.instance_type, column.name)
            changes.append(Change(label, before, after, _is_text(column), column.attname))
    return changes


def _is_text(column: Any) -> bool:
    return isinstance(column, (CharField, TextField)) and not column.choices


def _text(row: Any, column: Any, targets: Targets) -> str:
    value = getattr(row, column.attname)
    if value is None or value == "" or value == {}:
        return ""
    if column.is_relation:
        return str(targets.get((column.related_model, value), value))
    if hasattr(column, "told"):
        return str(column.told(value))
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%d-%m-%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d-%m-%Y")
    if isinstance(value, dict):
        return ", ".join(value)
    return str(value)
