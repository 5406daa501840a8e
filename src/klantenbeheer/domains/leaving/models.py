"""Who left, and to whom what was his went."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.audit.erasure import NOTHING_PERSONAL
from klantenbeheer.foundation.audit.models import Audited, history


class Departure(Audited):
    """A colleague left, and to whom what was his went. It is there as long as that holds: undoing takes it away."""

    audit_kind = "departure"
    audit_label = _("Leaving colleague")
    audit_erasure = NOTHING_PERSONAL

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    successor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("goes to"),
    )
    since = models.DateField(_("territories from"))

    history: ClassVar[Any] = history()

    def __str__(self) -> str:
        return str(self.user)
