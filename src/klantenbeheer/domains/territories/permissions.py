"""The right of this domain."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.access.rights import RIGHTS, Right

TERRITORIES = "territories"


def register() -> None:
    """Make the right known to roles."""
    RIGHTS.register(Right(TERRITORIES, _("Territories"), 30))
