"""What commands print as JSON, and the files that qbank writes, are what their schemas say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qbank.cli.run import run
from qbank.comparison import RENDERERS
from qbank.reading import reference, schemas
from qbank.reporters.contract import Rendering
from tests.cli.cli_help import Qbank, edit
from tests.comparison.comparison_banks import new_bank, old_bank

ROOT = Path(__file__).parent.parent


def _held(name: str, text: str) -> dict[str, Any]:
    """The tree of a text that both validators find to be what its schema says."""
    tree: dict[str, Any] = json.loads(text)
    assert reference.violations(schemas.schema(name), tree) == []
    assert schemas.problems(schemas.check(name), tree) == []
    assert tree["schema_version"] == schemas.schema(name)["properties"]["schema_version"]["const"] == 1
    return tree


@pytest.fixture
def broken(demo: Path) -> Path:
    """A bank with mistakes of many kinds: in a key, in the shape, in a file, across items."""
    riding = demo / "items" / "riding.yaml"
    edit(riding, "key: D\n  rationale: Dan's", "key: E\n  rationale: Dan's")
    edit(demo / "items" / "maintenance.yaml", "  enemies: [bike-brakes-001]\n", "")
    riding.write_text(riding.read_text("utf-8") + "\n- id: bike-position-003\n  type: essay\n", "utf-8")
    (demo / "items" / "torn.yaml").write_text("- id: [\n", encoding="utf-8")
    return demo


def test_lint(qbank: Qbank, broken: Path, plan: Path) -> None:
    ran = qbank("lint", str(broken), "--blueprint", str(plan), "--format", "json")
    assert ran.code == 1
    tree = _held("report", ran.out)
    rules = {one["rule"] for one in tree["diagnostics"]}
    assert {"key-not-an-option", "schema-violation", "unreadable-file"} <= rules
    assert any(one["fixable"] for one in tree["diagnostics"])


def test_lint_with_nothing_to_say(qbank: Qbank, demo: Path) -> None:
    tree = _held("report", qbank("lint", str(demo), "--format", "json").out)
    assert tree["diagnostics"] == []


def test_lint_of_everything_names_related_places(qbank: Qbank, demo: Path) -> None:
    riding = demo / "items" / "riding.yaml"
    text = riding.read_text(encoding="utf-8")
    (demo / "items" / "again.yaml").write_text(text, encoding="utf-8")
    tree = _held("report", qbank("lint", str(demo), "--format", "json").out)
    assert any(one["related"] for one in tree["diagnostics"])


def test_json_lines_hold_the_same_diagnostics(qbank: Qbank, broken: Path) -> None:
    whole = json.loads(qbank("lint", str(broken), "--format", "json").out)
    *lines, last = map(json.loads, qbank("lint", str(broken), "--format", "jsonl").out.splitlines())
    assert lines == whole["diagnostics"]
    assert last == {name: whole[name] for name in ("schema_version", "summary")}


def test_audit_and_form(qbank: Qbank, demo: Path, plan: Path) -> None:
    assert qbank("assemble", "--blueprint", str(plan), "--out", "out").code == 0
    (form,) = Path("out").rglob("*.form.json")
    _held("form", form.read_text(encoding="utf-8"))
    assert _held("report", qbank("audit", str(form), "--format", "json").out)["diagnostics"] == []
    tree = json.loads(form.read_text(encoding="utf-8"))
    tree["sections"][0]["placements"][0]["content_hash"] = "0" * 64
    del tree["sections"][0]["placements"][-1]
    form.write_text(json.dumps(tree), encoding="utf-8")
    ran = qbank("audit", str(form), "--format", "json")
    assert ran.code == 1
    assert len(_held("report", ran.out)["diagnostics"]) > 2


def test_assemble(qbank: Qbank, demo: Path, plan: Path) -> None:
    ran = qbank("assemble", "--blueprint", str(plan), "--format", "json", "--to", "xlsx")
    assert (ran.code, ran.err) == (0, "")
    tree = _held("assembly", ran.out)
    (group,) = tree["groups"]
    assert (tree["status"], group["forms"][0]["id"]) == ("done", "demo-practice-a")
    assert all(Path(file).is_file() for file in group["forms"][0]["files"])
    assert len(group["forms"][0]["files"]) == 2
    rows = {row["label"]: row for row in group["rows"]}
    assert rows["operational"]["values"] == [8]
    assert all(row["slack"] is None or row["slack"] >= 0 for row in group["rows"])


def test_assemble_without_a_form(qbank: Qbank, demo: Path, plan: Path) -> None:
    ran = qbank("assemble", "--blueprint", str(plan), "--format", "json", "--forms", "2")
    assert ran.code == 4
    tree = _held("assembly", ran.out)
    assert tree["status"] == "infeasible"
    assert tree["groups"][0]["forms"] == []
    assert any(one["severity"] == "error" for one in tree["findings"])


def test_assemble_groups(qbank: Qbank, demo: Path, plan: Path) -> None:
    small = plan.with_name("small.yaml")
    small.write_text("id: small\nbank: ..\nlength: 2\nobjective: {kind: random}\n", encoding="utf-8")
    ran = qbank("assemble", "--blueprint", str(plan), "--blueprint", str(small), "--format", "json")
    assert ran.code == 0
    tree = _held("assembly", ran.out)
    assert [group["blueprint"]["id"] for group in tree["groups"]] == ["demo-practice", "small"]
    assert tree["overlap"] == {"forms": ["demo-practice-a", "small-a"], "shared": [[9, 0], [0, 2]]}


def test_assemble_forms_with_information(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    plan = ROOT / "banks" / "synthetic-arithmetic" / "blueprints" / "maximin.yaml"
    line = ["assemble", "--blueprint", str(plan), "--forms", "2", "--gap", "0.2", "--no-lint"]
    assert run([*line, "--format", "json", "--out", str(tmp_path)]) == 0
    tree = _held("assembly", capsys.readouterr().out)
    (group,) = tree["groups"]
    assert all(len(one["values"]) == 2 and one["spread"] is not None for one in group["information"])
    least = min(value for one in group["information"] for value in one["values"])
    assert abs(least - group["solver"]["objective"]) < 1e-5
    length = group["forms"][0]["items"]
    assert tree["overlap"]["shared"] == [[length, 0], [0, length]]


@pytest.mark.parametrize("forms", ["1", "3"])
def test_coverage(qbank: Qbank, demo: Path, plan: Path, forms: str) -> None:
    ran = qbank("coverage", "--blueprint", str(plan), "--forms", forms, "--format", "json")
    tree = _held("coverage", ran.out)
    assert {row["unit"] for row in tree["rows"]} == {"item", "set"}
    assert all(row["ok"] for row in tree["rows"]) == (ran.code == 0) == (forms == "1")
    assert (tree["inventory"]["carried"], tree["inventory"]["bound"]) == (1, 1)
    assert bool(tree["inventory"]["write"]) == (forms == "3")


def test_coverage_of_a_real_bank(capsys: pytest.CaptureFixture[str]) -> None:
    plan = ROOT / "banks" / "cmcs" / "blueprints" / "practice.yaml"
    assert run(["coverage", "--blueprint", str(plan), "--format", "json"]) == 0
    assert len(_held("coverage", capsys.readouterr().out)["rows"]) > 50


def test_diff(qbank: Qbank, demo: Path) -> None:
    old = demo.rename("old")
    assert qbank("init", "demo", "--quiet").code == 0
    edit(demo / "items" / "riding.yaml", "key: D\n  rationale: Dan's", "key: C\n  rationale: Dan's")
    edit(demo / "stimuli" / "cases.yaml", "chain oiled", "chain dry")
    edit(demo / "bank.yaml", "language: en", "language: de")
    ran = qbank("diff", str(old), str(demo), "--format", "json")
    tree = _held("diff", ran.out)
    assert (len(tree["items"]), len(tree["stimuli"]), tree["bank"][0]["kind"]) == (1, 1, "language")
    assert _held("diff", qbank("diff", "old", "old", "--format", "json").out)["summary"]["differences"] == 0


def test_a_diff_that_tells_everything() -> None:
    from qbank import diff

    tree = _held("diff", RENDERERS["json"](diff(old_bank(), new_bank()), Rendering()))
    assert {"added", "removed", "renamed", "changed"} <= set(tree["summary"]["items"])
    assert {"key", "stem", "status", "approval-stale", "statistics-stale"} <= set(tree["summary"]["kinds"])


def test_a_diff_of_a_bank_that_cannot_be_read_whole(qbank: Qbank, demo: Path) -> None:
    old = demo.rename("old")
    assert qbank("init", "demo", "--quiet").code == 0
    edit(demo / "items" / "riding.yaml", "stem: With the pedal", "stm: With the pedal")
    tree = _held("diff", qbank("diff", str(old), str(demo), "--format", "json").out)
    assert tree["summary"]["items"] == {"unreadable": 1}
    back = _held("diff", qbank("diff", str(demo), str(old), "--format", "json").out)
    assert back["summary"]["items"] == {"unreadable-before": 1}


def test_baseline(qbank: Qbank, broken: Path) -> None:
    riding = broken / "items" / "riding.yaml"
    riding.write_text(riding.read_text("utf-8").replace("rides 15 km", "rides  15  km"), "utf-8")
    assert qbank("baseline", str(broken)).code == 0
    tree = _held("baseline", Path("qbank-baseline.json").read_text(encoding="utf-8"))
    assert any("item" in one for one in tree["entries"])
    assert any("file" in one for one in tree["entries"])
    assert qbank("lint", str(broken), "--baseline", "qbank-baseline.json").code == 0


def test_a_baseline_of_nothing(qbank: Qbank, demo: Path) -> None:
    assert qbank("baseline", str(demo)).code == 0
    assert _held("baseline", Path("qbank-baseline.json").read_text(encoding="utf-8"))["entries"] == []


def test_the_committed_forms_are_forms() -> None:
    forms = sorted(ROOT.glob("exports/*/*.form.json"))
    assert forms
    for path in forms:
        _held("form", path.read_text(encoding="utf-8"))
