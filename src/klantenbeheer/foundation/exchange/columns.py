"""Recognising columns by their headings."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from klantenbeheer.kernel.text import normalise

# companyName, VATNumber, IBAN2Code: where one word ends and the next begins.
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


@dataclass(frozen=True, slots=True)
class FieldNames:
    """A field and every heading that means it, in whatever language, the best first."""

    key: str
    names: tuple[str, ...]


def normalise_header(text: str) -> str:
    """Give a heading as words: no capitals, accents or punctuation; 'CompanyName' is 'company name'."""
    return normalise(_HUMP.sub(" ", text))


def _same(text: str) -> str:
    return text.strip().casefold()


def _words(text: str) -> str:
    # Without spaces: 'Post code' and 'Postcode', 'E-mail' and 'Email' are one.
    return normalise_header(text).replace(" ", "")


def _bare(text: str) -> str:
    return _words(_ASIDE.sub(" ", text))


def match_columns(headers: Sequence[str], fields: Sequence[FieldNames]) -> dict[str, str]:
    """Give heading to field key, in the order of the headings; a field gets one column, a column one field.

    A heading that is exactly a name goes before one that has the same words, and that before one that has them
    besides something between brackets; a field's earlier names go before its later ones.
    """
    found: dict[str, str] = {}
    forms: tuple[Callable[[str], str], ...] = (_same, _words, _bare)
    for form in forms:
        candidates: list[tuple[int, int, int, str, str]] = []
        wanted: dict[str, tuple[int, int, str]] = {}
        for order, field in enumerate(fields):
            if field.key in found.values():
                continue
            for rank, name in enumerate(field.names):
                plain = form(name)
                if plain:
                    wanted[plain] = min(wanted.get(plain, (rank, order, field.key)), (rank, order, field.key))
        for position, header in enumerate(headers):
            plain = form(header)
            if header not in found and plain in wanted:
                rank, order, key = wanted[plain]
                candidates.append((rank, order, position, header, key))
        for _rank, _order, _position, header, key in sorted(candidates):
            if key not in found.values():
                found[header] = key
    return {header: found[header] for header in headers if header in found}
