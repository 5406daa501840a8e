"""Which roles ask for a second factor."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from klantenbeheer.foundation.access.models import Role, User
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed
from klantenbeheer.kernel.kept import Kept

from .models import RoleRule


def _everybody_required() -> frozenset[int]:
    roles = RoleRule.objects.filter(second_factor=True).values("role")
    return frozenset(User.objects.filter(roles__in=roles, is_active=True).values_list("pk", flat=True))


# Asked at every request; another process follows a change within KEPT_SETTINGS_SECONDS. Signing in asks the tables.
REQUIRED = Kept(_everybody_required, lambda: settings.KEPT_SETTINGS_SECONDS)


def requires_factor(user: User) -> bool:
    """Say whether a role of this user asks for a second factor. One query."""
    return RoleRule.objects.filter(second_factor=True, role__users=user).exists()


def rule_rows() -> list[tuple[Role, bool]]:
    """Give every role and whether it asks for a second factor. Two queries."""
    required = set(RoleRule.objects.filter(second_factor=True).values_list("role_id", flat=True))
    return [(role, role.pk in required) for role in Role.objects.order_by("name", "pk")]


def rules_set(*, actor: Actor, required: set[str]) -> list[Role]:
    """Say which roles (by key) ask for a second factor; gives the roles that changed.

    Raises ``NotAllowed``, and ``InvalidInput`` at ``roles`` for one that does not exist.
    """
    if not actor.may("administration", Level.EDIT):
        raise NotAllowed(_("Only an application manager may do this."), right="administration")
    with acting(actor, "role_rule.set"):
        known = {role.key: role for role in Role.objects.select_for_update()}
        unknown = required - set(known)
        if unknown:
            text = _("There is no role “%(value)s”.") % {"value": ", ".join(sorted(unknown))[:80]}
            raise InvalidInput({"roles": [text]})
        stored = {rule.role_id: rule for rule in RoleRule.objects.select_for_update()}
        changed = []
        for role in known.values():
            rule = stored.get(role.pk) or RoleRule(role=role)
            wanted = role.key in required
            if rule.second_factor == wanted:
                continue
            new = rule._state.adding
            rule.second_factor = wanted
            rule.version += 0 if new else 1
            write([rule], new=new)
            changed.append(role)
        transaction.on_commit(REQUIRED.forget)
    return changed
