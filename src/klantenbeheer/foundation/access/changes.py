"""The history of roles and users: what an action changed, written inside it, and read again in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from klantenbeheer.foundation.audit.context import acting, current_action
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.kernel.actors import Actor, Level

from .models import REACHES, AccessChange, Role, User
from .rights import RIGHTS, Right


@contextmanager
def changing(
    actor: Actor,
    kind: str,
    *,
    role: Role | None = None,
    user: User | None = None,
    undoes: Action | None = None,
) -> Iterator[dict[str, tuple[Any, Any]]]:
    """Open an action that changes a role or a user; what is put in the mapping (from, to) becomes its history.

    Nothing changed at the end: nothing is kept, the action neither.
    """
    subject = role or user
    joins = current_action() is not None
    name = str(subject)[:120]
    with acting(actor, kind, reason=name, undoes=undoes) as action:
        told: dict[str, tuple[Any, Any]] = {}
        yield told
        rows = [
            AccessChange(
                action=action, role_id=role.pk if role else None, user_id=user.pk if user else None, name=name,
                what=what, before=_stored(before), after=_stored(after),
            )
            for what, (before, after) in told.items()
            if before != after
        ]  # fmt: skip
        AccessChange.objects.bulk_create(rows)
        if not rows and not joins:
            action.delete()


def _stored(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (list, tuple)):
        return ",".join(str(one) for one in value)
    return str(int(value) if isinstance(value, int) else value)


def level_word(right: Right, level: int) -> str:
    """Give the word for a level: for a right that one has or has not, yes or no."""
    if Level.VIEW not in right.levels:
        return _("yes") if level else _("no")
    return {Level.NONE: _("none"), Level.VIEW: _("view"), Level.EDIT: _("edit")}[Level(level)]


@dataclass(frozen=True, slots=True)
class Told:
    """One change in words."""

    label: str
    before: str
    after: str


@dataclass(slots=True)
class Moment:
    """One action and what it changed here."""

    action: Action
    changes: list[Told] = field(default_factory=list)

    @property
    def at(self) -> datetime:
        """When."""
        return self.action.at


def history_of(*, role: Role | None = None, user: User | None = None, most: int = 50) -> list[Moment]:
    """Give what was changed about a role or a user, the latest first. Two queries."""
    rows = AccessChange.objects.select_related("action")
    rows = rows.filter(role_id=role.pk) if role else rows.filter(user_id=user.pk if user else 0)
    names = dict(Role.objects.values_list("key", "name")) if user else {}
    found: dict[int, Moment] = {}
    for row in rows.order_by("-action_id", "id")[: most * 10]:
        moment = found.setdefault(row.action_id, Moment(row.action))
        moment.changes.append(_told(row, names))
    return list(found.values())[:most]


def _fields() -> dict[str, str]:
    return {
        "name": _("Name"), "reach": _("Which customers"), "tab_order": _("Order of the tabs"),
        "username": _("User name"), "full_name": _("Full name"), "email": _("E-mail"), "language": _("Language"),
        "roles": _("Roles"), "is_salesperson": _("Salesperson"), "is_active": _("Active"), "password": _("Password"),
    }  # fmt: skip


def _told(row: AccessChange, names: Mapping[str, str]) -> Told:
    if row.what in RIGHTS:
        right = RIGHTS.get(row.what)
        return Told(
            str(right.label),
            *(level_word(right, int(text)) if text else "" for text in (row.before, row.after)),
        )
    words = [_word(row.what, text, names) for text in (row.before, row.after)]
    return Told(_fields().get(row.what, row.what), *words)


def _word(what: str, text: str, names: Mapping[str, str]) -> str:
    if not text:
        return ""
    if what == "reach":
        return str(dict(REACHES).get(int(text), text))
    if what in ("is_salesperson", "is_active"):
        return _("yes") if text == "1" else _("no")
    if what == "language":
        return str(dict(User.Language.choices).get(text, text))
    if what == "roles":
        return ", ".join(names.get(key, key) for key in text.split(","))
    return text
