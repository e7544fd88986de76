"""Files of other people: broken, giant and hostile tables are refused in words, in little time and memory."""

from __future__ import annotations

import contextlib
import datetime
import io
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from qbank.formats import formats
from qbank.formats.archive import unzip, zip_bytes
from qbank.formats.contract import Export, Imported, Source, Unreadable
from qbank.formats.csv import delimiter
from qbank.formats.selection import bank_input
from qbank.formats.xlsx.reader import open_book
from qbank.importing import recognise
from qbank.model.item import Essay
from tests.formats.tables.table_items import HARMFUL, bank_of, small


def workbook() -> bytes:
    made = formats()["xlsx"].write(small())
    assert isinstance(made, Export)
    return made.files[0][1]


def _read(format: str, data: bytes, **columns: str) -> Imported:
    reads = formats()[format].reads
    assert reads is not None
    return reads(Source(name=f"a.{format}", data=data, columns=columns))


def _with(member: str, content: bytes) -> bytes:
    return zip_bytes({**unzip(workbook()), member: content})


LINUX = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured on Linux")
SHEET = "xl/worksheets/sheet1.xml"
_FAR = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    b"</sheetData></worksheet>"
)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no workbook"),
        (b"id,type,stem\n", "no workbook"),
        (b"PK\x03\x04 torn", "no zip archive"),
        (zip_bytes({"a.txt": b""}), "no workbook"),
        (_with(SHEET, b"\0" * (40 * 2**20)), "times its size"),
        (_with(SHEET, _FAR), "reaches to column 16,384 and row 1,048,576"),
        (_with(SHEET, _FAR.replace(b'"XFD1048576"', b"'xfd1048576'")), "reaches to column"),
        (_with(SHEET, b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'), "declares entities"),
        (b"PK\x05\x06" + b"\0" * 18, "no workbook"),
        (_with("xl/workbook.xml", b"<torn"), "cannot be read"),
        (
            _with(SHEET, b'<?xml version="1.0"?><work\xffsheet><sheetData/></work\xffsheet>'),
            "sheet .* cannot be read",
        ),
    ],
)
def test_workbooks_that_are_refused(data: bytes, message: str) -> None:
    before = time.process_time()
    with pytest.raises(Unreadable, match=message):
        open_book(Source(name="a.xlsx", data=data)).grid("Items")
    assert time.process_time() - before < 1


@LINUX
def test_a_bomb_takes_no_memory() -> None:
    code = """
import re, sys
from qbank.formats.contract import Source, Unreadable
from qbank.formats.xlsx.reader import open_book
try:
    open_book(Source(name="a", data=sys.stdin.buffer.read()))
except Unreadable as error:
    print(int(re.search("VmHWM: *\\t* *([0-9]+)", open("/proc/self/status").read())[1]) // 1024)
"""
    for data in (_with(SHEET, _FAR), _with(SHEET, b"\0" * (40 * 2**20))):
        ran = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True)
        assert int(ran.stdout) < 200


@given(st.data())
def test_any_workbook_that_was_spoilt_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(workbook())
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Unreadable):
        assert isinstance(_read("xlsx", bytes(whole)), Imported)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    for name in ("csv", "xlsx"):
        recognises = formats()[name].recognises
        assert recognises is not None
        assert 0 <= recognises(Source(name="a", data=data)) <= 100
        with contextlib.suppress(Unreadable):
            assert isinstance(_read(name, data), Imported)


def test_no_cell_is_a_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    items = book["Items"]
    cells = {items.cell(1, number).value: items.cell(2, number) for number in range(1, items.max_column + 1)}
    assert cells["stem"].value == "=1+1"
    assert cells["stem"].quotePrefix
    assert cells["stem"].number_format == "@"


def test_the_workbook_is_one_for_editing() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    assert [(one.title, one.sheet_state) for one in book.worksheets] == [
        ("Items", "visible"),
        ("Read me", "visible"),
        ("Lists", "hidden"),
        ("About", "hidden"),
    ]
    items = book["Items"]
    titles = {cell.value: get_column_letter(number) for number, cell in enumerate(items[1], 1)}
    assert items.protection.sheet
    assert [items[f"{titles[name]}2"].protection.locked for name in ("id", "key", "stem", "tags")] == [
        True,
        True,
        False,
        False,
    ]
    assert not items.column_dimensions[titles["notes"]].protection.locked
    assert items.column_dimensions[titles["more"]].hidden
    lists = {str(one.sqref): one.formula1 for one in items.data_validations.dataValidation}
    assert lists[f"{titles['status']}2:{titles['status']}1002"].startswith("Lists!$")
    named = {cell.value: get_column_letter(number) for number, cell in enumerate(book["Lists"][1], 1)}
    areas = [cell.value for cell in book["Lists"][named["content_area"]]]
    assert areas[:3] == ["content_area", "anatomy", "anatomy/skeletal"]
    assert items.freeze_panes == "C2"
    assert items.auto_filter.ref


