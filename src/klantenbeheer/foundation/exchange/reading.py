"""Reading a table row by row, whatever program wrote it."""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Self

import python_calamine
from django.utils.translation import gettext as _

from .errors import ExchangeError
from .writing import refang

COLUMNS_MOST = 250
CELL_MOST = 100_000
FILE_MOST = 1024**3
UNZIPPED_MOST = 600 * 1024**2
SHEET_MOST = 150 * 1024**2
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_OTHERS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x7fELF",
    b"MZ",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"{\\rtf",
)


@dataclass(slots=True)
class Row:
    """One row: its line or row in the file as a user sees it, its cells, and cells beyond the headings."""

    number: int
    values: list[str]
    extra: list[str] = field(default_factory=list)


class Table:
    """An open file with headings. Use as a context manager; :meth:`rows` may be called once."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name
        self.encoding = ""
        self.delimiter = ""
        self.format = _format_of(path)
        self._cells = self._csv() if self.format == "csv" else self._sheet()
        try:
            first = next((cells for _n, cells in self._cells if any(cell.strip() for cell in cells)), None)
        except ExchangeError:
            raise
        if first is None:
            raise ExchangeError(_("The file is empty."), code="empty")
        while first and not first[-1].strip():
            first.pop()
        if len(first) > COLUMNS_MOST:
            raise ExchangeError(
                _("The file has %(count)d columns; at most %(most)d can be read.")
                % {"count": len(first), "most": COLUMNS_MOST},
                code="columns",
            )
        self.headers = [
            header.strip() or _("Column %(number)d") % {"number": i} for i, header in enumerate(first, 1)
        ]
        folded = [header.casefold() for header in self.headers]
        double = sorted({header for header in self.headers if folded.count(header.casefold()) > 1})
        if double:
            raise ExchangeError(
                _("These headings occur more than once: %(names)s. Give each column its own heading.")
                % {"names": ", ".join(double)[:200]},
                code="duplicate_headers",
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        close = getattr(self._cells, "close", None)
        if close:
            close()

    def rows(self, start: int = 0) -> Iterator[Row]:
        """Give the rows below the headings, from the ``start``-th on; rows without contents are passed over."""
        width = len(self.headers)
        filled = ((number, cells) for number, cells in self._cells if any(cell.strip() for cell in cells))
        for number, cells in islice(filled, start, None):
            yield Row(number, cells[:width], [cell for cell in cells[width:] if cell.strip()])

    def _csv(self) -> Iterator[tuple[int, list[str]]]:
        self.encoding = _encoding_of(self.path)
        self.delimiter = _delimiter_of(self.path, self.encoding)
        csv.field_size_limit(CELL_MOST)
        with self.path.open(encoding=self.encoding, newline="", errors="strict") as file:
            reader = csv.reader(file, delimiter=self.delimiter)
            line = 1
            try:
                for cells in reader:
                    yield line, [refang(cell) for cell in cells]
                    line = reader.line_num + 1
            except csv.Error as error:
                if "field larger" in str(error):
                    raise ExchangeError(
                        _("Line %(line)d has a cell of more than %(most)d characters.")
                        % {"line": line, "most": CELL_MOST},
                        code="cell",
                    ) from error
                raise ExchangeError(
                    _("Line %(line)d cannot be read as a table.") % {"line": line}, code="form"
                ) from error
            except UnicodeError as error:
                raise ExchangeError(_("The file is no text and no spreadsheet."), code="no_table") from error

    def _sheet(self) -> Iterator[tuple[int, list[str]]]:
        try:
            book = python_calamine.CalamineWorkbook.from_path(str(self.path))
            sheet = book.get_sheet_by_index(0)
        except Exception as error:  # the reader has its own kinds per format; all mean the same to a user
            raise ExchangeError(
                _("The file is damaged, locked with a password, or no spreadsheet."), code="no_table"
            ) from error
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            texts = [_cell_text(cell) for cell in cells]
            if any(len(text) > CELL_MOST for text in texts):
                raise ExchangeError(
                    _("Line %(line)d has a cell of more than %(most)d characters.")
                    % {"line": number, "most": CELL_MOST},
                    code="cell",
                )
            yield number, texts


def open_table(path: Path, *, name: str = "") -> Table:
    """Open a file of any known kind. Raises :class:`ExchangeError` for what is no table."""
    size = path.stat().st_size
    if size == 0:
        raise ExchangeError(_("The file is empty."), code="empty")
    if size > FILE_MOST:
        raise ExchangeError(_("The file is larger than 1 GB; split it."), code="size")
    return Table(path, name)


def _format_of(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(_ZIP):
        _check_zip(path)
        return "xlsx"
    if head.startswith(_OLE):
        return "xls"
    if head.startswith(_OTHERS):
        raise ExchangeError(_("The file is no text and no spreadsheet."), code="no_table")
    return "csv"


def _check_zip(path: Path) -> None:
    """Refuse an archive that would unpack to far more than it is, before anything unpacks it."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise ExchangeError(
            _("The file is damaged, locked with a password, or no spreadsheet."), code="no_table"
        ) from error
    total = sum(entry.file_size for entry in entries)
    size = path.stat().st_size
    if total > UNZIPPED_MOST or (total > 100 * 1024**2 and total > 200 * size) or len(entries) > 10_000:
        raise ExchangeError(_("The file unpacks to far more than a customer file can be."), code="zip_bomb")
    if any(entry.file_size > SHEET_MOST for entry in entries):
        raise ExchangeError(
            _("The sheet is too large to read as a spreadsheet; save it as CSV."), code="sheet_size"
        )


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4096)
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        zeros = head.count(b"\x00")
        if zeros:
            # Every second byte empty: UTF-16 without a mark; anything else is no text.
            odd, even = head[1::2].count(b"\x00"), head[::2].count(b"\x00")
            if odd > len(head) * 0.35 and even < odd / 4:
                return "utf-16-le"
            if even > len(head) * 0.35 and odd < even / 4:
                return "utf-16-be"
            raise ExchangeError(_("The file is no text and no spreadsheet."), code="no_table")
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := file.read(1 << 20):
                if b"\x00" in block:
                    raise ExchangeError(_("The file is no text and no spreadsheet."), code="no_table")
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            # Windows-1252 as Excel writes it; the five bytes it does not have would stop the reading.
            return "latin-1" if any(byte in head for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)) else "cp1252"
        return "utf-8"


def _delimiter_of(path: Path, encoding: str) -> str:
    """Give the delimiter that divides the first lines most evenly, reading quotes."""
    try:
        with path.open(encoding=encoding, newline="") as file:
            sample = [line for line in islice(iter(lambda: file.readline(200_000), ""), 20) if line.strip()]
    except UnicodeError as error:
        raise ExchangeError(_("The file is no text and no spreadsheet."), code="no_table") from error
    best, most = ",", 0.0
    for delimiter in (";", ",", "\t", "|"):
        try:
            widths = [len(row) for row in csv.reader(sample, delimiter=delimiter)]
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        score = widths[0] * sum(width == widths[0] for width in widths) / len(widths)
        if score > most:
            best, most = delimiter, score
    return best


def _cell_text(cell: Any) -> str:
    if isinstance(cell, str):
        return refang(cell)
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell).replace(".", ",")
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
