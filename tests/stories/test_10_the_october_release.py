"""Publisher: October has come. The new code set is imported beside the old ones, and no form mixes years."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.cli_help import Qbank, edit
from tests.stories.story import bank, coded, within

ORDERS = ("icd10cm_order_2026.txt", "icd10cm_order_2027.txt")
ADDENDA = "icd10cm_order_addenda_2027.txt"
ROW = "constraints:\n- {label: one code year, kind: same_value, field: code_year}\n"
PLAN = f"id: autumn\nbank: .\nlength: 2\n{ROW}objective: {{kind: random}}\n"


@pytest.mark.parametrize("new", [ORDERS[1], ADDENDA], ids=["order file", "addenda"])
def test_the_import_is_idempotent_and_keeps_the_old_year(
    new: str, official_files: Path, empty_store: Path, qbank: Qbank
) -> None:
    assert qbank("codes", "import", str(official_files / ORDERS[0])).code == 0
    old = dict(within(empty_store))
    said = qbank("codes", "import", str(official_files / new)).out
    counts = re.search(r"against 2026-09-30: (\d+) new, (\d+) retired \(15 .*\), (\d+) titles revised", said)
    assert counts is not None, said
    assert counts.groups() == ("190", "30", "4")
    both = dict(within(empty_store))
    assert old.items() <= both.items()
    assert len(both) == len(old) + 1
    again = qbank("codes", "import", str(official_files / new)).out
    assert "unchanged: it was imported before" in again
    assert dict(within(empty_store)) == both


def test_several_years_are_asked_side_by_side(codes: Path, qbank: Qbank) -> None:
    tables = json.loads(qbank("codes", "list", "--format", "json").out)["tables"]
    assert [(one["valid_from"], one["valid_to"], one["codes"]) for one in tables] == [
        ("2025-10-01", "2026-09-30", 98186),
        ("2026-10-01", "2027-09-30", 98403),
    ]
    for day, status in (("2026-09-30", "billable"), ("2026-10-01", "header")):
        ran = qbank("codes", "lookup", "I42.0", "--on", day, "--format", "json")
        assert json.loads(ran.out)["answers"][0]["status"] == status


@pytest.mark.parametrize("code", ["I42.0", "I42.00", "I10", "Z99.99", "M72"])
@pytest.mark.parametrize("day", ["2027-10-01", "2031-01-01", "2025-09-30"])
def test_a_date_past_the_table_is_unknown(code: str, day: str, codes: Path, qbank: Qbank) -> None:
    ran = qbank("codes", "lookup", code, "--on", day, "--system", "icd10cm", "--format", "json")
    assert {one["status"] for one in json.loads(ran.out)["answers"]} == {"unknown"}


def test_a_bank_dated_past_the_table_is_never_called_valid(tmp_path: Path, codes: Path, qbank: Qbank) -> None:
    made = bank(tmp_path / "late", coded("late", "Hypertension?", "I10", "I11.9"), as_of="2027-11-01")
    ran = qbank("lint", str(made), "--select", "codes", "--format", "json")
    told = {one["rule"] for one in json.loads(ran.out)["diagnostics"]}
    assert told & {"codes-beyond-data", "codes-not-checked"}


@pytest.fixture
def autumn(tmp_path: Path, codes: Path) -> Path:
    """An item of each year, and a form that must have two of one year."""
    made = bank(
        tmp_path / "autumn",
        coded("old", "Dilated heart, 2026-09-01?", "I42.0", "I42.1", attributes={"code_year": "FY2026"}),
        coded("new", "Dilated heart, 2026-11-01?", "I42.00", "I42.1", attributes={"code_year": "FY2027"}),
        coded("also-new", "Hypertension, 2026-11-01?", "I10", "I11.9", attributes={"code_year": "FY2027"}),
        as_of="2026-11-01",
        attributes={"code_year": {"type": "string"}},
    )
    (made / "plan.yaml").write_text(PLAN, encoding="utf-8")
    return made


def test_a_form_takes_its_items_from_one_year(autumn: Path, qbank: Qbank) -> None:
    for seed in range(1, 6):
        ran = qbank(
            "assemble",
            "--blueprint",
            str(autumn / "plan.yaml"),
            "--no-lint",
            "--seed",
            str(seed),
            "--out",
            "f",
        )
        assert ran.code == 0, ran.err
        text = Path("f/autumn-a/autumn-a.form.json").read_text(encoding="utf-8")
        assert sorted(re.findall(r'"item": "([\w-]+)"', text)) == ["also-new", "new"]


def test_a_form_that_would_mix_years_is_refused(autumn: Path, qbank: Qbank) -> None:
    edit(autumn / "plan.yaml", "length: 2", "length: 3")
    ran = qbank("assemble", "--blueprint", str(autumn / "plan.yaml"), "--no-lint", "--out", "f")
    assert ran.code == 4
    assert "different values that must not be mixed" in ran.err
    assert not Path("f").exists()


def test_a_form_that_was_made_to_mix_years_fails_its_audit(autumn: Path, qbank: Qbank) -> None:
    plan = autumn / "plan.yaml"
    edit(plan, "length: 2", "length: 3")
    edit(plan, ROW, "")
    assert qbank("assemble", "--blueprint", str(plan), "--no-lint", "--out", "f").code == 0
    edit(plan, "objective:", f"{ROW}objective:")
    ran = qbank("audit", "f/autumn-a/autumn-a.form.json")
    assert ran.code == 1
    assert '"one code year" needs one code_year in a form, the form has 2' in ran.out
    assert qbank("export", "f/autumn-a/autumn-a.form.json", "--to", "jsonl").code == 1


def test_the_shipped_blueprint_refuses_a_bank_of_last_year(shipped: Path, qbank: Qbank) -> None:
    """When the items of one domain are still of the old year, no form is built of both."""
    for path in (shipped / "items" / "icd10cm").glob("*.yaml"):
        text = path.read_text(encoding="utf-8").replace("code_year: FY2027", "code_year: FY2026")
        path.write_text(text, encoding="utf-8")
    ran = qbank("coverage", "--blueprint", str(shipped / "blueprints" / "practice.yaml"), "--format", "json")
    assert json.loads(ran.out)["inventory"]["carried"] == 0
    ran = qbank("assemble", "--blueprint", str(shipped / "blueprints" / "practice.yaml"), "--out", "f")
    assert ran.code == 4
    assert '"one code year"' in ran.err
    assert not Path("f").exists()
