"""The definitions, as the application manager keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from klantenbeheer.customers.choices import Status
from klantenbeheer.customers.extra_services import clean_choices, names_taken
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import remove, write
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused, StaleVersion
from klantenbeheer.kernel.text import clean, normalise

from .choices import CHOSEN, Kind
from .models import Characteristic, CharacteristicValue
from .values import DEFINITIONS

ADMINISTRATION = "administration"
_LENGTHS = {"name_nl": 60, "name_en": 60, "group": 60, "unit": 20, "help": 200}


def definitions_with_counts() -> list[tuple[Characteristic, int]]:
    """Give every definition with how many customers have a value. Two queries."""
    rows = CharacteristicValue.objects.order_by().values_list("characteristic_id")
    counts: dict[int, int] = dict(rows.annotate(number=Count("customer_id", distinct=True)))
    return [(row, counts.get(row.pk, 0)) for row in Characteristic.objects.order_by("group", *_ORDER)]


_ORDER = ("position", "name_nl", "id")


def definition_by_id(pk: int) -> Characteristic:
    """Give a definition; raises ``NotFound``."""
    row: Characteristic | None = Characteristic.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound(_("This characteristic does not exist."))
    return row


def _clean(values: Mapping[str, Any], stored: Characteristic | None) -> dict[str, Any]:
    problems: dict[str, list[str]] = {}
    cleaned: dict[str, Any] = {key: bool(values.get(key)) for key in ("required", "retired", "in_list")}
    for key, most in _LENGTHS.items():
        cleaned[key] = text = clean(str(values.get(key) or ""))
        if len(text) > most:
            problems[key] = [
                _("“%(value)s…” has %(length)d characters; at most %(most)d fit.")
                % {"value": text[:30], "length": len(text), "most": most}
            ]
    if not cleaned["name_nl"]:
        problems["name_nl"] = [_("Give a name.")]
    taken = names_taken(f"c{stored.pk}" if stored else "")
    for key in ("name_nl", "name_en"):
        if cleaned[key] and normalise(cleaned[key]) in taken:
            problems[key] = [
                _("There is a field “%(value)s” already.") % {"value": taken[normalise(cleaned[key])]}
            ]
    kind = cleaned["kind"] = stored.kind if stored else str(values.get("kind") or "")
    if kind not in Kind.values:
        problems["kind"] = [_("“%(value)s” is none of the choices.") % {"value": kind[:20]}]
    if kind != Kind.NUMBER:
        cleaned["unit"] = ""
    cleaned["choices"] = clean_choices(problems, values.get("choices")) if kind in CHOSEN else []
    if kind in CHOSEN and not cleaned["choices"]:
        problems["choices"] = [_("Give the choices, one on each line.")]
    if any(";" in text or "|" in text for text in cleaned["choices"]) and kind == Kind.CHOICES:
        problems["choices"] = [
            _("A choice among several has no “;” and no “|”: these stand between them in files.")
        ]
    cleaned["statuses"] = [str(value) for value in values.get("statuses") or () if value in Status.values]
    position = cleaned["position"] = values.get("position") or 0
    if not isinstance(position, int) or not 0 <= position <= 999:
        problems["position"] = [_("“%(value)s” is no place from 0 to 999.") % {"value": str(position)[:20]}]
    if problems:
        raise InvalidInput(problems)
    return cleaned


def _require(actor: Actor) -> None:
    if not actor.may(ADMINISTRATION, Level.EDIT):
        raise NotAllowed(_("Only an application manager may do this."), right=ADMINISTRATION)


def definitions_changed() -> None:
    """Read the definitions anew, in this process at once."""
    DEFINITIONS.forget()
    transaction.on_commit(DEFINITIONS.forget)


def definition_create(*, actor: Actor, values: Mapping[str, Any]) -> Characteristic:
    """Define a characteristic. Raises ``InvalidInput``, ``NotAllowed``."""
    _require(actor)
    with acting(actor, "characteristic.create"):
        row = Characteristic(**_clean(values, None))
        write([row], new=True)
        definitions_changed()
    return row


def definition_update(*, actor: Actor, pk: int, version: int, values: Mapping[str, Any]) -> Characteristic:
    """Change a definition; its kind stays, for values of that kind are stored.

    Raises as above, and ``StaleVersion``.
    """
    _require(actor)
    with acting(actor, "characteristic.update"):
        row: Characteristic | None = Characteristic.objects.select_for_update().filter(pk=pk).first()
        if row is None:
            raise NotFound(_("This characteristic does not exist."))
        if row.version != version:
            raise StaleVersion(current=row, changes=values)
        for key, value in _clean(values, row).items():
            setattr(row, key, value)
        row.version += 1
        write([row], new=False)
        definitions_changed()
    return row


def definition_delete(*, actor: Actor, pk: int) -> Characteristic:
    """Delete a definition that nobody has a value of. Raises ``Refused`` while somebody has: it can be retired."""
    _require(actor)
    with acting(actor, "characteristic.delete"):
        row = definition_by_id(pk)
        count = CharacteristicValue.objects.filter(characteristic=row).values("customer").distinct().count()
        if count:
            words = ngettext(
                "%(count)d customer has “%(value)s”. Retire it instead: then it is asked of nobody any more.",
                "%(count)d customers have “%(value)s”. Retire it instead: then it is asked of nobody any more.",
                count,
            )
            raise Refused(words % {"count": count, "value": row.name_nl}, code="in_use")
        remove([row])
        definitions_changed()
    return row


def removed_in_use(before: Sequence[str], row: Characteristic) -> list[tuple[str, int]]:
    """Give the choices that a save took away although customers have them, with how many: they keep them."""
    gone = [value for value in before if value not in row.choices]
    counts = (
        (value, CharacteristicValue.objects.filter(characteristic=row, text=value).count()) for value in gone
    )
    return [(value, count) for value, count in counts if count]
