"""Start-up check: every record with history says what it is called, who may see its versions, and what is erased."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error

from klantenbeheer.foundation.access.rights import RIGHTS

from .kinds import audited_models
from .undo import RECORD_RULES, write_right


def every_kind_is_told(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Find kinds used twice, and models on a timeline without a word or with an unknown right."""
    found: list[CheckMessage] = []
    kinds: set[str] = set()
    for model in audited_models():
        label = model._meta.label
        if not model.audit_kind or model.audit_kind in kinds:
            found.append(
                Error(f"{label}: the audit kind {model.audit_kind!r} is none or taken.", id="audit.E001")
            )
        kinds.add(model.audit_kind)
        if model.subject_field and not (model.audit_label and model.audit_right in RIGHTS):
            found.append(
                Error(f"{label}: a timeline needs audit_label and a known audit_right.", id="audit.E002")
            )
        if model.audit_erasure is None:
            found.append(Error(f"{label}: declare audit_erasure.", id="audit.E003"))
        else:
            kept: Any = model.history.model
            unknown = set(model.audit_erasure.fields) - {field.name for field in kept.tracked_fields}
            rule = model.audit_erasure
            unknown |= (set(rule.books) | set(rule.stand_ins)) - set(rule.fields)
            if unknown or (rule.remove and rule.fields):
                found.append(Error(f"{label}: audit_erasure names {sorted(unknown)}.", id="audit.E003"))
        if write_right(model) not in RIGHTS:
            found.append(Error(f"{label}: undoing a change needs a known right.", id="audit.E004"))
    found += [
        Error(f"A rule for undoing {rule.kind!r}: there are no such records.", id="audit.E005")
        for rule in RECORD_RULES
        if rule.kind not in kinds
    ]
    return found
