"""What is done to many customers at once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class BulkEdit(models.Model):
    """A selection of customers, and what is done to them.

    The selection is a filter (the parameters of the list's address) or, chosen by hand, some keys. ``top`` is the
    largest key at the time: who comes in later was not looked at and is left alone.
    """

    class Step(models.TextChoices):
        CHOSEN = "chosen", _("chosen")
        STARTED = "started", _("under way")
        DONE = "done", _("done")
        UNDONE = "undone", _("undone")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    parameters = models.JSONField(default=dict)
    keys = models.JSONField(default=list)
    by_filter = models.BooleanField(default=False)
    top = models.PositiveBigIntegerField(default=0)
    field = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=200, blank=True)
    step = models.CharField(max_length=10, choices=Step.choices, default=Step.CHOSEN)
    after = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    already = models.PositiveBigIntegerField(default=0)
    # Who had changed since when it was undone, and so stays.
    kept = models.PositiveBigIntegerField(default=0)
    # Reason to how many were left as they are because of it.
    refused = models.JSONField(default=dict)
    # Marks have no history: whose mark was set or lifted, to put it back.
    marks = models.JSONField(default=list)
    action = models.ForeignKey("audit.Action", on_delete=models.PROTECT, null=True, related_name="+")
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(step__in=["chosen", "started", "done", "undone"]),
                name="customers_bulk_step_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.value} ({self.step})"

    @property
    def restored(self) -> int:
        """How many went back when it was undone."""
        return max(self.changed - self.kept, 0)

    @property
    def is_started(self) -> bool:
        """Whether something was, or is being, changed."""
        return self.step != self.Step.CHOSEN
