"""The right of this domain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.access.rights import RIGHTS, Right

CONDITIONS = "conditions"


def register() -> None:
    """Make the right known to roles."""
    RIGHTS.register(Right(CONDITIONS, _("Condition groups"), 31))
