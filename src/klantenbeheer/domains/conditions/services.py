"""Writing condition groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from klantenbeheer.customers.bulk import customers_move
from klantenbeheer.customers.models import GENERAL_GROUP, ConditionGroup, Customer
from klantenbeheer.customers.permissions import CUSTOMERS, require_bulk, require_delete
from klantenbeheer.customers.reach import within
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action, remove, write
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused, StaleVersion
from klantenbeheer.kernel.text import clean

from .permissions import CONDITIONS

DELETE = "condition_group.delete"
_PIECE = 5_000


def _require(actor: Actor) -> None:
    if not actor.may(CONDITIONS, Level.EDIT):
        raise NotAllowed(_("You may not change condition groups."), right=CONDITIONS)


def require_delete_group(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may delete a group, which moves everybody in it.

    Who does not see all customers cannot: he would change some that he may not know of.
    """
    _require(actor)
    require_delete(actor)
    require_bulk(actor)
    if not within(actor).everything:
        raise NotAllowed(
            _("You do not see all customers, and so cannot move all of a group."), right=CUSTOMERS
        )


def may_delete_group(actor: Actor) -> bool:
    """Say whether :func:`require_delete_group` lets the actor through."""
    try:
        require_delete_group(actor)
    except NotAllowed:
        return False
    return True


def _clean(values: Mapping[str, Any], but: int | None) -> dict[str, Any]:
    """Check the values of a group. Raises ``InvalidInput`` with everything that is wrong."""
    problems: dict[str, list[str]] = {}
    name, description = clean(str(values.get("name") or "")), clean(str(values.get("description") or ""))
    discount: Decimal = values.get("discount") or Decimal(0)
    surcharge: Decimal = values.get("surcharge") or Decimal(0)
    since: date | None = values.get("valid_from")
    until: date | None = values.get("valid_until")
    if not name:
        problems["name"] = [_("A group needs a name.")]
    elif len(name) > 60:
        problems["name"] = [
            _("The name has %(length)d characters; at most %(most)d fit.") % {"length": len(name), "most": 60}
        ]
    elif (
        ConditionGroup.objects.annotate(key=Upper("name"))
        .filter(key=name.upper())
        .exclude(pk=but or 0)
        .exists()
    ):
        problems["name"] = [_("There is a group “%(value)s” already.") % {"value": name}]
    if len(description) > 200:
        problems["description"] = [
            _("The description has %(length)d characters; at most %(most)d fit.")
            % {"length": len(description), "most": 200}
        ]
    for key, percentage in (("discount", discount), ("surcharge", surcharge)):
        if not 0 <= percentage <= 100:
            problems[key] = [
                _("“%(value)s” is not between 0 and 100 percent.") % {"value": f"{percentage:f}"}
            ]
    if since and until and until < since:
        problems["valid_until"] = [
            _("The group would end on %(until)s, before it begins on %(since)s.")
            % {"until": until.strftime("%d-%m-%Y"), "since": since.strftime("%d-%m-%Y")}
        ]
    if but == GENERAL_GROUP and (since or until):
        problems["valid_from" if since else "valid_until"] = [
            _("The general group is always valid: whoever is in no other group is in it.")
        ]
    if problems:
        raise InvalidInput(problems)
    return {
        "name": name, "description": description, "discount": discount, "surcharge": surcharge,
        "valid_from": since, "valid_until": until,
    }  # fmt: skip


def _locked(group_id: int) -> ConditionGroup:
    group: ConditionGroup | None = ConditionGroup.objects.select_for_update().filter(pk=group_id).first()
    if group is None:
        raise NotFound(_("This condition group does not exist."))
    return group


def group_create(*, actor: Actor, values: Mapping[str, Any]) -> ConditionGroup:
    """Make a group.

    Raises ``InvalidInput`` (a name twice, more than 100 percent, an end before the begin), ``NotAllowed``.
    """
    _require(actor)
    with acting(actor, "condition_group.create"):
        group = ConditionGroup(**_clean(values, None))
        write([group], new=True)
    return group


def group_update(*, actor: Actor, group_id: int, version: int, values: Mapping[str, Any]) -> ConditionGroup:
    """Change a group; raises as :func:`group_create`, and ``StaleVersion``."""
    _require(actor)
    with acting(actor, "condition_group.update"):
        group = _locked(group_id)
        if group.version != version:
            raise StaleVersion(current=group, changes=values)
        for key, value in _clean(values, group_id).items():
            setattr(group, key, value)
        group.version += 1
        write([group], new=False)
    return group


@dataclass(frozen=True, slots=True)
class Deleted:
    """What deleting a group did: the action to undo it by, and how many customers moved."""

    action: Action
    name: str
    moved: int


def group_delete(*, actor: Actor, group_id: int) -> Deleted:
    """Delete a group and move its customers to the general one, all in one transaction.

    Raises ``Refused`` for the general group, ``NotAllowed``, ``NotFound``.
    """
    require_delete_group(actor)
    if group_id == GENERAL_GROUP:
        raise Refused(
            _("The general group cannot be deleted: every customer must be in a group."), code="general"
        )
    with acting(actor, DELETE) as action:
        group = _locked(group_id)
        action.reason = group.name
        action.save(update_fields=["reason"])
        moved = 0
        # By piece of the key, so that memory does not grow with the group.
        while keys := list(
            Customer.objects.filter(condition_group=group).values_list("pk", flat=True)[:_PIECE]
        ):
            customers_move(actor=actor, keys=keys, values={"condition_group_id": GENERAL_GROUP})
            moved += len(keys)
        remove([group])
    return Deleted(action, group.name, moved)
