"""Rights of the VAT check."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.access.rights import RIGHTS, Right

VAT_CHECK = "vat_check"


def register() -> None:
    """Make the right known to roles: seeing answers, and (edit) checking the whole file."""
    RIGHTS.register(Right(VAT_CHECK, _("VAT check"), 60))
