"""Every kind of record with history."""

from __future__ import annotations

from functools import cache

from .models import Audited


@cache
def audited_models() -> tuple[type[Audited], ...]:
    """Give every model with history, the root of a subject first. Asked only after start-up."""
    found: list[type[Audited]] = []
    waiting = list(Audited.__subclasses__())
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        if not model._meta.abstract:
            found.append(model)
    return tuple(sorted(found, key=lambda model: (model.subject_field != "id", model._meta.label)))


@cache
def model_of(kind: str) -> type[Audited]:
    """Give the model of an audit kind; raises ``KeyError``."""
    return {model.audit_kind: model for model in audited_models()}[kind]
