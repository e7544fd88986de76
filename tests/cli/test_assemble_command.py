"""`qbank assemble`: forms, exports, the log, and an exit code for every ending."""

from __future__ import annotations

import json
import shlex
import zipfile
from pathlib import Path
from typing import Any

import pytest

from qbank import Bank, Blueprint, Problem, Status, api
from qbank.assembly import Assembled
from tests.cli.cli_help import Qbank, edit

FOLDER = Path("exports/demo-practice-a")
FORM = FOLDER / "demo-practice-a.form.json"


def test_forms_and_exports(qbank: Qbank, plan: Path) -> None:
    ran = qbank("assemble", "--blueprint", str(plan), "--to", "xlsx", "--to", "qti30")
    assert ran.code == 0
    assert ran.err == ""
    lines = ran.out.splitlines()
    assert lines[0] == "demo-practice-a: 9 items (8 operational, 1 pretest)"
    assert lines[1] == "  cut score 5 of 8 (raw), 15 minutes"
    assert lines[2].startswith("  meets all 12 rows of demo-practice")
    assert lines[3].startswith("  objective random, value ")
    table = lines.index("")
    assert [line.strip() for line in lines[4:table]] == [
        "exports/demo-practice-a/demo-practice-a.form.json",
        "exports/demo-practice-a/demo-practice-a-staff.xlsx",
        "exports/demo-practice-a/demo-practice-a-staff.qti30.zip",
    ]
    for line in lines[4:table]:
        assert Path(line.strip()).is_file()
    assert lines[table + 1].split() == ["rows", "of", "demo-practice", "target", "a", "slack"]
    assert ["operational", "8", "8", "0"] in [line.split() for line in lines[table + 2 :]]
    form = json.loads(FORM.read_text(encoding="utf-8"))
    assert form["blueprint"]["path"] == "../../demo/blueprints/practice.yaml"
    assert "Ada" not in FORM.read_text(encoding="utf-8")


def test_same_input_same_bytes(qbank: Qbank, plan: Path) -> None:
    made = []
    for out in ("one/x", "two/x"):
        ran = qbank("assemble", "--blueprint", str(plan), "--to", "xlsx", "--to", "qti30", "--out", out)
        assert ran.code == 0
        made.append({path.name: path.read_bytes() for path in Path(out, "demo-practice-a").iterdir()})
    assert len(made[0]) == 3
    assert made[0] == made[1]
    assert qbank("assemble", "--blueprint", str(plan), "--seed", "2", "--out", "three/x").code == 0
    assert Path("three/x/demo-practice-a", FORM.name).read_bytes() != made[0][FORM.name]


def test_a_candidate_gets_no_keys(qbank: Qbank, plan: Path) -> None:
    ran = qbank("assemble", "--blueprint", str(plan), "--to", "xlsx", "--audience", "candidate")
    assert ran.code == 0
    with zipfile.ZipFile(FOLDER / "demo-practice-a-candidate.xlsx") as archive:
        text = b"".join(archive.read(name) for name in archive.namelist())
    assert b"clean, oiled chain runs quietly" not in text


def test_quiet_prints_only_the_data(qbank: Qbank, plan: Path) -> None:
    ran = qbank("assemble", "--blueprint", str(plan), "--quiet")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("demo-practice-a")


