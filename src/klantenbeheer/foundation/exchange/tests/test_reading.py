"""Reading: kinds, encodings, delimiters, limits, broken files."""

from __future__ import annotations

import datetime
import io
import tempfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klantenbeheer.foundation.exchange import archive, csvfile
from klantenbeheer.foundation.exchange.cell_errors import is_cell_error
from klantenbeheer.foundation.exchange.errors import ExchangeError
from klantenbeheer.foundation.exchange.reading import open_table

from .files import ods, ods_row, put, read, sheet_with, xlsx, zipped

TEXT = "naam;plaats\r\nCafé René;'s-Hertogenbosch\r\nMüller & Söhne;Köln\r\n"
WANTED = [["Café René", "'s-Hertogenbosch"], ["Müller & Söhne", "Köln"]]


def code_of(path: Path, **options: object) -> ExchangeError:
    with pytest.raises(ExchangeError) as caught:
        read(path, **options)
    assert str(caught.value.message)
    return caught.value


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("cp1252"), "cp1252"),
    ],
)
def test_encodings(tmp_path: Path, data: bytes, encoding: str) -> None:
    with open_table(put(tmp_path, data), name="x") as table:
        assert (table.format, table.encoding, table.delimiter) == ("csv", encoding, ";")
        assert table.headers == ["naam", "plaats"]
        assert [row.values for row in table.rows()] == WANTED


def test_windows_letters_far_in_the_file(tmp_path: Path) -> None:
    data = b"naam;prijs\r\n" + b"gewoon;1,50\r\n" * 200_000 + "Café;€ 12,50\r\n".encode("cp1252")
    with open_table(put(tmp_path, data), name="x") as table:
        assert table.encoding == "cp1252"
        assert next(iter(table.rows(200_000))).values == ["Café", "€ 12,50"]


def test_dos_letters_are_refused_rather_than_read_as_others(tmp_path: Path) -> None:
    assert code_of(put(tmp_path, "naam;x\nMüller;ë\n".encode("cp850"))).code == "unknown_encoding"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    lines = [["naam", "bedrag", "opmerking"], ["De Wit", '"1,50"', '"a;b|c\td, e"'], ["Bos", "2", "x"]]
    data = "\n".join(delimiter.join(line) for line in lines)
    with open_table(put(tmp_path, data.encode()), name="x") as table:
        assert table.delimiter == delimiter
        assert [row.values for row in table.rows()] == [["De Wit", "1,50", "a;b|c\td, e"], ["Bos", "2", "x"]]


def test_decimal_commas_do_not_win_from_semicolons(tmp_path: Path) -> None:
    data = "naam;a;b\n" + "x;1,5,2,2;3,4,4,5\n" * 30
    headers, rows = read(put(tmp_path, data.encode()))
    assert headers == ["naam", "a", "b"]
    assert rows[0].values == ["x", "1,5,2,2", "3,4,4,5"]


def test_one_column(tmp_path: Path) -> None:
    assert [row.values for row in read(put(tmp_path, b"naam\nDe Wit\nBos"))[1]] == [["De Wit"], ["Bos"]]


def test_excel_names_the_delimiter(tmp_path: Path) -> None:
    with open_table(put(tmp_path, b"sep=|\r\nnaam|x;y\r\na;b;c|1\r\n"), name="x") as table:
        assert (table.delimiter, table.headers) == ("|", ["naam", "x;y"])
        assert [(row.number, row.values) for row in table.rows()] == [(3, ["a;b;c", "1"])]


def test_line_ends_in_quotes_and_line_numbers(tmp_path: Path) -> None:
    data = b'\nnaam;adres\n"De\r\nWit";"a\nb ""c"" "\n\n;\n Bos ;x\n'
    headers, rows = read(put(tmp_path, data))
    assert headers == ["naam", "adres"]
    assert [(row.number, row.values) for row in rows] == [
        (3, ["De\r\nWit", 'a\nb "c" ']),
        (8, [" Bos ", "x"]),
    ]


def test_short_and_long_rows(tmp_path: Path) -> None:
    rows = read(put(tmp_path, b"a;b\n1\n1;2;;\n1;2;;drie;\n"))[1]
    assert [(row.values, row.extra) for row in rows] == [
        (["1", ""], []),
        (["1", "2"], []),
        (["1", "2"], ["", "drie"]),
    ]


def test_goes_on_where_it_stopped_and_can_be_read_again(tmp_path: Path) -> None:
    path = put(tmp_path, b"a;b\n" + b"".join(b"%d;x\n\n" % i for i in range(10)))
    with open_table(path, name="x") as table:
        every = list(table.rows())
        assert list(table.rows(0)) == every
        assert list(table.rows(7)) == every[7:]
        assert list(table.rows(99)) == []
    assert every[7].number == 16


