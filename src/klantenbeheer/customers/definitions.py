"""What the basic data point at: territories, mailing codes, condition groups, the meaning of extra fields."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from klantenbeheer.foundation.audit.erasure import NOTHING_PERSONAL
from klantenbeheer.foundation.audit.models import Audited, history
from klantenbeheer.foundation.fields.percent import PercentField

from .choices import SLOTS


class Territory(Audited):
    """A sales region, within another or by itself. Who it is for and where it lies, its own domain knows."""

    audit_kind = "territory"
    audit_label = _("Territory")
    audit_erasure = NOTHING_PERSONAL

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )

    history: ClassVar[Any] = history()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(Upper("code"), name="customers_territory_code_once"),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="customers_territory_not_in_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()


class MailingCode(Audited):
    """A group that mailings select by. A retired code stays where it stands and is given to nobody new."""

    audit_kind = "mailing_code_definition"
    audit_label = _("Mailing code")
    audit_erasure = NOTHING_PERSONAL

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=80, blank=True)
    retired = models.BooleanField(_("retired"), default=False)

    history: ClassVar[Any] = history()

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(Upper("code"), name="customers_mailing_code_unique")]

    def __str__(self) -> str:
        return self.code


# The group 'Algemeen': it is there from the first migration on, under this key, and cannot be deleted.
GENERAL_GROUP = 1


class ConditionGroup(Audited):
    """A group of customers with the same discount or surcharge. Every customer is in one."""

    audit_kind = "condition_group"
    audit_label = _("Condition group")
    audit_erasure = NOTHING_PERSONAL

    name = models.CharField(_("name"), max_length=60)
    description = models.CharField(_("description"), max_length=200, blank=True)
    discount = PercentField(_("discount"), default=Decimal(0))
    surcharge = PercentField(_("surcharge"), default=Decimal(0))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    history: ClassVar[Any] = history()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Upper("name"), name="customers_condition_group_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="customers_condition_group_named"),
            models.CheckConstraint(
                condition=models.Q(discount__gte=0, discount__lte=100, surcharge__gte=0, surcharge__lte=100),
                name="customers_condition_group_percentages",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="customers_condition_group_validity",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ExtraField(Audited):
    """What one of the extra columns of the customers means: its name, place, and choices (none: free text)."""

    audit_kind = "extra_field"
    audit_label = _("Extra field")
    audit_erasure = NOTHING_PERSONAL

    slot = models.CharField(max_length=20, unique=True, choices=[(slot, slot) for slot in SLOTS])
    label_nl = models.CharField(_("name in Dutch"), max_length=40)
    label_en = models.CharField(_("name in English"), max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(_("place"), default=0)
    active = models.BooleanField(_("in use"), default=False)
    required = models.BooleanField(_("required"), default=False)
    in_list = models.BooleanField(_("column in the list"), default=False)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    # Choices that were taken away since; filled where the definitions are kept in memory.
    removed: Sequence[str] = ()

    history: ClassVar[Any] = history()

    def __str__(self) -> str:
        return self.label_nl
