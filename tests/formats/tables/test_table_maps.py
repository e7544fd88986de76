"""Tables of other people: what is taken for what, how keys are read, and what is said of a doubt."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import openpyxl
import pytest

from qbank.cli.run import run
from qbank.formats import formats
from qbank.formats.contract import Export, Imported, Source, Unreadable
from qbank.importing import UnknownFormat, recognise
from qbank.tables import keys
from tests.formats.tables.table_items import small


def _read(text: str, **columns: str) -> Imported:
    reads = formats()["csv"].reads
    assert reads is not None
    return reads(Source(name="t.csv", data=text.encode(), columns=columns))


def _keys(found: Imported) -> list[object]:
    return [one.get("key") for one in found.items]


TABLE = "Question,A,B,C,Answer\n{}"


@pytest.mark.parametrize(
    ("rows", "kind", "expected"),
    [
        ("q?,x,y,z,B\nq?,x,y,z,c", "letters", ["B", "C"]),
        ("q?,x,y,z,2\nq?,x,y,z,3.", "numbers", ["B", "C"]),
        ("q?,x,y,z,y\nq?,x,y,z,Z", "texts", ["B", "C"]),
        ('q?,x,y,z,"A, C"\nq?,x,y,z,AC', "letters", [["A", "C"], ["A", "C"]]),
        ("q?,1,2,3,2\nq?,4,5,6,2", "numbers", ["B", "B"]),
        ("q?,2,1,3,2\nq?,3,2,1,1", "texts", ["A", "C"]),
        ("q?,x,y,z,Option B\nq?,x,y,z,(A)", "letters", ["B", "A"]),
    ],
)
def test_keys_are_read_by_what_fits_all_rows(rows: str, kind: keys.Kind, expected: list[object]) -> None:
    found = _read(TABLE.format(rows))
    assert _keys(found) == expected
    assert any(f"key = Answer (guessed), as {keys.told(kind)} (guessed)" in line for line in found.told)
    assert not found.unread


def test_a_key_that_may_mean_two_things_is_told_and_can_be_decided() -> None:
    rows = "q?,2,1,3,2\nq?,3,2,1,1"
    found = _read(TABLE.format(rows))
    assert any("in 2 rows that were looked at the key" in line for line in found.told)
    assert _keys(_read(TABLE.format(rows), keys="numbers")) == ["B", "A"]


def test_a_key_that_names_no_option_says_where_and_what_to_do() -> None:
    found = _read(TABLE.format("q?,x,y,z,A\nq?,x,y,z,E"))
    assert _keys(found) == ["A", None]
    (told,) = found.unread
    assert told.message == "row 3, column Answer: the key 'E' names no option; the item has no key"
    assert told.line == 3
    assert "A to C" in told.hint


def test_a_map_names_columns_whatever_their_case() -> None:
    text = "Frage;Eins;Zwei;Richtig;Warum;Punkte;Fach\nWas?;a;b;Zwei;Darum;2;Chemie & Co\n"
    found = _read(
        text,
        stem="frage",
        options="Eins,Zwei",
        key="RICHTIG",
        rationale="Warum",
        points="Punkte",
        content_area="Fach",
        keys="letters",
    )
    assert found.items[0].get("key") is None
    found = _read(
        text.replace("Zwei;Darum", "B;Darum"),
        stem="frage",
        options="Eins,Zwei",
        key="RICHTIG",
        rationale="Warum",
        points="Punkte",
        content_area="Fach",
    )
    assert found.items == (
        {
            "type": "multiple-choice",
            "stem": "Was?",
            "options": {"A": "a", "B": "b"},
            "key": "B",
            "rationale": "Darum",
            "points": 2,
            "content_area": "Chemie-Co",
        },
    )
    assert [one.message for one in found.unread] == ["the content area 'Chemie & Co' is called Chemie-Co"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"stem": "Nope"}, "there is no column 'Nope'. The columns are 'Question', 'A'"),
        ({"stemm": "Question"}, "there is no such field"),
        ({"keys": "colours"}, "keys are letters, numbers, texts"),
        ({"options": "A,X"}, "there is no column 'X'"),
    ],
)
def test_a_map_that_does_not_fit(columns: dict[str, str], message: str) -> None:
    with pytest.raises(Unreadable, match=message):
        _read(TABLE.format("q?,x,y,z,A"), **columns)


def test_types_follow_from_options_and_keys() -> None:
    text = (
        "Question,Type,Options,Answer\n"
        "Blue or red?,,Blue|Red,Red\nBoth?,,Blue|Red,Blue|Red\nWater is wet,,,True\nHow many?,,,8 ± 0.5\n"
        "Capital?,,,Paris\nDiscuss at length,,,\n"
        "Is it?,TF,True|False,False\nStrange one?,hotspot,Blue|Red,Red\n"
    )
    found = _read(text)
    assert [one["type"] for one in found.items] == [
        "multiple-choice", "multiple-response", "true-false", "numeric", "short-answer", "essay",
        "true-false", "multiple-choice",
    ]  # fmt: skip
    assert _keys(found) == [
        "B",
        ["A", "B"],
        True,
        {"value": 8, "tolerance": 0.5},
        ["Paris"],
        None,
        False,
        "B",
    ]
    assert [one.line for one in found.unread] == [9]
    assert "'hotspot' is no type" in found.unread[0].message


def test_columns_are_guessed_by_contents_where_titles_say_nothing() -> None:
    text = "x,Antwort 1,Antwort 2,Antwort 3,y\nWelche Farbe hat der Himmel?,rot,blau,gelb,blau\n"
    found = _read(text)
    assert found.items[0]["stem"] == "Welche Farbe hat der Himmel?"
    assert found.items[0]["key"] == "B"
    assert "  stem = x (guessed)" in found.told


def test_columns_that_are_not_read_are_named() -> None:
    found = _read("Question,A,B,Answer,Shelf\nq?,x,y,A,7\n")
    assert [one.message for one in found.unread] == ["row 1, column Shelf: the column is not read"]
    found = _read("Question,A,B,Answer,Shelf\nq?,x,y,A,7\n", **{"attributes.shelf": "Shelf"})
    assert found.items[0]["attributes"] == {"shelf": 7}
    assert not found.unread


def _book(*rows: list[object], title: str = "Quiz") -> bytes:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Notes"
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_of_another_layout() -> None:
    data = _book(
        [],
        ["Question", "A", "B", "Answer"],
        ["How much?", 12, 0.5, 2],
        ["When?", datetime.date(2026, 1, 2), "later", 1],
    )
    source = Source(name="t.xlsx", data=data)
    assert recognise(source).slug == "xlsx"
    reads = formats()["xlsx"].reads
    assert reads is not None
    found = reads(source)
    assert found.items == (
        {"type": "multiple-choice", "stem": "How much?", "options": {"A": "12", "B": "0.5"}, "key": "B"},
    )
    (told,) = found.unread
    assert told.message.startswith("row 4, column A: the sheet holds a date or time (2026-01-02")
    assert "type it again" in told.hint
    with pytest.raises(Unreadable, match="no sheet 'Nope'; it has 'Notes', 'Quiz'"):
        reads(Source(name="t.xlsx", data=data, columns={"sheet": "Nope"}))
    assert len(reads(Source(name="t.xlsx", data=data, columns={"sheet": "quiz"})).items) == 1


def test_the_command_shows_the_map_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "t.csv"
    file.write_text(TABLE.format("What is it?,x,y,z,B\n"), encoding="utf-8")
    out = tmp_path / "bank"
    assert run(["import", str(file), "--out", str(out), "--dry-run"]) == 0
    told = capsys.readouterr().err.splitlines()
    assert told[:5] == [
        "columns of t.csv:",
        "  stem = Question (guessed)",
        "  options = A, B, C (guessed)",
        "  key = Answer (guessed), as letters (A, B …) (guessed)",
        "  for example: What is it? [A x; B y; C z] key B",
    ]
    assert not out.exists()
    assert run(["import", str(file), "--out", str(out)]) == 0
    assert run(["import", str(file), "--out", str(out)]) == 0
    assert "0 records new, 1 unchanged" in capsys.readouterr().err
    assert run(["import", str(file), "--out", str(out), "--map", "stem=Nope"]) == 3


@pytest.mark.parametrize(
    "text", ["Well, this is prose.\nIt has, here and there, commas.\n", "one\ntwo\n", "a,b\n"]
)
def test_prose_is_no_table(text: str) -> None:
    with pytest.raises(UnknownFormat):
        recognise(Source(name="x.txt", data=text.encode()))


def test_an_edited_workbook_that_is_imported_without_merge_is_told_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = formats()["xlsx"].write(small())
    assert isinstance(made, Export)
    file = tmp_path / "small.xlsx"
    file.write_bytes(made.files[0][1])
    assert run(["import", str(file), "--out", str(tmp_path / "bank")]) == 0
    text = (tmp_path / "bank" / "items" / "small.yaml").read_text("utf-8")
    (tmp_path / "bank" / "items" / "small.yaml").write_text(text.replace("@two", "two"), encoding="utf-8")
    assert run(["import", str(file), "--out", str(tmp_path / "bank")]) == 1
    assert "--merge writes" in capsys.readouterr().err


_ABOVE = "Acme Assessments;;;;;\n\nExported;22 November;;;;\n"
_TITLED = "No;Question;Answer 1;Answer 2;Correct;Source file\n1;Which is a bone?;Tibia;Liver;1;a.doc\n"


def test_titles_may_stand_below_a_heading() -> None:
    found = _read(_ABOVE + _TITLED)
    (item,) = found.items
    assert (item["stem"], item["options"], item["key"]) == (
        "Which is a bone?",
        {"A": "Tibia", "B": "Liver"},
        "A",
    )
    told = [(one.line, one.message) for one in found.unread]
    assert told[0] == (4, "row 4: the titles stand here; what is above them is not read")
    assert (4, "row 4, column Source file: the column is not read") in told
    plain = _read(_TITLED)
    assert [one["stem"] for one in plain.items] == ["Which is a bone?"]
    assert not any("titles" in one.message for one in plain.unread)


def test_a_map_may_name_titles_below_a_heading() -> None:
    (item,) = _read(_ABOVE + _TITLED, rationale="Source file").items
    assert item["rationale"] == "a.doc"


def test_a_workbook_with_a_heading() -> None:
    rows: list[list[object]] = [list(line.split(";")) for line in _TITLED.splitlines()]
    source = Source(name="t.xlsx", data=_book(["Acme Assessments, export of 2026"], [], *rows))
    assert recognise(source).slug == "xlsx"
    reads = formats()["xlsx"].reads
    assert reads is not None
    assert [one["options"] for one in reads(source).items] == [{"A": "Tibia", "B": "Liver"}]


def test_a_row_that_only_talks_of_questions_is_no_row_of_titles() -> None:
    rows = "Word;Meaning\nQuestion;a sentence that asks\nA;the first letter of all that we write\n"
    assert len(_read(rows).items) == 2
