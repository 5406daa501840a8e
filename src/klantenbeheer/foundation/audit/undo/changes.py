"""What an action did, record by record: from which version to which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import OuterRef, Subquery

from ..kinds import audited_models
from ..models import Action, Audited, Touch
from ..sets import batches
from .rules import RecordRule, rule_of

# Never taken back by themselves.
_OWN = {"id", "version"}


@dataclass
class Change:
    """The net effect of an action on one record: ``None`` before (it was added) or after (it was deleted)."""

    model: type[Audited]
    key: int
    before: Any
    after: Any
    action: Action
    # The version of the last row that the action wrote, also of a deletion.
    version: int

    @property
    def rule(self) -> RecordRule:
        """What is special about such records."""
        return rule_of(self.model)

    @property
    def sign(self) -> str:
        """'+' added, '-' deleted, '~' changed."""
        return "+" if self.before is None else "-" if self.after is None else "~"

    @property
    def name(self) -> str:
        """The record among all records: 'contact:12'."""
        return f"{self.model.audit_kind}:{self.key}"

    @property
    def subject(self) -> int | None:
        """Whose timeline it stands on; where a record went from one to another, the later."""
        row = self.after or self.before
        return getattr(row, self.model.subject_field) if self.model.subject_field else None

    @cached_property
    def fields(self) -> list[Any]:
        """The columns that differ."""
        if self.sign != "~":
            return []
        return [
            column
            for column in self.after.tracked_fields
            if column.name not in _OWN
            and getattr(self.before, column.attname) != getattr(self.after, column.attname)
        ]

    @property
    def is_move(self) -> bool:
        """Whether the record only went from one subject to another."""
        column = str(self.model.subject_field).removesuffix("_id")
        return self.sign == "~" and {field.name for field in self.fields} == {column}

    @property
    def columns(self) -> set[str]:
        """Their names in the table."""
        return {column.attname for column in self.fields}

    @cached_property
    def title(self) -> str:
        """The record in words: what kind, and which."""
        words = words_of(self.after or self.before)
        label = str(self.model.audit_label or self.model._meta.verbose_name)
        return f"{label} “{words}”" if words and words != label else label


def words_of(row: Any) -> str:
    """Give a record in words; nothing where it is called after something that is gone."""
    try:
        return str(row.instance)[:80]
    except ObjectDoesNotExist:
        return ""


def subjects_after(action: Action, after: int, most: int) -> list[int]:
    """Give the next subjects that an action touched, in order of their key."""
    rows = Touch.objects.filter(action=action, subject_id__gt=after).order_by("subject_id")
    return list(rows.values_list("subject_id", flat=True)[:most])


def changes_of(
    action: Action,
    *,
    subjects: Sequence[int] | None = None,
    only: tuple[type[Audited], int] | None = None,
    loose: bool = False,
) -> list[Change]:
    """Give what an action did: all of it, what concerns some subjects, or one record.

    ``loose`` gives what concerns no subject. What it did and took back itself is left out.
    """
    found = []
    for model in audited_models():
        if only is not None and model is not only[0]:
            continue
        historical = model.history.model
        rows = historical.objects.filter(action=action).order_by()
        if only is not None:
            groups: Iterator[Any] = iter([rows.filter(id=only[1])])
        elif subjects is not None or loose:
            if (model.subject_field is None) != loose:
                continue
            column = model.subject_field
            groups = iter([rows]) if loose else (
                rows.filter(**{f"{column}__in": part}) for part in batches(subjects or ())
            )  # fmt: skip
        else:
            groups = iter([rows])
        for group in groups:
            found += _net(model, historical, group, action)
    return found


def _net(model: type[Audited], historical: Any, rows: Any, action: Action) -> list[Change]:
    earlier = historical.objects.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    annotated = rows.annotate(earlier=Subquery(earlier.order_by("-history_id").values("history_id")[:1]))
    first: dict[int, Any] = {}
    last: dict[int, Any] = {}
    for row in sorted(annotated, key=lambda row: row.history_id):
        first.setdefault(row.id, row)
        last[row.id] = row
    keys = [row.earlier for row in first.values() if row.earlier is not None]
    before = {row.id: row for part in batches(keys) for row in historical.objects.filter(history_id__in=part)}
    found = []
    for key, row in last.items():
        old = before.get(key)
        old = None if old is None or old.history_type == "-" else old
        new = None if row.history_type == "-" else row
        if old is None and first[key].history_type != "+":
            # Its beginning is older than the history: what was there before nobody knows.
            old = first[key] if first[key].history_type == "-" else None
            if old is None:
                continue
        if old is not None or new is not None:
            found.append(Change(model, key, old, new, action, row.version))
    return found
