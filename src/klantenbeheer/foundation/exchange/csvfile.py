"""CSV as it comes: any usual delimiter, any usual encoding, line by line."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext_lazy as _

from .errors import ExchangeError

CELL_MOST = 100_000
# One record in memory at most: a file without line ends, or a quote that is never closed, stops here.
RECORD_MOST = 5_000_000
DELIMITERS = (";", ",", "\t", "|")
# Those of other programs stand in ordinary text too: only where they divide every record into as many cells.
RARE_DELIMITERS = ("^", "~", "¦", "§", "#", ":")

_BLOCK = 1 << 20
_SAMPLE_CHARS = 65_536
_SAMPLE_RECORDS = 100
# Excel's own way to name the delimiter, on a line before the headings.
_SEP = re.compile(r'"?sep=([^\w\s"]|\t)"?\r?\n?', re.IGNORECASE)
# Control characters that no text has. Tab, line ends, form feed, and the end mark of DOS are in texts.
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f]")


def no_table() -> ExchangeError:
    """Give the error for a file that is neither text nor a spreadsheet."""
    return ExchangeError("not_a_table", _("The file is no text and no spreadsheet."))


class CsvSource:
    """A CSV file whose encoding and delimiter were found out from its contents."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sheet = ""
        self.sheets: list[str] = []
        self.encoding = detect_encoding(path)
        self.delimiter, self._preamble = detect_delimiter(path, self.encoding)

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Give the line on which each record begins, and its cells."""
        with self.path.open(encoding=self.encoding, newline="", errors="strict") as file:
            lines = _Lines(file)
            if self._preamble:
                next(lines)
            reader = csv.reader(lines, delimiter=self.delimiter)
            while True:
                first = lines.count + 1
                lines.restart()
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    raise self._refused(lines, first, str(error)) from error
                except _RecordTooLong as error:
                    raise self._refused(lines, first, "") from error
                except UnicodeError as error:
                    raise no_table() from error
                if lines.size > CELL_MOST and any(len(cell) > CELL_MOST for cell in cells):
                    raise self._refused(lines, first, "field larger")
                if lines.ended:
                    # Only within quotes does the reader ask for a line after the last one. It would give all
                    # the rows below the quotation mark as one cell.
                    raise ExchangeError(
                        "open_quote",
                        _(
                            "A quotation mark in line %(row)d is never closed; all below it would be one cell."
                        ),
                        row=first,
                    )
                yield first, cells

    def _refused(self, lines: _Lines, first: int, why: str) -> ExchangeError:
        column = _long_cell("".join(lines.record), self.delimiter)
        if column or "field larger" in why:
            return cell_too_long(first, column or 1)
        return ExchangeError(
            "row_too_long",
            _(
                "Line %(row)d cannot be read as a row: it is too long. "
                "Is this a table, and is every quotation mark closed?"
            ),
            row=first,
        )


def cell_too_long(row: int, column: int) -> ExchangeError:
    """Give the error for a cell that is longer than anything a person types."""
    return ExchangeError(
        "cell_too_long",
        _("Row %(row)d, column %(column)d has a cell of more than %(most)d characters."),
        row=row,
        column=column,
        most=CELL_MOST,
    )


class _RecordTooLong(Exception):
    pass


class _Lines:
    """The lines of a file, never more than one record's worth of them in memory."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.record: list[str] = []
        self.size = 0
        self.count = 0
        self.ended = False

    def restart(self) -> None:
        self.record.clear()
        self.size = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._file.readline(RECORD_MOST)
        if not line:
            self.ended = True
            raise StopIteration
        self.record.append(line)
        self.count += 1
        self.size += len(line)
        if self.size >= RECORD_MOST:
            raise _RecordTooLong
        return line


def _long_cell(text: str, delimiter: str) -> int:
    """Give the column (from 1) of the first cell that is too long, 0 if there is none."""
    column, size, quoted = 1, 0, False
    for char in text:
        if char == '"':
            quoted = not quoted
        elif char == delimiter and not quoted:
            column, size = column + 1, 0
            continue
        size += 1
        if size > CELL_MOST:
            return column
    return 0


