"""The timeline of a customer: actions, and for each record they wrote what changed from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import CharField, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.customers.former import former_of, keys_of
from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.audit.models import Action, Audited, Touch
from klantenbeheer.foundation.audit.undo import audited_models
from klantenbeheer.kernel.actors import Actor

PAGE = 40
_UNTOLD = {
    "id", "version", "customer", "created_at", "author", "author_label", "new_details", "proposed_by", "decided_by",
    "proposed_at", "decided_at", "checked_at", "further",
}  # fmt: skip


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


def models(actor: Actor) -> dict[str, type[Audited]]:
    """Give the models whose versions this actor may see on a customer's timeline, by kind."""
    found = {model.audit_kind: model for model in audited_models() if model.subject_field}
    return {kind: model for kind, model in sorted(found.items()) if actor.may(model.audit_right)}


def kind_labels(actor: Actor) -> dict[str, str]:
    """Give the words for the kinds that this actor may see, in their order."""
    labels = {kind: str(model.audit_label) for kind, model in models(actor).items()}
    return dict(sorted(labels.items(), key=lambda item: (item[0] != "customer", item[1])))


def _touches(actor: Actor, subjects: Sequence[int]) -> QuerySet[Touch]:
    """The touches of these customers (one, and who was merged into him) that hold a kind which the actor may see."""
    kinds = [_of_kind(kind) for kind in models(actor)]
    # Between spaces each kind is a word: "customer" is not found in "customer_settings".
    words = Concat(Value(" "), "kinds", Value(" "), output_field=CharField())
    rows = Touch.objects.filter(subject_id__in=subjects).alias(words=words)
    return rows.filter(reduce(or_, kinds)) if kinds else rows.none()


def _of_kind(kind: str) -> Q:
    return Q(words__contains=f" {kind} ")


def people(actor: Actor, customer: Customer) -> list[str]:
    """Give who ever changed something that the actor may see here."""
    labels = _touches(actor, keys_of(customer)).values_list("action__actor_label", flat=True)
    return sorted(set(labels.distinct()[:200]))


def timeline(
    actor: Actor, customer: Customer, *, kind: str = "", person: str = "", since: date | None = None,
    until: date | None = None, before: int | None = None,
) -> tuple[list[Moment], int | None]:  # fmt: skip
    """Give a page of moments, the newest first, and where the next page begins.

    Only of records that the actor may see. Queries: one per kind that occurs and one per kind of record that they point
    at, whatever the number of changes.
    """
    former = former_of(customer)
    subjects = [customer.pk, *(one.former_id for one in former)]
    touches = _touches(actor, subjects).select_related("action")
    if kind:
        touches = touches.filter(_of_kind(kind))
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
    versions = {
        model: _versions(subjects, model, list(moments))
        for name, model in models(actor).items()
        if name in kinds and (not kind or name == kind)
    }
    targets = _targets((row for rows in versions.values() for row in rows), _at_hand(customer))
    names = {customer.pk: str(customer)} | {one.former_id: str(one) for one in former}
    for model, rows in versions.items():
        _fill(moments, model, rows, targets, names)
    told = [moment for moment in moments.values() if moment.entries]
    return told, shown[-1].action_id if len(found) > PAGE else None


def _versions(subjects: Sequence[int], model: type[Audited], actions: list[int]) -> list[Any]:
    """Read the versions that these actions wrote, and the one before each of those, in their order."""
    historical = model.history.model
    own = historical.objects.filter(**{f"{model.subject_field}__in": subjects}).order_by()
    written = own.filter(action_id__in=actions)
    earlier = historical.objects.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    before = written.annotate(before=Subquery(earlier.order_by("-history_id").values("history_id")[:1]))
    # Two index ranges; with OR it would be a walk through all versions.
    # The version before may be another customer's: the record came from him.
    others = historical.objects.order_by().filter(history_id__in=before.values("before"))
    both = written.union(others, all=True)
    return [row for _key, row in sorted({row.history_id: row for row in both}.items())]


