"""Writing users and roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed

from .models import Role, RoleLevel, User
from .rights import RIGHTS


def _require_administration(actor: Actor) -> None:
    if not actor.may("administration", Level.EDIT):
        raise NotAllowed(_("Only an application manager may do this."), right="administration")


@transaction.atomic
def role_ensure(
    *, actor: Actor, key: str, name: str, levels: Mapping[str, Level], manager: bool = False
) -> Role:
    """Make a role when it does not exist yet; an existing role keeps what the manager set."""
    _require_administration(actor)
    role, created = Role.objects.get_or_create(key=key, defaults={"name": name, "is_manager": manager})
    if created:
        for right in levels:
            RIGHTS.get(right)
        RoleLevel.objects.bulk_create(
            RoleLevel(role=role, right=right, level=level) for right, level in levels.items()
        )
    return role


@transaction.atomic
def user_create(
    *,
    actor: Actor,
    username: str,
    full_name: str,
    password: str,
    roles: Iterable[str] = (),
    email: str = "",
    language: str = "nl",
    is_salesperson: bool = False,
) -> User:
    """Make a user with roles (by key). Raises ``InvalidInput`` for a taken name or a weak password."""
    _require_administration(actor)
    username = username.strip().casefold()
    problems: dict[str, list[str]] = {}
    if not username:
        problems["username"] = [_("Give a user name.")]
    elif User.objects.filter(username=username).exists():
        problems["username"] = [_("The user name “%(value)s” is taken.") % {"value": username}]
    user = User(username=username, full_name=full_name.strip() or username, email=email, language=language)
    try:
        validate_password(password, user)
    except ValidationError as error:
        problems["password"] = error.messages
    chosen = list(Role.objects.filter(key__in=list(roles)))
    missing = set(roles) - {role.key for role in chosen}
    if missing:
        problems["roles"] = [_("There is no role “%(value)s”.") % {"value": ", ".join(sorted(missing))}]
    if problems:
        raise InvalidInput(problems)
    user.is_salesperson = is_salesperson
    user.set_password(password)
    user.save()
    user.roles.set(chosen)
    return user