def detect_encoding(path: Path) -> str:
    """Give the encoding that the whole file can be read in: by its mark, UTF-8, UTF-16, or Windows-1252.

    Raises ``ExchangeError`` for what is no text, has NUL characters, or is in another encoding.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(codecs.BOM_UTF8):
        return _must_decode(path, "utf-8-sig")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _must_decode(path, "utf-16")
    if b"\x00" in head:
        return _must_decode(path, _unmarked_utf16(head))
    try:
        _decode(path, "utf-8")
    except UnicodeError:
        return _windows(path)
    if len(_CONTROL.findall(head.decode("utf-8", "ignore"))) > len(head) // 10:
        raise no_table()
    return "utf-8"


def _unmarked_utf16(head: bytes) -> str:
    # In text of our part of the world every second byte is empty.
    half = max(len(head) // 2, 1)
    odd, even = head[1::2].count(0) / half, head[::2].count(0) / half
    if odd > 0.7 and even < odd / 4:
        return "utf-16-le"
    if even > 0.7 and odd < even / 4:
        return "utf-16-be"
    raise no_table()


def _decode(path: Path, encoding: str, *, controls: bool = True) -> None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            text = decoder.decode(block)
            if "\0" in text or not (controls or _CONTROL.search(text) is None):
                raise no_table()
        decoder.decode(b"", final=True)


def _must_decode(path: Path, encoding: str) -> str:
    try:
        _decode(path, encoding)
    except UnicodeError as error:
        raise no_table() from error
    return encoding


def _windows(path: Path) -> str:
    # Windows-1252 lacks five bytes. DOS encodings use them (ü is 0x81): better refused than read as other letters.
    try:
        _decode(path, "cp1252", controls=False)
    except UnicodeError as error:
        raise ExchangeError(
            "unknown_encoding",
            _("The letters of this file are in an unknown encoding. Save it as CSV UTF-8 and try again."),
        ) from error
    return "cp1252"


def detect_delimiter(path: Path, encoding: str) -> tuple[str, bool]:
    """Give the delimiter that divides the first records most evenly, and whether line 1 only names it."""
    sample: list[str] = []
    size = 0
    try:
        with path.open(encoding=encoding, newline="") as file:
            while size < _SAMPLE_CHARS and (line := file.readline(_SAMPLE_CHARS)):
                sample.append(line)
                size += len(line)
            whole = not file.read(1)
    except UnicodeError as error:
        raise no_table() from error
    if sample and (named := _SEP.fullmatch(sample[0])):
        return named[1], True
    scores = {delimiter: _score(sample, delimiter, whole=whole) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: scores[delimiter])
    if scores[best] > 0:
        return best, False
    rare = (delimiter for delimiter in RARE_DELIMITERS if _divides(sample, delimiter, whole=whole))
    return next(rare, ","), False


def _divides(sample: list[str], delimiter: str, *, whole: bool) -> bool:
    """Say whether each of several records has as many cells as the first, more than one."""
    if len(sample) < 2:
        return False
    width = len(next(csv.reader(sample[:1], delimiter=delimiter), []))
    return width > 1 and _score(sample, delimiter, whole=whole) == width


def _score(sample: list[str], delimiter: str, *, whole: bool) -> float:
    widths: list[int] = []
    blank: list[int] = []
    try:
        for cells in csv.reader(sample, delimiter=delimiter):
            (widths if any(cell.strip() for cell in cells) else blank).append(len(cells))
            if len(widths) > _SAMPLE_RECORDS:
                break
        else:
            if not whole and len(widths) > 1:
                widths.pop()  # the sample ends in the middle of it
    except csv.Error:
        pass  # a cell that is too long: what came before it is enough, and reading will say so
    widths = widths or [width for width in blank if width > 1]
    if not widths or widths[0] < 2:
        return 0
    even = sum(width == widths[0] for width in widths) / len(widths)
    return widths[0] * even**2
