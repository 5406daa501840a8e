"""Writing roles: their names, what they give, which customers they reach. Each change leaves its history."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from klantenbeheer.foundation.audit.context import current_action
from klantenbeheer.foundation.audit.models import Action
from klantenbeheer.kernel.actors import Actor, Level, Reach
from klantenbeheer.kernel.errors import InvalidInput, NotFound, Refused, StaleVersion
from klantenbeheer.kernel.text import clean, normalise

from .changes import changing
from .models import AccessChange, Role, RoleLevel, User
from .rights import RIGHTS, existing_rights
from .services import require_administration

DELETE, RESTORE = "role.delete", "role.restore"


def role_ensure(
    *, actor: Actor, key: str, name: str, levels: Mapping[str, Level], manager: bool = False
) -> Role:
    """Make a role when it does not exist yet; an existing role keeps what the manager set."""
    require_administration(actor)
    with transaction.atomic():
        role, created = Role.objects.get_or_create(key=key, defaults={"name": name, "is_manager": manager})
        if created:
            with changing(actor, "role.create", role=role) as told:
                told["name"] = ("", name)
                told |= _give(role, {}, levels)
    return role


def levels_of(role: Role) -> dict[str, Level]:
    """Give what the role is allowed, by right; what is missing is not. One query."""
    return {row.right: Level(row.level) for row in role.levels.all()}


def _give(role: Role, before: Mapping[str, Level], levels: Mapping[str, Level]) -> dict[str, tuple[Any, Any]]:
    """Store levels; gives what changed, from and to."""
    told: dict[str, tuple[Any, Any]] = {}
    for right, level in levels.items():
        RIGHTS.get(right)
        old = before.get(right, Level.NONE)
        if old == level:
            continue
        told[right] = (old, level)
        RoleLevel.objects.update_or_create(role=role, right=right, defaults={"level": level})
    return told


def _locked(role_id: int) -> Role:
    role = Role.objects.select_for_update().filter(pk=role_id).first()
    if role is None:
        raise NotFound(_("This role does not exist."))
    return role


def _clean(values: Mapping[str, Any], but: int) -> dict[str, Any]:
    problems: dict[str, list[str]] = {}
    name = clean(str(values.get("name") or ""))
    if not name:
        problems["name"] = [_("Give the role a name.")]
    elif len(name) > 80:
        problems["name"] = [
            _("The name has %(length)d characters; at most %(most)d fit.") % {"length": len(name), "most": 80}
        ]
    elif Role.objects.filter(name__iexact=name).exclude(pk=but).exists():
        problems["name"] = [_("There is a role “%(value)s” already.") % {"value": name}]
    reach = str(values.get("reach") or Reach.ALL.value)
    if reach not in {"1", "2", "3", "4"}:
        problems["reach"] = [_("“%(value)s” is none of the choices.") % {"value": reach[:20]}]
    if problems:
        raise InvalidInput(problems)
    return {"name": name, "reach": int(reach)}


def _free_key(name: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", normalise(name)).strip("-")[:34] or "role"
    taken = set(Role.objects.filter(key__startswith=base).values_list("key", flat=True))
    return next(
        key
        for number in range(1, 10_000)
        if (key := base if number == 1 else f"{base}-{number}") not in taken
    )


def role_create(*, actor: Actor, values: Mapping[str, Any]) -> Role:
    """Make a role; ``like`` names the key of one whose rights and order of tabs it begins with.

    Raises ``InvalidInput`` (no name, a name twice), ``NotAllowed``.
    """
    require_administration(actor)
    cleaned = _clean(values, 0)
    like = Role.objects.filter(key=str(values.get("like") or ""), is_manager=False).first()
    with transaction.atomic():
        role = Role.objects.create(
            key=_free_key(cleaned["name"]), tab_order=like.tab_order if like else [], **cleaned
        )
        with changing(actor, "role.create", role=role) as told:
            told |= {key: ("", value) for key, value in cleaned.items()}
            if like:
                told |= _give(role, {}, levels_of(like))
    return role


def role_update(*, actor: Actor, role_id: int, version: int, values: Mapping[str, Any]) -> Role:
    """Rename a role, or let it reach other customers.

    Raises ``InvalidInput``, ``StaleVersion``, ``NotFound``, and ``Refused`` for a manager that would not reach all.
    """
    require_administration(actor)
    with transaction.atomic():
        role = _locked(role_id)
        if role.version != version:
            raise StaleVersion(current=role, changes=values)
        cleaned = _clean({"reach": role.reach, **values}, role.pk)
        if role.is_manager and cleaned["reach"] != Reach.ALL:
            raise Refused(_("An application manager reaches all customers."), code="manager")
        with changing(actor, "role.update", role=role) as told:
            told |= {key: (getattr(role, key), value) for key, value in cleaned.items()}
            if any(old != new for old, new in told.values()):
                for key, value in cleaned.items():
                    setattr(role, key, value)
                role.version += 1
                role.save()
    return role


def levels_set(*, actor: Actor, role_id: int, version: int, levels: Mapping[str, Level]) -> Role:
    """Give a role these levels; rights that are not named keep theirs.

    Raises ``InvalidInput`` for a level that a right does not have, ``StaleVersion``, ``NotFound``, ``NotAllowed``, and
    ``Refused`` for a manager role, which always has everything.
    """
    require_administration(actor)
    known = {right.key: right for right in existing_rights()}
    problems = {
        key: [_("“%(value)s” is none of the choices.") % {"value": key[:40]}]
        for key, level in levels.items()
        if key not in known or level not in known[key].levels
    }
    if problems:
        raise InvalidInput(problems)
    with transaction.atomic():
        role = _locked(role_id)
        if role.is_manager:
            raise Refused(
                _("An application manager has every right; that cannot be changed."), code="manager"
            )
        if role.version != version:
            raise StaleVersion(current=role, changes=levels)
        with changing(actor, "role.levels", role=role) as told:
            told |= _give(role, levels_of(role), levels)
            if told:
                role.version += 1
                role.save(update_fields=["version"])
    return role


def tabs_order(*, actor: Actor, role_id: int, version: int, order: Sequence[str]) -> Role:
    """Set in which order the card's tabs stand for this role; empty: as they were made. Raises as above."""
    require_administration(actor)
    with transaction.atomic():
        role = _locked(role_id)
        if role.version != version:
            raise StaleVersion(current=role, changes={"tab_order": order})
        with changing(actor, "role.tabs", role=role) as told:
            told["tab_order"] = (role.tab_order, list(order))
            if role.tab_order != list(order):
                role.tab_order = list(order)
                role.version += 1
                role.save(update_fields=["tab_order", "version"])
    return role


