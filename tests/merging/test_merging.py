"""An edited workbook comes back: what people changed stands in the bank's files, and nothing else moved."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from qbank import api, importing, merging
from qbank.cli.run import run
from qbank.formats.contract import Unreadable
from qbank.formats.files import write_atomic
from qbank.reading import reference, schemas
from tests import consumers

BANK = """\
# the bank
id: bones
title: Bones
items: [items/*.yaml]
stimuli: [stimuli/*.yaml]
cognitive_levels: [recall, application]
content_areas:
- {id: leg, title: Leg}
- {id: arm, title: Arm}
attributes:
  year: {type: string}
  seconds: {type: integer}
"""
ITEMS = """\
# items of the leg

- id: leg-1   # the first
  type: multiple-choice
  content_area: leg
  stem: >-
    A note describes a break of the lateral malleolus.
    Which bone is broken?
  options:      # four
    A: Tibia
    B: "Fibula"   # the right one
    C: 'Talus'
    D: Calcaneus
  key: B
  tags: [ankle, x]

- id: leg-2
  type: multiple-response
  stem: |
    Which are tarsal bones?
    Choose two.
  options: {A: Talus, B: Femur, C: Cuboid}
  key: [A, C]
  attributes: {seconds: 60, year: "2026"}

# the last one
- {id: leg-3, type: numeric, stem: How many bones has a foot?, key: {value: 26}, stimulus: case-1}
- id: leg-4
  type: essay
  stem: Discuss the knee.
  rubric: One point for each ligament.
"""
STIMULI = """\
- id: case-1   # a case
  title: A foot
  text: A foot was seen.
"""


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    folder = tmp_path / "bones"
    for name, text in (("bank.yaml", BANK), ("items/leg.yaml", ITEMS), ("stimuli/case.yaml", STIMULI)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def book(bank: Path, tmp_path: Path) -> Path:
    """A workbook of the bank as it is."""
    loaded, problems = api.load_bank(bank)
    assert not problems
    ((_, data),) = api.export_bank(loaded, "xlsx").files
    file = tmp_path / "edited.xlsx"
    file.write_bytes(data)
    return file


class Sheet:
    """A sheet of a workbook, to be edited as people do."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.columns = {str(cell.value): number for number, cell in enumerate(sheet[1], 1)}
        self.rows = {sheet.cell(row, self.columns["id"]).value: row for row in range(2, sheet.max_row + 1)}

    def put(self, id: str, column: str, value: Any) -> None:
        self.sheet.cell(self.rows[id], self.columns[column]).value = value

    def add(self, **cells: Any) -> None:
        row = self.sheet.max_row + 1
        for column, value in cells.items():
            self.sheet.cell(row, self.columns[column]).value = value

    def delete(self, id: str) -> None:
        self.sheet.delete_rows(self.rows[id])


def edit(book: Path, change: Callable[[Sheet], None], sheet: str = "Items") -> None:
    opened = openpyxl.load_workbook(book)
    change(Sheet(opened[sheet]))
    out = io.BytesIO()
    opened.save(out)
    book.write_bytes(out.getvalue())


def texts(bank: Path) -> dict[str, str]:
    return {
        path.relative_to(bank).as_posix(): path.read_text("utf-8") for path in sorted(bank.rglob("*.yaml"))
    }


def lines_changed(before: str, after: str) -> Iterator[tuple[str, str]]:
    import difflib

    for line in difflib.ndiff(before.splitlines(), after.splitlines()):
        if line[0] in "+-":
            yield line[0], line[2:]


def test_an_unedited_workbook_changes_no_byte(bank: Path, book: Path) -> None:
    before = texts(bank)
    made = merging.merge_file(book, bank)
    assert (made.files, made.changed, made.new, made.conflicts, made.faults) == ({}, (), (), (), ())
    assert made.unchanged == 5
    assert texts(bank) == before


def test_a_workbook_saved_by_another_program_changes_no_byte(bank: Path, book: Path) -> None:
    edit(book, lambda sheet: None)
    before = texts(bank)
    assert merging.merge_file(book, bank).unchanged == 5
    assert texts(bank) == before


def test_libreoffice_opens_and_saves_it_without_a_change(bank: Path, book: Path, tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    saved = consumers.libreoffice(book, "xlsx", tmp_path / "saved")
    before = texts(bank)
    made = merging.merge_file(saved, bank)
    assert (made.files, made.faults, made.unchanged) == ({}, (), 5)
    assert texts(bank) == before


def test_edits_are_written_in_place(bank: Path, book: Path) -> None:
    def change(sheet: Sheet) -> None:
        sheet.put(
            "leg-1", "stem", "A note describes a break of the lateral malleolus. Which bone was broken?"
        )
        sheet.put("leg-1", "option_B", "Fibula, distal")
        sheet.put("leg-1", "option_E", "Cuboid: a bone")
        sheet.put("leg-1", "tags", "ankle, x, z")
        sheet.put("leg-1", "points", 2)
        sheet.put("leg-1", "rationale_B", "It is # the one.")
        sheet.put("leg-2", "attributes.seconds", 75)
        sheet.put("leg-2", "key", "A, B")
        sheet.put("leg-3", "key", "26 ± 1")
        sheet.put("leg-3", "status", "retired")
        sheet.put("leg-4", "rubric", None)

    edit(book, change)
    before = texts(bank)["items/leg.yaml"]
    made = merging.merge_file(book, bank)
    assert [one.id for one in made.changed] == ["leg-1", "leg-2", "leg-3", "leg-4"]
    after = texts(bank)["items/leg.yaml"]
    assert list(lines_changed(before, after)) == [
        ("-", "    Which bone is broken?"),
        ("+", "    Which bone was broken?"),
        ("-", '    B: "Fibula"   # the right one'),
        ("+", '    B: "Fibula, distal"   # the right one'),
        ("+", '    E: "Cuboid: a bone"'),
        ("+", "  rationale:"),
        ("+", '    B: "It is # the one."'),
        ("+", "  points: 2"),
        ("-", "  tags: [ankle, x]"),
        ("+", "  tags: [ankle, x, z]"),
        ("-", "  key: [A, C]"),
        ("+", "  key: [A, B]"),
        ("-", '  attributes: {seconds: 60, year: "2026"}'),
        ("+", '  attributes: {seconds: 75, year: "2026"}'),
        (
            "-",
            "- {id: leg-3, type: numeric, stem: How many bones has a foot?, "
            "key: {value: 26}, stimulus: case-1}",
        ),
        (
            "+",
            "- {id: leg-3, type: numeric, status: retired, stem: How many bones has a foot?, "
            "key: {value: 26, tolerance: 1}, stimulus: case-1}",
        ),
        ("-", "  rubric: One point for each ligament."),
    ]
    again = merging.merge_file(book, bank)
    assert (again.files, again.conflicts, again.changed) == ({}, (), ())
    assert not api.load_bank(bank)[1]


def test_a_stimulus_is_edited_too(bank: Path, book: Path) -> None:
    edit(book, lambda sheet: sheet.put("case-1", "text", "A foot was seen twice."), "Stimuli")
    merging.merge_file(book, bank)
    assert texts(bank)["stimuli/case.yaml"] == STIMULI.replace("was seen.", "was seen twice.")
    assert texts(bank)["items/leg.yaml"] == ITEMS


def test_what_the_bank_changed_stays_and_both_meet(bank: Path, book: Path) -> None:
    items = bank / "items" / "leg.yaml"
    items.write_text(
        ITEMS.replace("C: 'Talus'", "C: 'The talus'").replace("the knee", "the hip"), encoding="utf-8"
    )
    edit(book, lambda sheet: sheet.put("leg-1", "option_D", "The calcaneus"))
    made = merging.merge_file(book, bank)
    assert made.kept == ("leg-1", "leg-4")
    assert not made.conflicts
    text = items.read_text("utf-8")
    assert "C: 'The talus'" in text
    assert "D: The calcaneus" in text
    assert "the hip" in text


def test_a_conflict_writes_nothing(
    bank: Path, book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    items = bank / "items" / "leg.yaml"
    items.write_text(ITEMS.replace("the knee", "the hip"), encoding="utf-8")

    def change(sheet: Sheet) -> None:
        sheet.put("leg-4", "stem", "Discuss the ankle.")
        sheet.put("leg-1", "option_A", "The tibia")
        sheet.add(type="essay", stem="New?")

    edit(book, change)
    before = texts(bank)
    report = tmp_path / "report.json"
    assert run(["import", "--merge", str(book), "--out", str(bank), "--report", str(report)]) == 1
    ran = capsys.readouterr()
    assert ran.out == ""
    assert (
        "conflict: row 5, leg-4, stem\n  in the sheet: Discuss the ankle.\n  in the bank:  Discuss the hip."
        in ran.err
    )
    assert "nothing was written" in ran.err
    assert texts(bank) == before
    tree = json.loads(report.read_text("utf-8"))
    assert reference.violations(schemas.schema("import"), tree) == []
    assert tree["conflicts"] == [
        {
            "record": "leg-4",
            "field": "stem",
            "sheet": "Discuss the ankle.",
            "bank": "Discuss the hip.",
            "row": 5,
        }
    ]
    # the advice works: with the bank's text in the sheet, all the rest is merged
    edit(book, lambda sheet: sheet.put("leg-4", "stem", "Discuss the hip."))
    assert run(["import", "--merge", str(book), "--out", str(bank)]) == 0
    assert "A: The tibia" in items.read_text("utf-8")


def test_the_same_change_on_both_sides_is_none(bank: Path, book: Path) -> None:
    items = bank / "items" / "leg.yaml"
    items.write_text(ITEMS.replace("the knee", "the hip"), encoding="utf-8")
    edit(book, lambda sheet: sheet.put("leg-4", "stem", "Discuss the hip."))
    assert merging.merge_file(book, bank).files == {}


def test_new_rows_are_new_items(bank: Path, book: Path) -> None:
    def change(sheet: Sheet) -> None:
        sheet.add(
            type="multiple-choice", stem="Which is in the arm?", option_A="Ulna", option_B="Fibula", key="A",
            content_area="arm", notes="mine", **{"attributes.seconds": 30},
        )  # fmt: skip
        sheet.add(id="arm-9", type="essay", stem="Discuss the arm.")

    edit(book, change)
    made = merging.merge_file(book, bank)
    assert made.new[1] == "arm-9"
    assert made.new[0].startswith("edited-")
    assert [(one.record, one.text) for one in made.notes] == [("", "mine")]
    assert texts(bank)["items/leg.yaml"] == ITEMS
    loaded, problems = api.load_bank(bank)
    assert not problems
    assert {one.id for one in loaded.items} >= set(made.new)
    assert merging.merge_file(book, bank).new == ()


def test_deleted_rows_stay_in_the_bank_and_are_told(
    bank: Path, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(book, lambda sheet: sheet.delete("leg-2"))
    assert run(["import", "--merge", str(book), "--out", str(bank)]) == 0
    assert "leg-2 was deleted in the sheet; it stays in the bank" in capsys.readouterr().err
    assert texts(bank)["items/leg.yaml"] == ITEMS


def test_rows_of_items_that_the_bank_no_longer_has(bank: Path, book: Path) -> None:
    items = bank / "items" / "leg.yaml"
    items.write_text(ITEMS[: ITEMS.index("- id: leg-4")], encoding="utf-8")
    made = merging.merge_file(book, bank)
    assert (made.gone, made.conflicts, made.files) == (("leg-4",), (), {})
    edit(book, lambda sheet: sheet.put("leg-4", "stem", "Discuss it."))
    made = merging.merge_file(book, bank)
    assert [(one.record, one.field) for one in made.conflicts] == [("leg-4", "stem")]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("key", 7, ""),
        ("points", "two", "row 2, column points: 'two' is no number"),
        ("status", "sleeping", "status"),
        ("stem", None, "stem"),
        ("option_B", None, "row 2, column option_B: the cell is empty but a later option is not"),
        ("id", 7, "row 2, column id: the sheet holds the number 7"),
        ("id", "02-Jan", "looks like a date"),
        ("codes", "nonsense", "is no code"),
        ("more", "{torn", "holds no JSON"),
    ],
)
def test_a_mistake_in_the_sheet_writes_nothing(
    bank: Path, book: Path, column: str, value: Any, message: str
) -> None:
    def change(sheet: Sheet) -> None:
        sheet.put("leg-1", column, value)
        sheet.put("leg-4", "stem", "Discuss all.")

    edit(book, change)
    before = texts(bank)
    made = merging.merge_file(book, bank)
    if message:
        assert any(message in one.message for one in made.faults), made.faults
        assert made.files == {}
        assert texts(bank) == before
    else:
        assert made.files


def test_a_copied_row_is_named(bank: Path, book: Path) -> None:
    edit(book, lambda sheet: sheet.add(id="leg-1", type="essay", stem="Copied"))
    made = merging.merge_file(book, bank)
    assert [one.message for one in made.faults] == ["row 6, column id: row 2 has the id leg-1 too"]


def test_sorted_rows_and_missing_columns_are_no_edits(bank: Path, book: Path) -> None:
    def change(sheet: Sheet) -> None:
        rows = [[cell.value for cell in row] for row in sheet.sheet.iter_rows(min_row=2)]
        for number, row in enumerate(reversed(rows), 2):
            for column, value in enumerate(row, 1):
                sheet.sheet.cell(number, column).value = value
        sheet.sheet.delete_cols(sheet.columns["tags"])

    edit(book, change)
    made = merging.merge_file(book, bank)
    assert (made.files, made.faults, made.unchanged) == ({}, (), 5)


def test_a_workbook_of_something_else(bank: Path, book: Path, tmp_path: Path) -> None:
    other = openpyxl.Workbook()
    other.save(tmp_path / "other.xlsx")
    with pytest.raises(Unreadable, match="without --merge"):
        merging.merge_file(tmp_path / "other.xlsx", bank)
    assert run(["import", "--merge", str(tmp_path / "other.xlsx"), "--out", str(bank)]) == 3
    assert run(["import", "--merge", str(book), "--out", str(tmp_path / "nowhere")]) == 3
    assert run(["import", "--merge", str(book), "--out", str(bank), "--from", "csv"]) == 2
    (bank / "items" / "torn.yaml").write_text("- id: [\n", encoding="utf-8")
    with pytest.raises(importing.BankBroken):
        merging.merge_file(book, bank)
    assert run(["import", "--merge", str(book), "--out", str(bank)]) == 1


def test_a_damaged_base_is_refused(bank: Path, book: Path) -> None:
    opened = openpyxl.load_workbook(book)
    about = opened["About"]
    for row in about.iter_rows():
        if row[0].value == "base":
            row[4].value = str(row[4].value)[1:]
            break
    opened.save(book)
    with pytest.raises(Unreadable, match="damaged"):
        merging.merge_file(book, bank)


def test_files_are_written_all_or_none(bank: Path, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(sheet: Sheet) -> None:
        sheet.put("leg-4", "stem", "Discuss all.")
        sheet.add(type="essay", stem="New?")

    edit(book, change)
    before = texts(bank)
    real = write_atomic

    def second_fails(path: Path, data: bytes) -> None:
        if Path(path).name == "leg.yaml" and b"Discuss all." in data:
            raise OSError(28, "No space left on device", str(path))
        real(path, data)

    monkeypatch.setattr(merging, "write_atomic", second_fails)
    with pytest.raises(OSError, match="No space"):
        merging.merge_file(book, bank)
    assert texts(bank) == before


def test_a_bank_of_json_lines_is_edited_in_place(bank: Path, tmp_path: Path) -> None:
    loaded, _ = api.load_bank(bank)
    ((_, lines),) = api.export_bank(loaded, "jsonl").files
    ((_, data),) = api.export_bank(loaded, "xlsx").files
    file, book = tmp_path / "bones.jsonl", tmp_path / "edited.xlsx"
    file.write_bytes(lines)
    book.write_bytes(data)

    def change(sheet: Sheet) -> None:
        sheet.put("leg-1", "option_A", "The tibia")
        sheet.put("leg-4", "points", 3)
        sheet.put("leg-2", "attributes.seconds", None)

    edit(book, change)
    merging.merge_file(book, file)
    expected = (
        lines.replace(b'"A":"Tibia"', b'"A":"The tibia"')
        .replace(b'{"seconds":60,"year":"2026"}', b'{"year":"2026"}')
        .replace(
            b'"rubric":"One point for each ligament."', b'"rubric":"One point for each ligament.","points":3'
        )
    )
    assert file.read_bytes() == expected
