"""Jobs, their schedule, and the workers that are alive."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    READY = "ready", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Job(models.Model):
    """One piece of background work. ``lease_until`` passed while running means: its worker is gone."""

    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READY)
    run_after = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=60, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    cancel_requested = models.BooleanField(default=False)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["run_after"], condition=models.Q(state__in=["ready", "running"]), name="jobs_to_do"
            )
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="jobs_state_known")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done or under way."""
        return self.state in (State.READY, State.RUNNING)

    @property
    def percentage(self) -> int | None:
        """How far it is, when the total is known."""
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def rate(self) -> int:
        """Items a second so far."""
        if not self.started_at or not self.done:
            return 0
        seconds = ((self.finished_at or timezone.now()) - self.started_at).total_seconds()
        return int(self.done / seconds) if seconds > 0 else 0

    @property
    def seconds_left(self) -> int | None:
        """A fair guess of the time left."""
        if not self.total or not self.rate or self.state != State.RUNNING:
            return None
        return max(0, (self.total - self.done) // self.rate)

    @property
    def time_left(self) -> str:
        """The time left as one says it; empty when it cannot be guessed."""
        seconds = self.seconds_left
        if seconds is None:
            return ""
        return f"{seconds} s" if seconds < 100 else f"{-(-seconds // 60)} min"


class Schedule(models.Model):
    """When a scheduled kind runs next."""

    kind = models.CharField(max_length=60, primary_key=True)
    next_run = models.DateTimeField()

    def __str__(self) -> str:
        return self.kind


class Worker(models.Model):
    """A worker process and when it last said that it lives."""

    name = models.CharField(max_length=60, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