def test_headings(tmp_path: Path) -> None:
    assert read(put(tmp_path, b" naam ;;'=x;y;;\n1;2\n"))[0] == ["naam", "#2", "=x", "y"]
    error = code_of(put(tmp_path, b"Naam;plaats; naam\n1;2;3\n"))
    assert (error.code, error.details["headers"]) == ("duplicate_headers", ["naam"])
    assert "naam" in str(error)
    assert code_of(put(tmp_path, ";".join(f"k{i}" for i in range(300)).encode())).details["count"] == 300
    assert len(read(put(tmp_path, ";".join(f"k{i}" for i in range(250)).encode()))[0]) == 250


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\n \n", "no_header"),
        (b";;;\n;;;\n", "no_header"),
        (b"%PDF-1.7 rubbish", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_a_table"),
        (b"\xff\xd8\xff\xe0JFIF", "not_a_table"),
        (bytes(range(256)) * 20, "not_a_table"),
        (b"naam;x\n" + b"a;b\n" * 5000 + b"a\x00;b\n", "not_a_table"),
        (b"naam;x\n\xe9\n" + b"a;b\n" * 5000 + b"a\x00;b\n", "not_a_table"),
        ("naam;x\na\0;b\n".encode("utf-16"), "not_a_table"),
        ("naam;x\n".encode("utf-32"), "not_a_table"),
        (TEXT.encode("utf-16")[:-1], "not_a_table"),
        (b"PK\x03\x04 rubbish", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rubbish", "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b'a;b\n1;"2\n3;4\n', "open_quote"),
    ],
)
def test_what_is_no_table(tmp_path: Path, data: bytes, code: str) -> None:
    assert code_of(put(tmp_path, data)).code == code


def test_missing_folder_and_size(tmp_path: Path) -> None:
    assert code_of(tmp_path / "no.csv").code == "unreadable"
    assert code_of(tmp_path).code == "unreadable"
    assert code_of(put(tmp_path, b"a;b\n" * 10), file_most=20).code == "too_large"


@pytest.mark.parametrize("quote", [b"", b'"'])
def test_a_cell_that_is_too_long(tmp_path: Path, quote: bytes) -> None:
    fine = put(tmp_path, b"a;b\n1;" + quote + b"x" * 100_000 + quote + b"\n")
    assert len(read(fine)[1][0].values[1]) == 100_000
    for size in (100_001, 140_000, 10_000_000):
        error = code_of(put(tmp_path, b"a;b\n1;2\n1;" + quote + b"x" * size + quote + b"\n"))
        assert (error.code, error.details["row"], error.details["column"]) == ("cell_too_long", 3, 2)


@pytest.mark.parametrize("delimiter", ["^", "~", "¦", "§", "#", ":"])
def test_rare_delimiters(tmp_path: Path, delimiter: str) -> None:
    text = f"naam{delimiter}plaats\nJansen{delimiter}Ede\nBakker, De{delimiter}\n"
    assert [row.values for row in read(put(tmp_path, text.encode()))[1]] == [
        ["Jansen", "Ede"],
        ["Bakker, De", ""],
    ]


@pytest.mark.parametrize(
    "text", ["website\nhttp://a.example\n", "Naam:\nJansen\n", "naam # groep\nJansen\n", "a:b\n"]
)
def test_signs_in_the_text_divide_nothing(tmp_path: Path, text: str) -> None:
    headers, rows = read(put(tmp_path, text.encode()))
    assert headers == [text.splitlines()[0]]
    assert [row.values for row in rows] == [[line] for line in text.splitlines()[1:]]


def test_a_row_without_end(tmp_path: Path) -> None:
    assert code_of(put(tmp_path, b"a;b\n" + b"x;" * 3_000_000)).code == "row_too_long"


def test_sheets(tmp_path: Path) -> None:
    day = datetime.datetime(2026, 12, 31)  # noqa: DTZ001 - cells have no zone
    rows: list[list[object]] = [
        ["Naam", "Bedrag", "Dag", "Ja", "Nummer"],
        [" Café ", 1234.5, day, True, 12],
        ["O'Neil\nBV", 1.234, day.replace(hour=13, minute=5), False, 31612345678],
        [],
        ["<b>", 1e-7, None, None, "007"],
    ]
    path = xlsx(tmp_path / "x.xlsx", rows, C="dd-mm-yyyy hh:mm")
    wanted = [
        (2, [" Café ", "1234,5", "2026-12-31", "true", "12"]),
        (3, ["O'Neil\nBV", "1,234", "2026-12-31 13:05:00", "false", "31612345678"]),
        (5, ["<b>", "0,0000001", "", "", "007"]),
    ]
    for name in ("x.xlsx", "x.xls", "x.csv", "x.ods", "x"):
        other = path.rename(tmp_path / name)
        with open_table(other, name="x", sheet="Klanten") as table:
            assert (table.format, table.sheet, table.sheets) == ("xlsx", "Klanten", ["Klanten"])
            assert [(row.number, row.values) for row in table.rows()] == wanted
            assert [row.number for row in table.rows(2)] == [5]
        path = other
    assert code_of(path, sheet="Leveranciers").code == "no_such_sheet"
    assert code_of(put(tmp_path, b"a;b"), sheet="Leveranciers").code == "no_such_sheet"


