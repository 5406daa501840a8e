"""The rights of this domain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.access.rights import RIGHTS, YES_NO, Right

DUPLICATES = "duplicates"
MERGE = "customers.merge"


def register() -> None:
    """Make the rights known to roles."""
    RIGHTS.register(Right(MERGE, _("Customers: merge"), 16, YES_NO))
    RIGHTS.register(Right(DUPLICATES, _("Duplicate customers"), 35))
