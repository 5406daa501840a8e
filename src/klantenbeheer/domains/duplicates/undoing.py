"""Undoing a merge: everything goes back where it was, as a new action; what was changed since is not lost.

What has history goes back step by step in the opposite order, so that every step leads through a state that was allowed
before. Of a record that was changed since, only what the merge changed goes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from klantenbeheer.customers.absorbing import following_put
from klantenbeheer.customers.choices import Status
from klantenbeheer.customers.former import FormerNumber
from klantenbeheer.customers.merging import BELONGINGS, Unmerging
from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.permissions import BLOCKS, CREDIT, GROUP
from klantenbeheer.customers.services import refresh_derived
from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Action, Audited, remove, write
from klantenbeheer.foundation.audit.sets import batches, change_many
from klantenbeheer.foundation.audit.undo import audited_models
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import NotAllowed, NotFound, Refused

from .merging import require_merge
from .models import Merge

KIND = "customer.merge.undo"


def merge_undo(*, actor: Actor, merge_id: int) -> Merge:
    """Take a merge back, in one transaction.

    Raises ``Refused`` when it was undone already, when the survivor was merged further (that is undone first), or when
    what it changed was changed again since; ``NotAllowed``, ``NotFound``.
    """
    require_merge(actor)
    try:
        with transaction.atomic():
            return _undo(actor, merge_id)
    except IntegrityError as error:
        text = _(
            "What the merge left behind was changed since in a way that leaves no room for what was there before."
        )
        raise Refused(text, code="changed") from error


def merge_of_action(actor: Actor, action: Action) -> Merge | None:
    """Give the merge that an action was, when the actor may see its survivor: the door for undoing any action."""
    merge = Merge.objects.filter(action=action).first()
    if merge is None or not Customer.objects.visible_to(actor).filter(pk=merge.survivor_id).exists():
        return None
    return merge


def _undo(actor: Actor, merge_id: int) -> Merge:
    merge = Merge.objects.select_for_update().select_related("action").filter(pk=merge_id).first()
    if merge is None:
        raise NotFound(_("There is nothing to undo."))
    survivor = Customer.objects.visible_to(actor).select_for_update().filter(pk=merge.survivor_id).first()
    if survivor is None:
        further = FormerNumber.objects.filter(former_id=merge.survivor_id).first()
        if further is None or not Customer.objects.visible_to(actor).filter(pk=further.customer_id).exists():
            raise NotFound(_("There is nothing to undo."))
        text = _("%(customer)s was merged further since. Undo that merge first.")
        raise Refused(text % {"customer": further}, code="merged_further")
    if merge.undone_id is not None:
        raise Refused(_("This was undone already."), code="undone")
    _may_give_back(actor, merge, survivor)
    reason = _("Undo of: %(what)s") % {"what": merge.action.reason}
    with acting(actor, KIND, undoes=merge.action, reason=reason) as undoing:
        FormerNumber.objects.filter(action=merge.action).delete()
        keys = [key for key, _number, _name in merge.others]
        models = [model for model in audited_models() if model is not Customer]
        _revert(Customer, merge.action, only=keys)
        for model in models:
            _revert(model, merge.action)
        _revert(Customer, merge.action, only=[survivor.pk])
        _follow(actor, merge, [survivor.pk, *keys])
        merge.undone = undoing
        merge.save(update_fields=["undone"])
    return merge


def _may_give_back(actor: Actor, merge: Merge, survivor: Customer) -> None:
    """Raise ``NotAllowed`` where the survivor gets a value back that this actor may not give him."""
    for _first, last, before in _steps(Customer, merge.action, [survivor.pk]):
        if before is None:
            continue
        names = _changed(before, last)
        for name, right in (("credit_limit", CREDIT), ("condition_group_id", GROUP)):
            if name in names and not actor.may(right, Level.EDIT):
                raise NotAllowed(_("You may not change this."), right=right)
        blocked = "status" in names and Status.BLOCKED in (before.status, last.status)
        if blocked and not actor.may(BLOCKS, Level.EDIT):
            raise NotAllowed(_("You may not block customers, nor lift a block."), right=BLOCKS)


def _follow(actor: Actor, merge: Merge, keys: Sequence[int]) -> None:
    """Let everything that follows from the customers' data, and what has no history, follow."""
    for key in keys:
        following_put(Customer.objects.get(pk=key), merge.kept.get("following", {}).get(str(key), {}))
        refresh_derived(Customer.objects.get(pk=key), actor=actor)
    everybody = list(Customer.objects.visible_to(actor).filter(pk__in=keys))
    if len(everybody) != len(keys):
        raise NotFound(_("One of the customers would come back where you may not see him."))
    by_key = {customer.pk: customer for customer in everybody}
    unmerging = Unmerging(actor, by_key[keys[0]], [by_key[key] for key in keys[1:]], merge.kept)
    for belonging in reversed(list(BELONGINGS)):
        if belonging.undo is not None:
            belonging.undo(unmerging)


