"""Dates as people type them."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            ("januari", "jan", "january"), ("februari", "feb", "february"), ("maart", "mrt", "march"),
            ("april", "apr"), ("mei", "may"), ("juni", "jun", "june"), ("juli", "jul", "july"),
            ("augustus", "aug", "august"), ("september", "sep"), ("oktober", "okt", "october", "oct"),
            ("november", "nov"), ("december", "dec"),
        ],
        start=1,
    )
    for name in names
}  # fmt: skip


def parse_date(text: str) -> date:
    """Read 31-12-2026, 31/12/2026, 31.12.2026, 2026-12-31 or '31 december 2026'. Raises ``ValueError``."""
    text = text.strip().lower()
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ].*)?", text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", text):
        return date(int(match[3]), int(match[2]), int(match[1]))
    if (match := re.fullmatch(r"(\d{1,2}) ([a-z]+)\.? (\d{4})", text)) and match[2] in _MONTHS:
        return date(int(match[3]), _MONTHS[match[2]], int(match[1]))
    raise ValueError(text)
