"""What a new year does to items: every reason, on made-up codes; nobody else is named."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from qbank.cli.run import run
from qbank.domains.medcode.answers import TableCodes
from qbank.domains.medcode.impact import Impact, Reason, impact
from qbank.domains.medcode.impact_reports import RENDERERS
from qbank.domains.medcode.local import read_table
from qbank.domains.medcode.years import UnknownYear, days
from qbank.model.bank import Bank
from qbank.reading.bank import load_bank
from tests.domains.medcode.test_rules_synthetic import TABLE, choice, code

OLD, NEW = "2026-09-30", "2026-10-01"


def bank(folder: Path, *items: dict[str, Any], table: str = TABLE) -> Bank:
    """A bank with the made-up code set in a folder."""
    (folder / "codes").mkdir(parents=True)
    (folder / "codes" / "synthetic.tsv").write_text(table, encoding="utf-8")
    (folder / "bank.yaml").write_text(
        '{id: made-up, as_of: "2026-09-30", items: [items.json]}', encoding="utf-8"
    )
    (folder / "items.json").write_text(json.dumps(items), encoding="utf-8")
    found, problems = load_bank(folder)
    assert problems == ()
    return found


def item(id: str, keyed: str, *others: str, **more: Any) -> dict[str, Any]:
    return {**choice("Which code?", keyed, *others), "id": id, **more}


ITEMS = (
    item("retired-key", "Q14", "Q10.0"),
    item("header-key", "Q10.2", "Q10.1"),
    item("header-distractor", "Q10.0", "Q10.2"),
    item("revised-key", "Q16", "Q17"),
    item("new-key", "Q15", "Q17"),
    item("absent-distractor", "Q17", "Q15", codes=[code("Q17:key"), code("Q15:distractor:absent")]),
    item("untouched", "Q20.1", "Q20.2", "Q20.3"),
    item("gone", "Q14", "Q17", status="retired"),
)


def found(folder: Path, *items: dict[str, Any], table: str = TABLE) -> Impact:
    made = bank(folder, *items, table=table)
    tables = read_table(table, "synthetic.tsv", "synthetic").tables
    return impact(made, TableCodes(lambda: tables), OLD, NEW, {"revised-key": ["form-a", "form-b"]})


def test_every_reason_and_no_other_item(tmp_path: Path) -> None:
    said = {
        one.item.id: [(effect.code, effect.reason, effect.role, effect.hits_key) for effect in one.effects]
        for one in found(tmp_path, *ITEMS).touched
    }
    assert said == {
        "retired-key": [("Q14", Reason.RETIRED, "key", True)],
        "header-key": [("Q10.2", Reason.NOW_HEADER, "key", True)],
        "header-distractor": [("Q10.2", Reason.NOW_HEADER, "distractor", False)],
        "revised-key": [("Q16", Reason.TITLE_REVISED, "key", True)],
        "new-key": [("Q15", Reason.NEW_CODE, "key", True)],
        "absent-distractor": [("Q15", Reason.NEW_CODE, "distractor", True)],
    }


def test_a_new_code_beside_the_key(tmp_path: Path) -> None:
    table = TABLE + "icd10cm\tQ20.6\tbillable\t2026-10-01\t\tMoon of another colour\n"
    (one,) = found(tmp_path, ITEMS[6], table=table).touched
    (effect,) = one.effects
    assert (effect.reason, effect.code, effect.successors) == (Reason.NEW_SIBLING, "Q20.1", ("Q20.6",))
    assert effect.hits_key


def test_candidates_and_forms(tmp_path: Path) -> None:
    touched = {one.item.id: one for one in found(tmp_path, *ITEMS).touched}
    assert touched["header-key"].effects[0].successors == ("Q10.20", "Q10.21", "Q10.29")
    assert touched["revised-key"].forms == ("form-a", "form-b")
    assert touched["retired-key"].forms == ()


def test_what_no_data_speaks_of_is_counted_and_never_taken_for_unchanged(tmp_path: Path) -> None:
    other = item("other", "99213", "Q17", codes=[code("99213:key", "cpt"), code("Q17:distractor")])
    result = found(tmp_path, ITEMS[6], other)
    assert result.touched == ()
    assert (result.unchecked, result.checked) == ({"cpt": 1}, 1)


def arguments(folder: Path, *more: str) -> list[str]:
    return ["codes", "impact", "--from", "FY2026", "--to", "FY2027", str(folder), *more]


def test_the_command_tells_it_and_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bank(tmp_path / "bank", *ITEMS)
    assert run(arguments(tmp_path / "bank", "--format", "json")) == 1
    tree = json.loads(capsys.readouterr().out)
    assert (tree["schema_version"], tree["from"], tree["to"]) == (1, OLD, NEW)
    assert tree["summary"] == {"touched": 6, "keys_hit": 5, "checked": 7, "forms": 0}
    assert tree["items"][0]["item"] == "retired-key"
    assert tree["items"][0]["effects"][0]["line"] == 1
    assert run(arguments(tmp_path / "bank")) == 1
    said = capsys.readouterr().out
    assert "Q10.2 is now a header, no longer reportable (key, option A)" in said
    assert "candidates: Q10.20, Q10.21, Q10.29" in said


def test_a_bank_without_a_key_hit_ends_with_0(tmp_path: Path) -> None:
    bank(tmp_path / "bank", ITEMS[2], ITEMS[6])
    assert run(arguments(tmp_path / "bank", "-o", str(tmp_path / "out.txt"))) == 0
    assert "1 item touched" in (tmp_path / "out.txt").read_text(encoding="utf-8")


def test_markdown_is_inert(tmp_path: Path) -> None:
    table = TABLE.replace(
        "Drowsiness at noon or later", "![x](https://example.org/a.png) <b>later</b> | more"
    )
    result = found(tmp_path, ITEMS[3], table=table)
    said = RENDERERS["markdown"](result, load_bank(tmp_path)[0]).decode("utf-8")
    assert "<b>" not in said
    assert "[x](" not in said.replace("\\]", "")
    assert (
        len({line.replace("\\|", "").count("|") for line in said.splitlines() if line.startswith("|")}) == 1
    )


def test_the_workbook_has_a_row_for_every_effect_and_the_same_bytes(tmp_path: Path) -> None:
    bank(tmp_path / "bank", *ITEMS)
    for name in ("a.xlsx", "b.xlsx"):
        assert run(arguments(tmp_path / "bank", "--format", "xlsx", "-o", str(tmp_path / name))) == 1
    data = (tmp_path / "a.xlsx").read_bytes()
    assert data == (tmp_path / "b.xlsx").read_bytes()
    rows = list(openpyxl.load_workbook(io.BytesIO(data))["Impact"].values)
    assert len(rows) == 7
    assert rows[1][:7] == ("retired-key", "active", "yes", "Q14", "key", "A", "retired")


def test_forms_are_found_and_a_broken_one_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank(tmp_path / "bank", *ITEMS)
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "broken.form.json").write_text("{}", encoding="utf-8")
    assert run(arguments(tmp_path / "bank", "--forms", str(tmp_path / "forms"))) == 1
    assert "broken.form.json is left out" in capsys.readouterr().err
    assert run(arguments(tmp_path / "bank", "--forms", str(tmp_path / "none"))) == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--from", "FY2027", "--to", "FY2026"), "name a later year"),
        (("--from", "2026-13", "--to", "FY2027"), "no year of a code set"),
        (("--from", "FY2026", "--to", "FY2027", "--format", "xlsx"), "-o FILE.xlsx"),
    ],
)
def test_mistakes_are_told(
    given: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank(tmp_path / "bank", *ITEMS)
    assert run(["codes", "impact", *given, str(tmp_path / "bank")]) == 2
    assert said in capsys.readouterr().err


def test_years_without_data_end_with_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bank(tmp_path / "bank", *ITEMS)
    assert run(["codes", "impact", "--from", "FY2030", "--to", "FY2031", str(tmp_path / "bank")]) == 3
    assert "no data speaks of both 2030-09-30 and 2030-10-01" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("FY2027", "2026-10-01", "2027-09-30"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026Q1", "2026-01-01", "2026-03-31"),
        ("2026Q4", "2026-10-01", "2026-12-31"),
        ("2026-11-22", "2026-11-22", "2026-11-22"),
    ],
)
def test_years(name: str, first: str, last: str) -> None:
    assert days(name) == (first, last)


@pytest.mark.parametrize("name", ["", "FY27", "2026Q5", "October", "2026-02-30"])
def test_no_years(name: str) -> None:
    with pytest.raises(UnknownYear, match="write FY2027"):
        days(name)
