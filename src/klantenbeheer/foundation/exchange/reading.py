"""Reading a table row by row, whatever program wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from django.utils.translation import gettext_lazy as _

from . import archive
from .csvfile import CsvSource
from .errors import ExchangeError
from .spreadsheet import SheetSource
from .writing import refang

COLUMNS_MOST = 250
FILE_MOST = 1024**3

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Kinds that people choose by mistake; some of them would pass for Windows-1252 text.
_OTHERS = (
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"MZ\x90", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf",
    b"{\\rtf", b"SQLite format 3", b"BM\x00", b"II*\x00", b"MM\x00*",
)  # fmt: skip


@dataclass(slots=True)
class Row:
    """One row: its line or row in the file as the user sees it, its cells as they stand in the file, one per
    heading, and the cells beyond the headings (empty ones at the end left out).
    """

    number: int
    values: list[str]
    extra: list[str] = field(default_factory=list)


class Source(Protocol):
    """What a kind of file offers: its records with their numbers, as often as asked."""

    encoding: str
    delimiter: str
    sheet: str
    sheets: list[str]

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Give number and cells of every row from the top of the file."""
        ...


class Table:
    """An open file with headings; a context manager.

    ``headers`` have no white space around them; a column without a heading is called ``#3`` (never translated:
    what is remembered about a file must not depend on who looks). ``sheets`` names what could have been chosen.
    """

    def __init__(self, source: Source, *, name: str, format: str) -> None:
        self.name = name
        self.format = format
        self.encoding = source.encoding
        self.delimiter = source.delimiter
        self.sheet = source.sheet
        self.sheets = source.sheets
        self._source = source
        self._open: list[Iterator[tuple[int, list[str]]]] = []
        self._header_row, self.headers = self._headers()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; iterators given before end."""
        while self._open:
            records = self._open.pop()
            close = getattr(records, "close", None)
            if close is not None:
                close()

    def rows(self, start: int = 0) -> Iterator[Row]:
        """Give the rows below the headings, without the first ``start`` of them; may be called again.

        Rows in which no cell has contents are passed over and not counted. Raises ``ExchangeError`` for a row
        that cannot be read.
        """
        width = len(self.headers)
        records = self._source.records()
        self._open.append(records)
        for number, cells in records:
            if number <= self._header_row or not _filled(cells):
                continue
            if start > 0:
                start -= 1
                continue
            values = [refang(cell) for cell in cells]
            extra = values[width:]
            while extra and not extra[-1].strip():
                extra.pop()
            yield Row(number, values[:width] + [""] * (width - len(values)), extra)

    def _headers(self) -> tuple[int, list[str]]:
        records = self._source.records()
        self._open.append(records)
        seen = False
        for number, cells in records:
            seen = True
            if _filled(cells):
                self.close()
                return number, _checked_headers(cells)
        if seen:
            raise ExchangeError("no_header", _("The file has no headings: every cell is empty."))
        raise ExchangeError("empty", _("The file is empty."))


def _filled(cells: list[str]) -> bool:
    return any(cell and not cell.isspace() for cell in cells)


def _checked_headers(cells: list[str]) -> list[str]:
    width = max(index for index, cell in enumerate(cells, start=1) if cell.strip())
    if width > COLUMNS_MOST:
        raise ExchangeError(
            "too_many_columns",
            _("The file has %(count)d columns; at most %(most)d can be read."),
            count=width,
            most=COLUMNS_MOST,
        )
    headers = [refang(cell).strip() or f"#{index}" for index, cell in enumerate(cells[:width], start=1)]
    _refuse_doubles(headers)
    return headers


def _refuse_doubles(headers: list[str]) -> None:
    seen: set[str] = set()
    doubles: dict[str, str] = {}
    for header in headers:
        folded = header.casefold()
        if folded in seen:
            doubles.setdefault(folded, header)
        seen.add(folded)
    if doubles:
        raise ExchangeError(
            "duplicate_headers",
            _("These headings occur more than once: %(names)s. Give each column its own heading."),
            names=", ".join(name[:60] for name in list(doubles.values())[:20]),
            headers=list(doubles.values()),
        )


def open_table(path: Path, *, name: str = "", sheet: str | None = None, file_most: int = FILE_MOST) -> Table:
    """Open a table; the contents of the file, not its name, tell what kind it is.

    ``name`` is what the user calls the file, ``sheet`` the sheet to take (otherwise the first visible one that
    has contents), ``file_most`` the largest size in bytes. Raises ``ExchangeError`` for whatever is no table.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        if size == 0:
            raise ExchangeError("empty", _("The file is empty."))
        if size > file_most:
            raise ExchangeError(
                "too_large",
                _("The file is larger than %(most)d MB; split it."),
                most=max(file_most // 1024**2, 1),
            )
        with path.open("rb") as file:
            head = file.read(16)
        format, source = _source(path, head, sheet)
        return Table(source, name=name or path.name, format=format)
    except OSError as error:
        raise ExchangeError("unreadable", _("The file cannot be opened.")) from error


def _source(path: Path, head: bytes, sheet: str | None) -> tuple[str, Source]:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        checked = archive.check(path)
        return checked.format, SheetSource(path, checked.format, sheet, errors=checked.cell_errors)
    if head.startswith(_OLE):
        archive.check_ole(path)
        return "xls", SheetSource(path, "xls", sheet)
    if head.startswith(_OTHERS):
        raise ExchangeError("not_a_table", _("The file is no text and no spreadsheet."))
    if sheet is not None:
        raise ExchangeError("no_such_sheet", _("The file has no sheet “%(sheet)s”."), sheet=sheet[:100])
    return "csv", CsvSource(path)
