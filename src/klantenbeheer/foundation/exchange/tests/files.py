"""Files as the tests need them."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import xlsxwriter

from klantenbeheer.foundation.exchange.reading import Row, open_table

ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def put(folder: Path, data: bytes, name: str = "file.csv") -> Path:
    """Write bytes to a file."""
    path = folder / name
    path.write_bytes(data)
    return path


def read(path: Path, **options: Any) -> tuple[list[str], list[Row]]:
    """Give headings and rows."""
    with open_table(path, name=path.name, **options) as table:
        return table.headers, list(table.rows())


def zipped(folder: Path, entries: dict[str, bytes], name: str = "file.xlsx") -> Path:
    """Write an archive."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in entries.items():
            archive.writestr(entry, data)
    return path


def ods(folder: Path, rows: str, name: str = "file.ods") -> Path:
    """Write the least that is an OpenDocument sheet around the rows given as XML."""
    content = f"""<?xml version="1.0" encoding="UTF-8"?><office:document-content
        xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
        xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
        xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body
        ><office:spreadsheet><table:table table:name="Klanten">{rows}</table:table></office:spreadsheet
        ></office:body></office:document-content>"""
    manifest = b"""<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>"""
    entries = {
        "mimetype": ODS_TYPE.encode(),
        "META-INF/manifest.xml": manifest,
        "content.xml": content.encode(),
    }
    return zipped(folder, entries, name)


def ods_row(*cells: str) -> str:
    """Give a row of text cells."""
    body = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in cells
    )
    return f"<table:table-row>{body}</table:table-row>"


def xlsx(path: Path, rows: list[list[Any]], **formats: str) -> Path:
    """Write a workbook; a column whose letter is in ``formats`` gets that number format."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Klanten")
        for letter, form in formats.items():
            sheet.set_column(f"{letter}:{letter}", None, book.add_format({"num_format": form}))
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                style = formats.get("ABCDEFGH"[column]) if column < 8 else None
                sheet.write(number, column, value, book.add_format({"num_format": style}) if style else None)
    return path


def sheet_with(path: Path, sheet: bytes) -> Path:
    """Replace the sheet of a workbook by other XML."""
    whole = xlsx(path.with_name("whole.xlsx"), [["naam"]])
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            data = sheet if entry.filename == "xl/worksheets/sheet1.xml" else source.read(entry)
            target.writestr(entry.filename, data)
    return path
