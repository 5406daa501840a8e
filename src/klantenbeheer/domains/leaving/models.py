"""Who left, and to whom what was his went."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.audit.erasure import NOTHING_PERSONAL
from klantenbeheer.foundation.audit.models import Audited, history


class Departure(Audited):
    """One colleague's leaving. ``action`` wrote all that went over; undoing goes by it."""

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
    action = models.OneToOneField("audit.Action", on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(_("undone"), null=True)

    history: ClassVar[Any] = history(excluded_fields=["action"])

    def __str__(self) -> str:
        return str(self.user)
