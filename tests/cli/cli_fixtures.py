"""A bank made by `qbank init`, and a way to run a command inside the test's own process."""

from __future__ import annotations

from pathlib import Path

import pytest

from qbank.cli.run import run
from tests.cli.cli_help import Qbank, Ran


@pytest.fixture
def qbank(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Qbank:
    """Runs a command line in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "QBANK_TRACEBACK", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str) -> Ran:
        capsys.readouterr()
        code = run(arguments)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


@pytest.fixture
def demo(qbank: Qbank) -> Path:
    """The bank that `qbank init demo` writes."""
    assert qbank("init", "demo").code == 0
    return Path("demo")


@pytest.fixture
def plan(demo: Path) -> Path:
    """Its blueprint."""
    return demo / "blueprints" / "practice.yaml"