def test_the_log_holds_what_the_form_must_not(qbank: Qbank, plan: Path) -> None:
    assert qbank("assemble", "--blueprint", str(plan), "--log", "run.jsonl").code == 0
    events = [json.loads(line) for line in Path("run.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {event["schema_version"] for event in events} == {1}
    assert events[0]["event"] == "start"
    assert {"qbank", "highspy"} <= set(events[0]["versions"])
    assert events[0]["seed"] == 1
    assert all(event["seconds"] >= 0 for event in events)
    assert any("items eligible" in event.get("line", "") for event in events)
    assert (events[-1]["event"], events[-1]["status"]) == ("end", "done")
    assert "seconds" not in json.loads(FORM.read_text(encoding="utf-8"))["solver"]


def test_more_forms_than_the_bank_carries(qbank: Qbank, plan: Path) -> None:
    ran = qbank("assemble", "--blueprint", str(plan), "--forms", "2")
    assert (ran.code, ran.out) == (4, "")
    assert "no form can meet demo-practice:" in ran.err
    assert "qbank coverage --blueprint" in ran.err
    assert not FOLDER.exists()


def test_an_infeasible_row_is_named(qbank: Qbank, plan: Path) -> None:
    edit(
        plan,
        "{cognitive_level: application, role: any}, minimum: 3}",
        "{cognitive_level: application, role: any}, minimum: 8}",
    )
    ran = qbank("assemble", "--blueprint", str(plan))
    assert (ran.code, ran.out) == (4, "")
    assert "application" in ran.err


def test_a_repair_that_is_told_can_be_copied(qbank: Qbank, plan: Path) -> None:
    edit(
        plan,
        "{cognitive_level: application, role: any}, minimum: 3}",
        "{cognitive_level: application, role: any}, minimum: 8}",
    )
    told = qbank("assemble", "--blueprint", str(plan)).err
    line = next(line for line in told.splitlines() if line.startswith("  --relax "))
    _, *options = shlex.split(line)
    ran = qbank("assemble", "--blueprint", str(plan), "--relax", options[0])
    assert ran.code == 0
    assert f"  relaxed for this run: {options[0]}" in ran.out.splitlines()
    label, value = options[0].split("=")
    assert json.loads(FORM.read_text(encoding="utf-8"))["relaxed"] == {label: value}
    judged = qbank("audit", str(FORM))
    assert judged.code == 0
    assert (
        f"warning relaxed demo-practice-a: was made with rows of the blueprint relaxed: {label}" in judged.out
    )


def test_relaxations_of_nothing_are_usage_errors(qbank: Qbank, plan: Path) -> None:
    for wrong, said in (("aplication=3", "Did you mean application?"), ("application", "Write LABEL=VALUE")):
        ran = qbank("assemble", "--blueprint", str(plan), "--relax", wrong)
        assert ran.code == 2
        assert said in ran.err


def test_errors_of_eligible_items_stop(qbank: Qbank, demo: Path, plan: Path) -> None:
    edit(
        demo / "items" / "riding.yaml",
        "  key: B\n  rationale:\n    A: A stretched",
        "  key: E\n  rationale:\n    A: A stretched",
    )
    ran = qbank("assemble", "--blueprint", str(plan))
    assert (ran.code, ran.out) == (1, "")
    assert "demo/items/riding.yaml:13:8 error key-not-an-option" in ran.err
    assert "--no-lint" in ran.err
    edit(
        demo / "items" / "riding.yaml",
        "- id: bike-position-001\n",
        "- id: bike-position-001\n  status: draft\n",
    )
    assert qbank("assemble", "--blueprint", str(plan)).code == 0


def test_no_lint_assembles_all_the_same(qbank: Qbank, demo: Path, plan: Path) -> None:
    edit(demo / "items" / "maintenance.yaml", "Pumping up both tyres", "<script>x</script>")
    assert qbank("assemble", "--blueprint", str(plan)).code == 1
    assert qbank("assemble", "--blueprint", str(plan), "--no-lint").code == 0


def test_an_error_in_reading_the_blueprint_stops(qbank: Qbank, plan: Path) -> None:
    edit(plan, "label: reading,", "label: 1.50,")
    ran = qbank("assemble", "--blueprint", str(plan))
    assert (ran.code, ran.out) == (1, "")
    assert "demo/blueprints/practice.yaml:14:11 error coerced-scalar" in ran.err


def test_an_unreadable_file_stops(qbank: Qbank, demo: Path, plan: Path) -> None:
    (demo / "items" / "more.yaml").write_bytes(b"\xff")
    assert qbank("assemble", "--blueprint", str(plan)).code == 1


def test_mistakes_in_the_blueprint_are_shown_at_their_place(qbank: Qbank, plan: Path) -> None:
    edit(plan, "length: 9", "length: 10")
    ran = qbank("assemble", "--blueprint", str(plan))
    assert (ran.code, ran.out) == (1, "")
    assert "demo/blueprints/practice.yaml:5:9 error length" in ran.err
    edit(plan, "length: 10", "lenght: 9")
    ran = qbank("assemble", "--blueprint", str(plan))
    assert (ran.code, ran.out) == (1, "")
    assert "Did you mean length?" in ran.err


def test_the_gap(qbank: Qbank, plan: Path) -> None:
    assert qbank("assemble", "--blueprint", str(plan), "--gap", "0.5").code == 0
    for value in ("-0.1", "1.5", "nan", "x"):
        assert qbank("assemble", "--blueprint", str(plan), "--gap", value).code == 2


def test_json_is_all_that_is_printed(qbank: Qbank, plan: Path) -> None:
    ran = qbank("assemble", "--blueprint", str(plan), "--format", "json")
    assert (ran.code, ran.err, ran.out[0], ran.out[-2:]) == (0, "", "{", "}\n")
    edit(plan, "length: 9", "length: 10")
    ran = qbank("assemble", "--blueprint", str(plan), "--format", "json")
    assert (ran.code, ran.out) == (1, "")
    assert "error length" in ran.err


def test_usage(qbank: Qbank, plan: Path) -> None:
    assert qbank("assemble").code == 2
    assert "Did you mean xlsx?" in qbank("assemble", "--blueprint", str(plan), "--to", "xslx").err
    for option, value in (("--forms", "0"), ("--seed", "x"), ("--time-limit", "0"), ("--audience", "all")):
        assert qbank("assemble", "--blueprint", str(plan), option, value).code == 2


def test_paths_that_cannot_be_read_or_written(qbank: Qbank, plan: Path) -> None:
    assert qbank("assemble", "--blueprint", "nowhere.yaml").code == 3
    Path("exports").write_text("", encoding="utf-8")
    ran = qbank("assemble", "--blueprint", str(plan))
    assert ran.code == 3
    assert "cannot be written" in ran.err
    edit(plan, "bank: ..", "bank: ../..")
    assert qbank("assemble", "--blueprint", str(plan)).code == 3


def test_a_form_is_kept_when_a_format_refuses(qbank: Qbank, demo: Path, plan: Path) -> None:
    text = "x" * 40_000
    edit(
        demo / "items" / "maintenance.yaml",
        "What does a derailleur move?",
        f"What does a derailleur move? {text}",
    )
    edit(
        plan,
        "- {label: reading, kind: attribute_sum",
        "- {label: it, kind: inclusion, items: [bike-drivetrain-001]}\n"
        "- {label: reading, kind: attribute_sum",
    )
    ran = qbank("assemble", "--blueprint", str(plan), "--to", "xlsx", "--no-lint")
    assert ran.code == 1
    assert "demo/items/maintenance.yaml" in ran.err
    assert "demo-practice-a was not exported to xlsx" in ran.err
    assert FORM.is_file()


@pytest.mark.parametrize(
    ("status", "code"), [(Status.TIME_LIMIT_WITH_FORM, 5), (Status.TIME_LIMIT_WITHOUT_FORM, 6)]
)
def test_the_time_limit(
    qbank: Qbank, plan: Path, monkeypatch: pytest.MonkeyPatch, status: Status, code: int
) -> None:
    made = api.assemble
    stopped = Problem(kind="time_limit", message="the search was stopped before any form was found")

    def in_time(bank: Bank, blueprint: Blueprint, **named: Any) -> Assembled:
        forms = made(bank, blueprint, **named).forms
        if status is Status.TIME_LIMIT_WITHOUT_FORM:
            return Assembled(status=status, findings=(stopped,))
        return Assembled(status=status, forms=forms)

    monkeypatch.setattr(api, "assemble", in_time)
    ran = qbank("assemble", "--blueprint", str(plan))
    assert ran.code == code
    assert "stopped" in ran.err
    assert FORM.is_file() == (code == 5)