def role_delete(*, actor: Actor, role_id: int) -> Action:
    """Delete a role that nobody who can sign in has; gives the action, to undo it by.

    Raises ``Refused`` for a manager role, and while somebody has it: his rights would vanish silently.
    """
    require_administration(actor)
    with transaction.atomic():
        role = _locked(role_id)
        if role.is_manager:
            raise Refused(_("The role of the application manager cannot be deleted."), code="manager")
        names = [str(user) for user in User.objects.filter(roles=role, is_active=True).order_by("full_name")]
        if names:
            text = ngettext(
                "%(count)d user has the role “%(value)s”: %(names)s. Give him another role first.",
                "%(count)d users have the role “%(value)s”: %(names)s. Give them another role first.",
                len(names),
            )
            shown = ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
            raise Refused(text % {"count": len(names), "value": role.name, "names": shown}, code="in_use")
        with changing(actor, DELETE, role=role) as told:
            members = list(User.objects.filter(roles=role).order_by("pk").values_list("pk", flat=True))
            kept = {"key": role.key, "name": role.name, "reach": role.reach, "tab_order": role.tab_order}
            told |= {what: (value, "") for what, value in kept.items()}
            told["members"] = (members, "")
            told |= {right: (level, "") for right, level in levels_of(role).items()}
            action = current_action()
            Role.objects.filter(pk=role.pk).delete()
    if action is None:
        raise RuntimeError("no action was open")
    return action


def role_restore(*, actor: Actor, action_id: int) -> Role:
    """Put a deleted role back, with its rights and with who had it. Raises ``NotFound``, ``Refused``.

    Not the undoing that everything else has (``audit.undo``): roles and users have no versions, since Django itself
    writes them, and what the engine would take back is not there. Their history is ``AccessChange``.
    """
    require_administration(actor)
    action = Action.objects.filter(pk=action_id, kind=DELETE).first()
    kept = (
        {row.what: row.before for row in AccessChange.objects.filter(action_id=action_id)} if action else {}
    )
    if action is None or not kept:
        raise NotFound(_("There is nothing to put back."))
    with transaction.atomic():
        if Role.objects.filter(key=kept["key"]).exists():
            raise Refused(_("This was put back already."), code="exists")
        _clean({"name": kept["name"], "reach": kept["reach"]}, 0)
        order = [key for key in kept.get("tab_order", "").split(",") if key]
        role = Role.objects.create(
            key=kept["key"], name=kept["name"], reach=int(kept["reach"]), tab_order=order
        )
        with changing(actor, RESTORE, role=role, undoes=action) as told:
            told["name"] = ("", role.name)
            rights = {what: Level(int(text)) for what, text in kept.items() if what in RIGHTS and text}
            told |= _give(role, {}, rights)
            members = [int(key) for key in kept.get("members", "").split(",") if key]
            role.users.set(User.objects.filter(pk__in=members))
    return role
