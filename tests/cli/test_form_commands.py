"""`qbank audit`, `qbank export`, `qbank coverage`: finished forms, and what a bank offers."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from qbank.formats import formats
from qbank.reading.schemas import schema
from tests.cli.cli_help import Qbank, edit

FORM = Path("exports/demo-practice-a/demo-practice-a.form.json")


@pytest.fixture
def form(qbank: Qbank, plan: Path) -> Path:
    """A form file on disk."""
    assert qbank("assemble", "--blueprint", str(plan)).code == 0
    return FORM


def change(form: Path, **role_by_item: str) -> None:
    """Edit a form file by hand."""
    tree = json.loads(form.read_text(encoding="utf-8"))
    for placement in tree["sections"][0]["placements"]:
        role = role_by_item.get(placement["item"].replace("-", "_"))
        if role:
            placement["role"] = role
    form.write_text(json.dumps(tree, indent=2), encoding="utf-8")


def items(form: Path) -> list[str]:
    """The items of a form file."""
    tree = json.loads(form.read_text(encoding="utf-8"))
    return [placement["item"] for placement in tree["sections"][0]["placements"]]


def test_a_good_form(qbank: Qbank, form: Path) -> None:
    ran = qbank("audit", str(form))
    assert (ran.code, ran.out) == (0, "no findings in 9 items of 1 file\n")
    assert ran.err == "every form meets its blueprint\n"
    assert qbank("audit", str(form), "--quiet").err == ""


def test_a_form_edited_by_hand_names_the_row_and_the_file(qbank: Qbank, form: Path) -> None:
    scored = next(item for item in items(form) if item.startswith("bike-ride"))
    change(form, **{scored.replace("-", "_"): "pretest"})
    ran = qbank("audit", str(form))
    assert ran.code == 1
    assert '"operational" needs at least 8 items, the form has 7' in ran.out
    assert f"{FORM.as_posix()}:1:1 error length demo-practice-a: " in ran.out
    tree = json.loads(qbank("audit", str(form), "--format", "json").out)
    jsonschema.validate(tree, schema("report"))
    assert tree["summary"]["error"] == len(tree["diagnostics"])
    assert {one["file"] for one in tree["diagnostics"]} == {FORM.as_posix()}


def test_a_changed_item_is_named_where_it_stands(qbank: Qbank, demo: Path, form: Path) -> None:
    item = items(form)[0]
    stem = next(
        line
        for path in (demo / "items").iterdir()
        for part in path.read_text(encoding="utf-8").split("- id: ")
        if part.startswith(item)
        for line in part.splitlines()
        if "stem:" in line
    )
    for path in (demo / "items").iterdir():
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(stem, f"{stem} Or not?"), encoding="utf-8")
    ran = qbank("audit", str(form))
    assert ran.code == 1
    line = next(n for n, line in enumerate(form.read_text().splitlines(), 1) if item in line)
    assert f"{FORM.as_posix()}:{line}:" in ran.out
    assert "content-hash" in ran.out


def test_another_blueprint(qbank: Qbank, form: Path, plan: Path) -> None:
    other = plan.parent / "other.yaml"
    other.write_text(plan.read_text(encoding="utf-8").replace("maximum: 400", "maximum: 4"), encoding="utf-8")
    ran = qbank("audit", str(form), "--blueprint", str(other))
    assert ran.code == 1
    assert '"reading" needs at most 4 words' in ran.out


def test_forms_that_cannot_be_judged(qbank: Qbank, form: Path, plan: Path) -> None:
    assert qbank("audit").code == 2
    assert qbank("audit", "nowhere.form.json").code == 3
    edit(form, '"path": "../../demo/blueprints/practice.yaml"', '"path": ""')
    ran = qbank("audit", str(form))
    assert ran.code == 2
    assert "--blueprint FILE" in ran.err
    edit(form, '"path": ""', '"path": "gone.yaml"')
    assert qbank("audit", str(form)).code == 3
    assert qbank("audit", str(form), "--blueprint", str(plan)).code == 0
    edit(form, '"schema_version": 1', '"schema_version": 7')
    assert qbank("audit", str(form)).code == 3


def test_export(qbank: Qbank, form: Path) -> None:
    ran = qbank("export", str(form), "--to", "xlsx", "--to", "qti30")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "exports/demo-practice-a/demo-practice-a-staff.xlsx",
        "exports/demo-practice-a/demo-practice-a-staff.qti30.zip",
    ]
    ran = qbank("export", str(form), "--to", "xlsx", "--audience", "candidate", "--out", "handout")
    assert (ran.code, ran.out) == (0, "handout/demo-practice-a-candidate.xlsx\n")


def test_export_gives_the_bytes_of_assemble(qbank: Qbank, plan: Path) -> None:
    assert qbank("assemble", "--blueprint", str(plan), "--to", "xlsx", "--to", "qti30").code == 0
    assert qbank("export", str(FORM), "--to", "xlsx", "--to", "qti30", "--out", "again").code == 0
    for path in Path("again").iterdir():
        assert path.read_bytes() == (FORM.parent / path.name).read_bytes()


def test_export_refuses_a_form_that_breaks_its_blueprint(qbank: Qbank, form: Path) -> None:
    scored = next(item for item in items(form) if item.startswith("bike-ride"))
    change(form, **{scored.replace("-", "_"): "pretest"})
    ran = qbank("export", str(form), "--to", "xlsx", "--out", "x")
    assert (ran.code, ran.out) == (1, "")
    assert "operational" in ran.err
    assert not Path("x").exists()
    assert qbank("export", str(form), "--to", "xlsx", "--out", "x", "--no-audit").code == 0


def test_export_to_all_formats(qbank: Qbank, form: Path) -> None:
    names = {slug for slug, one in formats().items() if one.writes is not None}
    ran = qbank("export", str(form), "--to", "all", "--lossy", "--losses", "losses.json", "--out", "x")
    assert ran.code == 0
    told = json.loads(Path("losses.json").read_text("utf-8"))
    assert ({one["format"] for one in told["formats"]}, told["refused"]) == (names, [])
    for slug in names:
        extension = formats()[slug].extension
        assert f"x/demo-practice-a-staff.{extension}" in ran.out.splitlines()
    strict = qbank("export", str(form), "--to", "all", "--out", "y")
    told = {slug for slug in names if f"was not exported to {slug}" in strict.err}
    assert (strict.code, bool(told)) == (1, True)
    written = {
        slug for slug in names if Path(f"y/demo-practice-a-staff.{formats()[slug].extension}").exists()
    }
    assert written == names - told


def test_all_for_a_dialect_is_every_format_that_knows_it(qbank: Qbank, form: Path) -> None:
    ran = qbank("export", str(form), "--to", "all", "--for", "openolat", "--out", "x")
    assert (ran.code, ran.out) == (0, "x/demo-practice-a-staff.qti21.zip\n")
    ran = qbank("export", str(form), "--to", "all", "--for", "nowhere")
    assert (ran.code, "no format is made for nowhere" in ran.err) == (2, True)


def test_export_usage(qbank: Qbank, form: Path) -> None:
    assert qbank("export", str(form)).code == 2
    assert qbank("export", str(form), "--to", "docxx").code == 2
    assert qbank("export", "nowhere", "--to", "xlsx").code == 3


def test_coverage(qbank: Qbank, plan: Path) -> None:
    ran = qbank("coverage", "--blueprint", str(plan))
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0].split() == ["row", "counts", "unit", "supply", "needed", "missing"]
    assert "maintenance scored" in ran.out
    assert lines[-1] == "every row can be filled for 1 form"
    assert "the bank carries 1 form of this blueprint in one run" in lines
    assert any(line.startswith("first to run out: ") for line in lines)


def test_coverage_of_more_forms(qbank: Qbank, plan: Path) -> None:
    ran = qbank("coverage", "--blueprint", str(plan), "--forms", "2")
    assert ran.code == 1
    assert "cannot be filled" in ran.out
    assert "for 2 forms write at least:" in ran.out
    ran = qbank("coverage", "--blueprint", str(plan), "--forms", "2", "--format", "json")
    tree = json.loads(ran.out)
    assert ran.code == 1
    assert tree["schema_version"] == 1
    row = next(row for row in tree["rows"] if row["label"] == "operational")
    assert (row["supply"], row["demand"], row["forms"], row["needed"], row["gap"], row["ok"]) == (
        12,
        8,
        2,
        16,
        4,
        False,
    )


def test_coverage_says_when_time_was_short(qbank: Qbank, plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = "the search stopped after "
    assert told not in qbank("coverage", "--blueprint", str(plan)).out
    monkeypatch.setattr("qbank.assembly.carrying.SECONDS", 0.0)
    ran = qbank("coverage", "--blueprint", str(plan))
    assert "the bank carries at least 0 forms and at most 1 of this blueprint in one run" in ran.out
    assert told in ran.out
    ran = qbank("coverage", "--blueprint", str(plan), "--format", "json")
    assert not json.loads(ran.out)["inventory"]["reproducible"]


def test_coverage_of_a_blueprint_with_mistakes(qbank: Qbank, plan: Path) -> None:
    edit(plan, "attribute: seconds", "attribute: second")
    ran = qbank("coverage", "--blueprint", str(plan))
    assert (ran.code, ran.out) == (1, "")
    assert "Did you mean seconds?" in ran.err
    edit(plan, "kind: enemies", "kind: enmies")
    assert qbank("coverage", "--blueprint", str(plan)).code == 1
    assert qbank("coverage").code == 2
    assert qbank("coverage", "--blueprint", "nowhere.yaml").code == 3
