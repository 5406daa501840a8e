"""Writing tables that are harmless in a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

import xlsxwriter

# Numbers and telephone numbers begin with + or - too, and do nothing.
_HARMLESS = re.compile(r"[+\-]?[\d\s().,/-]+")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def defang(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    if text[:1] in ("=", "+", "-", "@", "\t", "\r", "'") and not _HARMLESS.fullmatch(text):
        return "'" + text
    return text


def refang(text: str) -> str:
    """Undo :func:`defang`, so that what was exported comes in as it was."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t", "\r", "'") else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}".replace(".", ",")
    if isinstance(value, (date, datetime)):
        return value.strftime("%d-%m-%Y")
    return str(value)


class CsvWriter:
    """Semicolons, as a Dutch Excel opens it. The caller's stream decides about the encoding."""

    def __init__(self, stream: TextIO, headers: Sequence[Any]) -> None:
        self._writer = csv.writer(stream, delimiter=";")
        self._writer.writerow([defang(str(header)) for header in headers])

    def write_row(self, values: Sequence[Any]) -> None:
        """Write one row."""
        self._writer.writerow([defang(_text(value)) for value in values])


class XlsxWriter:
    """One sheet, written row by row in constant memory; text is never a formula or a link."""

    def __init__(self, path: Path, headers: Sequence[Any]) -> None:
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_urls": False})
        self._sheet = self._book.add_worksheet()
        self._amount = self._book.add_format({"num_format": "#,##0.00"})
        self._date = self._book.add_format({"num_format": "dd-mm-yyyy"})
        self._row = 0
        self.write_row(headers)

    def write_row(self, values: Sequence[Any]) -> None:
        """Write one row."""
        for column, value in enumerate(values):
            if isinstance(value, Decimal):
                self._sheet.write_number(self._row, column, float(value), self._amount)
            elif isinstance(value, (date, datetime)):
                self._sheet.write_datetime(self._row, column, value, self._date)
            elif value not in (None, ""):
                text = _ILLEGAL.sub("\ufffd", str(value))[:32_767]
                self._sheet.write_string(self._row, column, text)
        self._row += 1

    def close(self) -> None:
        """Finish the file."""
        self._book.close()
