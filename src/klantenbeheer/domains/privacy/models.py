"""The register: what was asked, what was given out, what was erased, and what may not be erased yet."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.audit.erasure import Erasure
from klantenbeheer.foundation.audit.models import Audited, history

from .choices import Kind, Outcome
from .permissions import PRIVACY

CUSTOMER = "customers.Customer"


class PrivacyRequest(Audited):
    """Somebody asks what we keep, or that it goes. The row outlives the data: hence a number beside the key."""

    subject_field = "customer_id"
    audit_kind = "privacy_request"
    audit_erasure = Erasure(fields=("asker", "remark"), stand_ins={"asker": "gewist"})
    audit_label = _("Privacy request")
    audit_right = PRIVACY

    customer = models.ForeignKey(
        CUSTOMER, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("customer")
    )
    customer_number = models.CharField(_("customer number"), max_length=20)
    # The key of the contact person, for as long as there is one.
    person_id = models.BigIntegerField(_("contact person"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    asker = models.CharField(_("asked by"), max_length=120)
    received_on = models.DateField(_("received on"), default=timezone.localdate)
    due_on = models.DateField(_("due on"))
    extended = models.BooleanField(_("extended by two months"), default=False)
    remark = models.TextField(_("remark"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_label = models.CharField(_("done by"), max_length=120, blank=True)

    history: ClassVar[Any] = history()

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["outcome", "due_on", "id"], name="privacy_request_due")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values, outcome__in=Outcome.values),
                name="privacy_request_choices_known",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="", done_on__isnull=True)
                | (~models.Q(outcome="") & models.Q(done_on__isnull=False)),
                name="privacy_request_done_has_outcome",
            ),
            models.CheckConstraint(
                condition=models.Q(due_on__gte=models.F("received_on")), name="privacy_request_due_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.received_on:%d-%m-%Y}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer."""
        return not self.outcome

    def days_left(self, today: date | None = None) -> int:
        """Give the days until it is due; below zero it is too late."""
        return (self.due_on - (today or timezone.localdate())).days


class Hold(Audited):
    """Nothing of this customer may be erased now: a claim, an inspection, a lawsuit."""

    subject_field = "customer_id"
    audit_kind = "privacy_hold"
    audit_erasure = Erasure(fields=("reason",), stand_ins={"reason": "gewist"})
    audit_label = _("Legal hold")
    audit_right = PRIVACY

    customer = models.ForeignKey(CUSTOMER, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)

    history: ClassVar[Any] = history()

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="privacy_hold_reason"),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="privacy_hold_period",
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class Archive(models.Model):
    """Everything about somebody in one file, for who asked, for some days. ``path`` is empty until it is made."""

    customer = models.ForeignKey(CUSTOMER, on_delete=models.CASCADE, related_name="+")
    person_id = models.BigIntegerField(null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(PrivacyRequest, on_delete=models.SET_NULL, null=True, related_name="archives")
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    path = models.CharField(max_length=60, blank=True)
    size = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.created_at:%Y-%m-%d}"


class Erasing(models.Model):
    """One erasure: who decided it, why, and what became of each kind of record. Holds nothing about the person.

    ``applied_at`` is set in the transaction that erases; ``files`` are what still lies on the disk after it, and
    ``done_at`` says that they are gone too.
    """

    customer = models.ForeignKey(CUSTOMER, on_delete=models.SET_NULL, null=True, related_name="+")
    customer_number = models.CharField(max_length=20)
    person_id = models.BigIntegerField(null=True)
    request = models.ForeignKey(PrivacyRequest, on_delete=models.SET_NULL, null=True, related_name="erasings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    label = models.CharField(max_length=120)
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    # Until when the administration keeps the rest; after that day the rest is to be erased too.
    keeps_until = models.DateField(null=True)
    lines = models.JSONField(default=list)
    files = models.JSONField(default=list)
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="privacy_erasing_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_number} {self.created_at:%Y-%m-%d}"
