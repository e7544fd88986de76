"""Soft rows and anchors from a blueprint file to the form file, the audit and the coverage."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.cli_help import Qbank, edit

FIRST = "- {label: maintenance scored,"
ROWS = """\
- {label: wish, kind: content, where: {role: any}, minimum: 99, weight: 2}
- {label: link, kind: anchor_items, number: 3, like: [cognitive_level]}
"""


def test_a_soft_row_is_a_warning_and_its_forms_are_good(qbank: Qbank, plan: Path) -> None:
    edit(plan, FIRST, ROWS + FIRST)
    ran = qbank("assemble", "--blueprint", str(plan))
    assert ran.code == 0, ran.err
    assert 'warning: "wish" (soft) needs at least 99, the form has 9' in ran.err
    assert "meets 13 of 14 rows of demo-practice, audited; 1 soft broken" in ran.out
    path = Path("exports/demo-practice-a/demo-practice-a.form.json")
    form = json.loads(path.read_text(encoding="utf-8"))
    placements = [one for section in form["sections"] for one in section["placements"]]
    assert sum(one.get("anchor", False) for one in placements) == 3
    judged = qbank("audit", str(path), "--format", "json")
    assert judged.code == 0
    told = json.loads(judged.out)
    assert [(one["severity"], one["rule"]) for one in told["diagnostics"]] == [("info", "content")]
    assert qbank("coverage", "--blueprint", str(plan)).code == 0


def test_a_row_that_cannot_be_soft_is_named_with_its_place(qbank: Qbank, plan: Path) -> None:
    edit(plan, FIRST, "- {label: apart too, kind: enemies, weight: 2}\n" + FIRST)
    ran = qbank("assemble", "--blueprint", str(plan))
    assert ran.code == 1
    assert "a row of kind enemies cannot be soft" in ran.err
