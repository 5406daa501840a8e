"""The order of the tabs, of a user and of a role, and the switching on of custom tabs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from klantenbeheer.foundation.access.models import Role, User
from klantenbeheer.foundation.access.role_services import tabs_order
from klantenbeheer.foundation.access.services import require_administration, tabs_arrange
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import write
from klantenbeheer.kernel.actors import Actor
from klantenbeheer.kernel.errors import InvalidInput, NotFound, StaleVersion

from .models import CustomTab
from .tabs import SWITCHED_ON, TABS, Tab, in_order, visible_tabs


@dataclass(frozen=True, slots=True)
class Row:
    """A tab in the dialog, and whether the strip shows it."""

    tab: Tab
    shown: bool


def rows_of(tabs: Sequence[Tab], hidden: Iterable[str]) -> list[Row]:
    """Give the rows of the dialog."""
    away = set(hidden)
    return [Row(tab, tab.key not in away) for tab in tabs]


def moved(keys: Sequence[str], step: str) -> list[str]:
    """Give the order after one step (``notes:up``), for a browser that cannot move rows itself."""
    found = list(keys)
    key, _colon, way = step.partition(":")
    if key in found:
        place = found.index(key)
        other = place + (-1 if way == "up" else 1)
        if 0 <= other < len(found):
            found[place], found[other] = found[other], found[place]
    return found


def _checked(tabs: Sequence[Tab], order: Sequence[str]) -> list[str]:
    """Give a whole order of these tabs. Raises ``InvalidInput`` for a tab that is none of them, or twice there."""
    known = {tab.key for tab in tabs}
    unknown = [key for key in order if key not in known]
    if unknown:
        raise InvalidInput({"order": [_("“%(value)s” is none of the choices.") % {"value": unknown[0][:40]}]})
    if len(set(order)) < len(order):
        raise InvalidInput({"order": [_("A tab stands in the order twice; reload the page.")]})
    return [tab.key for tab in in_order(tabs, order)]


def own_arrange(*, user: User, order: Sequence[str], shown: Iterable[str]) -> None:
    """Store the own order and hide what is not shown. Raises ``InvalidInput``, also when nothing would be shown."""
    tabs = visible_tabs(user)
    whole = _checked(tabs, order)
    wanted = set(shown)
    hidden = [key for key in whole if key not in wanted]
    if len(hidden) == len(whole):
        raise InvalidInput({"shown": [_("Show at least one tab.")]})
    tabs_arrange(user=user, order=whole, hidden=hidden)


def own_reset(*, user: User) -> None:
    """Have the order of the role again, with every tab."""
    tabs_arrange(user=user, order=[], hidden=[])


def role_tabs(role: Role) -> list[Tab]:
    """Give all tabs in the order of a role."""
    return in_order([tab for tab in TABS if tab.is_on], role.tab_order)


def role_arrange(*, actor: Actor, role: Role, version: int, order: Sequence[str]) -> Role:
    """Set the order for who has a role and none of his own; an empty one takes it away.

    Raises ``InvalidInput``, ``NotAllowed``, ``StaleVersion``.
    """
    whole = _checked(role_tabs(role), order) if order else []
    return tabs_order(actor=actor, role_id=role.pk, version=version, order=whole)


# -- custom tabs ----------------------------------------------------------------------------------------------------


def custom_tabs() -> list[Tab]:
    """Give the custom tabs that this installation has, switched on or not."""
    return [tab for tab in TABS if tab.custom]


def custom_tab_switch(*, actor: Actor, key: str, version: int, active: bool) -> CustomTab:
    """Switch a custom tab on or off; what is stored in it stays. ``version`` is 0 while it never was on.

    Raises ``NotFound``, ``StaleVersion``, ``NotAllowed``.
    """
    require_administration(actor)
    if key not in {tab.key for tab in custom_tabs()}:
        raise NotFound(_("There is no such tab."))
    with acting(actor, "custom_tab.switch", reason=key):
        stored = CustomTab.objects.select_for_update().filter(key=key).first()
        record: CustomTab = stored or CustomTab(key=key, version=0)
        if record.version != version:
            raise StaleVersion(current=record, changes={"active": active})
        record.active = active
        record.version += 1
        write([record], new=stored is None)
        transaction.on_commit(SWITCHED_ON.forget)
    return record
