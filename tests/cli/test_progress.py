"""The progress bar: only on a terminal, only after a second, and never with --quiet."""

from __future__ import annotations

import io
import sys
import time

import pytest

from qbank.cli import progress
from qbank.cli.progress import Bar


class Terminal(io.StringIO):
    """A standard error that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def _terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Standard error as a terminal, and a short second (no fixture: pytest captures anew for the test)."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "DELAY", 0.05)
    monkeypatch.setenv("TERM", "xterm")
    return stream


def _until_shown(terminal: Terminal) -> None:
    """Work until the bar is there; a busy machine takes its time to load rich."""
    patience = time.monotonic() + 60
    while not terminal.getvalue() and time.monotonic() < patience:
        time.sleep(0.01)


def _work(bar: Bar) -> None:
    with bar:
        bar.count(1, 4)
        time.sleep(0.1)


def test_what_takes_long_shows_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _terminal(monkeypatch)
    with Bar("linting") as bar:
        bar.count(1, 4)
        _until_shown(terminal)
        bar.tell("still [busy]")
        bar.count(2, 4)
    assert "linting" in terminal.getvalue()
    assert "still [busy]" in terminal.getvalue()


def test_what_is_quick_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _terminal(monkeypatch)
    monkeypatch.setattr(progress, "DELAY", 60)
    _work(Bar("linting"))
    assert terminal.getvalue() == ""


def test_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _terminal(monkeypatch)
    _work(Bar("linting", quiet=True))
    assert terminal.getvalue() == ""


def test_no_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "DELAY", 0.01)
    _work(Bar("linting"))
    assert capsys.readouterr().err == ""


def test_an_error_takes_the_bar_away(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _terminal(monkeypatch)

    def work() -> None:
        with Bar("linting"):
            _until_shown(terminal)
            raise ValueError("so")

    with pytest.raises(ValueError, match="so"):
        work()
    assert "\x1b[?25h" in terminal.getvalue()
