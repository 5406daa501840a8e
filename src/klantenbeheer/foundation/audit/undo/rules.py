"""What is special about undoing some kinds of records and of actions; their domains register it at start-up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.registry import Registry

from ..models import Action, Audited

if TYPE_CHECKING:
    from .changes import Change

# Gives the reasons against a change being taken back; the record is as it would be then (None: it would be gone).
Check = Callable[[Actor, "Change", Any], Iterable[str]]


def _no_reasons(actor: Actor, change: Change, record: Any) -> Iterable[str]:
    return ()


def _nothing_more(actor: Actor, changes: Sequence[Change]) -> None:
    return None


def _allowed(actor: Actor, action: Action) -> None:
    return None


def _not_told(action: Action, undoing: Action, *, back: bool, kept: int) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRule:
    """What is special about one kind of record (``kind`` is its audit kind).

    ``right`` is asked at the level of editing, in place of the model's ``audit_right``; ``field_rights`` besides it for
    some columns. ``by_key`` are columns of many values, each of which is undone by itself. ``frozen`` is the reason
    why such a record is never undone (evidence). ``check`` gives reasons against, ``after`` puts right what follows
    from the records. ``page`` is where one goes when the record that was looked at is gone.
    """

    kind: str
    right: str = ""
    field_rights: Mapping[str, str] = field(default_factory=dict)
    by_key: Collection[str] = ()
    frozen: Any = ""
    check: Check = _no_reasons
    after: Callable[[Actor, Sequence[Change]], None] = _nothing_more
    page: str = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRule:
    """What is special about one kind of action, also when its undoing is undone.

    ``right`` is asked at the level of editing, in place of what its records ask. ``partly``: it touched many, and who
    has changed since stays as he is, while the others go back. ``allowed`` raises when the actor may not;
    ``finished(action, undoing, back=…, kept=…)`` hears that all is done: ``back`` says whether the action holds no
    longer.
    """

    kind: str
    right: str = ""
    partly: bool = False
    allowed: Callable[[Actor, Action], None] = _allowed
    finished: Callable[..., None] = _not_told


RECORD_RULES: Registry[RecordRule] = Registry("undo of records", RecordRule, key=lambda rule: rule.kind)
ACTION_RULES: Registry[ActionRule] = Registry("undo of actions", ActionRule, key=lambda rule: rule.kind)

# Locks the records of these subjects in the order of their keys and gives those that the actor may see.
Lock = Callable[[Actor, Sequence[int]], set[int]]
# Puts right what follows from everything of a subject (search text, place), once all is written.
Refresh = Callable[[Actor, Sequence["Change"]], None]
# Gives the reason of each of these subjects in whom nothing may change any more.
Closed = Callable[[Sequence[int]], Mapping[int, str]]


@dataclass(slots=True)
class _Subjects:
    lock: Lock = lambda actor, keys: set(keys)
    refresh: Refresh = lambda actor, changes: None
    closed: Closed = lambda keys: {}


SUBJECTS = _Subjects()


def set_subjects(*, lock: Lock, refresh: Refresh, closed: Closed) -> None:
    """Let the floor that owns the subjects say who may see them, what follows from a change of them, and who is closed."""
    SUBJECTS.lock, SUBJECTS.refresh, SUBJECTS.closed = lock, refresh, closed


def rule_of(model: type[Audited]) -> RecordRule:
    """Give the rule for a kind of record; most have nothing special."""
    kind = model.audit_kind
    return RECORD_RULES.get(kind) if kind in RECORD_RULES else RecordRule(kind=kind)


def write_right(model: type[Audited]) -> str:
    """Give the right that one needs, at the level of editing, to undo a change of such a record."""
    return rule_of(model).right or model.audit_right


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
