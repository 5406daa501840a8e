"""Who is writing now: one action per service call, known to every write below it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from klantenbeheer.kernel.actors import Actor

if TYPE_CHECKING:
    from .models import Action


@dataclass(slots=True)
class _Frame:
    action: Action
    # When its versions are written: a job goes on with an action that began long ago.
    at: datetime
    touches: dict[int, set[str]] = field(default_factory=dict)
    # Subject to the names ('contact.phone') of what changed.
    fields: dict[int, set[str]] = field(default_factory=dict)
    # Kinds of records with what was done to them: '+', '~' or '-'.
    wrote: set[tuple[type[Any], str]] = field(default_factory=set)


@dataclass(slots=True)
class Noted:
    """An action of this request: who did it, and what it did to which kinds of records."""

    action: Action
    actor: Actor
    wrote: set[tuple[type[Any], str]]


_current: ContextVar[_Frame | None] = ContextVar("audit_action", default=None)
_noted: ContextVar[list[Noted] | None] = ContextVar("audit_noted", default=None)


def current_action() -> Action | None:
    """The action that writes now belong to."""
    frame = _current.get()
    return frame.action if frame else None


def current_moment() -> datetime:
    """When the versions that are written now begin to hold."""
    frame = _current.get()
    return frame.at if frame else timezone.now()


def _open_frame() -> _Frame:
    frame = _current.get()
    if frame is None:
        raise RuntimeError("a touch outside an action")
    return frame


def note_touch(subject_id: int, kind: str) -> None:
    """Remember that the current action touched this subject."""
    _open_frame().touches.setdefault(subject_id, set()).add(kind)


def note_fields(subject_id: int, names: set[str]) -> None:
    """Remember which fields of a subject the current action changed."""
    if names:
        _open_frame().fields.setdefault(subject_id, set()).update(names)


def note_written(model: type[Any], sign: str) -> None:
    """Remember that the current action left a version of such a record: ``+``, ``~`` or ``-``."""
    _open_frame().wrote.add((model, sign))


@contextmanager
def noting() -> Iterator[list[Noted]]:
    """Collect the actions that leave versions while this lasts: what a request did, so that it can be undone."""
    found: list[Noted] = []
    token = _noted.set(found)
    try:
        yield found
    finally:
        _noted.reset(token)


def noted_actions() -> list[Noted]:
    """Give the actions that this request has written till now."""
    return list(_noted.get() or ())


@contextmanager
def acting(
    actor: Actor, kind: str, *, reason: str = "", undoes: Action | None = None, part: str = "",
    action: Action | None = None,
) -> Iterator[Action]:  # fmt: skip
    """Open an action (or go on with a stored one, as a job does per chunk) in one transaction.

    Within an open action a further call joins it: a service may call services. ``actor`` must be somebody. ``part``
    says which record of the action ``undoes`` is taken back; none means all of it.
    """
    from .models import Action, FieldTouch, Touch

    if actor is None:  # a caller without types
        raise TypeError("an action needs an actor")
    outer = _current.get()
    if outer is not None:
        yield outer.action
        return
    with transaction.atomic():
        if action is None:
            action = Action.objects.create(
                user_id=actor.user_id,
                actor_label=actor.label[:120],
                kind=kind,
                reason=reason[:200],
                undoes=undoes,
                part=part,
            )
            at = action.at
        else:
            at = timezone.now()
        frame = _Frame(action, at)
        token = _current.set(frame)
        try:
            yield action
        finally:
            _current.reset(token)
        Touch.note(action, {subject: " ".join(sorted(kinds)) for subject, kinds in frame.touches.items()})
        FieldTouch.note(action, frame.fields)
    noted = _noted.get()
    if noted is None or not frame.wrote:
        return
    same = next((one for one in noted if one.action == action), None)
    if same is None:
        noted.append(Noted(action, actor, frame.wrote))
    else:
        same.wrote |= frame.wrote
