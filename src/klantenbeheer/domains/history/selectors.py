"""The timeline of a customer: actions, and for each record they wrote what changed from what to what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.models import audited_models as customer_models
from klantenbeheer.domains.contacts.models import audited_models as contact_models
from klantenbeheer.domains.notes.models import audited_models as note_models
from klantenbeheer.foundation.audit.models import Action, Touch

PAGE = 40
_UNTOLD = {"id", "version", "customer", "created_at", "author", "author_label"}


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record, from one text to another."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened to one record."""

    kind: str
    title: str
    sign: str
    changes: list[Change]


@dataclass(slots=True)
class Moment:
    """One action with everything that it did to this customer."""

    action: Action
    entries: list[Entry] = field(default_factory=list)


def models() -> dict[str, Any]:
    """Give the models with history, by kind."""
    return {model.audit_kind: model for model in [*customer_models(), *contact_models(), *note_models()]}


def kind_labels() -> dict[str, str]:
    """Give the words for the kinds."""
    return {
        "customer": _("Basic data"), "address": _("Address"), "mailing_code": _("Mailing code"),
        "contact": _("Contact person"), "branch": _("Branch"), "note": _("Note"),
    }  # fmt: skip


def people(customer: Customer) -> list[str]:
    """Give who ever changed something here."""
    rows = Action.objects.filter(touches__subject_id=customer.pk).values_list("actor_label", flat=True)
    return sorted(set(rows.distinct()[:200]))


def timeline(
    customer: Customer, *, kind: str = "", person: str = "", since: date | None = None, until: date | None = None,
    before: int | None = None,
) -> tuple[list[Moment], int | None]:  # fmt: skip
    """Give a page of moments, the newest first, and where the next page begins. Queries: one per kind at most."""
    touches = Touch.objects.filter(subject_id=customer.pk).select_related("action")
    if kind:
        touches = touches.filter(kinds__contains=kind)
    if person:
        touches = touches.filter(action__actor_label=person)
    zone = timezone.get_current_timezone()
    if since:
        touches = touches.filter(action__at__gte=datetime.combine(since, time.min, zone))
    if until:
        touches = touches.filter(action__at__lte=datetime.combine(until, time.max, zone))
    if before:
        touches = touches.filter(action_id__lt=before)
    found = list(touches.order_by("-action_id")[: PAGE + 1])
    shown = found[:PAGE]
    moments = {touch.action_id: Moment(touch.action) for touch in shown}
    kinds = {name for touch in shown for name in touch.kinds.split()}
    for name, model in models().items():
        if name in kinds and (not kind or name == kind):
            _fill(moments, customer, name, model)
    return list(moments.values()), shown[-1].action_id if len(found) > PAGE else None


def _fill(moments: dict[int, Moment], customer: Customer, kind: str, model: Any) -> None:
    historical = model.history.model
    column = model.subject_field
    earlier = historical.objects.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    rows = list(
        historical.objects.filter(**{column: customer.pk, "action_id__in": list(moments)})
        .annotate(previous=Subquery(earlier.order_by("-history_id").values("history_id")[:1]))
        .order_by("history_id")
    )
    previous = historical.objects.in_bulk([row.previous for row in rows if row.previous])
    for row in rows:
        old = previous.get(row.previous) if row.history_type == "~" else None
        changes = _differences(model, old, row) if row.history_type != "-" else []
        if row.history_type == "~" and not changes:
            continue
        moments[row.action_id].entries.append(
            Entry(
                kind_labels().get(kind, kind),
                str(row.instance)[:120] if kind != "customer" else "",
                row.history_type,
                changes,
            )
        )


def _differences(model: Any, old: Any, new: Any) -> list[Change]:
    changes = []
    for column in new.tracked_fields:
        if column.name in _UNTOLD:
            continue
        before = _text(model, old, column) if old is not None else ""
        after = _text(model, new, column)
        if before != after:
            changes.append(Change(str(column.verbose_name).capitalize(), before, after))
    return changes


def _text(model: Any, row: Any, column: Any) -> str:
    value = getattr(row, column.attname)
    if value is None or value == "" or value == {}:
        return ""
    if column.is_relation:
        target = column.related_model.objects.filter(pk=value).first()
        return str(target) if target else str(value)
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return value.strftime("%d-%m-%Y")
    if isinstance(value, dict):
        return ", ".join(value)
    return str(value)
