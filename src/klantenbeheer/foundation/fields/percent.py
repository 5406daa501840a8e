"""Percentages: exact on every database."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from klantenbeheer.kernel.money import parse_percentage

_SCALE = 4


class PercentField(models.IntegerField):
    """A percentage: ``Decimal`` in Python (12.5 is twelve and a half), whole ten-thousandths in the database."""

    description = _("Percentage")

    # What django-stubs reads to type the attribute of a model.
    _pyi_private_get_type: Decimal  # type: ignore[assignment]  # the base class reads whole numbers

    def from_db_value(self, value: int | None, *args: Any) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-_SCALE).normalize() + Decimal(0)

    def get_prep_value(self, value: Any) -> int | None:
        value = self.to_python(value)
        return None if value is None else int(value.scaleb(_SCALE))

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        if isinstance(value, Decimal):
            return value
        try:
            return parse_percentage(str(value))
        except ValueError as error:
            raise ValidationError(_("“%(value)s” is no percentage."), params={"value": value}) from error
