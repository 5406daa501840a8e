"""What a password must be."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """Django's rule, in words of our own: its Dutch lacks them."""

    def get_error_message(self) -> str:
        """Say what is wrong."""
        return _("This password is too short; it needs at least %(least)d characters.") % {
            "least": self.min_length
        }

    def get_help_text(self) -> str:
        """Say what is wanted."""
        return _("A password needs at least %(least)d characters.") % {"least": self.min_length}
