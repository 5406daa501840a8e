"""Writing records that belong to a customer: the part that is the same for contacts, branches, notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from klantenbeheer.foundation.audit.context import acting
from klantenbeheer.foundation.audit.models import Audited, remove, write
from klantenbeheer.foundation.audit.past import records_at
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import NotAllowed, NotFound, StaleVersion

from .models import Customer
from .permissions import require_delete
from .services import locked_customer, require_not_erased

R = TypeVar("R", bound=Audited)


def require(actor: Actor, right: str) -> None:
    """Raise ``NotAllowed`` unless the actor may edit what ``right`` guards."""
    if not actor.may(right, Level.EDIT):
        raise NotAllowed(_("You may not change this."), right=right)


def records_of(model: type[R], customer: Customer) -> list[R]:
    """Give a customer's records of one kind in the order of the model; as they were, where he is read as he was."""
    if customer.as_of is None:
        found: Any = model.objects
        records = list(found.filter(customer=customer))
    else:
        records = records_at(model, customer.pk, customer.as_of)
    for record in records:
        record.customer = customer  # who also says of which moment they are
    return records


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
    """Delete a record; its last version stays in the history, and undoing puts it back."""
    require(actor, right)
    require_delete(actor)
    with acting(actor, f"{model.audit_kind}.delete"):
        remove([_locked(model, actor, record_id)])


def _locked(model: type[R], actor: Actor, record_id: int) -> R:
    # The customer first, as everybody does who writes what belongs to him (the undoing of an import): no
    # deadlock, and nothing of his changes between a look and the write that follows.
    records: Any = model.objects
    owner = records.filter(pk=record_id).values_list("customer_id", flat=True).first()
    customers = Customer.objects.visible_to(actor).select_for_update().filter(pk=owner or 0)
    record: Any = None
    customer = customers.only("pk", "erased_on").first()
    if customer is not None:
        require_not_erased(customer)
        record = records.select_for_update().filter(pk=record_id).first()
    if record is None:
        raise NotFound(_("This does not exist any more."))
    return record
