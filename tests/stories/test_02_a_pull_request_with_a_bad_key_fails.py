"""Test-prep editor: a pull request with a bad key fails, and says where, which option, and what instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.cli_help import Qbank, edit

BANK = """\
id: heart
as_of: 2026-10-15
items: [items.yaml]
"""
ITEMS = """\
- id: heart-001
  type: multiple-choice
  stem: A cardiologist documents dilated cardiomyopathy. Which code is reported?
  options:
    A: I42.1
    B: I42.0
    C: I42.5
  key: B
  codes:
  - {system: icd10cm, code: I42.0, role: key, expect: billable}
  - {system: icd10cm, code: I42.1, role: distractor, expect: billable}
  - {system: icd10cm, code: I42.5, role: distractor, expect: billable}
"""


@pytest.fixture
def heart(tmp_path: Path, codes: Path, qbank: Qbank) -> Path:
    """A bank whose one item is keyed I42.0, on 2026-10-15."""
    folder = Path("heart")
    folder.mkdir()
    (folder / "bank.yaml").write_text(BANK, encoding="utf-8")
    (folder / "items.yaml").write_text(ITEMS, encoding="utf-8")
    return folder


def test_a_key_that_became_a_header_fails(heart: Path, qbank: Qbank) -> None:
    ran = qbank("lint", "heart", "--format", "json")
    assert ran.code == 1
    (one,) = json.loads(ran.out)["diagnostics"]
    assert (one["rule"], one["severity"], one["item"]) == ("code-not-billable", "error", "heart-001")
    assert (one["file"], one["line"]) == ("heart/items.yaml", 10)
    assert "I42.0 (key, option B)" in one["message"]
    assert "I42.00, I42.01, I42.09" in one["hint"]
    assert [(place["line"], place["message"]) for place in one["related"]] == [(6, "option B")]


def test_the_pull_request_shows_it_on_its_line(heart: Path, qbank: Qbank) -> None:
    ran = qbank("lint", "heart", "--format", "github")
    assert ran.code == 1
    assert ran.out.startswith("::error file=heart/items.yaml,line=10,")
    assert "I42.00, I42.01, I42.09" in ran.out


def test_the_same_item_was_right_the_day_before_the_new_year(heart: Path, qbank: Qbank) -> None:
    edit(heart / "bank.yaml", "2026-10-15", "2026-09-30")
    ran = qbank("lint", "heart", "--format", "json")
    assert (ran.code, json.loads(ran.out)["diagnostics"]) == (0, [])


def test_with_one_of_the_candidates_the_pull_request_passes(heart: Path, qbank: Qbank) -> None:
    edit(heart / "items.yaml", "B: I42.0", "B: I42.00")
    edit(heart / "items.yaml", "code: I42.0,", "code: I42.00,")
    assert qbank("lint", "heart").code == 0
