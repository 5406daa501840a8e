"""The errors that stand in cells of a workbook (#N/A, #REF!): the reader of spreadsheets gives them as empty cells.

Dropping them would make "the formula failed" look like "there is nothing"; whoever reads the table must see them.
"""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from . import archive

_BLOCK = 1 << 20
_SHEET = re.compile(r"""<(?:\w+:)?sheet\s([^<>]*)>""")
_LINK = re.compile(r"""<(?:\w+:)?Relationship\s([^<>]*)>""")
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CELL = re.compile(rb"<(?:\w+:)?(?:(row|c)(?=[\s/>])([^<>]*?)/?>|v>([^<]{1,20})(?=<))")
_REF = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Za-z]{0,8})(\d{1,12})["']""")

# What Excel and LibreOffice write where a formula failed, in English, Dutch and German.
_ERROR = re.compile(r"#(?:N/[AB]|NV|[A-Z]+(?:/0)?[!?])|Err:\d{3}")


def is_cell_error(text: str) -> bool:
    """Say whether a cell's text is the error of a formula, not something that somebody typed."""
    return _ERROR.fullmatch(text.strip()) is not None


def cell_errors(path: Path, sheet: str) -> Iterator[tuple[int, int, str]]:
    """Give row, column (from 1) and text of the errors of one sheet of an xlsx file, in the order of the file.

    Nothing when the sheet cannot be found: the reader of spreadsheets has decided already that the file is sound.
    """
    with zipfile.ZipFile(path) as book:
        entry = _entry(book, sheet)
        if entry is None:
            return
        row = column = 0
        failed = False
        with book.open(entry) as file:
            for match in archive.tags(iter(lambda: file.read(_BLOCK), b""), _CELL):
                if match[1] is None:
                    if failed:
                        yield row, column, match[3].decode("utf-8", "replace")
                    failed = False
                    continue
                ref = _REF.search(match[2])
                if match[1] == b"row":
                    row, column = int(ref[2]) if ref else row + 1, 0
                    continue
                row, column = (int(ref[2]), archive.column_number(ref[1])) if ref else (row, column + 1)
                failed = archive.holds_error(match[2])


def _entry(book: zipfile.ZipFile, sheet: str) -> str | None:
    names = {entry.filename for entry in book.infolist()}
    links = "xl/_rels/workbook.xml.rels"
    if links not in names:
        return None
    targets = {
        link.get("Id", ""): posixpath.normpath(posixpath.join("/xl", link.get("Target", ""))).lstrip("/")
        for link in _attributes(_LINK, book.read(links).decode("utf-8", "replace"))
    }
    for found in _attributes(_SHEET, book.read("xl/workbook.xml").decode("utf-8", "replace")):
        if found.get("name") == sheet:
            key = next((value for name, value in found.items() if name.endswith(":id")), "")
            return targets.get(key) if targets.get(key) in names else None
    return None


def _attributes(pattern: re.Pattern[str], text: str) -> Iterator[dict[str, str]]:
    for match in pattern.finditer(text):
        yield {name: html.unescape(double or single) for name, double, single in _ATTRIBUTE.findall(match[1])}
