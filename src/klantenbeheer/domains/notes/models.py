"""Notes."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.audit.erasure import REMOVED
from klantenbeheer.foundation.audit.models import Audited, history


class Note(Audited):
    """A free text about a customer."""

    subject_field = "customer_id"
    audit_kind = "note"
    audit_erasure = REMOVED
    audit_label = _("Note")
    audit_right = "tab.notes"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(_("text"))
    pinned = models.BooleanField(_("pinned"), default=False)
    important = models.BooleanField(_("important"), default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    author_label = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    history: ClassVar[Any] = history()

    class Meta:
        ordering = ["-pinned", "-created_at", "-id"]
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="notes_text_given")]
        indexes = [
            models.Index(fields=["customer"], condition=models.Q(important=True), name="notes_important")
        ]

    def __str__(self) -> str:
        return self.text[:60]
