"""Who is writing now: one action per service call, known to every write below it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from klantenbeheer.kernel.actors import Actor

if TYPE_CHECKING:
    from .models import Action


@dataclass(slots=True)
class _Frame:
    action: Action
    touches: dict[int, set[str]] = field(default_factory=dict)


_current: ContextVar[_Frame | None] = ContextVar("audit_action", default=None)


def current_action() -> Action | None:
    """The action that writes now belong to."""
    frame = _current.get()
    return frame.action if frame else None


def note_touch(subject_id: int, kind: str) -> None:
    """Remember that the current action touched this subject."""
    frame = _current.get()
    if frame is None:
        raise RuntimeError("a touch outside an action")
    frame.touches.setdefault(subject_id, set()).add(kind)


@contextmanager
def acting(
    actor: Actor, kind: str, *, reason: str = "", undoes: Action | None = None, action: Action | None = None
) -> Iterator[Action]:
    """Open an action (or go on with a stored one, as a job does per chunk) in one transaction.

    Within an open action a further call joins it: a service may call services. ``actor`` must be somebody.
    """
    from .models import Action, Touch

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
            )
        frame = _Frame(action)
        token = _current.set(frame)
        try:
            yield action
        finally:
            _current.reset(token)
        Touch.note(action, {subject: " ".join(sorted(kinds)) for subject, kinds in frame.touches.items()})
