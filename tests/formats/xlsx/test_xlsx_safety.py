"""What a workbook must never do: run a text, cut it, show a candidate a key, or differ from itself."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbank.diagnostics import Where
from qbank.formats.contract import Refused
from qbank.formats.xlsx import FORMAT
from qbank.markup import to_plain
from qbank.model.item import ITEM_TYPES, MultipleChoice
from qbank.model.stimulus import Stimulus
from tests.formats.xlsx.xlsx_forms import (
    ALL_TYPES,
    CASE,
    STAFF_ONLY,
    export_input,
    exported,
    members,
    opened,
    records,
)

PAYLOADS = (
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.org","x")',
    "#N/A",
    "TRUE",
    "1-2",
    "00123",
    "1e5",
    "2026-11-22",
    "http://example.org",
    "_x0041_",
    "{=1}",
    "'=1",
)
HARMLESS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
TEXTS = st.one_of(
    st.sampled_from(PAYLOADS),
    st.builds(str.__add__, st.sampled_from(("=", "+", "-", "@", "\t", "_x")), st.text(HARMLESS, max_size=20)),
    st.text(HARMLESS, max_size=60),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=8, max_size=8))
def test_texts_stay_texts_and_come_back(texts: list[str]) -> None:
    stem, a, b, rationale, reference, area, enemy, attribute = texts
    item = MultipleChoice(
        id="i-1",
        stem=stem,
        options={"A": a, "B": b},
        key="A",
        rationale=rationale,
        references=(reference,),
        content_area=area,
        enemies=(enemy,),
        attributes={"origin": attribute},
    )
    book = opened(exported(export_input([item], title=stem, notice=reference)))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n")
                assert cell.data_type == "s" or not isinstance(cell.value, str)
                assert cell.hyperlink is None
    form, key, items = (records(book, name)["i-1"] for name in ("Form", "Key", "Items"))
    for value, expected in (
        (form["Stem"], to_plain(stem)),
        (form["Option A"], to_plain(a)),
        (form["Option B"], to_plain(b)),
        (form["Content area"], area),
        (key["Rationale"], to_plain(rationale)),
        (key["References"], reference),
        (items["Enemies"], enemy),
        (items["origin"], attribute),
    ):
        assert _as_excel_shows(value) == expected


def _as_excel_shows(value: str | None) -> str:
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), value or "")


def test_ids_are_text_cells() -> None:
    items = [MultipleChoice(id=id, options={"A": "x"}, key="A") for id in ("1-2", "00123", "1e5")]
    sheet = opened(exported(export_input(items)))["Form"]
    cells = [row[1] for row in sheet.iter_rows(min_row=2) if row[0].value is not None]
    assert [(cell.value, cell.data_type, cell.number_format) for cell in cells] == [
        ("1-2", "s", "@"),
        ("00123", "s", "@"),
        ("1e5", "s", "@"),
    ]


def test_a_candidate_sees_no_key() -> None:
    content = exported(export_input(audience="candidate"))
    for name, text in members(content).items():
        for secret in (
            STAFF_ONLY,
            "86753",
            "thigh bone",
            "pretest",
            "operational",
            "987654321",
            "optimal",
            "contains keys",
            "Cut score",
            "comments",
        ):
            assert secret not in text, (name, secret)
    book = opened(content)
    assert [sheet.sheet_state for sheet in book] == ["visible", "visible"]


def test_only_staff_pages_say_that_they_hold_keys() -> None:
    for sheet in opened(exported(export_input())):
        footer: Any = sheet.oddFooter
        assert footer.center.text == "CONFIDENTIAL: contains keys"
        assert footer.left.text == "demo-a"
        assert footer.right.text == "Page &P of &N"


def test_a_candidates_file_does_not_depend_on_keys() -> None:
    changed = [
        MultipleChoice(**{**_fields(item), "key": "a", "rationale": "else"}) if item.id == "mc-1" else item
        for item in ALL_TYPES
    ]
    assert exported(export_input(changed, "candidate")) == exported(export_input(audience="candidate"))


def _fields(item: Any) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__struct_fields__}


def test_same_input_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib\n"
        "from tests.formats.xlsx.xlsx_forms import exported, export_input\n"
        "print(hashlib.sha256(exported(export_input())).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={
                "PYTHONHASHSEED": seed,
                "TZ": zone,
                "PYTHONPATH": ":".join(path for path in sys.path if path),
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(runs) == 1


def test_no_clock_and_no_library_in_the_file() -> None:
    parts = members(exported(export_input()))
    assert parts["docProps/core.xml"].count("1980-01-01T00:00:00Z") == 2
    assert not any("openpyxl" in text for text in parts.values())


@pytest.mark.parametrize("field", ["stem", "rationale", "option"])
def test_a_text_too_long_for_a_cell_is_refused(field: str) -> None:
    long = "x" * 32_768
    parts: dict[str, Any] = {"options": {"A": long}} if field == "option" else {field: long}
    refused = FORMAT.write(export_input([MultipleChoice(**parts, id="i-1", record=7)]))
    assert isinstance(refused, Refused)
    assert refused.findings
    for finding in refused.findings:
        assert "i-1" in finding.message
        assert field in finding.message
        assert "32,768" in finding.message
        assert finding.hint
        assert isinstance(finding.where, Where)
        assert finding.where.record == 7


def test_the_longest_text_that_fits_is_kept_whole() -> None:
    item = MultipleChoice(id="i-1", stem="x" * 32_767)
    assert records(opened(exported(export_input([item]))), "Form")["i-1"]["Stem"] == "x" * 32_767


def test_excel_counts_utf16() -> None:
    assert isinstance(FORMAT.write(export_input([MultipleChoice(id="i-1", stem="😀" * 16_384)])), Refused)


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ufffe", "\ud800"])
def test_characters_that_xml_cannot_hold_are_refused(character: str) -> None:
    items = [
        MultipleChoice(id="i-1", stem=f"a{character}"),
        MultipleChoice(id="i-2", options={"A": character}),
    ]
    refused = FORMAT.write(export_input(items))
    assert isinstance(refused, Refused)
    messages = [finding.message for finding in refused.findings]
    assert [("i-1, stem" in one, "i-2, option A" in one) for one in messages] == [
        (True, False),
        (False, True),
    ]
    assert f"U+{ord(character):04X}" in messages[0]
    assert "number 2" in messages[0]


def test_titles_are_judged_like_any_text() -> None:
    assert isinstance(FORMAT.write(export_input(title="\x01")), Refused)
    assert isinstance(FORMAT.write(export_input(stimuli=(Stimulus(id="case-1", title="\x01"),))), Refused)


def test_an_option_order_of_other_options_is_refused() -> None:
    refused = FORMAT.write(export_input(orders={"mc-1": ("a", "b")}))
    assert isinstance(refused, Refused)
    assert "position 1" in refused.findings[0].message


def test_what_is_not_in_the_bank_is_refused() -> None:
    refused = FORMAT.write(export_input(stimuli=()))
    assert isinstance(refused, Refused)
    assert len(refused.findings) == 2


def test_all_types_are_carried() -> None:
    assert FORMAT.item_types == frozenset(ITEM_TYPES) == {item.type for item in ALL_TYPES}


def test_numbers_that_excel_would_change_are_text() -> None:
    items = [MultipleChoice(id="i-1", attributes={"seconds": 12345678901234567890, "origin": True})]
    row = records(opened(exported(export_input(items))), "Items")["i-1"]
    assert (row["seconds"], row["origin"]) == ("12345678901234567890", "true")


def test_a_form_without_items_is_a_workbook_all_the_same() -> None:
    assert opened(exported(export_input([], stimuli=(CASE,)))).sheetnames[0] == "Form"
