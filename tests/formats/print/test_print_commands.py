"""Booklets on the command line: versions with their keys in one run, a missing extra with its exit code."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from qbank.cli.run import run
from tests.formats.print.print_forms import answers

ROOT = Path(__file__).parents[3]
FORM = ROOT / "exports" / "cmcs-practice-a" / "cmcs-practice-a.form.json"


def test_versions_are_scrambled_and_printed(tmp_path: Path) -> None:
    command = [
        "scramble",
        str(FORM),
        "--versions",
        "2",
        "--to",
        "pdf",
        "--to",
        "docx",
        "--out",
        str(tmp_path),
    ]
    assert run(command) == 0
    made = {path.name for path in tmp_path.iterdir()}
    for version in ("v1", "v2"):
        for kind in ("staff", "key-staff"):
            assert {f"cmcs-practice-a-{version}-{kind}.{one}" for one in ("pdf", "docx")} <= made
    keys = [answers((tmp_path / f"cmcs-practice-a-v{one}-key-staff.docx").read_bytes()) for one in (1, 2)]
    assert keys[0] != keys[1]
    assert set(keys[0]) == set(keys[1])


def test_candidates_get_no_key_file(tmp_path: Path) -> None:
    command = ["export", str(FORM), "--to", "pdf", "--audience", "candidate", "--out", str(tmp_path)]
    assert run(command) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["cmcs-practice-a-candidate.pdf"]


def test_a_missing_extra_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    assert run(["export", str(FORM), "--to", "pdf", "--out", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert 'pip install "qbank[print]"' in told
    assert "Traceback" not in told
    assert not list(tmp_path.iterdir())
