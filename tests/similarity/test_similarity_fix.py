"""What `--fix` writes for siblings: enemies in both items, comments and layout kept, no crowds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qbank import api
from qbank.config import Settings
from qbank.rules.duplicates.sibling_items import MOST_TOGETHER

SETTINGS = Settings(select=("sibling-items", "one-sided-enemy", "unknown-enemy"))
STEM = "A patient receives {} mg of a drug that is billed in units of 10 mg. How many units are billed?"
YAML = """\
# doses, in the order of the fee schedule
- id: dose-1          # the first
  type: multiple-choice
  stem: A patient receives 60 mg of ketorolac, billed in units of 15 mg. How many units are billed?
  options:
    A: "2"
    B: "4"
  key: B
  enemies: [other]    # by hand

- id: dose-2
  type: multiple-choice
  stem: A patient receives 30 mg of ketorolac, billed in units of 15 mg. How many units are billed?
  options:
    A: "2"
    B: "4"
  key: A
- id: other
  type: true-false
  stem: Ketorolac is billed by the vial.
  key: false
  enemies:
  - dose-1
"""


def dose(number: int) -> dict[str, object]:
    stem = STEM.format(10 * number)
    options = {"A": "1", "B": "2"}
    return {"id": f"d{number}", "type": "multiple-choice", "stem": stem, "options": options, "key": "A"}


def enemies(path: Path) -> dict[str, tuple[str, ...]]:
    bank, problems = api.load_bank(path)
    assert not problems
    return {item.id: item.enemies for item in bank.items}


def mended(path: Path) -> int:
    """How many findings a fix mends; what it makes is written, and nothing is left to fix."""
    result = api.fixed(path, settings=SETTINGS)
    assert result.refused == ()
    assert api.write_fixed(result) == ()
    assert api.fixed(path, settings=SETTINGS).changes == ()
    return result.fixed


def test_both_items_name_each_other_and_the_file_keeps_its_layout(tmp_path: Path) -> None:
    path = tmp_path / "bank.yaml"
    path.write_text(YAML, encoding="utf-8")
    assert mended(path) == 1
    before, after = YAML.splitlines(), path.read_text(encoding="utf-8").splitlines()
    assert [line for line in after if line not in before] == [
        "  enemies: [other, dose-2]    # by hand",
        "  enemies: [dose-1]",
    ]
    assert [line for line in before if line not in after] == ["  enemies: [other]    # by hand"]
    assert enemies(path) == {"dose-1": ("other", "dose-2"), "dose-2": ("dose-1",), "other": ("dose-1",)}
    bank, problems = api.load_bank(path)
    assert api.lint(bank, problems, settings=SETTINGS).diagnostics == ()


@pytest.mark.parametrize("name", ["bank.json", "bank.jsonl"])
def test_json_and_json_lines_are_mended_too(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    records = [dose(number) for number in (2, 3, 4)]
    lines = name.endswith("l")
    path.write_text("\n".join(map(json.dumps, records)) if lines else json.dumps(records, indent=2))
    assert mended(path) == 2
    assert {id: sorted(found) for id, found in enemies(path).items()} == {
        "d2": ["d3", "d4"],
        "d3": ["d2", "d4"],
        "d4": ["d2", "d3"],
    }


def test_as_many_as_may_hang_together_are_all_written(tmp_path: Path) -> None:
    path = tmp_path / "bank.json"
    path.write_text(json.dumps([dose(number) for number in range(2, 2 + MOST_TOGETHER)]))
    assert mended(path) == MOST_TOGETHER - 1
    assert {len(found) for found in enemies(path).values()} == {MOST_TOGETHER - 1}


@pytest.mark.parametrize("count", [MOST_TOGETHER + 1, 40])
def test_a_crowd_gets_no_enemies_but_the_advice_to_write_a_row(tmp_path: Path, count: int) -> None:
    path = tmp_path / "bank.json"
    path.write_text(json.dumps([dose(number) for number in range(2, 2 + count)]))
    assert mended(path) == 0
    bank, problems = api.load_bank(path)
    found = api.lint(bank, problems, settings=SETTINGS).diagnostics
    assert found
    assert all("each:" in one.hint and not one.fixable for one in found)


def test_retired_siblings_make_no_crowd(tmp_path: Path) -> None:
    path = tmp_path / "bank.json"
    retired = [{**dose(number), "status": "retired"} for number in range(4, 24)]
    path.write_text(json.dumps([dose(2), dose(3), *retired]))
    assert mended(path) == 1
    assert {id for id, found in enemies(path).items() if found} == {"d2", "d3"}
