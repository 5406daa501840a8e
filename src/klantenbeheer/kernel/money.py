"""Amounts in euros: read, round, show."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_currency, format_decimal

_CENT = Decimal("0.01")
_TEN_THOUSANDTH = Decimal("0.0001")
_NUMBER_MOST = Decimal(10) ** 12
_DUTCH = re.compile(r"[+-]?\d{1,3}(?:[. ]\d{3})+(?:,\d+)?|[+-]?\d+(?:,\d+)?")
_PERCENTAGE = re.compile(r"[+-]?\d{1,6}(?:[.,]\d{1,4})?")
_ENGLISH = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+-]?\d+\.\d+")


def round_cents(amount: Decimal) -> Decimal:
    """Round half up to cents: the one rounding of amounts."""
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)


def to_cents(amount: Decimal) -> int:
    """Give whole cents."""
    return int(round_cents(amount) * 100)


def from_cents(cents: int) -> Decimal:
    """Give the amount with two places."""
    return Decimal(cents).scaleb(-2)


def parse_amount(text: str) -> Decimal:
    """Read '1.234,56', '1,234.56', '€ 1234' or '12,5'. '1.234' is Dutch: one thousand two hundred thirty-four.

    Raises ``ValueError`` for anything else.
    """
    plain = re.sub(
        r"€|EUR|\u00a0|,-$|\.-$", lambda m: " " if m[0] == "\u00a0" else "", text.strip(), flags=re.I
    ).strip()
    return round_cents(_read(plain, text))


def _read(plain: str, text: str) -> Decimal:
    """Read a number written the Dutch or the English way; raises ``ValueError`` with ``text``."""
    if _DUTCH.fullmatch(plain):
        plain = plain.replace(".", "").replace(" ", "").replace(",", ".")
    elif _ENGLISH.fullmatch(plain):
        plain = plain.replace(",", "")
    else:
        raise ValueError(text)
    if len(plain) > 20:
        raise ValueError(text)
    return Decimal(plain)


def parse_number(text: str) -> Decimal:
    """Read '1.234,5' or '-12,125', with four places and twelve digits before them at most.

    Raises ``ValueError`` for anything else. '1.234' is Dutch, as in :func:`parse_amount`.
    """
    number = _read(text.replace("\u00a0", " ").strip(), text)
    if abs(number) >= _NUMBER_MOST or number != number.quantize(_TEN_THOUSANDTH):
        raise ValueError(text)
    return number.normalize() + Decimal(0)


def parse_range(text: str) -> tuple[Decimal | None, Decimal | None]:
    """Read '12,5' (exactly that), '10..20', '10..' (and more) or '..20' (and less). Raises ``ValueError``."""
    least, between, most = (part.strip() for part in text.partition(".."))
    if not between:
        return parse_number(least), parse_number(least)
    if not least and not most:
        raise ValueError(text)
    return parse_number(least) if least else None, parse_number(most) if most else None


def format_number(value: Decimal, language: str) -> str:
    """Give '1.234,5' in the reader's way of writing, with no more places than there are."""
    return format_decimal(value, format="#,##0.####", locale=language)


def format_amount(amount: Decimal, language: str) -> str:
    """Give '€ 1.234,56' in the reader's way of writing."""
    return format_currency(amount, "EUR", locale=language)


def parse_percentage(text: str) -> Decimal:
    """Read '12,5', '12.5' or '12,5 %', with four places at most. Raises ``ValueError`` for anything else."""
    plain = text.replace("\u00a0", " ").strip().removesuffix("%").strip()
    if not _PERCENTAGE.fullmatch(plain):
        raise ValueError(text)
    return Decimal(plain.replace(",", "."))


def format_percentage(value: Decimal, language: str) -> str:
    """Give '12,5%' in the reader's way of writing, with no more places than there are."""
    return format_number(value, language) + "%"
