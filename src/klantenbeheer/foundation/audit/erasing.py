"""Carrying out what records declare about erasure: in the tables and in every version, leaving no version of its own.

The one way past the rule that nothing is written without history: what history keeps is what must go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from .context import current_action
from .models import Audited, UnsignedWrite

_CHUNK = 900  # SQLite takes at most 999 parameters by Django's count
GONE = "[gewist]"


def _require_action() -> None:
    if current_action() is None:
        raise UnsignedWrite("erasing outside an action: nobody would be answerable for it")


def tables_of(model: type[Audited]) -> list[models.QuerySet[Any]]:
    """Give the records of a model and all their versions, past the guard."""
    history: Any = model.history.model
    return [models.QuerySet(model), models.QuerySet(history)]


def remove_with_history(model: type[Audited], **where: Any) -> int:
    """Remove records and every version of them; gives how many rows went."""
    _require_action()
    return sum(rows.filter(**where)._raw_delete(rows.db) for rows in tables_of(model))


def empty_with_history(model: type[Audited], names: Collection[str], **where: Any) -> None:
    """Empty columns of records and of every version of them."""
    _require_action()
    if not names:
        return
    stand_ins = model.audit_erasure.stand_ins if model.audit_erasure else {}
    for rows in tables_of(model):
        rows.filter(**where).update(**{name: _emptied(model, name, stand_ins) for name in names})


def _emptied(model: type[Audited], name: str, stand_ins: Mapping[str, str]) -> Any:
    column: Any = model._meta.get_field(name)
    if name in stand_ins:
        before, mark, after = stand_ins[name].partition("{id}")
        if not mark:
            return before
        return Concat(Value(before), Cast(F("id"), CharField()), Value(after), output_field=CharField())
    if column.null:
        return None
    return column.get_default() if column.has_default() else ""


def text_columns(model: type[Audited]) -> list[str]:
    """Give the columns of a model in which people write."""
    return [
        column.name
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField | models.JSONField) and not column.choices
    ]


def redact_with_history(
    model: type[Audited], names: Collection[str], redact: Callable[[Any], Any], **where: Any
) -> int:
    """Let ``redact`` look at columns of records and versions, and store what it changed; gives how many rows."""
    _require_action()
    return sum(redact_rows(rows.filter(**where), names, redact) for rows in tables_of(model)) if names else 0


def redact_rows(
    rows: models.QuerySet[Any], names: Collection[str], redact: Callable[[Any], Any], *, write: bool = True
) -> int:
    """Look at columns of any rows, and store what ``redact`` changed (or only count it); gives how many rows.

    A record that changed gets a higher version: who has its form open cannot bring the old text back unseen.
    """
    model: Any = rows.model
    plain: models.QuerySet[Any] = models.QuerySet(model, using=rows.db)
    is_record = issubclass(model, Audited)
    audited = model if is_record else getattr(model, "instance_type", None)
    rule = getattr(audited, "audit_erasure", None)
    found = 0
    for key, *values in rows.order_by().values_list("pk", *names).iterator(chunk_size=2_000):
        told = {name: redact(value) for name, value in zip(names, values, strict=True)}
        changed = {
            name: text for (name, text), value in zip(told.items(), values, strict=True) if text != value
        }
        if changed:
            found += 1
            if write:
                for name, text in changed.items():
                    if text == "":
                        stand_in = rule.stand_ins.get(name, "").format(id=key) if rule else ""
                        changed[name] = stand_in or (None if model._meta.get_field(name).null else "")
                more = {"version": F("version") + 1} if is_record else {}
                plain.filter(pk=key).update(**changed, **more)
    return found


class Traces:
    """What tells of a person: names, addresses of mail, numbers of telephones; and the taking out of it from texts.

    ``whole`` counts wherever it stands as words of its own; ``phones`` however their digits are spaced.
    """

    def __init__(self, whole: Iterable[str], phones: Iterable[str] = ()) -> None:
        words = sorted({text.strip() for text in whole if len(text.strip()) > 2}, key=len, reverse=True)
        numbers = {"".join(char for char in text if char.isdigit()) for text in phones}
        # The last nine digits: with and without the country code, the national zero or not.
        digits = sorted({number[-9:] for number in numbers if len(number) >= 8})
        parts = [r"(?<!\w)" + r"\s+".join(map(re.escape, word.split())) + r"(?!\w)" for word in words]
        parts += [r"(?:\+|00)?\(?(?:\d[\s().\-/]*){0,4}" + r"[\s().\-/]*".join(number) for number in digits]
        self.words = words
        self._pattern = re.compile("|".join(parts), re.IGNORECASE) if parts else None

    def __bool__(self) -> bool:
        return self._pattern is not None

    def found_in(self, value: Any) -> bool:
        """Say whether a text, or what hangs together as JSON, tells of the person."""
        return self.taken_out(value) != value

    def taken_out(self, value: Any) -> Any:
        """Give the text (or all texts in lists and dictionaries) without what tells of the person."""
        if self._pattern is None:
            return value
        if isinstance(value, str):
            found = self._pattern.sub(GONE, value)
            # A value that was nothing else is empty, not a remark about itself.
            return "" if found == GONE else found
        if isinstance(value, list):
            return [self.taken_out(one) for one in value]
        if isinstance(value, dict):
            return {self.taken_out(key): self.taken_out(one) for key, one in value.items()}
        return value


__all__ = [
    "GONE", "Traces", "empty_with_history", "redact_rows", "redact_with_history", "remove_with_history", "tables_of",
    "text_columns",
]  # fmt: skip
