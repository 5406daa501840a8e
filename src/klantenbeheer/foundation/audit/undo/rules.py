"""What is special about undoing some kinds of records and of actions; their domains register it at start-up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from klantenbeheer.foundation.access.rights import RIGHTS
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.registry import Registry

from ..models import Action, Audited

if TYPE_CHECKING:
    from .changes import Change

# Gives the reasons against a change being taken back; the record is as it would be then (None: it would be gone).
Check = Callable[[Actor, "Change", Any], Iterable[str]]


def _no_reasons(actor: Actor, change: Change, record: Any) -> Iterable[str]:
    return ()


def _asks_no_more(change: Change) -> Iterable[str]:
    return ()


def _nothing_more(actor: Actor, changes: Sequence[Change]) -> None:
    return None


def _allowed(actor: Actor, action: Action) -> None:
    return None


def _not_told(action: Action, undoing: Action, *, actor: Actor, back: bool, kept: int) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRule:
    """What is special about one kind of record (``kind`` is its audit kind).

    ``right`` is asked at the level of editing, in place of the model's ``audit_right``; ``rights`` besides it, and what
    ``asks`` says of one change. Where undoing deletes the record, the right to delete is asked too, unless it is a
    ``part`` of something: its coming and going is a change then. ``by_key`` are columns of many values, each of which
    is undone by itself. ``together`` is the column by whose value records of nobody go back together or not at all.
    ``frozen`` is the reason why such a record is never undone (evidence). ``check`` gives reasons against, ``after``
    puts right what follows from the records. ``page`` is where one goes when the record that was looked at is gone.
    """

    kind: str
    right: str = ""
    rights: Collection[str] = ()
    asks: Callable[[Change], Iterable[str]] = _asks_no_more
    part: bool = False
    by_key: Collection[str] = ()
    together: str = ""
    frozen: Any = ""
    check: Check = _no_reasons
    after: Callable[[Actor, Sequence[Change]], None] = _nothing_more
    page: str = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRule:
    """What is special about one kind of action, also when its undoing is undone.

    ``rights`` are asked at the level of editing, in place of what its records ask. ``partly``: it touched many, and who
    has changed since stays as he is, while the others go back. ``moves``: it may take subjects out of reach of who does
    it, as may undoing it; who did it brings them back. ``whole`` is the reason why one record of it is never undone
    alone: it is undone by its own rights, whatever it wrote; ``once`` is the reason why its undoing is not undone.
    ``begins`` raises before anything is looked at, ``allowed`` when the actor may not for another reason than these
    rights; ``finished(action, undoing, actor=…, back=…, kept=…)`` hears that all is done: ``back`` says whether the
    action holds no longer.
    """

    kind: str
    rights: Collection[str] = ()
    partly: bool = False
    moves: bool = False
    whole: Any = ""
    once: Any = ""
    begins: Callable[[Actor, Action], None] = _allowed
    allowed: Callable[[Actor, Action], None] = _allowed
    finished: Callable[..., None] = _not_told


RECORD_RULES: Registry[RecordRule] = Registry("undo of records", RecordRule, key=lambda rule: rule.kind)
ACTION_RULES: Registry[ActionRule] = Registry("undo of actions", ActionRule, key=lambda rule: rule.kind)

# Locks the records of these subjects in the order of their keys and gives those that the actor reaches; of an actor
# who is nobody, all.
Lock = Callable[[Actor | None, Sequence[int]], set[int]]
# Gives those of these subjects that the actor reaches.
Reached = Callable[[Actor, Sequence[int]], set[int]]
# Says whether the actor would reach a subject that comes back; with no change, whether he reaches every one.
Reaches = Callable[[Actor, "Change | None"], bool]
# Puts right what follows from everything of a subject (search text, place), once all is written.
Refresh = Callable[[Actor, Sequence["Change"]], None]
# Gives the reason of each of these subjects in whom nothing may change any more.
Closed = Callable[[Sequence[int]], Mapping[int, str]]


@dataclass(slots=True)
class _Subjects:
    lock: Lock = lambda actor, keys: set(keys)
    reached: Reached = lambda actor, keys: set(keys)
    reaches: Reaches = lambda actor, change: True
    refresh: Refresh = lambda actor, changes: None
    closed: Closed = lambda keys: {}
    delete_right: str = ""


SUBJECTS = _Subjects()


def set_subjects(
    *, lock: Lock, reached: Reached, reaches: Reaches, refresh: Refresh, closed: Closed, delete_right: str
) -> None:
    """Let the floor that owns the subjects say whom one reaches, what follows from a change, what deleting asks, and in
    whom nothing may change."""
    SUBJECTS.lock, SUBJECTS.reached, SUBJECTS.reaches = lock, reached, reaches
    SUBJECTS.refresh, SUBJECTS.closed, SUBJECTS.delete_right = refresh, closed, delete_right


def rule_of(model: type[Audited]) -> RecordRule:
    """Give the rule for a kind of record; most have nothing special."""
    kind = model.audit_kind
    return RECORD_RULES.get(kind) if kind in RECORD_RULES else RecordRule(kind=kind)


def write_right(model: type[Audited]) -> str:
    """Give the right that one needs, at the level of editing, to undo a change of such a record."""
    return rule_of(model).right or model.audit_right


def may_know(actor: Actor, model: type[Audited]) -> bool:
    """Say whether the actor may know of such records: who may not, is told that there is nothing."""
    right = model.audit_right or rule_of(model).right
    return not right or Level.VIEW not in RIGHTS.get(right).levels or actor.may(right)


def _rights_by_sign(model: type[Audited], sign: str) -> set[str]:
    rule = rule_of(model)
    found = {write_right(model), *rule.rights}
    if sign == "+" and not rule.part and SUBJECTS.delete_right:
        found.add(SUBJECTS.delete_right)
    return found


def rights_of(change: Change) -> set[str]:
    """Give every right that undoing this change asks at the level of editing."""
    return _rights_by_sign(change.model, change.sign) | set(change.rule.asks(change))


def may_take_back_own(actor: Actor, action: Action, wrote: Iterable[tuple[type[Audited], str]]) -> bool:
    """Say whether who just wrote these records (``+``, ``~`` or ``-``) may undo it: no query.

    He had the rights for what he did; to undo an addition is to delete.
    """
    written = set(wrote)
    kind = root_kind(action)
    rule = ACTION_RULES.get(kind) if kind in ACTION_RULES else ActionRule(kind=kind)
    rights = set(rule.rights) or {right for one in written for right in _rights_by_sign(*one)}
    if rule.once and action.undoes_id is not None:
        return False
    seen = bool(rule.whole) or all(may_know(actor, model) for model, _sign in written)
    ends = not rule.partly and not rule.whole and any(rule_of(model).frozen for model, _sign in written)
    return seen and not ends and all(actor.may(right, Level.EDIT) for right in rights)


def root_kind(action: Action) -> str:
    """Give the kind of what was done in the first place, without a query."""
    return action.kind if action.undoes_id is None else action.kind.removesuffix(".undo")


def root_of(action: Action) -> Action:
    """Give what was done in the first place: the undoing of an undoing belongs to the same."""
    while action.undoes_id is not None:
        action = Action.objects.get(pk=action.undoes_id)
    return action


def action_rule(root: Action) -> ActionRule:
    """Give the rule for an action that undoes nothing itself."""
    return ACTION_RULES.get(root.kind) if root.kind in ACTION_RULES else ActionRule(kind=root.kind)


def undo_offered(kinds: Iterable[str]) -> bool:
    """Say whether an action that wrote records of these kinds may be offered to be undone: none is frozen."""
    return not any(kind in RECORD_RULES and RECORD_RULES.get(kind).frozen for kind in kinds)
