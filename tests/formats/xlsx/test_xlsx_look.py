"""How the sheets look: what stays in sight, what is printed, and rows high enough for their texts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank.formats.xlsx.layout import TALLEST, height, line_count, passages
from qbank.model.item import MultipleChoice
from tests.formats.xlsx.xlsx_forms import export_input, exported, opened

FROZEN = {"Form": "C2", "Key": "C2", "Blueprint": "B2", "Items": "B2", "About": "A2"}


@pytest.fixture(scope="module")
def book() -> Any:
    return opened(exported(export_input()))


def test_headers_and_ids_stay_in_sight(book: Any) -> None:
    assert {sheet.title: sheet.freeze_panes for sheet in book} == FROZEN


def test_every_sheet_but_about_is_filtered(book: Any) -> None:
    filtered = {sheet.title: sheet.auto_filter.ref for sheet in book}
    assert filtered.pop("About") is None
    assert all(ref.startswith("A1:") for ref in filtered.values())


def test_print_set_up(book: Any) -> None:
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$1:$1"


def test_cells_wrap_at_the_top(book: Any) -> None:
    cells = [cell for sheet in book for row in sheet.iter_rows(min_row=2) for cell in row if cell.value]
    assert all(cell.alignment.wrap_text and cell.alignment.vertical == "top" for cell in cells)


def test_every_row_has_a_height(book: Any) -> None:
    for sheet in book:
        heights = [sheet.row_dimensions[number].height for number in range(1, sheet.max_row + 1)]
        assert all(one and 12 < one <= TALLEST for one in heights)


def test_a_tall_text_widens_its_column() -> None:
    narrow, wide = (
        opened(exported(export_input([MultipleChoice(id="i-1", stem="word " * count)])))["Form"]
        .column_dimensions["E"]
        .width
        for count in (20, 500)
    )
    assert wide > narrow


@given(st.text(max_size=300), st.floats(min_value=5, max_value=100))
def test_more_room_never_takes_more_lines(text: str, width: float) -> None:
    assert 1 <= line_count(text, 2 * width) <= line_count(text, width)
    assert line_count(text, width) > text.count("\n")


@given(st.lists(st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=400), max_size=60))
def test_passages_keep_every_line_and_fit_a_row(lines: list[str]) -> None:
    text = "\n".join(lines)
    parts = list(passages(text, 110))
    assert "\n".join(parts) == text
    assert all(height(line_count(part, 110)) < TALLEST for part in parts)
