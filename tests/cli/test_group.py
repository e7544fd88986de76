"""The group: version, help, names, and an exit code for every error."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qbank import __version__, api
from qbank.cli import HELPERS, built_in, module_name
from qbank.cli.exits import MEANINGS, Exit
from qbank.reading.schemas import NAMES, schema_text
from tests.cli.cli_help import Qbank

ROOT = Path(__file__).parents[2]
COMMANDS = ["assemble", "audit", "baseline", "coverage", "diff", "export"]
COMMANDS += ["formats", "import", "init", "lint", "rule", "schema", "scramble"]


def test_the_folder_is_the_catalogue(qbank: Qbank) -> None:
    assert built_in() == COMMANDS
    modules = {path.stem for path in (ROOT / "qbank" / "cli").glob("*.py")} - {"__init__"}
    assert modules == {*map(module_name, COMMANDS), *HELPERS}
    shown = qbank("--help").out
    for name in COMMANDS:
        assert f"  {name} " in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_help_teaches(qbank: Qbank, name: str) -> None:
    ran = qbank(name, "--help")
    assert ran.code == 0
    assert "Examples:" in ran.out
    assert f"qbank {name}" in ran.out
    assert "Exit codes:" in ran.out
    assert max(len(line) for line in ran.out.splitlines()) <= 110


def test_the_exit_codes_are_the_promised_ones() -> None:
    assert [int(code) for code in MEANINGS] == [0, 1, 2, 3, 4, 5, 6, 70, 130]
    assert set(MEANINGS) == set(Exit)


def test_version(qbank: Qbank) -> None:
    assert qbank("--version").out == f"qbank {__version__}\n"
    assert qbank("-V").code == 0


def test_unknown_names(qbank: Qbank) -> None:
    ran = qbank("lnit")
    assert (ran.code, ran.out) == (2, "")
    assert "Did you mean" in ran.err
    assert qbank("--nope").code == 2
    assert qbank().code == 2


def test_a_bug_is_ours(qbank: Qbank, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object, **named: object) -> None:
        raise AssertionError("never so")

    monkeypatch.setattr(api, "lint", broken)
    ran = qbank("lint", "demo")
    assert (ran.code, ran.out) == (70, "")
    assert "this is a bug in qbank" in ran.err
    assert "Traceback" not in ran.err
    monkeypatch.setenv("QBANK_TRACEBACK", "1")
    assert "Traceback" in qbank("lint", "demo").err


def test_interrupted(qbank: Qbank, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "lint", stopped)
    ran = qbank("lint", "demo")
    assert (ran.code, ran.out) == (130, "")
    assert ran.err.endswith("qbank: interrupted\n")


def _process(*arguments: str, cwd: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": ""}
    command = [sys.executable, "-m", "qbank", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=cwd)


def test_a_reader_that_has_gone(tmp_path: Path) -> None:
    with _process("rule", "--help", cwd=tmp_path) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait() == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_the_exit_code_outlives_the_reader(tmp_path: Path) -> None:
    (tmp_path / "bank.json").write_text('[{"id": "a", "type": "essay", "key": 1}]' + " " * 200_000)
    with _process("lint", "bank.json", cwd=tmp_path) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait() == 1


def test_data_is_utf8_whatever_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "bänk.json").write_text('[{"id": "ä", "type": "essay"}]', encoding="utf-8")
    with _process("lint", "bänk.json", cwd=tmp_path) as process:
        out, err = process.communicate()
    assert "bänk.json:1:" in out.decode("utf-8")
    assert err == b""


def test_schema(qbank: Qbank) -> None:
    assert qbank("schema").out.split() == list(NAMES)
    for name in NAMES:
        assert qbank("schema", name).out == schema_text(name)
    ran = qbank("schema", "items")
    assert ran.code == 2
    assert "Did you mean item?" in ran.err


def test_rule(qbank: Qbank) -> None:
    listed = qbank("rule").out
    assert "\nkey\n" in listed
    assert "  key-missing " in listed
    one = qbank("rule", "key-longest")
    assert one.code == 0
    assert one.out.startswith("key-longest (cues)\n")
    for said in ("Severity: warning", "Looks at: item", "[rules.key-longest]", "lint_ignore"):
        assert said in one.out
    assert qbank("rule", "key").out.startswith("key\n  ")
    ran = qbank("rule", "key-mising")
    assert ran.code == 2
    assert "Did you mean key-missing?" in ran.err


def test_every_rule_is_explained(qbank: Qbank) -> None:
    from qbank.rule import all_rules

    for name in all_rules():
        assert qbank("rule", name).code == 0