def _steps(model: Any, action: Action, only: Sequence[int] | None) -> list[tuple[Any, Any, Any]]:
    """Give (first version in the action, last version in it, version before it) per record, the last written first."""
    rows = model.history.filter(action=action).order_by("history_id")
    if only is not None:
        rows = rows.filter(id__in=list(only))
    first: dict[int, Any] = {}
    last: dict[int, Any] = {}
    for row in rows:
        first.setdefault(row.id, row)
        last[row.id] = row
    before: dict[int, Any] = {}
    for part in batches(list(first)):
        for row in model.history.filter(id__in=part).exclude(action=action).order_by("history_id"):
            if row.history_id < first[row.id].history_id:
                before[row.id] = row
    order = sorted(last.values(), key=lambda row: -row.history_id)
    return [(first[row.id], row, before.get(row.id)) for row in order]


def _changed(before: Any, after: Any) -> list[str]:
    return [
        column.attname
        for column in after.tracked_fields
        if column.name not in ("id", "version")
        and getattr(before, column.attname) != getattr(after, column.attname)
    ]


def _revert(model: type[Audited], action: Action, only: Sequence[int] | None = None) -> None:
    moved: dict[int, list[int]] = {}
    rest: list[tuple[Any, Any, Any, list[str]]] = []
    for first, last, before in _steps(model, action, only):
        if first.history_type == "+" or last.history_type == "-" or before is None:
            rest.append((first, last, before, []))
            continue
        names = _changed(before, last)
        if names == ["customer_id"]:
            moved.setdefault(before.customer_id, []).append(last.id)
        else:
            rest.append((first, last, before, names))
    for owner, keys in moved.items():
        _send_back(model, owner, keys)
    for first, last, before, names in rest:
        _step_back(model, first, last, before, names)


def _send_back(model: type[Audited], owner: int, keys: list[int]) -> None:
    """Give records back to whom they came from; one that was deleted since stays deleted."""
    there: list[int] = []
    for part in batches(keys):
        there += model._base_manager.filter(pk__in=part).order_by("pk").values_list("pk", flat=True)
    if there:
        change_many(model, there, {"customer_id": owner})


def _step_back(model: type[Audited], first: Any, last: Any, before: Any, names: list[str]) -> None:
    current: Any = model._base_manager.filter(pk=last.id).first()
    if first.history_type == "+":
        if current is not None:
            remove([current])
        return
    if last.history_type == "-":
        record = before.instance if before is not None else last.instance
        record.version = last.version + 1
        write([record], new=True)
        return
    if current is None or not names:
        return  # deleted since: it stays deleted; or it only got a new version
    for name in names:
        if getattr(current, name) != getattr(last, name):
            label = model.audit_field_label(name.removesuffix("_id") if name != "customer_id" else "customer")
            text = _(
                "“%(field)s” of %(record)s was changed since the merge; change it back first, or leave the merge."
            )
            raise Refused(text % {"field": label, "record": current}, code="changed")
        setattr(current, name, getattr(before, name))
    current.version += 1
    write([current], new=False)
