"""Writing tables that are harmless in a spreadsheet."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, TextIO

import xlsxwriter
from django.utils.translation import gettext_lazy as _

from .errors import ExchangeError

XLSX_CELL_MOST = 32_767
XLSX_ROWS_MOST = 1_048_576
XLSX_COLUMNS_MOST = 16_384

# What spreadsheets take for the beginning of a formula; the last four are their full-width forms.
_TRIGGERS = tuple("=+-@\t\r\n＝＋－＠")
# Numbers and telephone numbers begin with + or - too, and do nothing.
_HARMLESS = re.compile(r"[+\-]?[\d\s().,/-]+")
# What XML cannot hold, and halves of characters, which no encoding can.
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_UNWRITABLE = re.compile(r"[\x00\ud800-\udfff]")
_MARK = "\ufffd"
# Excel's numbers have fifteen digits, its days begin in 1900.
_DIGITS = 15
_FIRST_DAY = date(1900, 3, 1)


def _runs(text: str) -> bool:
    core = text.lstrip("'")
    return core.startswith(_TRIGGERS) and not _HARMLESS.fullmatch(core)


def defang(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run as a formula.

    Text that has one already gets another, so that :func:`refang` gives back any text as it was; names like
    ``'s-Hertogenbosch`` stay as they are.
    """
    return "'" + text if _runs(text) else text


def refang(text: str) -> str:
    """Undo :func:`defang`, so that what was exported comes in as it was."""
    return text[1:] if text.startswith("'") and _runs(text) else text


def _plain(value: datetime) -> datetime:
    return value.replace(tzinfo=None)


def _text(value: Any) -> str:
    """Give a value as a Dutch spreadsheet reads it: decimal comma, day first; nothing rounded."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | float):
        number = value if isinstance(value, Decimal) else Decimal(repr(value))
        return f"{number:f}".replace(".", ",")
    if isinstance(value, datetime):
        plain = _plain(value)
        day = f"{plain:%d-%m-}{plain.year:04}"
        return day if plain.time() == time.min else f"{day} {plain.time().isoformat()}"
    if isinstance(value, date):
        return f"{value:%d-%m-}{value.year:04}"
    return str(value)


class _Encoded:
    """Lets the csv module write to a stream of bytes."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._encoder = codecs.getincrementalencoder(encoding)("strict")

    def write(self, text: str) -> None:
        self._stream.write(self._encoder.encode(text))


class CsvWriter:
    """Semicolons, as a Dutch Excel opens it.

    A stream of bytes gets ``encoding``, by default UTF-8 with the mark that Excel needs; a stream of text keeps its
    own (open it with ``newline=""``). NUL becomes U+FFFD: no program reads a text with NUL. Dates with a zone are
    written as they stand; the caller brings them to the company's zone first.
    """

    def __init__(
        self,
        stream: TextIO | BinaryIO,
        headers: Sequence[Any],
        *,
        delimiter: str = ";",
        encoding: str = "utf-8-sig",
    ) -> None:
        is_text = isinstance(stream, io.TextIOBase) or getattr(stream, "encoding", None) is not None
        target: Any = stream if is_text else _Encoded(stream, encoding)  # type: ignore[arg-type]
        self._writer = csv.writer(target, delimiter=delimiter)
        self.write_row(headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write_row(self, values: Sequence[Any]) -> None:
        """Write one row; text that begins like a formula gets an apostrophe."""
        self._writer.writerow([self._cell(value) for value in values])

    @staticmethod
    def _cell(value: Any) -> str:
        text = _text(value)
        return _UNWRITABLE.sub(_MARK, defang(text) if isinstance(value, str) else text)

    def close(self) -> None:
        """Finish the table; the stream stays the caller's."""


class XlsxWriter:
    """One sheet, written row by row in constant memory; text is never a formula or a link.

    Numbers, amounts, dates and truth values keep their kind as far as Excel can hold them, and are text otherwise.
    Characters that cannot stand in such a file become U+FFFD. Raises ``ExchangeError`` where Excel's limits would
    lose something. :meth:`close` writes the file.
    """

    def __init__(self, path: Path, headers: Sequence[Any], *, sheet: str = "") -> None:
        self._book = xlsxwriter.Workbook(
            str(path), {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
        )
        self._sheet = self._book.add_worksheet(sheet or None)
        self._amount = self._book.add_format({"num_format": "#,##0.00"})
        self._date = self._book.add_format({"num_format": "dd-mm-yyyy"})
        self._moment = self._book.add_format({"num_format": "dd-mm-yyyy hh:mm:ss"})
        self._row = 0
        self.write_row(headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write_row(self, values: Sequence[Any]) -> None:
        """Write one row; text that begins like a formula gets an apostrophe, as it may be saved as CSV later."""
        if self._row >= XLSX_ROWS_MOST or len(values) > XLSX_COLUMNS_MOST:
            raise ExchangeError(
                "too_many_rows",
                _("An Excel sheet cannot hold that many rows or columns; export as CSV instead."),
            )
        for column, value in enumerate(values):
            self._write(column, value)
        self._row += 1

    def _write(self, column: int, value: Any) -> None:
        sheet, row = self._sheet, self._row
        if value is None or value == "":
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, int | float | Decimal) and _fits(value):
            cents = isinstance(value, Decimal) and value == round(value, 2)
            sheet.write_number(row, column, float(value), self._amount if cents else None)
        elif isinstance(value, datetime) and value.date() >= _FIRST_DAY and not value.microsecond:
            plain = _plain(value)
            sheet.write_datetime(row, column, plain, self._date if plain.time() == time.min else self._moment)
        elif isinstance(value, date) and not isinstance(value, datetime) and value >= _FIRST_DAY:
            sheet.write_datetime(row, column, value, self._date)
        else:
            self._write_text(column, defang(value) if isinstance(value, str) else _text(value))

    def _write_text(self, column: int, text: str) -> None:
        text = _ILLEGAL.sub(_MARK, text)
        # Excel counts characters outside the basic plane twice.
        if len(text) > XLSX_CELL_MOST // 2 and len(text.encode("utf-16-le")) // 2 > XLSX_CELL_MOST:
            raise ExchangeError(
                "cell_too_long",
                _("Row %(row)d, column %(column)d has more than the %(most)d characters that an Excel cell can hold; "
                  "export as CSV instead."),
                row=self._row + 1, column=column + 1, most=XLSX_CELL_MOST,
            )  # fmt: skip
        self._sheet.write_string(self._row, column, text)

    def close(self) -> None:
        """Write the file."""
        self._book.close()


def _fits(value: float | Decimal) -> bool:
    """Say whether Excel can hold the number without changing it (it writes and shows fifteen digits, not more)."""
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite() or abs(number.adjusted()) >= 300:
        return False
    return isinstance(value, float) or len(number.normalize().as_tuple().digits) <= _DIGITS
