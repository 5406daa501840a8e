"""Why a change cannot be taken back: each reason names what depends on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import NotAllowed, NotFound

from ..models import Action, Audited
from ..sets import batches
from .changes import Change, words_of
from .rules import SUBJECTS, ActionRule, may_know, rights_of

ChangeKey = tuple[type[Audited], int]


@dataclass(slots=True)
class Plan:
    """What is to be taken back, the records as they are now (locked), and what stands against it."""

    changes: dict[ChangeKey, Change]
    current: dict[ChangeKey, Any] = field(default_factory=dict)
    reasons: dict[ChangeKey, list[str]] = field(default_factory=dict)

    def of(self, sign: str) -> list[Change]:
        """Give the changes of one kind."""
        return [change for change in self.changes.values() if change.sign == sign]

    def without(self, keys: set[ChangeKey]) -> Plan:
        """Give the plan less these records."""
        left = {key: change for key, change in self.changes.items() if key not in keys}
        return Plan(left, self.current, {key: found for key, found in self.reasons.items() if key in left})


def may_undo(actor: Actor, rule: ActionRule, changes: Sequence[Change]) -> None:
    """Raise ``NotFound`` for what the actor may not know of, ``NotAllowed`` unless he has every right that is asked."""
    for model in {change.model for change in changes}:
        if not rule.whole and not may_know(actor, model):
            raise NotFound(_("There is nothing to undo."))
    rights = set(rule.rights) or {right for change in changes for right in rights_of(change)}
    for right in sorted(rights):
        _ask(actor, right)


def _ask(actor: Actor, right: str) -> None:
    if not actor.may(right, Level.EDIT):
        raise NotAllowed(_("You may not change this."), right=right)


def plan_of(actor: Actor, changes: Sequence[Change]) -> Plan:
    """Lock the records of these changes and look what stands against each."""
    plan = Plan({(change.model, change.key): change for change in changes})
    by_model: dict[type[Audited], list[int]] = {}
    for model, key in plan.changes:
        by_model.setdefault(model, []).append(key)
    for model, keys in by_model.items():
        for part in batches(sorted(keys)):
            rows = model._base_manager.select_for_update().filter(pk__in=part).order_by("pk")
            plan.current |= {(model, row.pk): row for row in rows}
    _look_at_references(plan)
    _look_below(plan)
    closed = SUBJECTS.closed(sorted({change.subject for change in changes if change.subject is not None}))
    for found, change in plan.changes.items():
        current = plan.current.get(found)
        reasons = plan.reasons.setdefault(found, [])
        if change.subject is not None and change.subject in closed:
            reasons.append(closed[change.subject])
        elif change.rule.frozen and not change.is_move:
            reasons.append(str(change.rule.frozen))
        elif change.sign == "-":
            if current is not None:
                reasons.append(_("%(record)s is there already.") % {"record": change.title})
        elif current is None:
            reasons.append(_("%(record)s was deleted since%(by)s.") % _told(change, change.key))
        elif change.sign == "+":
            reasons += _changed_since(change, current)
        else:
            reasons += [_changed_again(change, column) for column in _other(change, current)]
        if not reasons:
            reasons += change.rule.check(actor, change, record_then(change, current))
    plan.reasons = {found: reasons for found, reasons in plan.reasons.items() if reasons}
    return plan


def record_then(change: Change, current: Any) -> Any:
    """Give the record as it would be: nothing when it would be gone."""
    if change.sign == "+":
        return None
    if change.sign == "-":
        return change.before.instance
    record = type(current)(**{f.attname: getattr(current, f.attname) for f in current._meta.concrete_fields})
    record._state.adding = False
    for name, value in values_back(change, current).items():
        setattr(record, name, value)
    return record


def values_back(change: Change, current: Any) -> dict[str, Any]:
    """Give what the columns get: of a column of many values, only those that the action changed go back."""
    found = {}
    for column in change.fields:
        name = column.attname
        old, new = getattr(change.before, name), getattr(change.after, name)
        if name in change.rule.by_key:
            now = dict(getattr(current, name))
            for key in {*old, *new}:
                if old.get(key) != new.get(key):
                    now.pop(key, None)
                    if key in old:
                        now[key] = old[key]
            found[name] = now
        else:
            found[name] = old
    return found


def _other(change: Change, current: Any) -> list[Any]:
    """Give the columns that have another value by now than the action gave them."""
    found = []
    for column in change.fields:
        name = column.attname
        now, given = getattr(current, name), getattr(change.after, name)
        if name in change.rule.by_key:
            old = getattr(change.before, name)
            mine = {key for key in {*old, *given} if old.get(key) != given.get(key)}
            if any(now.get(key) != given.get(key) for key in mine):
                found.append(column)
        elif now != given:
            found.append(column)
    return found


def _changed_since(change: Change, current: Any) -> list[str]:
    names = [column.attname for column in change.after.tracked_fields if column.name not in ("id", "version")]
    if all(getattr(current, name) == getattr(change.after, name) for name in names):
        return []
    return [_("%(record)s was changed since%(by)s.") % _told(change, change.key)]


def _changed_again(change: Change, column: Any) -> str:
    label = str(change.model.audit_field_label(column.name))
    return _("“%(field)s” of %(record)s was changed again%(by)s.") % {
        "field": label, **_told(change, change.key),
    }  # fmt: skip


def _told(change: Change, key: int) -> dict[str, str]:
    return {"record": change.title, "by": _by(_last_action(change.model, key))}


def _last_action(model: type[Audited], key: int) -> Action | None:
    last = model.history.filter(id=key).select_related("action").order_by("-history_id").first()
    return last.action if last else None


def _by(action: Action | None) -> str:
    if action is None:
        return ""
    moment = timezone.localtime(action.at).strftime("%d-%m-%Y %H:%M")
    return " " + _("(%(who)s, %(when)s)") % {"who": action.actor_label, "when": moment}


# -- what a record points at, and what points at it -------------------------------------------------------------------


def _look_at_references(plan: Plan) -> None:
    """A record that would point at something that is gone."""
    wanted: dict[Any, dict[int, list[ChangeKey]]] = {}
    for found, change in plan.changes.items():
        columns = change.before.tracked_fields if change.sign == "-" else change.fields
        for column in columns if change.sign != "+" else ():
            value = getattr(change.before, column.attname) if column.is_relation else None
            if value is not None:
                wanted.setdefault(column.related_model, {}).setdefault(value, []).append(found)
    for model, pointing in wanted.items():
        back = {key for (other, key), change in plan.changes.items() if other is model and change.sign == "-"}
        keys = sorted(set(pointing) - back)
        there: set[int] = set()
        for part in batches(keys):
            there |= set(model._base_manager.filter(pk__in=part).values_list("pk", flat=True))
        for key in set(keys) - there:
            for found in pointing[key]:
                plan.reasons.setdefault(found, []).append(
                    _("%(record)s points at %(target)s, which is gone%(by)s. Put that back first.")
                    % {
                        "record": plan.changes[found].title,
                        "target": _gone(model, key),
                        "by": _by(_last_action(model, key)) if issubclass(model, Audited) else "",
                    }
                )


def _gone(model: Any, key: int) -> str:
    label = str(getattr(model, "audit_label", "") or model._meta.verbose_name)
    last = (
        model.history.filter(id=key).order_by("-history_id").first() if issubclass(model, Audited) else None
    )
    return f"{label} “{words_of(last)}”" if last else label


def _look_below(plan: Plan) -> None:
    """A record that would go while something points at it."""
    by_model: dict[type[Audited], list[int]] = {}
    for model, key in plan.changes:
        if plan.changes[model, key].sign == "+":
            by_model.setdefault(model, []).append(key)
    for model, keys in by_model.items():
        for relation in model._meta.get_fields(include_hidden=True):
            if not (relation.auto_created and not relation.concrete and relation.related_model):
                continue
            child: Any = relation.related_model
            column: Any = relation.field  # type: ignore[union-attr]  # a relation from elsewhere
            if not column.db_constraint or hasattr(child, "history_id") or column.many_to_many:
                continue  # the historical tables, and what keeps a number beside the key
            audited = issubclass(child, Audited)
            if not audited and relation.on_delete is not models.PROTECT:  # type: ignore[union-attr]
                continue  # derived from it, or somebody's own: goes with it
            _look_at_children(plan, model, keys, child, column, audited=audited)


def _look_at_children(
    plan: Plan, model: type[Audited], keys: list[int], child: Any, column: Any, *, audited: bool
) -> None:
    for part in batches(keys):
        below: dict[int, list[int]] = {}
        for pk, owner in child._base_manager.filter(**{f"{column.name}__in": part}).values_list(
            "pk", column.attname
        ):
            change = plan.changes.get((child, pk))
            leaves = change is not None and (
                change.sign == "+" or (change.sign == "~" and getattr(change.before, column.attname) != owner)
            )
            if not leaves:
                below.setdefault(owner, []).append(pk)
        for owner, children in below.items():
            first = child._base_manager.get(pk=children[0])
            label = str(getattr(child, "audit_label", "") or child._meta.verbose_name)
            words = ngettext(
                "%(record)s is used: %(label)s “%(first)s”%(by)s.",
                "%(record)s is used by %(count)d, such as %(label)s “%(first)s”%(by)s.",
                len(children),
            )
            plan.reasons.setdefault((model, owner), []).append(
                words
                % {
                    "record": plan.changes[model, owner].title, "count": len(children), "label": label,
                    "first": str(first)[:80], "by": _by(_last_action(child, first.pk)) if audited else "",
                }
            )  # fmt: skip


# -- what must be the only one --------------------------------------------------------------------------------------


def broken_constraints(change: Change, record: Any) -> list[str]:
    """Give which rules of the table the record would break, once everything before it is written."""
    reasons = []
    names = change.columns
    for constraint in type(record)._meta.constraints:
        columns = _columns_of(constraint)
        if change.sign == "~" and not names & {record._meta.get_field(name).attname for name in columns}:
            continue
        try:
            constraint.validate(type(record), record)
        except ValidationError:
            values = ", ".join(
                f"{record.audit_field_label(name)} “{getattr(record, name)}”" for name in sorted(columns)
            )
            words = (
                _("%(record)s: %(values)s was given to another since.")
                if isinstance(constraint, models.UniqueConstraint)
                else _("%(record)s: %(values)s does not fit with what holds now.")
            )
            reasons.append(words % {"record": change.title, "values": values})
    return reasons


def _columns_of(constraint: Any) -> set[str]:
    field_of: Any = models.F
    if isinstance(constraint, models.UniqueConstraint):
        names = set(constraint.fields)
        expressions: list[Any] = list(constraint.expressions)
        for expression in expressions:
            names |= {part.name for part in expression.flatten() if isinstance(part, field_of)}
        return names
    return _names_in(constraint.condition) if hasattr(constraint, "condition") else set()


def _names_in(condition: Any) -> set[str]:
    found: set[str] = set()
    for child in getattr(condition, "children", ()):
        if isinstance(child, tuple):
            found.add(child[0].split("__")[0])
            name = getattr(child[1], "name", None)  # another column
            if isinstance(child[1], models.F) and name:
                found.add(name)
        else:
            found |= _names_in(child)
    return found
