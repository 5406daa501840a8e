"""Reading what users keep of lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound

from . import conditions
from .columns import Shown, shown
from .fields import check, in_words
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
    """Give the parameters of a view without what is not there any more, or not for this actor, and the names of that.

    Gone is a field, a choice of a field, or a filter that the list had when the view was kept.
    """
    parameters = {str(key): str(value) for key, value in view.parameters.items()}
    text = parameters.pop(conditions.PARAMETER, "")
    gone = [key for key, value in parameters.items() if not _known(actor, kind, key, value)]
    left = {key: value for key, value in parameters.items() if value and key not in gone}
    try:
        asked = conditions.parse(text)
    except InvalidInput:
        return left, [*gone, text[:40]]
    fields = kind.fields(actor)

    def fits(condition: conditions.Condition) -> bool:
        try:
            check(actor, fields, conditions.Filter((condition,)))
        except NotAllowed:
            gone.append(condition.field)
        except InvalidInput:
            gone.append(in_words(fields.get(condition.field), condition))
        else:
            return True
        return False

    kept = asked.only(fits)
    if kept:
        left[conditions.PARAMETER] = str(kept)
    return left, list(dict.fromkeys(gone))


def _known(actor: Actor, kind: ListKind, key: str, value: str) -> bool:
    """Say whether the list still knows a parameter: one that it passes over would show more than was kept."""
    try:
        return key == "sort" or key in kind.clean(actor, {key: value})
    except (InvalidInput, NotAllowed):
        return False
