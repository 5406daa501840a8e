"""Looking into a spreadsheet file before anything unpacks it.

The reader of spreadsheets holds a sheet in memory as a full rectangle. What would make that rectangle, or the
unpacked text, absurdly large is refused here, from a stream that never holds more than a block.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from .errors import ExchangeError

MB = 1024**2
TOTAL_MOST = 1536 * MB
RATIO_MOST, RATIO_FROM = 200, 100 * MB
SHEET_MOST = 150 * MB
ENTRIES_MOST = 10_000
# Rectangle of cells: about 40 bytes each in memory.
CELLS_MOST = 5_000_000
XLS_MOST = 100 * MB

_BLOCK = 1 << 20
_TAG_MOST = 1 << 16
# Cells that hold something: <c r="AB12" …> that does not end at once.
_XLSX_CELL = re.compile(rb"<(?:\w+:)?(c|row)(?=[\s>])([^<>]*?)(/?)>")
_REF = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Za-z]{0,8})(\d{1,12})["']""")
_ERROR_TYPE = re.compile(rb"""(?:^|\s)t\s*=\s*["']e["']""")
_ODS_TAG = re.compile(
    rb"<(/?)(table:table-row|table:table-cell|table:covered-table-cell|text:s|table:table)(?=[\s/>])([^<>]*?)(/?)>"
)
_ODS_TIMES = re.compile(rb"""(?:number-(?:rows|columns)-repeated|text:c)\s*=\s*["']([^"']*)["']""")


@dataclass(frozen=True, slots=True)
class Checked:
    """An archive that may be read: 'xlsx' or 'ods'. ``cell_errors``: some cell of a workbook holds #N/A or the like."""

    format: str
    cell_errors: bool = False


def damaged() -> ExchangeError:
    """Give the error for a spreadsheet that cannot be read."""
    return ExchangeError("damaged", _("The file is damaged, or no spreadsheet."))


def encrypted() -> ExchangeError:
    """Give the error for a spreadsheet with a password."""
    return ExchangeError("encrypted", _("The file is locked with a password; save it without one."))


def _bomb() -> ExchangeError:
    return ExchangeError("zip_bomb", _("The file unpacks to far more than a table can be."))


def _too_big() -> ExchangeError:
    return ExchangeError(
        "sheet_too_large",
        _("The sheet is too large to be read as a spreadsheet. Save it as CSV and try again."),
    )


def check(path: Path) -> Checked:
    """Give what kind of spreadsheet the archive is. Raises ``ExchangeError`` for bombs, locks and other archives."""
    try:
        with zipfile.ZipFile(path) as archive:
            format = _check_directory(archive, path.stat().st_size)
            cell_errors = _check_contents(archive, format)
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        ValueError,
        EOFError,
        LookupError,
        NotImplementedError,
    ) as error:
        raise damaged() from error
    except RuntimeError as error:  # how zipfile says that an entry is encrypted
        raise encrypted() from error
    return Checked(format, cell_errors)


def _check_directory(archive: zipfile.ZipFile, size: int) -> str:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    total = sum(entry.file_size for entry in entries)
    if (
        total > TOTAL_MOST
        or len(entries) > ENTRIES_MOST
        or (total > RATIO_FROM and total > RATIO_MOST * size)
    ):
        raise _bomb()
    if len(names) != len(entries):
        raise damaged()  # two entries of one name: readers differ about which one counts
    if any(entry.flag_bits & 1 for entry in entries):
        raise encrypted()
    if "xl/workbook.xml" in names:
        format = "xlsx"
    elif "content.xml" in names and b"spreadsheet" in _head(archive, "mimetype", names):
        format = "ods"
        if b"encryption-data" in _head(archive, "META-INF/manifest.xml", names, 4 * MB):
            raise encrypted()
    else:
        raise ExchangeError(
            "not_a_table", _("The file is an archive, but no Excel (xlsx) or OpenDocument (ods) spreadsheet.")
        )
    if any(entry.file_size > SHEET_MOST and _is_read(entry.filename) for entry in entries):
        raise _too_big()
    return format


def _head(archive: zipfile.ZipFile, name: str, names: set[str], most: int = 200) -> bytes:
    if name not in names:
        return b""
    with archive.open(name) as file:
        return file.read(most)


