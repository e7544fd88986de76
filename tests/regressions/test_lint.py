"""Mistakes that an attack on `qbank lint`, its reporters and its configuration found."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from qbank.checking import Report
from qbank.cli.run import run
from qbank.cli.streams import emit
from qbank.diagnostics import Diagnostic, Severity
from qbank.reporters import reporters
from qbank.reporters.contract import Rendering

ITEM = "- id: bone-1\n  type: true-false\n  stem: The talus is a bone.\n  key: true\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_an_output_that_is_no_plain_file_is_written_to_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=emit, args=("told", str(pipe)), daemon=True)
    writer.start()
    assert pipe.read_text(encoding="utf-8") == "told"
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", ["json", "sarif"])
def test_a_file_name_that_is_no_utf8(name: str) -> None:
    one = Diagnostic("key-missing", "key", Severity.ERROR, "m", "", "b\udce4d/items.yaml", 1, 1)
    assert json.loads(reporters()[name](Report((one,), 1, 1), Rendering()))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("qbank.toml", '[rules.key-longest]\nratio = "x"\n', "ratio is 'x'; write a number"),
        ("qbank.toml", 'select = "key"\n', "select must be a list"),
        ("qbank.toml", 'fail_on = "warn"\n', "use error, warning or info"),
        ("pyproject.toml", "[tool]\nqbank = 3\n", "write [tool.qbank]"),
    ],
)
def test_mistakes_of_the_configuration_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, words: str
) -> None:
    (tmp_path / "items.yaml").write_text(ITEM, encoding="utf-8")
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert run(["lint", str(tmp_path / "items.yaml")]) == 3
    assert words in capsys.readouterr().err


def test_a_stranger_s_pyproject_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "items.yaml").write_text(ITEM, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("tool = 3\n", encoding="utf-8")
    assert run(["lint", str(tmp_path / "items.yaml")]) == 0


def test_a_bank_named_twice_is_checked_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bank.yaml").write_text("id: demo\nitems: [items.yaml]\n", encoding="utf-8")
    (tmp_path / "items.yaml").write_text(ITEM, encoding="utf-8")
    assert run(["lint", str(tmp_path), f"{tmp_path}/", str(tmp_path / "bank.yaml")]) == 0
    assert "in 1 item of 2 files" in capsys.readouterr().out


def test_a_name_that_is_too_long_is_no_bug(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "a" * 300]) == 3
    assert "too long" in capsys.readouterr().err
