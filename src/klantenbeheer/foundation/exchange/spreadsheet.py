"""Sheets of Excel and OpenDocument as rows of text."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import python_calamine
from django.utils.translation import gettext_lazy as _

from .archive import damaged, encrypted
from .cell_errors import cell_errors
from .csvfile import CELL_MOST, cell_too_long
from .errors import ExchangeError

_SUFFIXES = {
    ".xls": "xls", ".xla": "xls", ".xlsx": "xlsx", ".xlsm": "xlsx", ".xlam": "xlsx", ".xlsb": "xlsb", ".ods": "ods",
}  # fmt: skip


@contextmanager
def _reading() -> Iterator[None]:
    """Turn whatever the reader says about a broken file into our error."""
    try:
        yield
    except (ExchangeError, GeneratorExit):
        raise
    except python_calamine.PasswordError as error:
        raise encrypted() from error
    except Exception as error:
        raise damaged() from error
    except BaseException as error:
        # A panic of the reader's own language is no Exception; KeyboardInterrupt and the like are not ours.
        if type(error).__name__ != "PanicException":
            raise
        raise damaged() from error


class SheetSource:
    """One sheet of a workbook that :mod:`.archive` let through."""

    encoding = ""
    delimiter = ""

    def __init__(self, path: Path, format: str, sheet: str | None = None, *, errors: bool = False) -> None:
        self._path, self._errors = path, errors
        with _reading():
            book = self._open(path, format)
            self.sheets = [
                meta.name
                for meta in book.sheets_metadata
                if meta.typ == python_calamine.SheetTypeEnum.WorkSheet
                and (meta.visible == python_calamine.SheetVisibleEnum.Visible or meta.name == sheet)
            ]
            if sheet is not None and sheet not in self.sheets:
                raise ExchangeError(
                    "no_such_sheet", _("The file has no sheet “%(sheet)s”."), sheet=sheet[:100]
                )
            self._sheet = self._choose(book, sheet)
        self.sheet = self._sheet.name if self._sheet is not None else ""

    @staticmethod
    def _open(path: Path, format: str) -> Any:
        # The reader goes by the name of the file; people rename files.
        if _SUFFIXES.get(path.suffix.lower(), format) == format:
            return python_calamine.CalamineWorkbook.from_path(str(path))
        with path.open("rb") as file:
            return python_calamine.CalamineWorkbook.from_filelike(file)

    def _choose(self, book: Any, sheet: str | None) -> Any:
        if sheet is not None:
            return book.get_sheet_by_name(sheet)
        for name in self.sheets:
            found = book.get_sheet_by_name(name)
            if found.start is not None:
                return found
        return None

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Give the row number and the cells as text; columns left of the first used one do not exist."""
        if self._sheet is None or self._sheet.start is None:
            return
        left = self._sheet.start[1]
        with _reading():
            rows = self._sheet.iter_rows()
        number = 0
        with closing(self._found_errors()) as errors:
            failed = next(errors, None)
            while True:
                with _reading():
                    cells = next(rows, None)
                if cells is None:
                    return
                number += 1
                texts = [cell_text(cell) for cell in cells]
                for column, text in enumerate(texts, start=left + 1):
                    if len(text) > CELL_MOST:
                        raise cell_too_long(number, column)
                while failed is not None and failed[0] <= number:
                    row, place = failed[0], failed[1] - left - 1
                    if row == number and 0 <= place < len(texts):
                        texts[place] = failed[2]
                    failed = next(errors, None)
                yield number, texts

    def _found_errors(self) -> Generator[tuple[int, int, str]]:
        """Give the errors in cells, which the reader gives as nothing; only looked for where there are some."""
        if self._errors:
            with _reading():
                yield from cell_errors(self._path, self.sheet)


def cell_text(cell: Any) -> str:
    """Give a cell as text that means the same to every reader.

    Whole numbers without decimals, others with a decimal comma (a point is a Dutch thousands separator: 1.234 would
    become 1234), dates and times as ISO 8601, durations as hours:minutes:seconds, ``true`` and ``false``.
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if cell.is_integer():
            return str(int(cell))
        return f"{Decimal(repr(cell)):f}".replace(".", ",")
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time.min else cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return _duration(cell)
    return "" if cell is None else str(cell)


def _duration(value: timedelta) -> str:
    sign = "-" if value < timedelta(0) else ""
    minutes, seconds = divmod(abs(value).seconds, 60)
    text = f"{sign}{abs(value).days * 24 + minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return f"{text}.{abs(value).microseconds:06}" if value.microseconds else text