def test_what_a_spreadsheet_made_of_an_id_is_complained_about() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    sheet = book["Items"]
    titles = {cell.value: number for number, cell in enumerate(sheet[1], 1)}
    odd: list[Any] = [123, datetime.datetime(2026, 1, 2), "02-Jan", "1-2", "Jan-02"]
    for number, value in enumerate(odd, 3):
        sheet.cell(number, titles["id"]).value = value
        sheet.cell(number, titles["type"]).value = "essay"
        sheet.cell(number, titles["stem"]).value = "What?"
    out = io.BytesIO()
    book.save(out)
    found = _read("xlsx", out.getvalue())
    assert [one["id"] for one in found.items] == ["one"]
    assert [one.line for one in found.unread if "column id" in one.message] == [3, 4, 5, 6, 7]
    messages = " ".join(one.message for one in found.unread)
    assert "the number 123, not an id" in messages
    assert "a date or time (2026-01-02" in messages
    assert "'02-Jan' looks like" in messages


def test_harmful_texts_in_a_csv_have_an_apostrophe() -> None:
    made = formats()["csv"].write(small())
    assert isinstance(made, Export)
    text = made.files[0][1].decode()
    assert ",'=1+1,'-2,'@two," in text
    assert ",'+x," in text
    assert all(not cell.startswith(tuple("=+-@")) for line in text.splitlines() for cell in line.split(","))


def test_a_table_for_excel_has_a_byte_order_mark() -> None:
    made = formats()["csv"].write(msgspec.structs.replace(small(), dialect="excel"))
    assert isinstance(made, Export)
    assert made.files[0][1].startswith(b"\xef\xbb\xbfid,type,")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("between", [",", ";", "\t", "|"])
def test_encodings_and_delimiters(encoding: str, between: str) -> None:
    lines = [["Question", "A", "B", "Answer"], ["Caf\u00e9 or \u00a3?", "one", "two", "B"]]
    data = "\r\n".join(between.join(line) for line in lines).encode(encoding)
    assert recognise(Source(name="x", data=data)).slug == "csv" or encoding == "utf-16"
    found = _read("csv", data)
    assert found.items[0]["stem"] == "Caf\u00e9 or \u00a3?"
    assert found.items[0]["key"] == "B"
    assert any("Windows-1252" in one.message for one in found.unread) is (encoding == "cp1252")


def test_a_delimiter_inside_quotes_is_none() -> None:
    assert delimiter('"a;b;c;d",e\n1,2') == ","
    assert delimiter("a;b,c;d") == ";"


def test_a_cell_may_be_long_but_not_endless() -> None:
    found = _read("csv", f"Question,A,B,Answer\n{'x' * 200_000},a,b,A\n".encode())
    assert len(found.items[0]["stem"]) == 200_000
    with pytest.raises(Unreadable, match="line 2"):
        _read("csv", b'Question,A,B,Answer\n"' + b"x" * (2**24 + 10))


@LINUX
def test_a_hundred_thousand_rows() -> None:
    rows = "".join(f"Question {n} of many?,one,two,three,four,{'ABCD'[n % 4]}\n" for n in range(100_000))
    code = """
import re, sys
from qbank.formats import formats
from qbank.formats.contract import Source
data = sys.stdin.buffer.read()
found = formats()["csv"].reads(Source(name="a", data=data))
most = int(re.search("VmHWM: *\\t* *([0-9]+)", open("/proc/self/status").read())[1])
print(len(found.items), most // 1024)
"""
    data = b"Question,A,B,C,D,Answer\n" + rows.encode()
    ran = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True)
    count, megabytes = map(int, ran.stdout.split())
    assert count == 100_000
    assert megabytes < 600


def test_a_zip_with_another_directory_is_read_as_it_was_judged() -> None:
    """Two archives in one file: the reader sees only what was judged, since members are packed anew."""
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<evil/>")
    assert [one["id"] for one in _read("xlsx", other.getvalue() + workbook()).items] == ["one"]


@pytest.mark.parametrize("text", HARMFUL)
def test_a_harmful_text_is_a_text_in_both(text: str) -> None:
    for name in ("csv", "xlsx"):
        made = formats()[name].write(bank_input(bank_of([Essay(id="a", stem=text)])))
        assert isinstance(made, Export)
        assert _read(name, made.files[0][1]).items[0]["stem"] == text
