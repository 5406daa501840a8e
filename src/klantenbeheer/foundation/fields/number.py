"""Numbers with decimals: exact on every database."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from klantenbeheer.kernel.money import format_number, parse_number

_SCALE = 4


class NumberField(models.BigIntegerField):
    """A number with four places at most: ``Decimal`` in Python, whole ten-thousandths in the database."""

    description = _("Number")

    def from_db_value(self, value: int | None, *args: Any) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-_SCALE).normalize() + Decimal(0)

    def told(self, value: Decimal) -> str:
        """Give a value in the words of the timeline."""
        return format_number(value, get_language() or "nl")

    def get_prep_value(self, value: Any) -> int | None:
        value = self.to_python(value)
        return None if value is None else int(value.scaleb(_SCALE))

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        if isinstance(value, Decimal):
            return value
        try:
            return parse_number(str(value))
        except ValueError as error:
            raise ValidationError(_("“%(value)s” is no number."), params={"value": value}) from error
