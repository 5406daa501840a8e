"""Undoing what was done to characteristics and to their definitions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from klantenbeheer.foundation.audit.undo import RECORD_RULES, Change, RecordRule
from klantenbeheer.kernel.actors import Actor

from .defining import ADMINISTRATION, definitions_changed
from .models import Characteristic, CharacteristicValue, CustomerCharacteristics
from .services import index


def _check(actor: Actor, change: Change, record: CustomerCharacteristics | None) -> Iterable[str]:
    """A value of a characteristic that was deleted since has no meaning."""
    if record is None or not record.values:
        return []
    there = set(Characteristic.objects.values_list("pk", flat=True))
    held = change.after.values if change.after is not None else {}
    if any(int(key) not in there for key in record.values if key not in held):
        return [_("%(record)s: a characteristic was deleted since.") % {"record": change.title}]
    return []


def _after(actor: Actor, changes: Sequence[Change]) -> None:
    keys = [change.subject for change in changes if change.subject is not None]
    CharacteristicValue.objects.filter(customer_id__in=keys).delete()
    index(CustomerCharacteristics.objects.filter(customer_id__in=keys), fresh=True)


def _after_definitions(actor: Actor, changes: Sequence[Change]) -> None:
    definitions_changed()


def register() -> None:
    """Make all this known to the engine."""
    RECORD_RULES.register(
        RecordRule(kind="characteristics", by_key=("values",), part=True, check=_check, after=_after)
    )
    RECORD_RULES.register(
        RecordRule(
            kind="characteristic_definition", right=ADMINISTRATION, part=True, after=_after_definitions,
            page="/settings/characteristics/",
        )
    )  # fmt: skip
