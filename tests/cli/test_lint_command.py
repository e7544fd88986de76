"""`qbank lint`: places, exit codes, choices of rules, reporters."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.cli_help import Qbank, edit

BROKEN_KEY = "demo/items/riding.yaml:13:8 error key-not-an-option "


@pytest.fixture
def broken(demo: Path) -> Path:
    """The bank with a key that is no option."""
    edit(
        demo / "items" / "riding.yaml",
        "  key: B\n  rationale:\n    A: A stretched",
        "  key: E\n  rationale:\n    A: A stretched",
    )
    return demo


def test_five_typical_mistakes_give_five_findings(qbank: Qbank, broken: Path) -> None:
    riding, maintenance = broken / "items" / "riding.yaml", broken / "items" / "maintenance.yaml"
    pasted = "  stem: A chain squeaks after a ride in heavy rain. What helps best?"
    edit(maintenance, "  stem: What does a derailleur move?", pasted)
    text = maintenance.read_text(encoding="utf-8")
    start = text.index("- id: bike-wheels-001")
    maintenance.write_text(f"{text}\n{text[start : text.index('- id: bike-wheels-002')]}", encoding="utf-8")
    edit(riding, "  stem: Which part of the foot", "\tstem: Which part of the foot")
    edit(
        riding,
        "  content_area: riding/position\n  cognitive_level: application",
        "  content_area: riding/positoin\n  cognitive_level: application",
    )
    ran = qbank("lint", "demo", "--format", "json")
    found = [
        (one["file"], one["line"], one["column"], one["rule"]) for one in json.loads(ran.out)["diagnostics"]
    ]

    def line(offset: int) -> int:
        return text[:offset].count("\n") + 1

    assert ran.code == 1
    assert found == [
        ("demo/items/maintenance.yaml", line(text.rindex(pasted)), 9, "near-duplicate-item"),
        ("demo/items/maintenance.yaml", line(len(text)) + 1, 7, "duplicate-item-id"),
        ("demo/items/riding.yaml", 13, 8, "key-not-an-option"),
        ("demo/items/riding.yaml", 22, 17, "unknown-content-area"),
        ("demo/items/riding.yaml", 89, 1, "unreadable-file"),
    ]
    shown = qbank("lint", "demo").out
    for said in (
        f"= demo/items/maintenance.yaml:{line(start)}:7 first",
        f"= demo/items/maintenance.yaml:{line(text.index(pasted))}:9 first",
        "= hint: Did you mean riding/position?",
        "spaces",
    ):
        assert said in shown


def test_text_shows_the_line_and_a_caret(qbank: Qbank, broken: Path) -> None:
    ran = qbank("lint", "demo")
    lines = ran.out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith(BROKEN_KEY))
    assert lines[at + 1] == "   13 |   key: E"
    assert lines[at + 2] == "      |        ^"
    assert ran.code == 1
    assert ran.err == ""
    assert lines[-1] == "1 error in 14 items of 4 files"


def test_fail_on(qbank: Qbank, demo: Path) -> None:
    edit(demo / "items" / "riding.yaml", "how should the rider's knee be?", "which of these is NOT right?")
    assert qbank("lint", "demo", "--select", "negative-stem").code == 0
    assert qbank("lint", "demo", "--select", "stem", "--fail-on", "warning").code == 1
    edit(demo / "qbank.toml", 'fail_on = "error"', 'fail_on = "warning"')
    assert qbank("lint", "demo", "--select", "negative-stem").code == 1
    assert qbank("lint", "demo", "--select", "negative-stem", "--fail-on", "error").code == 0


def test_select_and_ignore(qbank: Qbank, broken: Path) -> None:
    assert qbank("lint", "demo", "--select", "text,key-missing").code == 0
    assert qbank("lint", "demo", "--select", "key").code == 1
    assert qbank("lint", "demo", "--ignore", "key").code == 0
    assert qbank("lint", "demo", "--ignore", " key-not-an-option , stem").code == 0


def test_naming_a_rule_wins_over_the_configuration(qbank: Qbank, broken: Path) -> None:
    (broken / "qbank.toml").write_text('ignore = ["key-not-an-option"]', encoding="utf-8")
    assert qbank("lint", "demo").code == 0
    assert qbank("lint", "demo", "--select", "key-not-an-option").code == 1
    (broken / "qbank.toml").write_text('[severity]\nkey-not-an-option = "off"', encoding="utf-8")
    assert qbank("lint", "demo").code == 0
    assert qbank("lint", "demo", "--select", "key-not-an-option").code == 1


def test_unknown_names_are_usage_errors_with_advice(qbank: Qbank, demo: Path) -> None:
    for option in ("--select", "--ignore"):
        ran = qbank("lint", "demo", option, "key-mising")
        assert ran.code == 2
        assert "Did you mean key-missing?" in ran.err
        assert ran.out == ""
    assert "Did you mean json?" in qbank("lint", "demo", "--format", "jsn").err


def test_a_configuration_that_cannot_be_used(qbank: Qbank, demo: Path) -> None:
    for text, said in (
        ('ignroe = ["key"]', "Did you mean ignore?"),
        ('ignore = ["kye"]', "Did you mean key?"),
        ("[rules.key-longest]\nratoi = 2", "has no option 'ratoi'"),
        ("fail_on = [", "not TOML"),
    ):
        (demo / "qbank.toml").write_text(text, encoding="utf-8")
        ran = qbank("lint", "demo")
        assert (ran.code, ran.out) == (3, "")
        assert said in ran.err
        assert "qbank.toml" in ran.err
    Path("other.toml").write_text("", encoding="utf-8")
    assert qbank("lint", "demo", "--config", "other.toml").code == 0
    assert qbank("lint", "demo", "--config", "nowhere.toml").code == 3


def test_no_path(qbank: Qbank, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = qbank("lint")
    assert ran.code == 2
    assert "qbank init DIR" in ran.err
    monkeypatch.chdir(demo)
    ran = qbank("lint")
    assert (ran.code, ran.out) == (0, "no findings in 14 items of 4 files\n")


def test_a_path_that_cannot_be_read(qbank: Qbank, demo: Path) -> None:
    ran = qbank("lint", "nowhere")
    assert (ran.code, ran.out) == (3, "")
    assert "nowhere: there is no such file" in ran.err
    Path("empty").mkdir()
    assert qbank("lint", "empty").code == 3
    Path("vendor.csv").write_text("id,stem\n", encoding="utf-8")
    assert "`qbank import FILE --out DIR` makes one of other files" in qbank("lint", "vendor.csv").err


def test_a_folder_inside_a_bank_is_told_which_bank(qbank: Qbank, demo: Path) -> None:
    ran = qbank("lint", str(demo / "items"))
    assert ran.code == 3
    assert "demo/items: no bank.yaml there; it is a part of the bank demo, name that" in ran.err
    assert "it is a part of the bank demo, name that" in qbank("lint", "demo/../demo/items").err
    assert "qbank init DIR" in qbank("lint", str(demo.parent)).err


def test_a_file_inside_a_bank_is_told_which_bank(qbank: Qbank, demo: Path) -> None:
    ran = qbank("lint", "demo/items/riding.yaml")
    told = "info: demo/items/riding.yaml is checked without the bank around it; `qbank lint demo` checks all"
    assert ran.err.startswith(told)
    assert qbank("lint", "demo/items/riding.yaml", "--quiet").err == ""
    for whole in ("demo", "demo/bank.yaml"):
        assert qbank("lint", whole).err == ""


def test_several_banks_give_one_report(qbank: Qbank, broken: Path) -> None:
    assert qbank("init", "other").code == 0
    ran = qbank("lint", "other", "demo", "other", "--ignore", "duplicates")
    assert ran.code == 1
    assert ran.out.endswith("1 error in 28 items of 8 files\n")


def test_output_to_a_file(qbank: Qbank, broken: Path) -> None:
    ran = qbank("lint", "demo", "--format", "json", "-o", "report.json")
    assert (ran.code, ran.out) == (1, "")
    assert json.loads(Path("report.json").read_text(encoding="utf-8"))["summary"]["error"] == 1
    ran = qbank("lint", "demo", "-o", "nowhere/report.txt")
    assert ran.code == 3
    assert "cannot be written" in ran.err


def test_a_broken_file_is_a_finding(qbank: Qbank, demo: Path) -> None:
    (demo / "items" / "riding.yaml").write_bytes(b"\xff\xfe\x00")
    ran = qbank("lint", "demo")
    assert ran.code == 1
    assert "unreadable-file" in ran.out
    assert "1 error in 8 items of 4 files" in ran.out


def test_a_blueprint_is_checked_against_its_bank(qbank: Qbank, demo: Path, plan: Path) -> None:
    edit(plan, "content_area: riding, role", "content_aera: riding, role")
    ran = qbank("lint", "--blueprint", str(plan))
    assert ran.code == 1
    assert "demo/blueprints/practice.yaml:11:" in ran.out
    assert "Did you mean content_area?" in ran.out
    assert qbank("lint", "demo").code == 0
    assert qbank("lint", "demo", "--blueprint", str(plan), "--select", "key").code == 0


def test_a_blueprint_of_the_wrong_shape(qbank: Qbank, demo: Path, plan: Path) -> None:
    edit(plan, "kind: enemies", "kind: enmies")
    for arguments in (("--blueprint", str(plan)), ("demo", "--blueprint", str(plan))):
        ran = qbank("lint", *arguments)
        assert ran.code == 1
        assert "demo/blueprints/practice.yaml:16:32 error schema-violation" in ran.out
        assert "Did you mean enemies?" in ran.out


def test_the_blueprint_goes_with_its_bank(qbank: Qbank, demo: Path, plan: Path) -> None:
    qbank("init", "other")
    edit(plan, "content_area: riding, role", "content_aera: riding, role")
    assert qbank("lint", "other", "demo", "--blueprint", str(plan)).code == 1
    qbank("init", "third")
    assert qbank("lint", "other", "third", "--blueprint", str(plan)).code == 2


def test_today(qbank: Qbank, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(
        demo / "items" / "riding.yaml",
        "  stem: With the pedal at",
        "  lint_ignore: [{rule: negative-stem, reason: meant so, until: 2026-12-31}]\n"
        "  stem: Which is NOT so with the pedal at",
    )
    assert "expired" not in qbank("lint", "demo", "--today", "2026-12-31").out
    assert "expired-suppression" in qbank("lint", "demo", "--today", "2027-01-01").out
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    assert "expired" not in qbank("lint", "demo").out
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "4102444800")
    assert "expired-suppression" in qbank("lint", "demo").out
    assert qbank("lint", "demo", "--today", "tomorrow").code == 2


def test_colour_only_where_it_is_wanted(qbank: Qbank, broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in qbank("lint", "demo").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in qbank("lint", "demo").out


def test_github_and_sarif(qbank: Qbank, broken: Path) -> None:
    assert qbank("lint", "demo", "--format", "github").out.startswith(
        "::error file=demo/items/riding.yaml,line=13,col=8,title=key-not-an-option::"
    )
    log = json.loads(qbank("lint", "demo", "--format", "sarif").out)
    driver = log["runs"][0]["tool"]["driver"]
    assert [rule["id"] for rule in driver["rules"]] == ["key-not-an-option"]
    assert len(driver["rules"][0]["help"]["text"]) > 80
    assert os.sep not in log["runs"][0]["results"][0]["ruleId"]
