"""Giving the extra fields their meaning, as the application manager does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, StaleVersion
from klantenbeheer.kernel.text import clean, normalise

from .choices import NUMBER_SLOT, SLOTS
from .extra import DEFINITIONS
from .models import Customer, ExtraField
from .permissions import ADMINISTRATION

CHOICES_MOST = 200


def slots_with_counts() -> list[tuple[str, ExtraField | None, int]]:
    """Give every slot with its definition and how many customers have a value in it; those in use first."""
    rows = {row.slot: row for row in ExtraField.objects.all()}

    def place(slot: str) -> tuple[bool, int, int]:
        row = rows.get(slot)
        return row is None or not row.active, row.position if row else 0, SLOTS.index(slot)

    return [
        (
            slot,
            rows.get(slot),
            Customer.objects.filter(**{f"{slot}__isnull": False}).count() if slot in rows else 0,
        )
        for slot in sorted(SLOTS, key=place)
    ]


def slot_definition(slot: str) -> ExtraField:
    """Give the definition of a slot; one that nobody has used yet is new. Raises ``NotFound`` for no slot."""
    if slot not in SLOTS:
        raise NotFound(_("There is no extra field “%(value)s”.") % {"value": slot[:40]})
    found: ExtraField | None = ExtraField.objects.filter(slot=slot).first()
    return found or ExtraField(slot=slot, version=0)


def names_taken(but: str) -> dict[str, str]:
    """Give the names that columns of a file have already, normalised; those of the field ``but`` do not count."""
    from .importing.parts import all_fields  # the import reads these definitions

    taken: dict[str, str] = {}
    for field in all_fields():
        if field.key != but:
            for name in field.all_names():
                taken.setdefault(normalise(name), name)
    return taken


def clean_choices(problems: dict[str, list[str]], raw: Any) -> list[str]:
    """Read choices, one on each line or as a list; what is wrong with them goes into ``problems``."""
    lines = raw.splitlines() if isinstance(raw, str) else list(raw or ())
    choices = [text for line in lines if (text := clean(str(line)))]
    for text in choices:
        if len(text) > 100:
            problems["choices"] = [_("“%(value)s…” is too long for a choice.") % {"value": text[:40]}]
        elif sum(other.casefold() == text.casefold() for other in choices) > 1:
            problems["choices"] = [_("“%(value)s” stands there twice.") % {"value": text}]
    if len(choices) > CHOICES_MOST:
        problems["choices"] = [
            _("There are %(count)d choices; at most %(most)d fit.")
            % {"count": len(choices), "most": CHOICES_MOST}
        ]
    return choices


def _clean(slot: str, values: Mapping[str, Any]) -> dict[str, Any]:
    problems: dict[str, list[str]] = {}
    taken = names_taken(slot)
    cleaned: dict[str, Any] = {key: bool(values.get(key)) for key in ("active", "required", "in_list")}
    for key in ("label_nl", "label_en"):
        name = cleaned[key] = clean(str(values.get(key) or ""))
        if len(name) > 40:
            problems[key] = [
                _("The name has %(length)d characters; at most %(most)d fit.")
                % {"length": len(name), "most": 40}
            ]
        elif name and normalise(name) in taken:
            problems[key] = [_("There is a field “%(value)s” already.") % {"value": taken[normalise(name)]}]
    if not cleaned["label_nl"]:
        problems["label_nl"] = [_("Give a name.")]
    position = values.get("position") or 0
    cleaned["position"] = position
    if not isinstance(position, int) or not 0 <= position <= 99:
        problems["position"] = [_("“%(value)s” is no place from 0 to 99.") % {"value": str(position)[:20]}]
    cleaned["choices"] = clean_choices(problems, values.get("choices")) if slot != NUMBER_SLOT else []
    if problems:
        raise InvalidInput(problems)
    return cleaned


def extra_field_save(*, actor: Actor, slot: str, version: int, values: Mapping[str, Any]) -> ExtraField:
    """Give a slot its name, place and choices, or switch it off; values that are stored stay.

    ``choices`` is text with a choice on each line, or a list. Raises ``InvalidInput`` (no name, a name that another
    field has, a choice twice), ``StaleVersion``, ``NotAllowed``, ``NotFound``.
    """
    if not actor.may(ADMINISTRATION, Level.EDIT):
        raise NotAllowed(_("Only an application manager may do this."), right=ADMINISTRATION)
    slot_definition(slot)
    with acting(actor, "extra_field.save"):
        stored: ExtraField | None = ExtraField.objects.select_for_update().filter(slot=slot).first()
        row = stored or ExtraField(slot=slot, version=0)
        if row.version != version:
            raise StaleVersion(current=row, changes=values)
        for key, value in _clean(slot, values).items():
            setattr(row, key, value)
        row.version += 1
        write([row], new=stored is None)
        DEFINITIONS.forget()
        transaction.on_commit(DEFINITIONS.forget)
    return row


def removed_in_use(before: Sequence[str], row: ExtraField) -> list[tuple[str, int]]:
    """Give the choices that a save took away although customers have them, with how many: they keep them."""
    gone = [value for value in before if value not in row.choices]
    counts = ((value, Customer.objects.filter(**{row.slot: value}).count()) for value in gone)
    return [(value, count) for value, count in counts if count]


def kept_text(value: str, count: int) -> str:
    """Say of a choice that was taken away how many customers keep it."""
    text = ngettext(
        "“%(value)s” can no longer be chosen; %(count)d customer keeps it.",
        "“%(value)s” can no longer be chosen; %(count)d customers keep it.",
        count,
    )
    return text % {"value": value, "count": count}
