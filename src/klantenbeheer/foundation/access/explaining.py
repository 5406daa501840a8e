"""What a user may do and why; roles and rights beside each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from klantenbeheer.kernel.actors import Level, Reach

from .changes import level_word
from .models import REACHES, Role, User
from .rights import Right, existing_rights

# Gives sentences on whom a user reaches, and why. The floors above know customers and territories.
ReachSource = Callable[[User], list[str]]
_sources: list[ReachSource] = []


def register_reach(source: ReachSource) -> None:
    """Let a part above explain which customers a user reaches. Called from its ``apps.py``."""
    _sources.append(source)


@dataclass(frozen=True, slots=True)
class RoleLink:
    """What a part above lets a manager set for a role: ``url`` holds %d for the role's key."""

    label: Any
    url: str
    icon: str


ROLE_LINKS: list[RoleLink] = []


@dataclass(frozen=True, slots=True)
class Cell:
    """A level as it is read, with a tone beside the word."""

    word: str
    level: Level


@dataclass(frozen=True, slots=True)
class Because:
    """A right, the level that somebody has, and which roles give which."""

    right: Right
    cell: Cell
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A right with a cell per role, or for a grid with the levels to choose from."""

    right: Right
    cells: tuple[Cell, ...]


def cell(right: Right, level: int) -> Cell:
    """Give a level in words."""
    return Cell(level_word(right, level), Level(level))


def by_group(rows: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    """Give rows (that have a right) in the groups of the screens: the tabs first."""
    groups = ((_("Tabs"), "tab"), (_("Further rights"), ""))
    return [
        (title, found) for title, key in groups if (found := [row for row in rows if row.right.group == key])
    ]


def roles_with_users() -> list[Role]:
    """Give every role by name, the manager's first, with its users and levels at hand. Three queries."""
    return list(Role.objects.prefetch_related("users", "levels").order_by("-is_manager", "name", "pk"))


def _level(role: Role, right: Right) -> Level:
    if role.is_manager:
        return Level.EDIT
    return next((Level(row.level) for row in role.levels.all() if row.right == right.key), Level.NONE)


def matrix(roles: Sequence[Role]) -> list[Line]:
    """Give every right with what each of these roles gives."""
    return [
        Line(right, tuple(cell(right, _level(role, right)) for role in roles)) for right in existing_rights()
    ]


def reasons(user: User) -> list[Because]:
    """Give every right of a user with the roles that give it."""
    roles = list(user.roles.prefetch_related("levels").order_by("name", "pk"))
    found = []
    for right in existing_rights():
        given = [(role, level) for role in roles if (level := _level(role, right)) > Level.NONE]
        best = max((level for _role, level in given), default=Level.NONE) if user.is_active else Level.NONE
        words = tuple(f"{role.name} ({level_word(right, level)})" for role, level in given)
        found.append(Because(right, cell(right, best), words))
    return found


def reach_reasons(user: User) -> list[str]:
    """Say which customers a user reaches, and why."""
    if not user.is_active:
        return [_("The account is closed: no customer is within reach.")]
    labels = dict(REACHES)
    roles = list(user.roles.order_by("name", "pk"))
    if not roles:
        return [_("Without a role no customer is within reach.")]
    lines = [_("%(role)s: %(reach)s.") % {"role": role.name, "reach": labels[role.reach]} for role in roles]
    if len({role.reach for role in roles}) > 1:
        lines.append(_("The widest counts: %(reach)s.") % {"reach": labels[user.reach]})
    return lines + [line for source in _sources for line in source(user)]


def reach_word(role: Role) -> str:
    """Give which customers a role reaches."""
    return str(dict(REACHES)[Reach(role.reach)])