def _is_read(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels", ".bin"))


def _check_contents(archive: zipfile.ZipFile, format: str) -> bool:
    """Unpack once, block by block: sizes in the directory may lie (the check sums tell), and cells are counted.

    Says whether a cell of a workbook holds an error.
    """
    cell_errors = False
    for entry in archive.infolist():
        if not _is_read(entry.filename):
            continue
        with archive.open(entry) as file:
            blocks = iter(lambda: file.read(_BLOCK), b"")
            if entry.filename.startswith("xl/worksheets/") and format == "xlsx":
                cell_errors = _count_xlsx(blocks) or cell_errors
            elif entry.filename == "content.xml" and format == "ods":
                _count_ods(blocks)
            else:
                for _block in blocks:
                    pass
    return cell_errors


def tags(blocks: Iterator[bytes], pattern: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """Give the tags of a stream, also those that lie across two blocks."""
    rest = b""
    for block in blocks:
        text = rest + block
        end = 0
        for match in pattern.finditer(text):
            end = match.end()
            yield match
        cut = text.rfind(b"<")
        rest = text[cut:] if cut >= end else b""
        if len(rest) > _TAG_MOST:
            # A long text, or a tag longer than any real one: only the second could hide something.
            if b">" not in rest:
                raise damaged()
            rest = b""


def column_number(letters: bytes) -> int:
    """Give which column letters name: 1 for A."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def holds_error(attributes: bytes) -> bool:
    """Say whether a cell with these attributes holds the error of a formula."""
    return _ERROR_TYPE.search(attributes) is not None


def _count_xlsx(blocks: Iterator[bytes]) -> bool:
    """Refuse a rectangle that is too large; say whether a cell holds an error."""
    cell_errors = False
    row = column = rows = columns = 0
    widths: dict[bytes, int] = {}
    for match in tags(blocks, _XLSX_CELL):
        ref = _REF.search(match[2])
        if match[1] == b"row":
            row = int(ref[2]) if ref else row + 1
            column = 0
            continue
        if ref:
            letters = ref[1]
            column = widths.get(letters) or widths.setdefault(letters, column_number(letters))
            row = int(ref[2])
        else:
            column += 1
        cell_errors = cell_errors or holds_error(match[2])
        if not match[3]:  # an empty cell takes no room
            rows, columns = max(rows, row), max(columns, column)
            if rows * columns > CELLS_MOST:
                raise _too_big()
    return cell_errors


def _times(attributes: bytes) -> int:
    found = _ODS_TIMES.search(attributes)
    if found is None:
        return 1
    if not found[1].isdigit() or len(found[1]) > 10:
        raise damaged()
    return int(found[1])


def _count_ods(blocks: Iterator[bytes]) -> None:
    rows = blank_rows = width = widest = last_empty = repeated = 0
    spaces = 0
    filled = False
    for match in tags(blocks, _ODS_TAG):
        closing, tag, attributes, empty = match.groups()
        if tag == b"table:table":
            rows = blank_rows = widest = 0
        elif tag == b"text:s":
            spaces += 0 if closing else _times(attributes)
        elif tag == b"table:table-row" and not closing:
            repeated, width, last_empty, filled = _times(attributes), 0, 0, False
            if empty:
                blank_rows += repeated
        elif tag == b"table:table-row":
            if filled:
                rows += blank_rows + repeated
                blank_rows = 0
            else:
                blank_rows += repeated
        elif not closing:
            # Empty cells count when another one follows: the reader keeps them only then.
            width += last_empty
            last_empty = 0
            if empty and b"office:" not in attributes and b"table:formula" not in attributes:
                last_empty = _times(attributes)
            else:
                width += _times(attributes)
                filled = True
            widest = max(widest, width)
        if (
            max(rows + (blank_rows + repeated if filled else 0), 1) * widest > CELLS_MOST
            or spaces > SHEET_MOST
        ):
            raise _too_big()


def check_ole(path: Path) -> None:
    """Refuse an old-style file that is a locked new one, another program's, or too large to hold in memory."""
    if path.stat().st_size > XLS_MOST:
        raise _too_big()
    tail = b""
    book = False
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            text = tail + block
            if "EncryptedPackage".encode("utf-16-le") in text:
                raise encrypted()
            book = book or "Workbook".encode("utf-16-le") in text or "Book\0".encode("utf-16-le") in text
            tail = text[-64:]
    if not book:
        raise ExchangeError("not_a_table", _("The file is no text and no spreadsheet."))
