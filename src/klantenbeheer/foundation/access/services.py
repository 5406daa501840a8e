"""Writing users. Each change leaves its history (:mod:`.changes`); roles are in :mod:`.role_services`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused, StaleVersion
from klantenbeheer.kernel.text import clean

from .changes import changing
from .models import Role, User

RIGHT = "administration"
EDITABLE = ("full_name", "email", "language", "is_salesperson")


def require_administration(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor is an application manager."""
    if not actor.may(RIGHT, Level.EDIT):
        raise NotAllowed(_("Only an application manager may do this."), right=RIGHT)


def require_manager_left() -> None:
    """Raise ``Refused`` when nobody is left who can give rights. Called at the end of a change, inside its transaction.

    The rows of the manager roles are the lock: two managers who each take the role from the other wait here.
    """
    list(Role.objects.select_for_update().filter(is_manager=True).order_by("pk").values_list("pk"))
    if not User.objects.filter(is_active=True, roles__is_manager=True).exists():
        raise Refused(
            _("Then nobody would be application manager any more. Give somebody else that role first."),
            code="last_manager",
        )


def _roles(keys: Iterable[str], problems: dict[str, list[str]]) -> list[Role]:
    wanted = list(dict.fromkeys(keys))
    chosen = list(Role.objects.filter(key__in=wanted).order_by("name", "pk"))
    missing = set(wanted) - {role.key for role in chosen}
    if missing:
        problems["roles"] = [_("There is no role “%(value)s”.") % {"value": ", ".join(sorted(missing))}]
    return chosen


def _clean(values: Mapping[str, Any], problems: dict[str, list[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "full_name": clean(str(values.get("full_name") or "")), "email": clean(str(values.get("email") or "")),
        "language": str(values.get("language") or User.Language.DUTCH),
        "is_salesperson": bool(values.get("is_salesperson")),
    }  # fmt: skip
    for key, most in (("full_name", 120), ("email", 254)):
        if len(found[key]) > most:
            problems[key] = [
                _("“%(value)s…” has %(length)d characters; at most %(most)d fit.")
                % {"value": found[key][:30], "length": len(found[key]), "most": most}
            ]
    if not found["full_name"]:
        problems["full_name"] = [_("Give the name by which colleagues know this user.")]
    if found["email"] and "email" not in problems:
        try:
            validate_email(found["email"])
        except ValidationError:
            problems["email"] = [_("“%(value)s” is no e-mail address.") % {"value": found["email"][:60]}]
    if found["language"] not in User.Language.values:
        problems["language"] = [_("“%(value)s” is none of the choices.") % {"value": found["language"][:20]}]
    return found


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
    require_administration(actor)
    username = clean(username).casefold()
    problems: dict[str, list[str]] = {}
    if not username:
        problems["username"] = [_("Give a user name.")]
    elif len(username) > 60:
        problems["username"] = [
            _("“%(value)s…” has %(length)d characters; at most %(most)d fit.")
            % {"value": username[:30], "length": len(username), "most": 60}
        ]
    elif User.objects.filter(username=username).exists():
        problems["username"] = [_("The user name “%(value)s” is taken.") % {"value": username}]
    values = {
        "full_name": full_name.strip() or username, "email": email, "language": language,
        "is_salesperson": is_salesperson,
    }  # fmt: skip
    user = User(username=username, **_clean(values, problems))
    try:
        validate_password(password, user)
    except ValidationError as error:
        problems["password"] = error.messages
    chosen = _roles(roles, problems)
    if problems:
        raise InvalidInput(problems)
    user.set_password(password)
    with transaction.atomic():
        user.save()
        with changing(actor, "user.create", user=user) as told:
            user.roles.set(chosen)
            told |= {key: ("", getattr(user, key)) for key in ("username", *EDITABLE)}
            told["roles"] = ("", [role.key for role in chosen])
    return user


def _locked(user_id: int) -> User:
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound(_("This user does not exist."))
    return user


def user_update(*, actor: Actor, user_id: int, version: int, values: Mapping[str, Any]) -> User:
    """Change a user's data and roles (by key, under ``roles``).

    Raises ``InvalidInput``, ``StaleVersion``, ``NotFound``, ``NotAllowed``, and ``Refused`` when nobody would be
    application manager any more.
    """
    require_administration(actor)
    problems: dict[str, list[str]] = {}
    cleaned = _clean(values, problems)
    chosen = _roles(values.get("roles") or (), problems)
    if problems:
        raise InvalidInput(problems)
    with transaction.atomic():
        user = _locked(user_id)
        if user.version != version:
            raise StaleVersion(current=user, changes=values)
        with changing(actor, "user.update", user=user) as told:
            before = list(user.roles.order_by("name", "pk"))
            told |= {key: (getattr(user, key), value) for key, value in cleaned.items()}
            told["roles"] = ([role.key for role in before], [role.key for role in chosen])
            if all(old == new for old, new in told.values()):
                return user
            for key, value in cleaned.items():
                setattr(user, key, value)
            user.version += 1
            user.save(update_fields=[*cleaned, "version"])
            user.roles.set(chosen)
            if any(role.is_manager for role in before) and not any(role.is_manager for role in chosen):
                require_manager_left()
    return user


def user_activate(*, actor: Actor, user_id: int, active: bool) -> User:
    """Let a user sign in again, or no longer; what he did stays his. His sessions end at their next request.

    Raises ``Refused`` for oneself, and when nobody would be application manager any more.
    """
    require_administration(actor)
    if user_id == actor.user_id and not active:
        raise Refused(_("You cannot close your own account; let a colleague do it."), code="self")
    with transaction.atomic():
        user = _locked(user_id)
        with changing(actor, "user.activate" if active else "user.deactivate", user=user) as told:
            told["is_active"] = (user.is_active, active)
            if user.is_active != active:
                user.is_active = active
                user.version += 1
                user.save(update_fields=["is_active", "version"])
                if not active:
                    require_manager_left()
    return user


def tabs_arrange(*, user: User, order: Sequence[str], hidden: Sequence[str]) -> None:
    """Store the own order of the card's tabs and those that are hidden; both empty: the order of the role again.

    A preference, as marks are: nobody else sees it, so it has no place in the shared history.
    """
    user.tab_order, user.tabs_hidden = list(order), list(hidden)
    User.objects.filter(pk=user.pk).update(tab_order=user.tab_order, tabs_hidden=user.tabs_hidden)
