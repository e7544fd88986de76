"""What stands on the sheets: every item type, letters as presented, cases, blueprint, about."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from qbank.formats.contract import AUDIENCES, Check
from qbank.formats.xlsx.blueprint_sheet import gap
from qbank.formats.xlsx.presented import number_key
from qbank.model.form import Version, letter
from qbank.model.item import Matching, MultipleChoice, NumericKey, TrueFalse
from tests.formats.xlsx.xlsx_forms import ALL_TYPES, STAFF_ONLY, export_input, exported, opened, records

FORM = ["Position", "Item id", "Section / case", "Response", "Stem"]
OPTIONS = [f"Option {one}" for one in "ABCDE"]
HEADERS = {
    "Form": [*FORM, *OPTIONS, "Prompts", "Points", "Role", "Content area", "Cognitive level"],
    "Key": [
        "Position",
        "Item id",
        "Key",
        "Key in bank",
        "Key text",
        "Rationale",
        "References",
        "Points",
        "Role",
    ],
    "Blueprint": ["Label", "Kind", "Target", "Minimum", "Maximum", "Actual", "Gap", "OK"],
    "Items": [
        "Item id",
        "Position",
        "Type",
        "Status",
        "Role",
        "Content area",
        "Content area title",
        "Cognitive level",
        "seconds",
        "origin",
        "Enemies",
        "Stimulus",
        "Content hash",
        "Record hash",
    ],
    "About": ["Field", "Value"],
}


@pytest.fixture(scope="module")
def staff() -> Any:
    return opened(exported(export_input()))


@pytest.fixture(scope="module")
def candidate() -> Any:
    return opened(exported(export_input(audience="candidate")))


def test_staff_sheets_and_headers(staff: Any) -> None:
    assert {sheet.title: [cell.value for cell in sheet[1]] for sheet in staff} == HEADERS


def test_candidate_sheets_and_headers(candidate: Any) -> None:
    found = {sheet.title: [cell.value for cell in sheet[1]] for sheet in candidate}
    assert found == {"Form": [*FORM, *OPTIONS, "Prompts", "Points"], "About": ["Field", "Value"]}


def test_prompts_only_where_something_is_matched() -> None:
    items = [item for item in ALL_TYPES if not isinstance(item, Matching)]
    assert "Prompts" not in [cell.value for cell in opened(exported(export_input(items)))["Form"][1]]


def test_options_stand_in_presented_order(staff: Any) -> None:
    rows = records(staff, "Form")
    assert [rows["mc-1"][f"Option {one}"] for one in "ABCD"] == ["Talus", "Fibula", "Tibia", None]
    assert [rows["tf-1"][f"Option {one}"] for one in "ABC"] == ["True", "False", None]
    assert rows["mc-1"]["Stem"] == "Which bone?"
    assert rows["ma-1"]["Prompts"] == "1. Knee\n2. Elbow"
    assert rows["nu-1"]["Points"] == 1.5


@pytest.mark.parametrize(
    ("item", "letters", "ids", "words"),
    [
        ("mc-1", "B", "b", "Fibula"),
        ("mr-1", "B, E", "D, A", "Four\nOne"),
        ("tf-1", "B", "false", "False"),
        ("ma-1", "1-B, 2-A", "P1: B, P2: A", "Knee → Leg\nElbow → Arm"),
        ("or-1", "B, C, A", "x, y, z", "1. first\n2. second\n3. third"),
        ("nu-1", "—", None, f"86753.5 ± 0.25 {STAFF_ONLY}mg"),
        ("sa-1", "—", None, f"{STAFF_ONLY}femur\nthigh bone\n(case counts)"),
        ("es-1", "—", None, f"Rubric: {STAFF_ONLY} one point each"),
    ],
)
def test_key_of_every_type(staff: Any, item: str, letters: str, ids: str | None, words: str) -> None:
    row = records(staff, "Key")[item]
    assert (row["Key"], row["Key in bank"], row["Key text"]) == (letters, ids, words)


def test_rationale_follows_the_presented_order(staff: Any) -> None:
    assert records(staff, "Key")["mc-1"]["Rationale"] == (
        f"B. {STAFF_ONLY} b\nC. {STAFF_ONLY} a\nother. {STAFF_ONLY} o"
    )


def test_responses_are_named(candidate: Any) -> None:
    assert [row["Response"] for row in records(candidate, "Form").values()] == [
        "choose one",
        "choose 2",
        "true or false",
        "match",
        "put in order",
        "number",
        "short text",
        "essay",
    ]


def test_a_case_stands_once_before_its_items_even_across_sections(candidate: Any) -> None:
    rows = [[cell.value for cell in row[:3]] for row in candidate["Form"].iter_rows(min_row=4, max_row=9)]
    assert rows == [
        [None, "case-1", "A fall (items 2 to 3)"],
        [None, "case-1", "She fell.\n\nIt hurt.\n[x.png: An ankle]"],
        [2, "mr-1", "Part one\ncase-1"],
        [None, None, "two (6 items)"],
        [3, "tf-1", "two\ncase-1"],
        [4, "ma-1", "two"],
    ]
    assert [str(part) for part in candidate["Form"].merged_cells.ranges]


def test_a_long_case_takes_several_rows_and_loses_no_line() -> None:
    from qbank.model.stimulus import Stimulus

    lines = [f"Line {number} of the record." for number in range(120)]
    case = Stimulus(id="case-1", text="\n\n".join(lines))
    sheet = opened(exported(export_input(stimuli=(case,))))["Form"]
    texts = [
        str(row[2].value) for row in sheet.iter_rows() if row[1].value == "case-1" and row[0].value is None
    ][1:]
    assert len(texts) > 2
    assert [line for part in texts for line in part.split("\n") if line] == lines
    assert all((dimension.height or 0) <= 409 for dimension in sheet.row_dimensions.values())


def test_items_sheet(staff: Any) -> None:
    row = records(staff, "Items")["mc-1"]
    assert row["Content area title"] == "Anatomy › Skeleton"
    assert (row["seconds"], row["Enemies"], row["Content hash"]) == (60, "mr-1", "c1")


def test_blueprint_gaps_and_red_rows(staff: Any) -> None:
    rows = [[cell.value for cell in row[5:8]] for row in staff["Blueprint"].iter_rows(min_row=2)]
    assert rows == [[8, 0, "yes"], [1, -2, "no"], [120.5, 20.5, "no"], [None] * 3, [0.3, 0, "yes"]]
    rules = [rule for part in staff["Blueprint"].conditional_formatting for rule in part.rules]
    assert ['$H2="no"'] in [rule.formula for rule in rules]


def test_sections_have_a_heading_with_their_time() -> None:
    input = export_input()
    first, second = input.form.sections
    timed = msgspec.structs.replace(first, time_limit_minutes=12.5)
    form = msgspec.structs.replace(input.form, sections=(timed, second))
    book = opened(exported(msgspec.structs.replace(input, form=form)))
    titles = [row[2] for row in book["Form"].iter_rows(min_row=2, values_only=True) if row[0] is None]
    assert "Part one (2 items, 12.5 minutes)" in titles
    assert f"two ({len(second.placements)} items)" in titles
    lines = {row[0]: row[1] for row in book["About"].iter_rows(min_row=2, values_only=True)}
    assert lines["Section Part one"] == "2 items, 12.5 minutes"


def test_a_version_names_its_form_to_staff_only() -> None:
    for audience in AUDIENCES:
        input = export_input(audience=audience)
        form = msgspec.structs.replace(input.form, version=Version("demo-x", 1, 7))
        book = opened(exported(msgspec.structs.replace(input, form=form)))
        lines = {row[0]: row[1] for row in book["About"].iter_rows(min_row=2, values_only=True)}
        assert lines.get("Version of") == ("demo-x" if audience == "staff" else None)


def test_about(staff: Any) -> None:
    lines = [(row[0].value, row[1].value) for row in staff["About"].iter_rows(min_row=2)]
    for line in (
        ("Form id", "demo-a"),
        ("Items, operational", 6),
        ("Items, pretest", 2),
        ("Cut score", "5 of 8 points (raw)"),
        ("Seed", 987654321),
        ("Status", "optimal"),
        ("Gap", 0),
        ("Licence", "CC-BY-4.0"),
        ("Time limit (minutes)", 90),
        ("qbank version", "0.1.0"),
        ("Source of length", f"{STAFF_ONLY} source; certainty low; inferred"),
    ):
        assert line in lines


def test_an_item_without_a_key_says_so() -> None:
    items = (MultipleChoice(id="a", options={"A": "x"}), TrueFalse(id="b"))
    rows = records(opened(exported(export_input(items))), "Key")
    assert {row["Key text"] for row in rows.values()} == {"(no key)"}


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (NumericKey(value=5.0), "5"),
        (NumericKey(value=5, tolerance=0.1, unit="mg"), "5 ± 0.1 mg"),
        (NumericKey(minimum=4, maximum=6.5), "4 to 6.5"),
        (NumericKey(minimum=4), "at least 4"),
        (NumericKey(maximum=4, unit="%"), "at most 4 %"),
        (NumericKey(value=6.02e23), "6.02e+23"),
        (NumericKey(value=-123456789012345.0), "-123456789012345"),
        (NumericKey(), "(no key)"),
    ],
)
def test_numeric_keys(key: NumericKey, words: str) -> None:
    assert number_key(key) == words


def test_letters() -> None:
    assert [letter(index) for index in (0, 5, 25, 26, 701, 702)] == ["A", "F", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize(
    ("check", "distance"),
    [
        (Check("a", "k", "", 1, 2, 1), 0),
        (Check("a", "k", "", 1, None, 0), -1),
        (Check("a", "k", "", None, 2, 5), 3),
        (Check("a", "k", "", None, None, 5), None),
        (Check("a", "k", "", 1, 2, None), None),
    ],
)
def test_gap(check: Check, distance: float | None) -> None:
    assert gap(check) == distance
