"""A command opens each file of a bank once, also when it shows the places and lines of findings."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

WATCHED = """
import os, runpy, sys
folder, out, *arguments = sys.argv[1:]
opened = open(out, "w", encoding="utf-8")
def note(event, details):
    if event == "open" and isinstance(details[0], (str, bytes)):
        path = os.path.realpath(os.fsdecode(details[0]))
        if path.startswith(folder + os.sep) and not os.path.isdir(path):
            print(path, file=opened, flush=True)
sys.addaudithook(note)
sys.argv = ["qbank", *arguments]
runpy.run_module("qbank", run_name="__main__")
"""
"""Runs a command and notes every file under a folder that is opened, however that is done."""

BROKEN = """
- id: planted-1
  type: multiple-choice
  stem: Which which one is it?
  options: {A: 1.50, B: True, C: None of the above}
  key: A
  unknown: 5
- id: planted-2
  type: multiple-choice
  stem: Which which one is it?
  options: {A: 1.50, B: True, C: None of the above}
  key: D
"""
RECORD = "id: faulty\ntitle: 1.50\nitems: [items/**/*.yaml, items/*.jsonl, items/*.json]\n"
LINES = [
    {"id": "line-1", "type": "multiple-choice", "stem": "Which which?", "options": {"A": "x", "B": "x"}},
    {"id": "line-2", "type": "essay", "stem": 5},
]
BLUEPRINT = "blueprints/practice.yaml"


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """The bank that `qbank init` writes, as a clean one."""
    folder = (tmp_path / "bank").resolve()
    subprocess.run([sys.executable, "-m", "qbank", "init", str(folder)], check=True, capture_output=True)
    return folder


@pytest.fixture
def faulty(bank: Path) -> Path:
    """The same with findings in YAML, JSON and JSON Lines, and in the blueprint."""
    (bank / "bank.yaml").write_text(RECORD, encoding="utf-8")
    (bank / "items" / "planted.yaml").write_text(BROKEN, encoding="utf-8")
    (bank / "items" / "broken.yaml").write_text(BROKEN + '- "\n', encoding="utf-8")
    (bank / "items" / "planted.json").write_text(json.dumps(LINES), encoding="utf-8")
    (bank / "items" / "planted.jsonl").write_text("\n".join(map(json.dumps, LINES)), encoding="utf-8")
    (bank / "statistics.jsonl").write_text('{"item": "nobody", "n": -1}\n', encoding="utf-8")
    blueprint = bank / BLUEPRINT
    blueprint.write_text(blueprint.read_text(encoding="utf-8") + "nonsense: 1\n", encoding="utf-8")
    return bank


def _opened(folder: Path, *arguments: str, code: str = WATCHED) -> tuple[Counter[str], int, str]:
    """How often a command opens each file of a folder (relative, with /), its exit code and what it says."""
    out = folder.parent / "opened.txt"
    command = [sys.executable, "-c", code, str(folder), str(out), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, encoding="utf-8")
    lines = out.read_text(encoding="utf-8").splitlines()
    opened = Counter(Path(line).relative_to(folder).as_posix() for line in lines)
    return opened, done.returncode, done.stdout


def _bank_files(folder: Path) -> set[str]:
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*.*") if path.is_file())
    return {name for name in found if name.startswith(("bank.", "items/", "stimuli/", "statistics."))}


COMMANDS = {
    "lint": ["lint", "."],
    "lint, by the record": ["lint", "bank.yaml"],
    "lint, as JSON": ["lint", ".", "--format", "json"],
    "lint, with a blueprint": ["lint", ".", "--blueprint", BLUEPRINT],
    "coverage": ["coverage", "--blueprint", BLUEPRINT],
    "assemble": ["assemble", "--blueprint", BLUEPRINT, "--out", "../out", "--to", "xlsx", "--to", "qti30"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_opens_each_file_of_a_clean_bank_once(name: str, bank: Path) -> None:
    opened, code, _ = _opened(bank, *COMMANDS[name])
    assert code == 0
    assert _bank_files(bank) <= set(opened)
    assert set(opened.values()) == {1}, opened


@pytest.mark.parametrize("name", [name for name in COMMANDS if name.startswith("lint")])
def test_a_command_opens_each_file_once_to_show_its_findings(name: str, faulty: Path) -> None:
    opened, code, said = _opened(faulty, *COMMANDS[name])
    assert code == 1
    for file in (
        "bank.yaml",
        "planted.yaml",
        "broken.yaml",
        "planted.json",
        "planted.jsonl",
        "statistics.jsonl",
    ):
        assert file in said
    assert _bank_files(faulty) <= set(opened)
    assert set(opened.values()) == {1}, opened


def test_a_bank_of_one_file_is_opened_once(bank: Path) -> None:
    (bank / "alone.jsonl").write_text("\n".join(map(json.dumps, LINES)), encoding="utf-8")
    opened, code, said = _opened(bank, "lint", "alone.jsonl")
    assert (opened["alone.jsonl"], code) == (1, 1)
    assert "alone.jsonl:2:" in said


def test_a_file_that_is_opened_twice_is_noticed(bank: Path) -> None:
    twice = "open('bank.yaml').close()\nos.close(os.open('bank.yaml', os.O_RDONLY))\n"
    opened, _, _ = _opened(bank, code=WATCHED.split("sys.argv =")[0] + twice)
    assert opened == {"bank.yaml": 2}
