"""Keeping columns and views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from klantenbeheer.foundation.access.models import Role
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed
from klantenbeheer.kernel.text import clean

from .columns import MOST_COLUMNS, clean_width, shown, to_store
from .kinds import ListKind
from .models import ListSettings, SavedView
from .selectors import view_by_id

# Who gives others a view manages the product.
SHARE = "administration"
MOST_VIEWS = 100


def _user(actor: Actor) -> int:
    if actor.user_id is None:
        raise NotAllowed(_("Only a user can set up lists."))
    return actor.user_id


def may_share(actor: Actor) -> bool:
    """Say whether the actor gives views to roles, and changes those that a role has."""
    return actor.may(SHARE, Level.EDIT)


def _cleaned(kind: ListKind, actor: Actor, chosen: Iterable[Sequence[Any]]) -> list[list[Any]]:
    available = kind.columns(actor)
    known = {column.key for column in available}
    wanted: list[list[Any]] = [
        [key, clean_width(width)] for key, width in {str(k): w for k, w in chosen}.items()
    ]
    unknown = [key for key, _width in wanted if key not in known]
    if unknown or len(wanted) > MOST_COLUMNS:
        raise InvalidInput(
            {"columns": [_("There is no column “%(value)s”.") % {"value": (unknown or [""])[0][:40]}]}
        )
    found, _gone = shown(available, wanted)
    return to_store(found)


def columns_save(
    *, actor: Actor, kind: ListKind, chosen: Iterable[Sequence[Any]], view: SavedView | None = None
) -> None:
    """Keep which columns a user sees, in which order, how wide; of a view that he may change, in that view.

    None at all: the default ones again. Raises ``InvalidInput`` for a column that there is not for him.
    """
    kind.require(actor)
    stored = _cleaned(kind, actor, chosen) if (chosen := list(chosen)) else []
    if view is not None and may_change(actor, view):
        view.columns = stored
        view.save(update_fields=["columns"])
        return
    ListSettings.objects.update_or_create(
        user_id=_user(actor), list_key=kind.key, defaults={"columns": stored}
    )


def may_change(actor: Actor, view: SavedView) -> bool:
    """Say whether the actor may change a view: his own, or as who shares views."""
    return view.owner_id == actor.user_id or may_share(actor)


def _name(actor: Actor, kind: ListKind, typed: str, but: int | None) -> str:
    name = clean(typed)
    if not name:
        raise InvalidInput({"name": [_("A view needs a name.")]})
    if len(name) > 60:
        raise InvalidInput(
            {
                "name": [
                    _("The name has %(length)d characters; at most %(most)d fit.")
                    % {"length": len(name), "most": 60}
                ]
            }
        )
    own = SavedView.objects.filter(owner_id=_user(actor), list_key=kind.key).exclude(pk=but or 0)
    if own.filter(name=name).exists():
        raise InvalidInput({"name": [_("You have a view “%(value)s” already.") % {"value": name}]})
    if but is None and own.count() >= MOST_VIEWS:
        raise InvalidInput(
            {"name": [_("You have %(most)d views, which is as many as there can be.") % {"most": MOST_VIEWS}]}
        )
    return name


def _roles(actor: Actor, ids: Iterable[int]) -> list[Role]:
    wanted = set(ids)
    if wanted and not may_share(actor):
        raise NotAllowed(_("You may not share a view with a role."), right=SHARE)
    return list(Role.objects.filter(pk__in=wanted))


@transaction.atomic
def view_create(
    *,
    actor: Actor,
    kind: ListKind,
    name: str,
    parameters: Mapping[str, str],
    columns: Iterable[Sequence[Any]] = (),
    roles: Iterable[int] = (),
    default: bool = False,
) -> SavedView:
    """Keep a way of looking under a name. Raises ``InvalidInput``, ``NotAllowed``."""
    kind.require(actor)
    shared = _roles(actor, roles)
    view = SavedView(
        owner_id=_user(actor), list_key=kind.key, name=_name(actor, kind, name, None),
        parameters=kind.clean(actor, parameters), columns=_cleaned(kind, actor, columns),
    )  # fmt: skip
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise InvalidInput(
            {"name": [_("You have a view “%(value)s” already.") % {"value": view.name}]}
        ) from error
    view.roles.set(shared)
    if default:
        default_set(actor=actor, kind=kind, view=view)
    return view


@transaction.atomic
def view_update(
    *,
    actor: Actor,
    kind: ListKind,
    view_id: int,
    name: str,
    roles: Iterable[int] | None = None,
    parameters: Mapping[str, str] | None = None,
    default: bool | None = None,
) -> SavedView:
    """Rename a view, share it, or let it be what the list shows now. Raises ``InvalidInput``, ``NotAllowed``."""
    kind.require(actor)
    view = view_by_id(actor, kind, view_id)
    if not may_change(actor, view):
        raise NotAllowed(_("This view is somebody else's."))
    if view.owner_id == actor.user_id:
        view.name = _name(actor, kind, name, view.pk)
    if parameters is not None:
        view.parameters = kind.clean(actor, parameters)
    view.save()
    if roles is not None and may_share(actor):
        view.roles.set(_roles(actor, roles))
    if default is not None:
        if default:
            default_set(actor=actor, kind=kind, view=view)
        else:
            ListSettings.objects.filter(user_id=_user(actor), list_key=kind.key, default_view=view).update(
                default_view=None
            )
    return view


def view_delete(*, actor: Actor, kind: ListKind, view_id: int) -> str:
    """Forget a view; gives its name. Raises ``NotFound``, ``NotAllowed``."""
    kind.require(actor)
    view = view_by_id(actor, kind, view_id)
    if not may_change(actor, view):
        raise NotAllowed(_("This view is somebody else's."))
    view.delete()
    return view.name


def default_set(*, actor: Actor, kind: ListKind, view: SavedView | None) -> None:
    """Let the list open with a view, or as it is by itself."""
    ListSettings.objects.update_or_create(
        user_id=_user(actor), list_key=kind.key, defaults={"default_view": view}
    )