def _fill(
    moments: dict[int, Moment], model: type[Audited], rows: Iterable[Any], targets: Targets, names: dict[int, str]
) -> None:  # fmt: skip
    previous: dict[int, Any] = {}
    for row in rows:
        old, previous[row.id] = previous.get(row.id), row
        moment = moments.get(row.action_id)
        if moment is None:
            continue
        changes = _differences(old if row.history_type == "~" else None, row, targets)
        if row.history_type == "~" and old is not None and model.subject_field != "id":
            owner, now = (getattr(one, str(model.subject_field)) for one in (old, row))
            if owner != now:  # it moved by merging customers, or by undoing that
                came = names.get(owner, _("another customer"))
                changes.insert(0, Change(_("Customer"), came, names.get(now, _("another customer"))))
        if row.history_type == "-":
            # Of who was merged into this customer one wants to read what he had; else the title says enough.
            merged = model.subject_field == "id" and row.id in names and len(names) > 1
            changes = [Change(change.label, change.after, "") for change in changes] if merged else []
        elif row.history_type == "~" and not changes:
            continue
        if model.audit_kind != "customer":
            title = _title(row, targets)
        else:  # one's own name says nothing, unless there are others
            title = names.get(row.id, "") if len(names) > 1 else ""
        moment.entries.append(Entry(str(model.audit_label), title, row.history_type, changes))


# The records that versions point at, by model and key.
Targets = dict[tuple[type[Model], int], Any]


def _at_hand(customer: Customer) -> Targets:
    """Give what was read with the customer: most of his versions point at the same."""
    cached = customer._state.fields_cache.values()
    return {(type(record), record.pk): record for record in cached if record is not None}


def _targets(rows: Iterable[Any], known: Targets) -> Targets:
    """Read the records that these versions point at and that are not known: one query per model."""
    wanted: dict[type[Model], set[int]] = {}
    for row in rows:
        for column in _relations(row):
            key = getattr(row, column.attname)
            if key is not None and (column.related_model, key) not in known:
                wanted.setdefault(column.related_model, set()).add(key)
    return known | {
        (model, key): target
        for model, keys in wanted.items()
        for key, target in model._base_manager.in_bulk(keys).items()
    }


def _relations(row: Any) -> list[Any]:
    return [column for column in row.tracked_fields if column.is_relation and column.name not in _UNTOLD]


def _title(row: Any, targets: Targets) -> str:
    record = row.instance
    for column in _relations(row):
        target = targets.get((column.related_model, getattr(row, column.attname)))
        if target is not None:
            setattr(record, column.name, target)
    return str(record)[:120]


def _differences(old: Any, new: Any, targets: Targets) -> list[Change]:
    changes = []
    for column in new.tracked_fields:
        if column.name in _UNTOLD:
            continue
        if hasattr(column, "parts"):  # many values in one column: each is told by itself
            was = column.parts(getattr(old, column.attname)) if old is not None else {}
            now = column.parts(getattr(new, column.attname))
            told = [
                Change(label, was.get(label, ""), now.get(label, "")) for label in dict.fromkeys([*was, *now])
            ]
            changes += [change for change in told if change.before != change.after]
            continue
        before = _text(old, column, targets) if old is not None else ""
        after = _text(new, column, targets)
        if before != after:
            label = str(new.instance_type.audit_field_label(column.name))
            changes.append(Change(label[:1].upper() + label[1:], before, after))
    return changes


def _text(row: Any, column: Any, targets: Targets) -> str:
    value = getattr(row, column.attname)
    if value is None or value == "" or value == {}:
        return ""
    if column.is_relation:
        return str(targets.get((column.related_model, value), value))
    if hasattr(column, "told"):
        return str(column.told(value))
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return value.strftime("%d-%m-%Y")
    if isinstance(value, dict):
        return ", ".join(value)
    return str(value)
