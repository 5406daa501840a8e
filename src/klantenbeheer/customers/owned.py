"""Writing records that belong to a customer: the part that is the same for contacts, branches, notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Audited, remove, write
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import NotAllowed, NotFound, Refused, StaleVersion

from .models import Customer
from .permissions import require_delete
from .services import locked_customer

R = TypeVar("R", bound=Audited)


def require(actor: Actor, right: str) -> None:
    """Raise ``NotAllowed`` unless the actor may edit what ``right`` guards."""
    if not actor.may(right, Level.EDIT):
        raise NotAllowed(_("You may not change this."), right=right)


def create(model: type[R], *, actor: Actor, right: str, customer_id: int, values: Mapping[str, Any]) -> R:
    """Make a record of a visible customer, with history."""
    require(actor, right)
    with acting(actor, f"{model.audit_kind}.create"):
        locked_customer(actor, customer_id)
        record = model(customer_id=customer_id, **values)
        write([record], new=True)
    return record


def update(
    model: type[R], *, actor: Actor, right: str, record_id: int, version: int, values: Mapping[str, Any]
) -> R:
    """Change a record; raises ``StaleVersion`` when somebody saved since ``version``."""
    require(actor, right)
    with acting(actor, f"{model.audit_kind}.update"):
        record = _locked(model, actor, record_id)
        if record.version != version:
            raise StaleVersion(current=record, changes=values)
        if all(getattr(record, key) == value for key, value in values.items()):
            return record
        for key, value in values.items():
            setattr(record, key, value)
        record.version += 1
        write([record], new=False)
    return record


def delete(model: type[R], *, actor: Actor, right: str, record_id: int) -> None:
    """Delete a record; its last version stays in the history and can be put back."""
    require(actor, right)
    require_delete(actor)
    with acting(actor, f"{model.audit_kind}.delete"):
        remove([_locked(model, actor, record_id)])


def restore(model: type[R], *, actor: Actor, right: str, customer_id: int, record_id: int) -> R:
    """Put a deleted record back under its old key; without what it pointed at where that is gone too.

    Raises ``Refused`` when it exists, ``NotFound`` when it never did.
    """
    require(actor, right)
    with acting(actor, f"{model.audit_kind}.restore"):
        locked_customer(actor, customer_id)
        if model.objects.filter(pk=record_id).exists():
            raise Refused(_("This was put back already."), code="exists")
        last = model.history.filter(id=record_id, customer_id=customer_id).order_by("-history_id").first()
        if last is None or last.history_type != "-":
            raise NotFound(_("There is nothing to put back."))
        record: R = last.instance
        for column in model._meta.concrete_fields:
            target: Any = column.related_model
            key = getattr(record, column.attname)
            if target and column.null and key and not target._base_manager.filter(pk=key).exists():
                setattr(record, column.attname, None)
        record.version = last.version + 1
        write([record], new=True)
    return record


def _locked(model: type[R], actor: Actor, record_id: int) -> R:
    # The customer first, as everybody does who writes what belongs to him (the undoing of an import): no
    # deadlock, and nothing of his changes between a look and the write that follows.
    records: Any = model.objects
    owner = records.filter(pk=record_id).values_list("customer_id", flat=True).first()
    customers = Customer.objects.visible_to(actor).select_for_update().filter(pk=owner or 0)
    record: Any = None
    if customers.values_list("pk", flat=True).first() is not None:
        record = records.select_for_update().filter(pk=record_id).first()
    if record is None:
        raise NotFound(_("This does not exist any more."))
    return record
