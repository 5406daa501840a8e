"""Recognising columns by their headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from klantenbeheer.kernel.text import compact


@dataclass(frozen=True, slots=True)
class FieldNames:
    """A field and every heading that means it."""

    key: str
    names: tuple[str, ...]


def normalise_header(text: str) -> str:
    """Give what two spellings of a heading share: 'CompanyName', 'company name' and 'company_name' are one."""
    return compact(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text))


def match_columns(headers: Sequence[str], fields: Sequence[FieldNames]) -> dict[str, str]:
    """Give heading to field key; the first heading that names a field gets it."""
    table: dict[str, str] = {}
    for field in fields:
        for name in field.names:
            table.setdefault(normalise_header(name), field.key)
    found: dict[str, str] = {}
    for header in headers:
        key = table.get(normalise_header(header))
        if key and key not in found.values():
            found[header] = key
    return found
