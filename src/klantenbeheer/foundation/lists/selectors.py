"""Reading what users keep of lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import NotFound

from . import conditions
from .columns import Shown, shown
from .kinds import ListKind
from .models import ListSettings, SavedView


def views_for(actor: Actor, kind: ListKind) -> QuerySet[SavedView]:
    """Give the views that an actor has of a list: his own, and those of his roles."""
    wanted = Q(owner_id=actor.user_id or 0) | Q(roles__users=actor.user_id or 0)
    return SavedView.objects.filter(wanted, list_key=kind.key).distinct()


def view_by_id(actor: Actor, kind: ListKind, view_id: int) -> SavedView:
    """Give one of them; raises ``NotFound``."""
    view = views_for(actor, kind).filter(pk=view_id).first()
    if view is None:
        raise NotFound(_("There is no such view."))
    return view


@dataclass(frozen=True, slots=True)
class Looking:
    """How a user looks at a list now: the columns, the view that is on, all his views, and the one it opens with."""

    columns: list[Shown]
    chosen: bool
    views: list[SavedView]
    view: SavedView | None = None
    default_id: int | None = None
    # Fields and columns of the view that are not there any more.
    gone: list[str] = field(default_factory=list)


def looking(actor: Actor, kind: ListKind, view_id: str = "") -> Looking:
    """Give how a user looks at a list. Two queries. A view that is not his, or no longer there, counts for nothing."""
    views = list(views_for(actor, kind))
    settings = ListSettings.objects.filter(user_id=actor.user_id or 0, list_key=kind.key).first()
    view = next((one for one in views if str(one.pk) == view_id), None)
    stored: Any = view.columns if view and view.columns else settings.columns if settings else []
    found, gone_columns = shown(kind.columns(actor), stored)
    gone: list[str] = []
    if view is not None:
        _parameters, gone = usable(actor, kind, view)
        if view.columns:
            gone = list(dict.fromkeys([*gone, *gone_columns]))
    return Looking(found, bool(stored), views, view, settings.default_view_id if settings else None, gone)


def usable(actor: Actor, kind: ListKind, view: SavedView) -> tuple[dict[str, str], list[str]]:
    """Give the parameters of a view without conditions on what is not there for this actor, and the names of those."""
    parameters = {str(key): str(value) for key, value in view.parameters.items()}
    fields = kind.fields(actor)
    may = [key for key, one in fields.items() if not one.right or actor.may(one.right)]
    text = parameters.get(conditions.PARAMETER, "")
    gone: list[str] = []
    if text:
        kept, gone = conditions.parse(text).known(may)
        parameters[conditions.PARAMETER] = str(kept)
    return {key: value for key, value in parameters.items() if value}, gone
