"""The customer as he was at a moment. Whatever reads what belongs to him with :func:`owned.records_of` follows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from klantenbeheer.foundation.access.models import User
from klantenbeheer.foundation.audit.past import by_key_at, records_at
from klantenbeheer.kernel.errors import Refused

from . import derive
from .bank.changes import REMOVAL
from .choices import AccountKind, ChangeState
from .models import Address, ConditionGroup, Customer, CustomerMailingCode, IbanChange, MailingCode, Territory
from .selectors import current_addresses

# What VIES said follows from answers that are kept elsewhere; the history of the customer does not know it.
_UNKNOWN: dict[str, Any] = {
    "vat_asked_number": "", "vat_verdict": "", "vat_checked_at": None, "vat_remark": "", "vat_name": "",
}  # fmt: skip


def _filled(model: Any, records: list[Any]) -> Any:
    """Give a queryset that has its rows already."""
    rows = model.objects.none()
    rows._result_cache = records
    return rows


def customer_at(customer: Customer, at: datetime) -> Customer:
    """Give the customer as he was, with his addresses, codes, and what he pointed at.

    Raises ``Refused`` for a moment at which he was not there.
    """
    versions = Customer.history.select_related("action").filter(id=customer.pk, history_date__lte=at)
    last = versions.order_by("-history_id").first()
    if last is None or last.history_type == "-":
        when = timezone.localtime(at).strftime("%d-%m-%Y %H:%M")
        raise Refused(
            _("%(name)s was not there yet on %(when)s.") % {"name": customer.name, "when": when},
            code="not_yet",
        )
    past: Customer = last.instance
    past.as_of = at
    for name, value in _UNKNOWN.items():
        setattr(past, name, value)
    past.territory = by_key_at(Territory, [past.territory_id], at).get(past.territory_id or 0)
    groups = by_key_at(ConditionGroup, [past.condition_group_id], at)
    past.condition_group = groups.get(past.condition_group_id or 0, customer.condition_group)
    people = User.objects.in_bulk([key for key in (past.salesperson_id, last.action.user_id) if key])
    past.salesperson = people.get(past.salesperson_id or 0)
    past.modified_at, past.modified_by = last.history_date, people.get(last.action.user_id or 0)
    addresses = records_at(Address, customer.pk, at)
    codes = records_at(CustomerMailingCode, customer.pk, at)
    names = by_key_at(MailingCode, [item.code_id for item in codes], at)
    for item in codes:
        item.code = names.get(item.code_id, MailingCode())
    past._prefetched_objects_cache = {  # type: ignore[attr-defined]  # what related managers look in first
        "addresses": _filled(Address, addresses), "mailing_codes": _filled(CustomerMailingCode, codes),
    }  # fmt: skip
    waiting = [
        change
        for change in records_at(IbanChange, customer.pk, at)
        if change.account == AccountKind.FIRST and change.state == ChangeState.PENDING
    ]
    past.iban_pending = waiting[0].new_iban or REMOVAL if waiting else ""
    derive.derive(past, current_addresses(addresses, timezone.localdate(at)))
    return past
