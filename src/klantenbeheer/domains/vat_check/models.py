"""The evidence of every answer, and what is still to be asked."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.audit.models import UnsignedWrite

from .choices import Outcome, Source


class EvidenceQuerySet(models.QuerySet[Any]):
    """Refuses to change or remove what was once written."""

    def update(self, **values: Any) -> int:
        raise UnsignedWrite("an answer of VIES is never changed")

    def delete(self) -> Any:
        raise UnsignedWrite("an answer of VIES is never removed")

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise UnsignedWrite("an answer of VIES is never changed")


class VatAnswer(models.Model):
    """One question to VIES with its answer, as it came. Only ever added; the database refuses changes as well.

    It stays when its customer goes (an undone import), hence no constraint on him, and his number beside the key.
    """

    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    customer_number = models.CharField(max_length=20)
    number = models.CharField(_("VAT number"), max_length=40)
    requester = models.CharField(_("asked in the name of"), max_length=40, blank=True)
    outcome = models.CharField(_("answer"), max_length=10, choices=Outcome.choices)
    code = models.CharField(_("code"), max_length=40, blank=True)
    name = models.TextField(_("name"), blank=True)
    address = models.TextField(_("address"), blank=True)
    consultation = models.CharField(_("consultation number"), max_length=100, blank=True)
    request_date = models.CharField(max_length=60, blank=True)
    raw = models.TextField(blank=True)
    source = models.CharField(_("why"), max_length=10, choices=Source.choices)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_label = models.CharField(_("asked by"), max_length=120)

    objects: ClassVar[Any] = EvidenceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["customer", "-id"], name="vat_check_of_customer")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values), name="vat_check_outcome_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.outcome} {self.asked_at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise UnsignedWrite("an answer of VIES is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise UnsignedWrite("an answer of VIES is never removed")


class Waiting(models.Model):
    """A customer whose number is asked again later, since VIES or his member state gave no answer."""

    customer = models.OneToOneField("customers.Customer", on_delete=models.CASCADE, related_name="+")
    due_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=1)
    code = models.CharField(max_length=40, blank=True)
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.customer_id} {self.code}"
