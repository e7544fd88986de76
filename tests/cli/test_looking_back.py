"""`--usage` and `--against`: what was there before a run, and what is wrong with the files that say it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qbank import PathError, UsageFileError, load_usage
from tests.cli.cli_help import Qbank

ITEM = """\
- id: {id}
  type: multiple-choice
  stem: Which of these is number {number}?
  options: {{A: the one {id}, B: the other {id}, C: the third {id}}}
  key: A
"""


@pytest.fixture
def plan(qbank: Qbank) -> Path:
    """A blueprint over a bank of six items, in the working directory of the command."""
    folder = Path("small")
    (folder / "blueprints").mkdir(parents=True)
    items = "".join(ITEM.format(id=f"i-{n}", number=n) for n in range(1, 7))
    (folder / "bank.yaml").write_text("id: small\nitems: [items.yaml]\n", encoding="utf-8")
    (folder / "items.yaml").write_text(items, encoding="utf-8")
    path = folder / "blueprints" / "plan.yaml"
    path.write_text(
        "id: plan\nlength: 3\nobjective: {kind: least_exposure}\n"
        "constraints:\n- {label: not too often, kind: exposure, maximum: 2}\n",
        encoding="utf-8",
    )
    return path


def made(folder: str) -> set[str]:
    form = json.loads(Path(folder, "plan-a", "plan-a.form.json").read_text(encoding="utf-8"))
    return {placement["item"] for placement in form["sections"][0]["placements"]}


def test_items_that_were_used_least_are_taken(qbank: Qbank, plan: Path) -> None:
    lines = [{"item": "i-1", "uses": 1}, {"item": "i-2", "uses": 2}, {"item": "i-3", "uses": 1}]
    Path("uses.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in lines), encoding="utf-8")
    ran = qbank("assemble", "--blueprint", str(plan), "--no-lint", "--usage", "uses.jsonl", "--out", "out")
    assert ran.code == 0, ran.err
    assert made("out") == {"i-4", "i-5", "i-6"}
    Path("uses.csv").write_text("name;uses;item\nx;2;i-4\ny;2;i-5\n", encoding="utf-8")
    ran = qbank("audit", "out/plan-a/plan-a.form.json", "--usage", "uses.csv")
    assert ran.code == 1
    assert (
        '"not too often" lets an item stand in 2 forms; i-4 stands in 1 and was used 2 times before'
        in ran.out
    )
    assert qbank("audit", "out/plan-a/plan-a.form.json").code == 0


def test_forms_stay_apart_from_earlier_ones(qbank: Qbank, plan: Path) -> None:
    assert qbank("assemble", "--blueprint", str(plan), "--no-lint", "--out", "old").code == 0
    old = "old/plan-a/plan-a.form.json"
    ran = qbank("assemble", "--blueprint", str(plan), "--no-lint", "--against", old, "--out", "new")
    assert ran.code == 0, ran.err
    assert not made("old") & made("new")
    assert qbank("audit", "new/plan-a/plan-a.form.json", "--against", old).code == 0
    ran = qbank("assemble", "--blueprint", str(plan), "--no-lint", "--out", "third", "--seed", "1")
    ran = qbank("audit", "third/plan-a/plan-a.form.json", "--against", old)
    assert ran.code == 1
    assert '"earlier forms" lets a form share 0 with an earlier one' in ran.out
    assert qbank("audit", old, "--against", old).code == 2


def test_what_is_wrong_with_a_usage_file_is_told_with_its_place(qbank: Qbank, plan: Path) -> None:
    Path("uses.jsonl").write_text(
        '{"item": "i-1", "uses": 1}\n{"item": "i-1", "uses": 2}\n{"item": "i-2", "uses": "3"}\n'
        '{"item": "i-2"}\n{"item": "i-3", "use": 1, "uses": 1}\n[1]\n{"item": \n'
        '{"item": "i-99", "uses": 1}\n',
        encoding="utf-8",
    )
    ran = qbank("assemble", "--blueprint", str(plan), "--no-lint", "--usage", "uses.jsonl")
    assert ran.code == 1
    for told in (
        "uses.jsonl:2:10 error usage the uses of i-1 are counted twice",
        "uses.jsonl:3:25 error usage uses of i-2 must be a whole number, 0 or more, not '3'",
        "uses.jsonl:4:1 error usage an entry has no uses",
        "uses.jsonl:5:17 error usage an entry has no place for 'use'",
        "uses.jsonl:6:1 error usage this is no entry",
        "uses.jsonl:7:",
        "uses.jsonl:8:10 warning usage i-99 is not in the bank",
    ):
        assert told in ran.err, told
    with pytest.raises(UsageFileError, match=r"uses\.jsonl:2:10: the uses of i-1 are counted twice"):
        load_usage("uses.jsonl")


def test_tables_are_read_with_quotes_and_semicolons(qbank: Qbank, tmp_path: Path) -> None:
    path = tmp_path / "uses.csv"
    path.write_text('item;uses;note\n"i-1";3;"a; b"\ni-2;0;\n\n', encoding="utf-8")
    assert load_usage(path) == {"i-1": 3, "i-2": 0}
    path.write_text("item,uses\ni-1\ni-2,many\n i-3,-1\n,4\n", encoding="utf-8")
    with pytest.raises(UsageFileError) as error:
        load_usage(path)
    said = str(error.value)
    for place in (
        ":2:1: a row has 1 of 2 cells",
        ":3:5: uses of i-2 must",
        ":4:6: uses of i-3",
        ":5:1: item must",
    ):
        assert place in said, said
    path.write_text("id,count\ni-1,1\n", encoding="utf-8")
    with pytest.raises(UsageFileError, match="names no column item and uses"):
        load_usage(path)


def test_files_that_cannot_be_read_end_with_3(qbank: Qbank, plan: Path) -> None:
    for options in (["--usage", "none.csv"], ["--usage", str(plan)], ["--against", str(plan)]):
        ran = qbank("assemble", "--blueprint", str(plan), "--no-lint", *options)
        assert ran.code == 3, ran.err
    with pytest.raises(PathError, match=r"is \.jsonl or \.csv"):
        load_usage(plan)


def test_usage_that_nothing_asks_for_is_said(qbank: Qbank, plan: Path) -> None:
    text = plan.read_text(encoding="utf-8").split("constraints:")[0].replace("least_exposure", "random")
    plan.write_text(text, encoding="utf-8")
    Path("uses.csv").write_text("item,uses\ni-1,1\n", encoding="utf-8")
    ran = qbank("assemble", "--blueprint", str(plan), "--no-lint", "--usage", "uses.csv")
    assert ran.code == 0
    assert "the usage changes nothing" in ran.err


def test_a_reference_form_is_found_beside_the_blueprint(qbank: Qbank, plan: Path) -> None:
    """The curve of a form that cannot be read is a mistake in the blueprint, with its place."""
    row = "- {label: curve, kind: information, theta: [0], reference: old.form.json, tolerance: 1}\n"
    plan.write_text(plan.read_text(encoding="utf-8") + row, encoding="utf-8")
    ran = qbank("assemble", "--blueprint", str(plan), "--no-lint")
    assert ran.code == 1
    assert "plan.yaml:6:" in ran.err
    assert "the reference form cannot be read" in ran.err


def test_a_form_has_the_curve_of_a_reference_form(qbank: Qbank, plan: Path) -> None:
    """Of six items in three pairs of one difficulty, the other three give the curve of the first form."""
    lines = [
        {"item": f"i-{n}", "irt": {"model": "1PL", "D": 1.7, "b": (n - 1) // 2 - 1.0, "scale": "s"}}
        for n in range(1, 7)
    ]
    text = "".join(f"{json.dumps(one)}\n" for one in lines)
    Path("small/statistics.jsonl").write_text(text, encoding="utf-8")
    one_of_each = "- {label: one of each, kind: content, where: {b: {minimum: -9}}, each: b, maximum: 1}\n"
    plan.write_text(plan.read_text(encoding="utf-8") + one_of_each, encoding="utf-8")
    assert qbank("assemble", "--blueprint", str(plan), "--no-lint", "--out", "old").code == 0
    row = (
        "- {label: curve, kind: characteristic_curve, theta: [-1, 0, 1], tolerance: 0.01, "
        "reference: ../../old/plan-a/plan-a.form.json}\n"
    )
    text = plan.read_text(encoding="utf-8").replace(one_of_each, "")
    plan.write_text(text + row, encoding="utf-8")
    old = "old/plan-a/plan-a.form.json"
    ran = qbank("assemble", "--blueprint", str(plan), "--no-lint", "--against", old, "--out", "new")
    assert ran.code == 0, ran.err
    assert made("old") | made("new") == {f"i-{n}" for n in range(1, 7)}
    assert qbank("audit", "new/plan-a/plan-a.form.json", "--against", old).code == 0
