"""LibreOffice opens our workbooks: every cell of every sheet comes through, and the pages print."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from qbank import api
from tests import consumers

ROOT = Path(__file__).parents[3]
FORM = ROOT / "exports" / "cmcs-practice-a" / "cmcs-practice-a-staff.xlsx"


@pytest.fixture(scope="module")
def bank_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of the practice bank."""
    bank, _ = api.load_bank(ROOT / "banks" / "cmcs")
    made = api.export_bank(bank, "xlsx")
    return api.write(made.made, tmp_path_factory.mktemp("bank"))[0]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The practice form's workbook as it is printed: the text of its pages."""
    pdf = consumers.libreoffice(FORM, "pdf", tmp_path_factory.mktemp("pdf"))
    command = [consumers.program("pdftotext"), "-layout", str(pdf), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def cells(path: Path) -> dict[str, list[list[Any]]]:
    """Sheet → rows of values, nothing empty at the ends."""
    book = load_workbook(path)
    return {sheet.title: [_row(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def _row(values: tuple[Any, ...]) -> list[Any]:
    row = [_plain(one) for one in values]
    while row and row[-1] is None:
        row.pop()
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 9)
    if isinstance(value, str):
        return value.replace("\r\n", "\n") or None
    return value.date() if isinstance(value, date) and hasattr(value, "date") else value


def test_every_cell_of_the_practice_form_comes_through(tmp_path: Path) -> None:
    same(FORM, consumers.libreoffice(FORM, "xlsx", tmp_path))


def same(ours: Path, saved: Path) -> None:
    """Fails unless all sheets and cells are there again."""
    mine, theirs = cells(ours), cells(saved)
    assert list(theirs) == list(mine)
    for sheet, rows in mine.items():
        assert any(rows)
        assert theirs[sheet][: len(rows)] == rows, sheet


def test_every_cell_of_the_bank_comes_through(bank_book: Path, tmp_path: Path) -> None:
    same(bank_book, consumers.libreoffice(bank_book, "xlsx", tmp_path))


def test_the_pages_say_what_they_are(pages: str) -> None:
    printed = pages.split("\f")
    form = api.load_form(ROOT / "exports" / "cmcs-practice-a" / "cmcs-practice-a.form.json")
    assert all(f"Page {number} of {len(printed) - 1}" in page for number, page in enumerate(printed[:-1], 1))
    assert all("CONFIDENTIAL" in page and form.title in page for page in printed[:-1])
    assert all(placement.item in pages for placement in form.placements)
