"""Rights of this domain: the application manager has them, and whoever guards the privacy of customers may get them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.access.rights import RIGHTS, YES_NO, Right

PRIVACY = "privacy"
ERASE = "privacy.erase"


def register() -> None:
    """Make the rights known to roles."""
    RIGHTS.register(Right(PRIVACY, _("Privacy: register and archives"), 92))
    RIGHTS.register(Right(ERASE, _("Privacy: erase"), 93, YES_NO))
