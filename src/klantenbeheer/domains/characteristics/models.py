"""What can be said of a customer, and what is said."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from klantenbeheer.customers.models import Customer
from klantenbeheer.foundation.audit.erasure import NOTHING_PERSONAL, Erasure
from klantenbeheer.foundation.audit.models import Audited, history
from klantenbeheer.foundation.fields.number import NumberField

from .choices import Kind
from .fields import ValuesField

# The name of a characteristic where fields have names: forms, addresses, files.
_NAME = re.compile(r"c(\d{1,9})")


class Characteristic(Audited):
    """A definition. A retired one is asked of nobody any more; who has a value keeps it.

    ``statuses`` are those of the customers it is asked of; none means all.
    """

    audit_kind = "characteristic_definition"
    audit_label = _("Characteristic")
    audit_erasure = NOTHING_PERSONAL

    name_nl = models.CharField(_("name in Dutch"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    group = models.CharField(_("group"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    help = models.CharField(_("help"), max_length=200, blank=True)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    statuses = models.JSONField(_("for customers with status"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("place"), default=0)
    required = models.BooleanField(_("required"), default=False)
    retired = models.BooleanField(_("retired"), default=False)
    in_list = models.BooleanField(_("column in the list"), default=False)

    history: ClassVar[Any] = history()

    class Meta:
        ordering = ["position", "name_nl", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[value for value, _label in Kind.choices]),
                name="characteristics_kind_known",
            )
        ]

    def __str__(self) -> str:
        return self.name_nl


class CustomerCharacteristics(Audited):
    """All characteristics of one customer: key of the definition to value, as JSON keeps it.

    A text or choice is a text, a number a text with a point, a date ISO 8601, yes or no a truth value, several
    choices are a list.
    """

    subject_field = "customer_id"
    audit_kind = "characteristics"
    audit_erasure = Erasure(fields=("values",))
    audit_label = _("Characteristics")
    audit_right = "tab.characteristics"

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="characteristics")
    values = ValuesField(_("values"), default=dict, blank=True)

    history: ClassVar[Any] = history()

    def __str__(self) -> str:
        return str(self.audit_label)

    def __getattr__(self, name: str) -> Any:
        """Give a value by the name that forms use, as one would type it."""
        from .values import by_key, typed  # these read the models

        found = _NAME.fullmatch(name)
        if found is None:
            raise AttributeError(name)
        return typed(by_key(found[1]), self.values.get(found[1]))


class CharacteristicValue(models.Model):
    """One value for the list to filter by. It follows from :class:`CustomerCharacteristics`, which has the history."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    characteristic = models.ForeignKey(
        Characteristic, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    text = models.CharField(max_length=200, blank=True)
    number = NumberField(null=True)
    day = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["customer", "characteristic"], name="characteristics_of"),
            models.Index(fields=["characteristic", "text", "customer"], name="characteristics_by_text"),
            models.Index(
                fields=["characteristic", "number", "customer"],
                condition=models.Q(number__isnull=False),
                name="characteristics_by_number",
            ),
            models.Index(
                fields=["characteristic", "day", "customer"],
                condition=models.Q(day__isnull=False),
                name="characteristics_by_day",
            ),
        ]

    def __str__(self) -> str:
        return self.text
