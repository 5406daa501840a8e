"""Writing: harmless, typed, and read back as it was."""

from __future__ import annotations

import datetime
import io
import tempfile
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from klantenbeheer.foundation.exchange.errors import ExchangeError
from klantenbeheer.foundation.exchange.reading import open_table
from klantenbeheer.foundation.exchange.writing import CsvWriter, XlsxWriter, defang, refang

from .files import read

HOSTILE = [
    "=cmd|' /C calc'!A0", "=1+1", "+SUM(A1)", "-2+3+cmd|x", "@SUM(1)", "\t=1", "\r=1", "\n=1", "'=1", "''=1",
    "＝1+1", "+a", '=HYPERLINK("http://example.com")',
]  # fmt: skip
HARMLESS = [
    "-12,50", "+31 30 1234567", "+31 (0)30-123.45.67", "-1.234,56", "'s-Hertogenbosch", "'", "", "a=b", "https://x.nl",
    "<b>",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_formulas_get_an_apostrophe(text: str) -> None:
    assert defang(text) == "'" + text
    assert refang(defang(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_stays(text: str) -> None:
    assert defang(text) == refang(text) == text


@given(st.text(alphabet=st.one_of(st.sampled_from("='+-@\t\r 1a"), st.characters()), max_size=12))
def test_defang_can_always_be_undone(text: str) -> None:
    assert refang(defang(text)) == text
    assert not defang(text).startswith(("=", "@"))


def test_csv_bytes() -> None:
    stream = io.BytesIO()
    with CsvWriter(stream, ["naam", "=x"]) as writer:
        writer.write_row(['Café; "De Zon"', "=1"])
        writer.write_row([None, Decimal("1234.5678")])
        writer.write_row(
            [datetime.date(2026, 12, 31), datetime.datetime(2026, 12, 31, 13, 5, tzinfo=datetime.UTC)]
        )
        writer.write_row([True, 1.5])
        writer.write_row(["\0\ud800", Decimal("-5.00")])
    assert stream.getvalue().startswith(b"\xef\xbb\xbf")
    assert stream.getvalue().count(b"\xef\xbb\xbf") == 1
    assert stream.getvalue().decode("utf-8-sig").splitlines() == [
        "naam;'=x",
        '"Café; ""De Zon""";\'=1',
        ";1234,5678",
        "31-12-2026;31-12-2026 13:05:00",
        "true;1,5",
        "\ufffd\ufffd;-5,00",
    ]


def test_csv_text_and_other_delimiters() -> None:
    text = io.StringIO()
    CsvWriter(text, ["a", "b"], delimiter=",").write_row([1, "x,y"])
    assert text.getvalue() == 'a,b\r\n1,"x,y"\r\n'
    stream = io.BytesIO()
    CsvWriter(stream, ["é"], encoding="cp1252")
    assert stream.getvalue() == b"\xe9\r\n"


def test_xlsx_keeps_kinds(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    moment = datetime.datetime(2026, 12, 31, 13, 5, tzinfo=datetime.UTC)
    rows: list[list[Any]] = [
        [1, 1.5, Decimal("1234.56"), True, datetime.date(2026, 12, 31), moment, "007", ""],
        [
            12345678901234567890,
            float("nan"),
            Decimal("1.2345"),
            False,
            datetime.date(1850, 1, 2),
            None,
            "=1+1",
            "https://x.nl",
        ],
    ]
    with XlsxWriter(path, [f"k{i}" for i in range(8)]) as writer:
        for row in rows:
            writer.write_row(row)
    found = list(python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows())
    assert found[1] == [
        1,
        1.5,
        1234.56,
        True,
        datetime.date(2026, 12, 31),
        moment.replace(tzinfo=None),
        "007",
        "",
    ]
    assert found[2] == [
        "12345678901234567890",
        "NaN",
        1.2345,
        False,
        "02-01-1850",
        "",
        "'=1+1",
        "https://x.nl",
    ]
    assert [row.values[6] for row in read(path)[1]] == ["007", "=1+1"]


def test_xlsx_has_no_formula_and_no_link(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with XlsxWriter(path, HOSTILE) as writer:
        writer.write_row([*HOSTILE, "https://example.com", "mailto:x@example.com"])
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
        assert not [name for name in book.namelist() if "sheet1.xml.rels" in name]
    assert b"<f>" not in sheet
    assert b"hyperlink>" not in sheet


def test_xlsx_loses_nothing_silently(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = XlsxWriter(tmp_path / "x.xlsx", ["a", "b"])
    writer.write_row(["x" * 32_767, "\x01\x1f"])
    with pytest.raises(ExchangeError) as caught:
        writer.write_row(["", "x" * 32_768])
    assert (caught.value.code, caught.value.details["row"], caught.value.details["column"]) == (
        "cell_too_long",
        3,
        2,
    )
    with pytest.raises(ExchangeError):
        writer.write_row(["\U0001f600" * 16_384])
    monkeypatch.setattr("klantenbeheer.foundation.exchange.writing.XLSX_ROWS_MOST", 2)
    with pytest.raises(ExchangeError, match="Excel"):
        writer.write_row(["c"])
    writer.close()
    assert read(tmp_path / "x.xlsx")[1][0].values == ["x" * 32_767, "\ufffd\ufffd"]


# What an exported file may hold: all text but NUL and half characters (CSV), or what XML can say (XLSX).
ANY = st.one_of(
    st.text(max_size=40), st.sampled_from(HOSTILE + HARMLESS), st.text("=+-@';,\"\t\r\n a1é", max_size=12)
)
ROWS = st.lists(st.tuples(ANY, ANY), max_size=6)


def _seen(rows: list[tuple[str, str]]) -> list[list[str]]:
    return [list(row) for row in rows if any(cell.strip() for cell in row)]


@settings(max_examples=200, deadline=None)
@given(ROWS)
def test_csv_round_trip(rows: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        with path.open("wb") as stream, CsvWriter(stream, ["naam", "tekst"]) as writer:
            for row in rows:
                writer.write_row(row)
        with open_table(path, name="x") as table:
            wanted = [[cell.replace("\0", "\ufffd") for cell in row] for row in _seen(rows)]
            assert [row.values for row in table.rows()] == wanted


@settings(max_examples=100, deadline=None)
@given(ROWS)
def test_xlsx_round_trip(rows: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.xlsx"
        with XlsxWriter(path, ["naam", "tekst"]) as writer:
            for row in rows:
                writer.write_row(row)
        with open_table(path, name="x") as table:
            found = [row.values for row in table.rows()]
    illegal = {chr(code): "\ufffd" for code in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)}
    table_of = str.maketrans(illegal)
    marked = [(first.translate(table_of), second.translate(table_of)) for first, second in rows]
    assert found == _seen(marked)
