"""Undoing what was done to a customer's settings."""

from __future__ import annotations

from collections.abc import Iterable

from klantenbeheer.customers.models import Customer
from klantenbeheer.customers.permissions import BLOCKS
from klantenbeheer.foundation.audit.undo import RECORD_RULES, Change, RecordRule
from klantenbeheer.kernel.actors import Actor

from .models import CustomerSettings
from .services import RIGHT, retention_refusals


def _check(actor: Actor, change: Change, record: CustomerSettings | None) -> Iterable[str]:
    """Who became a customer since must be kept as long as the law asks."""
    if record is None or (change.sign == "~" and "retention_years" not in change.columns):
        return []
    customer = Customer.objects.filter(pk=record.customer_id).first()
    # He is not there where he comes back with it, as he was.
    return retention_refusals(customer, record.retention_years) if customer is not None else []


def register() -> None:
    """Make this known to the engine."""
    RECORD_RULES.register(RecordRule(kind="customer_settings", check=_check, part=True))
    RECORD_RULES.register(RecordRule(kind="block", right=RIGHT, rights=(BLOCKS,)))
