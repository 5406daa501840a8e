"""Taking back: the rights, the plan, the writing, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import KlantenbeheerError, NotFound, Refused

from ..context import acting, note_touch
from ..kinds import audited_models, model_of
from ..models import Action, Audited, Touch, remove, write
from ..sets import batches, change_many
from .changes import Change, changes_of, subjects_after
from .obstacles import Plan, broken_constraints, may_undo, plan_of, record_then, values_back
from .rules import SUBJECTS, ActionRule, action_rule, may_know, root_of

# Subjects that are taken back in one go where who changed since stays.
CHUNK = 500
# Reasons that a refusal tells; the rest is a number.
_TOLD = 5


@dataclass(slots=True)
class Undone:
    """What was taken back: the new action, the changes, how many subjects went back, and why others stayed."""

    action: Action
    changes: list[Change] = field(default_factory=list)
    restored: int = 0
    kept: int = 0
    reasons: list[str] = field(default_factory=list)

    def gone(self, model: type[Audited]) -> list[int]:
        """Give the keys of the records of a kind that are no longer there."""
        return [change.key for change in self.changes if change.model is model and change.sign == "+"]


class Blocked(Refused):
    """Something that came later depends on it; ``reasons`` says what."""

    def __init__(self, reasons: Sequence[str]) -> None:
        shown = list(dict.fromkeys(reasons))
        text = " ".join(shown[:_TOLD])
        if len(shown) > _TOLD:
            text += " " + _("And %(count)d more.") % {"count": len(shown) - _TOLD}
        super().__init__(_("This cannot be undone. %(reasons)s") % {"reasons": text}, code="depends")
        self.reasons = shown


def _already() -> Refused:
    return Refused(_("This was undone already."), code="undone")


def _nothing_left(actor: Actor, action: Action) -> KlantenbeheerError:
    """Give why an action of which no version is left cannot be undone: what it wrote was erased with its history."""
    subjects = subjects_after(action, -1, CHUNK)
    if not subjects:
        return _already()
    if not SUBJECTS.reached(actor, subjects):
        return NotFound(_("There is nothing to undo."))
    text = _("The personal data that this was about were erased; nothing can bring them back.")
    return Refused(text, code="erased")


def subjects_of(action: Action) -> int:
    """Give how many subjects an action touched."""
    return Touch.objects.filter(action=action).count()


def undo_action(actor: Actor, action: Action) -> Undone:
    """Take back everything that an action did, as a new action; gives what was taken back.

    Raises ``Refused`` when it was undone already or when something later depends on it (``reasons`` says what),
    ``NotAllowed``, ``NotFound`` when the actor may not see whom it touched. Of an action on many, such as an import,
    who has changed since stays (``kept``, with ``reasons``), and the others go back. Undoing the undoing does it again.
    For an action on many customers call :func:`undo_some` in a job, chunk by chunk.
    """
    root = root_of(action)
    rule = action_rule(root)
    rule.begins(actor, action)
    if rule.once and action.undoes_id is not None:
        raise Refused(str(rule.once), code="once")
    with acting(actor, undoing_kind(root), undoes=action, reason=action.reason) as undoing:
        Action.objects.select_for_update().get(pk=action.pk)
        if rule.partly:
            require_partly(actor, action)
            done = Undone(undoing)
            after: int | None = -1
            while after is not None:
                after = undo_some(actor, action, undoing, done, after)
            if not done.changes:
                raise Blocked(done.reasons) if done.reasons else _already()
        else:
            found = changes_of(action)
            changes = _left(action, found)
            if not changes:
                raise _already() if found else _nothing_left(actor, action)
            done = _take_back(actor, rule, action, undoing, changes)
        finish(actor, action, undoing, kept=done.kept)
    return done


def undo_record(actor: Actor, action: Action, kind: str, key: int) -> Undone:
    """Take back what an action did to one record (``kind`` is its audit kind). Raises as :func:`undo_action`."""
    root = root_of(action)
    rule = action_rule(root)
    rule.begins(actor, action)
    if rule.whole:
        raise Refused(str(rule.whole), code="whole")
    try:
        model = model_of(kind)
    except KeyError:
        raise NotFound(_("There is nothing to undo.")) from None
    part = f"{kind}:{key}"
    with acting(actor, undoing_kind(root), undoes=action, part=part, reason=action.reason) as undoing:
        Action.objects.select_for_update().get(pk=action.pk)
        changes = changes_of(action, only=(model, key))
        if not changes:
            written = model.history.filter(action=action).exists()
            touched = kind in " ".join(action.touches.values_list("kinds", flat=True)).split()
            raise (
                _nothing_left(actor, action)
                if touched and not written
                else NotFound(_("There is nothing to undo."))
            )
        changes = _left(action, changes)
        if not changes:
            raise _already()
        return _take_back(actor, rule, action, undoing, changes)


def undo_some(actor: Actor, action: Action, undoing: Action, done: Undone, after: int) -> int | None:
    """Take an action back for the next subjects (and first for what is nobody's); gives where to go on, or nothing.

    ``after`` is -1 at the beginning. Inside ``acting`` with the undoing action; :func:`finish` ends it. The caller
    asked :func:`require_partly`.
    """
    rule = action_rule(root_of(action))
    if after < 0:
        loose = _left(action, changes_of(action, loose=True))
        if loose:
            # What was deleted comes back before who points at it; what was added goes last, see the end.
            first = [one for one in loose if one.sign != "+" or one.rule.together]
            _piece(actor, rule, action, done, first, counted=False)
        return 0
    subjects = subjects_after(action, after, CHUNK)
    if not subjects:
        loose = _left(action, changes_of(action, loose=True))
        last = [one for one in loose if one.sign == "+" and not one.rule.together]
        _piece(actor, rule, action, done, last, counted=False)
        return None
    _piece(actor, rule, action, done, _left(action, changes_of(action, subjects=subjects)), counted=True)
    return subjects[-1]


def require_partly(actor: Actor, action: Action, *, begun: bool = False) -> None:
    """Raise unless the actor may take an action on many back: whole, though some may stay.

    ``NotFound`` where it touched what he may not know of: another's action on a customer out of his reach, or records
    of a tab that is closed to him; ``NotAllowed`` where he lacks a right. Once a job has ``begun``, the rights alone
    are asked again: the records of each chunk are looked at there.
    """
    rule = action_rule(root_of(action))
    if not begun and not _knows_all_of(actor, rule, action):
        raise NotFound(_("There is nothing to undo."))
    may_undo(actor, rule, [])
    rule.allowed(actor, action)


def _knows_all_of(actor: Actor, rule: ActionRule, action: Action) -> bool:
    if not rule.whole:
        words = Touch.objects.filter(action=action).values_list("kinds", flat=True).distinct()
        if not all(may_know(actor, model_of(kind)) for kinds in words for kind in kinds.split()):
            return False
    return _is_own(actor, action) or _reaches_all_of(actor, action)


def _is_own(actor: Actor, action: Action) -> bool:
    return actor.user_id is not None and actor.user_id == action.user_id


def _reaches_all_of(actor: Actor, action: Action) -> bool:
    if SUBJECTS.reaches(actor, None):
        return True
    after = 0
    while subjects := subjects_after(action, after, CHUNK):
        if len(SUBJECTS.reached(actor, subjects)) < len(subjects):
            return False
        after = subjects[-1]
    return True


def undoing_kind(root: Action) -> str:
    """Give the kind of the action that takes ``root``, or an undoing of it, back."""
    return f"{root.kind[:55]}.undo"


def finish(actor: Actor, action: Action, undoing: Action, *, kept: int) -> None:
    """Tell the domain of the action that all that could be taken back is."""
    rule = action_rule(root_of(action))
    rule.finished(action, undoing, actor=actor, back=_is_back(action), kept=kept)


def _is_back(action: Action) -> bool:
    """Say whether the root of ``action`` holds no longer once ``action`` is undone: every second undoing."""
    steps = 0
    while action.undoes_id is not None:
        action, steps = Action.objects.get(pk=action.undoes_id), steps + 1
    return steps % 2 == 0


def _left(action: Action, changes: list[Change]) -> list[Change]:
    """Give the changes that no later action took back already."""
    undone: set[tuple[type[Audited], int]] = set()
    by_model: dict[type[Audited], set[int]] = {}
    for change in changes:
        by_model.setdefault(change.model, set()).add(change.key)
    for model, keys in by_model.items():
        undone |= {(model, key) for key in _taken_back(model, action.pk, keys)}
    return [change for change in changes if (change.model, change.key) not in undone]


def _taken_back(model: type[Audited], action_id: int, keys: set[int]) -> set[int]:
    found: set[int] = set()
    for later in Action.objects.filter(undoes_id=action_id).values_list("pk", flat=True):
        written: set[int] = set()
        for part in batches(sorted(keys)):
            written |= set(model.history.filter(action_id=later, id__in=part).values_list("id", flat=True))
        if written:
            found |= written - _taken_back(model, later, written)
    return found


def _take_back(
    actor: Actor, rule: ActionRule, action: Action, undoing: Action, changes: list[Change]
) -> Undone:
    """All of these or none. Raises as :func:`undo_action`."""
    _see(actor, changes)
    may_undo(actor, rule, changes)
    rule.allowed(actor, action)
    plan = plan_of(actor, changes)
    if plan.reasons:
        raise Blocked([reason for reasons in plan.reasons.values() for reason in reasons])
    try:
        with transaction.atomic():
            _write(actor, plan)
    except IntegrityError as error:
        raise Blocked([_("Something else depends on it.")]) from error
    subjects = {change.subject for change in changes if change.subject is not None}
    return Undone(undoing, changes, restored=len(subjects))


def _name_of(change: Change, *, counted: bool) -> Any:
    """Give what a change goes back together with."""
    if counted:
        return change.subject
    column = change.rule.together
    return (change.model, getattr(change.after or change.before, column)) if column else change.name


def _piece(
    actor: Actor, rule: ActionRule, action: Action, done: Undone, changes: list[Change], *, counted: bool
) -> None:
    """Take back what can be, subject by subject: who has a reason against stays as a whole."""
    if not changes:
        return
    groups: dict[Any, list[Change]] = {}
    for change in changes:
        groups.setdefault(_name_of(change, counted=counted), []).append(change)
    anybody = rule.moves and _is_own(actor, action)
    visible = SUBJECTS.lock(None if anybody else actor, sorted(groups)) if counted else set(groups)
    # A deleted subject comes back with all that was deleted with it.
    gone = {
        key for key, group in groups.items()
        if counted and any(_comes_back(one) and (anybody or SUBJECTS.reaches(actor, one)) for one in group)
    }  # fmt: skip
    unseen = set(groups) - visible - gone
    for key in unseen:
        done.kept += 1
        del groups[key]
    if unseen:
        done.reasons.append(_("Some of them are gone, or not yours to see."))
    left = [change for group in groups.values() for change in group]
    may_undo(actor, rule, left)
    plan = plan_of(actor, left)
    blocked: dict[Any, list[str]] = {}
    for found, reasons in plan.reasons.items():
        change = plan.changes[found]
        blocked.setdefault(_name_of(change, counted=counted), []).extend(reasons)
    free = [key for key in groups if key not in blocked]
    try:
        with transaction.atomic():
            _write(actor, _plan_for(plan, groups, free))
        good = free
    except (Blocked, IntegrityError):
        good = []
        for key in free:  # one of them: each by itself
            try:
                with transaction.atomic():
                    _write(actor, _plan_for(plan, groups, [key]))
                good.append(key)
            except Blocked as error:
                blocked[key] = error.reasons
            except IntegrityError:
                blocked[key] = [_("Something else depends on it.")]
    done.changes += [change for key in good for change in groups[key]]
    done.reasons += [reason for reasons in blocked.values() for reason in reasons]
    if counted:
        done.restored += len(good)
        done.kept += len(blocked)


def _plan_for(plan: Plan, groups: dict[Any, list[Change]], keys: Sequence[Any]) -> Plan:
    changes = {(one.model, one.key): one for key in keys for one in groups[key]}
    return Plan(changes, plan.current)


def _see(actor: Actor, changes: Sequence[Change]) -> None:
    """Lock whom this concerns; raise ``NotFound`` when the actor may not know of one who is there."""
    subjects = sorted({change.subject for change in changes if change.subject is not None})
    coming = {change.key for change in changes if _comes_back(change) and SUBJECTS.reaches(actor, change)}
    hidden = set(subjects) - SUBJECTS.lock(actor, subjects) - coming
    if hidden:
        raise NotFound(_("This customer does not exist."))


def _comes_back(change: Change) -> bool:
    return change.model.subject_field == "id" and change.sign == "-"


def _order(change: Change) -> int:
    return _depths()[change.model]


@cache
def _depths() -> dict[type[Audited], int]:
    """Give how far each model is from what points at nothing: it comes back after what it points at."""
    models = audited_models()
    depths = dict.fromkeys(models, 0)
    for _turn in models:
        for model in models:
            for column in model._meta.concrete_fields:
                target = column.related_model
                if target in depths and target is not model:
                    depths[model] = max(depths[model], depths[target] + 1)
    return depths


def _write(actor: Actor, plan: Plan) -> None:
    """Change back, take away what was added, put back what was deleted; then what follows from that."""
    # What was written last goes back first: on the way back, too, two of what must be one are never there together.
    changed = sorted(plan.of("~"), key=lambda change: (_order(change), -change.after.history_id))
    added = sorted(plan.of("+"), key=_order, reverse=True)
    # What was added may stand in the place of what was there before; it goes last where that still points at it.
    pointed_at = {column.related_model for change in changed for column in change.fields}
    if pointed_at.isdisjoint({change.model for change in added}):
        _take_away(plan, added)
        _write_changed(plan, changed)
    else:
        _write_changed(plan, changed)
        _take_away(plan, added)
    deleted = sorted(plan.of("-"), key=_order)
    for _model, group in _by_model(deleted):
        records = []
        for change in group:
            record = change.before.instance
            record.version = change.version + 1
            _refuse(change, record)
            records.append(record)
        write(records, new=True)
    changes = list(plan.changes.values())
    for _model, group in _by_model(changes):
        group[0].rule.after(actor, group)
    SUBJECTS.refresh(actor, changes)


def _take_away(plan: Plan, added: Sequence[Change]) -> None:
    for model, group in _by_model(added):
        remove([plan.current[model, change.key] for change in group])


def _write_changed(plan: Plan, changes: list[Change]) -> None:
    # Many get the same back (a move of territory): one statement for all of them.
    groups: dict[tuple[type[Audited], str], tuple[dict[str, Any], list[Change]]] = {}
    for change in changes:
        values = values_back(change, plan.current[change.model, change.key])
        text = json.dumps(values, sort_keys=True, cls=DjangoJSONEncoder)
        groups.setdefault((change.model, text), (values, []))[1].append(change)
        if change.subject is not None:
            note_touch(change.subject, change.model.audit_kind)
            before = getattr(change.before, str(change.model.subject_field))
            note_touch(before, change.model.audit_kind)
    for (model, _text), (values, group) in groups.items():
        for change in group:
            _refuse(change, record_then(change, plan.current[model, change.key]))
        change_many(model, [change.key for change in group], values, touch=False)


def _refuse(change: Change, record: Any) -> None:
    broken = broken_constraints(change, record)
    if broken:
        raise Blocked(broken)


def _by_model(changes: Sequence[Change]) -> list[tuple[type[Audited], list[Change]]]:
    groups: dict[type[Audited], list[Change]] = {}
    for change in changes:
        groups.setdefault(change.model, []).append(change)
    return list(groups.items())
