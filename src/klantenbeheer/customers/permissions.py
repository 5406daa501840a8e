"""Rights of the customer floor."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.access.rights import RIGHTS, YES_NO, Right
from klantenbeheer.kernel.actors import Actor, Level
from klantenbeheer.kernel.errors import NotAllowed

CUSTOMERS = "customers"
IMPORT = "customers.import"
EXPORT = "customers.export"
CREDIT = "customers.credit"
GROUP = "customers.conditions"
ADMINISTRATION = "administration"
BANK_CONFIRM = "bank.confirm"
BULK = "customers.bulk"
DELETE = "customers.delete"
BLOCKS = "customers.blocks"


def require_delete(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may delete records; what they are of, another right says."""
    if not actor.may(DELETE, Level.EDIT):
        raise NotAllowed(_("You may not delete records."), right=DELETE)


def require_bulk(actor: Actor) -> None:
    """Raise ``NotAllowed`` unless the actor may change many customers at once."""
    if not actor.may(BULK, Level.EDIT):
        raise NotAllowed(_("You may not change many customers at once."), right=BULK)


def register() -> None:
    """Make the rights known to roles."""
    RIGHTS.register(Right(CUSTOMERS, _("Customers: basic data"), 10))
    RIGHTS.register(Right(IMPORT, _("Customers: import"), 11, YES_NO))
    RIGHTS.register(Right(EXPORT, _("Customers: export"), 12, YES_NO))
    RIGHTS.register(Right(CREDIT, _("Customers: credit limit"), 13, YES_NO))
    RIGHTS.register(Right(GROUP, _("Customers: condition group"), 14, YES_NO))
    RIGHTS.register(Right(BANK_CONFIRM, _("Customers: confirm a changed bank account"), 15, YES_NO))
    RIGHTS.register(Right(BULK, _("Customers: change many at once"), 16, YES_NO))
    RIGHTS.register(Right(DELETE, _("Delete records"), 17, YES_NO))
    RIGHTS.register(Right(BLOCKS, _("Customers: block and lift blocks"), 18, YES_NO))
    RIGHTS.register(Right(ADMINISTRATION, _("Administration"), 90, YES_NO))
    RIGHTS.register(Right("jobs", _("Background work"), 91))
