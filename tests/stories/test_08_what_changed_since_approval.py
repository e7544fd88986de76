"""Reviewer: what was changed after I approved it, the old beside the new."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.cli_help import Qbank, edit

BANK = "{id: heart, as_of: 2026-11-22, items: [items.yaml]}\n"
ITEM = """\
- id: heart-001
  type: multiple-choice
  status: approved
  stem: A cardiologist documents dilated cardiomyopathy. Which code is reported?
  options:
    A: I42.1
    B: I42.09
    C: I42.5
  key: B
  codes:
  - {system: icd10cm, code: I42.09, role: key, expect: billable}
  - {system: icd10cm, code: I42.1, role: distractor, expect: billable}
  - {system: icd10cm, code: I42.5, role: distractor, expect: billable}
"""
PLAN = "{id: plan, bank: ., length: 1, eligible: {status: [approved]}, objective: {kind: random}}\n"


@pytest.fixture
def items(qbank: Qbank) -> Path:
    """The items of a bank, approved as they are; `before` is the bank as it was approved."""
    for name in ("before", "heart"):
        folder = Path(name)
        folder.mkdir()
        (folder / "bank.yaml").write_text(BANK, encoding="utf-8")
        (folder / "items.yaml").write_text(ITEM, encoding="utf-8")
    Path("heart/plan.yaml").write_text(PLAN, encoding="utf-8")
    assert qbank("assemble", "--blueprint", "heart/plan.yaml", "--out", "forms").code == 0
    form = json.loads(Path("forms/plan-a/plan-a.form.json").read_text(encoding="utf-8"))
    approved = form["sections"][0]["placements"][0]["content_hash"]
    approval = f"  approval: {{by: A. Reader, date: 2026-11-20, content_hash: {approved}}}\n"
    for name in ("before", "heart"):
        (Path(name) / "items.yaml").write_text(ITEM + approval, encoding="utf-8")
    return Path("heart/items.yaml")


def _told(qbank: Qbank) -> tuple[int, list[str]]:
    ran = qbank("lint", "heart", "--select", "changed-since-approval", "--format", "json")
    return ran.code, [one["message"] for one in json.loads(ran.out)["diagnostics"]]


def _changes(qbank: Qbank) -> tuple[int, dict[str, Any]]:
    ran = qbank("diff", "before", "heart", "--format", "json")
    (item,) = json.loads(ran.out)["items"]
    return ran.code, {one["kind"]: one for one in item["changes"]}


CHANGED = (1, ["this item was changed after A. Reader approved it on 2026-11-20"])


def test_what_was_approved_is_silent(items: Path, qbank: Qbank) -> None:
    assert _told(qbank) == (0, [])
    ran = qbank("diff", "before", "heart", "--format", "json")
    assert (ran.code, json.loads(ran.out)["items"]) == (0, [])


def test_another_key_fires(items: Path, qbank: Qbank) -> None:
    edit(items, "  key: B\n", "  key: C\n")
    assert _told(qbank) == CHANGED
    code, changes = _changes(qbank)
    assert (code, changes["key"]["old"], changes["key"]["new"]) == (1, "B", "C")
    assert (changes["key"]["old_text"], changes["key"]["new_text"]) == ("B I42.09", "C I42.5")


def test_another_code_in_an_option_fires(items: Path, qbank: Qbank) -> None:
    edit(items, "    B: I42.09\n", "    B: I42.00\n")
    assert _told(qbank) == CHANGED
    code, changes = _changes(qbank)
    assert (code, changes["option-text"]["keyed"]) == (1, True)
    assert (changes["option-text"]["old"], changes["option-text"]["new"]) == ("I42.09", "I42.00")


def test_another_declared_code_alone_does_not(items: Path, qbank: Qbank) -> None:
    edit(items, "code: I42.5,", "code: I42.9,")
    assert _told(qbank) == (0, [])
    code, changes = _changes(qbank)
    assert (code, set(changes)) == (0, {"codes"})
    assert [one["code"] for one in changes["codes"]["old"]] == ["I42.09", "I42.1", "I42.5"]
    assert [one["code"] for one in changes["codes"]["new"]] == ["I42.09", "I42.1", "I42.9"]


def test_all_three_stand_side_by_side_for_the_reviewer(items: Path, qbank: Qbank) -> None:
    edit(items, "  key: B\n", "  key: C\n")
    edit(items, "    A: I42.1\n", "    A: I42.2\n")
    edit(items, "code: I42.1,", "code: I42.2,")
    said = qbank("diff", "before", "heart").out
    for old, new in (("B I42.09", "C I42.5"), ("I42.1", "I42.2")):
        assert f"{old} → {new}" in said
    assert "icd10cm I42.1 (distractor, billable) → icd10cm I42.2 (distractor, billable)" in said
