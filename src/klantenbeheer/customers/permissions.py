"""Rights of the customer floor."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.access.rights import RIGHTS, YES_NO, Right

CUSTOMERS = "customers"
IMPORT = "customers.import"
EXPORT = "customers.export"
CREDIT = "customers.credit"
GROUP = "customers.conditions"
ADMINISTRATION = "administration"
BANK_CONFIRM = "bank.confirm"


def register() -> None:
    """Make the rights known to roles."""
    RIGHTS.register(Right(CUSTOMERS, _("Customers: basic data"), 10))
    RIGHTS.register(Right(IMPORT, _("Customers: import"), 11, YES_NO))
    RIGHTS.register(Right(EXPORT, _("Customers: export"), 12, YES_NO))
    RIGHTS.register(Right(CREDIT, _("Customers: credit limit"), 13, YES_NO))
    RIGHTS.register(Right(GROUP, _("Customers: condition group"), 14, YES_NO))
    RIGHTS.register(Right(BANK_CONFIRM, _("Customers: confirm a changed bank account"), 15, YES_NO))
    RIGHTS.register(Right(ADMINISTRATION, _("Administration"), 90, YES_NO))
    RIGHTS.register(Right("jobs", _("Background work"), 91))
