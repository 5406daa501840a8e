"""Pairs that look alike, what was decided about them, and merges."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.audit.erasure import NOTHING_PERSONAL
from klantenbeheer.foundation.audit.models import Audited, history

from .permissions import DUPLICATES


class Verdict(models.TextChoices):
    SAME = "same", _("Same")
    DIFFERENT = "different", _("Different")


class Pair(models.Model):
    """Two customers that look alike. It follows from their data, so it has no history; ``low`` has the lower key.

    ``verdict`` follows from :class:`Decision`, so that the list needs no second table.
    """

    low = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+", db_index=False)
    high = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    verdict = models.CharField(max_length=10, blank=True, choices=Verdict.choices)
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="duplicates_pair_once"),
            models.CheckConstraint(
                condition=models.Q(low__lt=models.F("high")), name="duplicates_pair_order"
            ),
            models.CheckConstraint(condition=models.Q(score__lte=100), name="duplicates_score"),
        ]
        indexes = [models.Index(fields=["verdict", "-score", "id"], name="duplicates_by_score")]

    def __str__(self) -> str:
        return f"{self.low_id} {self.high_id} {self.score}"


class Decision(Audited):
    """What somebody decided about two customers: remembered until it is taken back, whatever is found later."""

    audit_kind = "duplicate_decision"
    audit_right = DUPLICATES
    audit_erasure = NOTHING_PERSONAL

    low = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+", db_index=False)
    high = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict.choices)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_label = models.CharField(_("decided by"), max_length=120)
    decided_at = models.DateTimeField(_("decided"), default=timezone.now)

    history: ClassVar[Any] = history()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="duplicates_decision_once"),
            models.CheckConstraint(
                condition=models.Q(low__lt=models.F("high")), name="duplicates_decision_order"
            ),
            models.CheckConstraint(
                condition=models.Q(verdict__in=Verdict.values), name="duplicates_verdict_known"
            ),
        ]
        indexes = [models.Index(fields=["verdict", "-id"], name="duplicates_decided")]

    def __str__(self) -> str:
        return f"{self.low_id} {self.high_id} {self.verdict}"


class Merge(models.Model):
    """One merge: who stayed, who went, what did not survive, and what undoing it needs beside the history.

    ``survivor_id`` is no key of a customer that must exist: he may have been merged further.
    """

    action = models.OneToOneField("audit.Action", on_delete=models.PROTECT, related_name="+")
    survivor_id = models.BigIntegerField(db_index=True)
    survivor_number = models.CharField(max_length=20)
    survivor_name = models.CharField(max_length=200)
    # Of each who went: key, number, name.
    others = models.JSONField(default=list)
    # Of each kind of record how many moved: model, number.
    moved = models.JSONField(default=list)
    # customers.merging.Lost.stored(), and what undoing needs.
    lost = models.JSONField(default=list)
    kept = models.JSONField(default=dict)
    undone = models.OneToOneField("audit.Action", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{', '.join(number for _key, number, _name in self.others)} → {self.survivor_number}"
