"""Putting a change of many back, some customers at a time."""

from __future__ import annotations

from typing import Any

from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.foundation.audit.sets import revert_many
from klantenbeheer.foundation.audit.undo import changed_since, subjects_after, undo_subjects
from klantenbeheer.kernel.actors import Actor

from ..bulk import modified
from ..models import Customer
from ..services import marks_set, reindex
from . import services
from .models import BulkEdit
from .plans import ADD, MARKED, REFERENCES, REMOVE


def put_back(actor: Actor, edit: BulkEdit, state: dict[str, Any], most: int) -> bool:
    """Put the next ones back and count them in ``state``; gives whether there were any. Inside a transaction."""
    if edit.field == MARKED:
        keys = [key for key in edit.marks if key > state["after"]][:most]
        if keys:
            marks_set(actor=actor, customer_ids=keys, marked=edit.value != "1")
            state["after"], state["restored"] = keys[-1], state["restored"] + len(keys)
        return bool(keys)
    if edit.action is None:
        return False
    undoing = Action.objects.filter(undoes=edit.action).first()
    keys = subjects_after(edit.action, state["after"], most)
    if not keys:
        return False
    visible = Customer.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk__in=keys)
    seen = set(visible.order_by("pk").values_list("pk", flat=True))
    with acting(
        actor, f"{services.ACTION}.undo", undoes=edit.action, reason=edit.action.reason, action=undoing
    ) as current:
        restored, kept = _restore(actor, edit, edit.action, current, sorted(seen))
    state["after"] = keys[-1]
    state["restored"] += restored
    state["kept"] += kept + len(keys) - len(seen)
    return True


def _restore(
    actor: Actor, edit: BulkEdit, action: Action, undoing: Action, keys: list[int]
) -> tuple[int, int]:
    apart = set(keys) if edit.field in (ADD, REMOVE) else _with_a_flag(action, keys)
    plain = [key for key in keys if key not in apart]
    column = f"{edit.field}_id" if edit.field in REFERENCES else edit.field
    restored = kept = 0
    if plain:
        restored, kept = revert_many(Customer, action, [column], plain, derived=modified(actor))
    later = changed_since(action, sorted(apart))
    alone = sorted(apart - later)
    undo_subjects(actor, action, undoing, alone)
    if alone or edit.field.startswith("extra_"):
        reindex(alone)
        services.refresh_search(plain)
    return restored + len(alone), kept + len(later)


def _with_a_flag(action: Action, keys: list[int]) -> set[int]:
    """Give whose flag went with the change: of them the whole record goes back."""
    historical: Any = Customer.history.model
    rows = historical.objects.filter(action=action, id__in=keys).values_list("id", "history_id", "flags")
    found = set()
    for key, history_id, flags in rows:
        before = historical.objects.filter(id=key, history_id__lt=history_id).order_by("-history_id")
        if before.values_list("flags", flat=True).first() != flags:
            found.add(key)
    return found
