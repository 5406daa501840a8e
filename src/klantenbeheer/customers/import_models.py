"""A file that is brought in: how far it is, what was said of its rows, and how its columns were mapped."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ImportRun(models.Model):
    """One file brought in, or only looked at. ``next_row`` moves in the transaction that stores the rows before it."""

    class Step(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        PREVIEWED = "previewed", _("Previewed")
        IMPORTED = "imported", _("Imported")
        UNDONE = "undone", _("Undone")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    name = models.CharField(max_length=200)
    path = models.CharField(max_length=300)
    size = models.PositiveBigIntegerField(default=0)
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    on_duplicate = models.CharField(max_length=10, blank=True)
    nameless = models.CharField(max_length=10, default="refuse")
    country = models.CharField(max_length=2, blank=True)
    step = models.CharField(max_length=10, choices=Step.choices, default=Step.UPLOADED)
    dry_run = models.BooleanField(default=True)
    next_row = models.PositiveBigIntegerField(default=0)
    read = models.PositiveBigIntegerField(default=0)
    created = models.PositiveBigIntegerField(default=0)
    updated = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)
    doubtful = models.PositiveBigIntegerField(default=0)
    flagged = models.PositiveBigIntegerField(default=0)
    kept = models.PositiveBigIntegerField(default=0)
    action = models.ForeignKey("audit.Action", on_delete=models.PROTECT, null=True, related_name="+")
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.name} ({self.step})"

    @property
    def may_be_mapped(self) -> bool:
        """Whether its columns may still be chosen: nothing of it is stored."""
        return self.action_id is None and self.step in (self.Step.UPLOADED, self.Step.PREVIEWED)

    @property
    def is_undoable(self) -> bool:
        """Whether it stored something, finished or stopped halfway, and was not undone yet."""
        return self.action_id is not None and self.step != self.Step.UNDONE


class ImportIssue(models.Model):
    """A row that was refused, is doubtful, or was stored with something to check; with the reasons and its cells."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="issues")
    dry_run = models.BooleanField(default=True)
    row = models.PositiveBigIntegerField()
    outcome = models.CharField(max_length=10)
    reasons = models.JSONField(default=list)
    cells = models.JSONField(default=list)

    class Meta:
        ordering = ["row"]
        indexes = [models.Index(fields=["run", "outcome", "row"], name="customers_import_issue")]

    def __str__(self) -> str:
        return f"{self.row} {self.outcome}"


class ImportMapping(models.Model):
    """How a user mapped a file with these headings the last time."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "fingerprint"], name="customers_mapping_once")]

    def __str__(self) -> str:
        return self.fingerprint
