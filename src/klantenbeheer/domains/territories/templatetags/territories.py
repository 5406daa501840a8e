"""How the pages of the territories write amounts and countries."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.translation import get_language

from klantenbeheer.kernel import countries
from klantenbeheer.kernel.money import format_amount

register = template.Library()


@register.filter
def money(amount: Decimal) -> str:
    """Give an amount in the reader's way of writing."""
    return format_amount(amount, get_language() or "nl")


@register.filter
def country_name(code: str) -> str:
    """Give the country's name in the reader's language."""
    return countries.country_name(code, get_language() or "nl")