def test_a_table_that_does_not_begin_at_a1(tmp_path: Path) -> None:
    rows: list[list[object]] = [[], [], ["", "naam", "x"], ["", "a" * 3, "b"]]
    headers, found = read(xlsx(tmp_path / "x.xlsx", rows))
    assert headers == ["naam", "x"]
    assert [(row.number, row.values) for row in found] == [(4, ["aaa", "b"])]


def test_opendocument(tmp_path: Path) -> None:
    rows = (
        ods_row("naam", "plaats")
        + '<table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="float" '
        'office:value="12"><text:p>12</text:p></table:table-cell><table:table-cell '
        'office:value-type="date" office:date-value="2026-12-31"/><table:table-cell '
        'table:number-columns-repeated="16382"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    with open_table(ods(tmp_path, rows), name="x") as table:
        assert (table.format, table.headers) == ("ods", ["naam", "plaats"])
        assert [(row.number, row.values) for row in table.rows()] == [
            (2, ["12", "2026-12-31"]),
            (3, ["12", "2026-12-31"]),
        ]


@pytest.mark.parametrize(
    "rows",
    [
        ods_row("naam").replace(
            "<table:table-cell", '<table:table-cell table:number-columns-repeated="2000000000"'
        ),
        ods_row("naam").replace(
            "<table:table-row", '<table:table-row table:number-rows-repeated="2000000000"'
        ),
        ods_row("a") + '<table:table-row table:number-rows-repeated="900000000"/>' + ods_row("b"),
        '<table:table-row><table:table-cell table:number-columns-repeated="900000000"/>'
        "<table:table-cell/></table:table-row>",
        ods_row("a", '<text:s text:c="2000000000"/>'),
    ],
)
def test_opendocument_bombs(tmp_path: Path, rows: str) -> None:
    assert code_of(ods(tmp_path, rows)).code == "sheet_too_large"


def test_excel_rectangle_bomb(tmp_path: Path) -> None:
    sheet = b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>%s</sheetData></worksheet>'
    far = b'<row r="1048576"><c s="1" r="XFD1048576"><v>1</v></c></row>'
    assert code_of(sheet_with(tmp_path / "b.xlsx", sheet % far)).code == "sheet_too_large"
    styled = b'<row r="1048576" hidden="1"/>'
    assert read(sheet_with(tmp_path / "c.xlsx", sheet % styled))[0] == ["1"]


def test_zip_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert code_of(zipped(tmp_path, {"xl/workbook.xml": b" " * (101 * archive.MB)})).code == "zip_bomb"
    many = {f"{i}.xml": b"" for i in range(archive.ENTRIES_MOST + 1)}
    assert code_of(zipped(tmp_path, many)).code == "zip_bomb"
    monkeypatch.setattr(archive, "SHEET_MOST", 1000)
    error = code_of(zipped(tmp_path, {"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b" " * 2000}))
    assert error.code == "sheet_too_large"
    assert "CSV" in str(error)


def test_a_directory_that_lies(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "x.xlsx", [["naam"], ["x" * 50_000]])
    data = path.read_bytes()
    with zipfile.ZipFile(path) as book:
        size = book.getinfo("xl/sharedStrings.xml").file_size
    lie = data.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lie != data
    assert code_of(put(tmp_path, lie, "lie.xlsx")).code == "damaged"


def test_other_archives(tmp_path: Path) -> None:
    assert code_of(zipped(tmp_path, {"word/document.xml": b"<x/>"})).code == "not_a_table"
    assert code_of(zipped(tmp_path, {"a.zip": b"PK\x03\x04"})).code == "not_a_table"
    assert code_of(zipped(tmp_path, {"xl/workbook.xml": b"<x"})).code == "damaged"
    path = xlsx(tmp_path / "x.xlsx", [["naam"]])
    data = bytearray(path.read_bytes())
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1
    assert code_of(put(tmp_path, bytes(data), "y.xlsx")).code == "encrypted"
    assert code_of(xlsx(tmp_path / "z.xlsx", [])).code == "empty"


def test_memory_stays_flat(tmp_path: Path) -> None:
    path = put(tmp_path, b"naam;plaats;telefoon\n" + b"De Wit BV;Utrecht;030 1234567\n" * 300_000)
    tracemalloc.start()
    try:
        with open_table(path, name="x") as table:
            assert sum(1 for _row in table.rows()) == 300_000
        assert tracemalloc.get_traced_memory()[1] < 8 * archive.MB
    finally:
        tracemalloc.stop()


def _attempt(data: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            read(put(Path(folder), data, name))
        except ExchangeError as error:
            assert str(error.message)  # noqa: PT017 - both outcomes are right, silence is not


FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HEADS = st.sampled_from([
    b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"sep=;\n",
    b"a;b\n",
])  # fmt: skip


@FUZZ
@given(HEADS, st.binary(max_size=400), st.sampled_from(["f.csv", "f.xlsx", "f.xls", "f.ods", "f"]))
def test_any_bytes(head: bytes, rest: bytes, name: str) -> None:
    _attempt(head + rest, name)


@FUZZ
@given(
    st.text(alphabet=st.sampled_from("ab;,\t|\"'\r\n =\0é"), max_size=80),
    st.sampled_from(["utf-8", "utf-16", "cp1252"]),
)
def test_any_csv(text: str, encoding: str) -> None:
    _attempt(text.encode(encoding), "f.csv")


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("fuzz")
    book = xlsx(folder / "x.xlsx", [["naam", "plaats"], ["De Wit", 12.5], ["Bos", True]])
    return [book.read_bytes(), ods(folder, ods_row("naam", "x") + ods_row("a", "b")).read_bytes()]


@FUZZ
@given(st.integers(0, 1), st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), max_size=8))
def test_damaged_workbooks(workbooks: list[bytes], which: int, changes: list[tuple[int, int]]) -> None:
    data = bytearray(workbooks[which])
    for place, value in changes:
        data[place % len(data)] = value
    _attempt(bytes(data), "f")


XML = st.sampled_from([
    '<row r="1">', "<row>", "</row>", '<c r="A1">', '<c r="ZZ9" t="s">', '<c t="inlineStr">', '<c r="B2" t="d">',
    "</c>", "<v>1</v>", "<v>99999</v>", "<is><t>x</t></is>", "<v>", "&#0;", "<", '<c r="AAAAAAA1">', '<c r="A0">',
    '<mergeCell ref="A1:B"/>',
])  # fmt: skip


@FUZZ
@given(st.lists(XML, max_size=12))
def test_strange_sheets(parts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        body = f"<worksheet><sheetData>{''.join(parts)}</sheetData></worksheet>"
        _attempt(sheet_with(Path(folder) / "s.xlsx", body.encode()).read_bytes(), "f.xlsx")


def test_tags_across_blocks_are_seen() -> None:
    data = (
        b'<row r="1"><c r="A1"><v>1</v></c></row>' * 50 + b'<row r="9"><c r="XFD1048576"><v>1</v></c></row>'
    )
    stream = io.BytesIO(data)
    with pytest.raises(ExchangeError):
        archive._count_xlsx(iter(lambda: stream.read(7), b""))


def test_limits_are_what_the_handbook_says() -> None:
    assert (csvfile.CELL_MOST, archive.CELLS_MOST) == (100_000, 5_000_000)


def test_errors_of_formulas_are_not_empty_cells(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Eerst").write(0, 0, "niets")
        sheet = book.add_worksheet("Klanten & meer")
        for column, heading in enumerate(["naam", "plaats", "telefoon"], start=1):
            sheet.write(2, column, heading)
        sheet.write(3, 1, "A")
        sheet.write_formula(3, 2, "=NA()", None, "#N/A")
        sheet.write_formula(4, 1, "=A99!B1", None, "#REF!")
        sheet.write(4, 2, "Assen")
        sheet.write_formula(4, 3, "=1/0", None, "#DIV/0!")
    headers, rows = read(path, sheet="Klanten & meer")
    assert headers == ["naam", "plaats", "telefoon"]
    assert [(row.number, row.values) for row in rows] == [
        (4, ["A", "#N/A", ""]),
        (5, ["#REF!", "Assen", "#DIV/0!"]),
    ]


def test_what_an_error_of_a_formula_looks_like() -> None:
    for text in ("#N/A", "#N/B", "#VERW!", "#DEEL/0!", "#NAAM?", "#NV", "Err:502", " #REF! "):
        assert is_cell_error(text), text
    for text in ("", "#3", "N/A", "# 12!", "#1 in gereedschap!", "#N/A of niet"):
        assert not is_cell_error(text), text
