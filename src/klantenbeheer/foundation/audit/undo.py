"""Taking an action back, subject by subject, as a new action."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .context import acting
from .models import Action, Audited, Touch, remove, write


def audited_models() -> list[type[Audited]]:
    """Give every model with history, the root of a subject first."""
    found: list[type[Audited]] = []
    waiting = list(Audited.__subclasses__())
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        if not model._meta.abstract:
            found.append(model)
    return sorted(found, key=lambda model: (model.subject_field != "id", model._meta.label))


def subjects_after(action: Action, after: int, most: int) -> list[int]:
    """Give the next subjects that an action touched, in order of their key."""
    rows = Touch.objects.filter(action=action, subject_id__gt=after).order_by("subject_id")
    return list(rows.values_list("subject_id", flat=True)[:most])


def changed_since(action: Action, subjects: Sequence[int]) -> set[int]:
    """Give those subjects that something else touched after the action."""
    return set(
        Touch.objects.filter(subject_id__in=subjects, action_id__gt=action.pk)
        .exclude(action__undoes=action)
        .values_list("subject_id", flat=True)
    )


def undo_subjects(
    actor: Any, action: Action, undoing: Action, subjects: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Take the action back for these subjects, in the caller's transaction.

    Gives (subjects restored and still there, subjects removed since the action made them).
    """
    restored, removed = set(subjects), set()
    with acting(actor, undoing.kind, action=undoing):
        for model in reversed(audited_models()):
            created = _rows(model, action, subjects, "+")
            removed |= {row.id for row in created} if model.subject_field == "id" else set()
            remove(list(model._base_manager.filter(pk__in=[row.id for row in created])))
        for model in audited_models():
            for row in _rows(model, action, subjects, "-"):
                record = row.instance
                record.version = row.version + 1
                write([record], new=True)
            for row in _rows(model, action, subjects, "~"):
                earlier = model.history.filter(id=row.id, history_id__lt=row.history_id)
                before = earlier.order_by("-history_id").first()
                current = model._base_manager.filter(pk=row.id).first()
                if before is None or current is None:
                    continue
                for field in before.tracked_fields:
                    if field.name not in ("id", "version"):
                        setattr(current, field.attname, getattr(before, field.attname))
                current.version += 1
                write([current], new=False)
    return sorted(restored - removed), sorted(removed)


def _rows(model: type[Audited], action: Action, subjects: Sequence[int], sign: str) -> list[Any]:
    historical = model.history.model
    column = model.subject_field
    if column is None:
        return []
    return list(historical.objects.filter(action=action, history_type=sign, **{f"{column}__in": subjects}))
