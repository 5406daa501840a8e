"""Amounts: exact on every database."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from klantenbeheer.kernel.money import format_amount, from_cents, parse_amount, to_cents


class CentsField(models.BigIntegerField):
    """A euro amount: ``Decimal`` with two places in Python, whole cents in the database.

    SQLite keeps decimals as floats, and a sum over them was euros wrong.
    """

    description = _("Amount in euros")

    def from_db_value(self, value: int | None, *args: Any) -> Decimal | None:
        return None if value is None else from_cents(value)

    def told(self, value: Decimal) -> str:
        """Give an amount in the words of the timeline."""
        return format_amount(value, get_language() or "nl")

    def get_prep_value(self, value: Any) -> int | None:
        value = self.to_python(value)
        return None if value is None else to_cents(value)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        if isinstance(value, Decimal):
            return value
        try:
            return parse_amount(str(value))
        except ValueError as error:
            raise ValidationError(_("“%(value)s” is no amount."), params={"value": value}) from error
