"""What is imported: nothing heavy before it is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HEAVY = (
    "numpy",
    "openpyxl",
    "jsonschema",
    "jsonschema_rs",
    "lxml",
    "highspy",
    "yaml",
    "ryaml",
    "rich",
    "markdown_it",
    "nh3",
    "latex2mathml",
)
BANK = Path(__file__).parents[1] / "banks" / "synthetic-arithmetic"
SCRIPT = """
import sys
sys.argv = ["qbank", *{arguments!r}]
from qbank.__main__ import main
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
print("loaded", *sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


def _loaded(*arguments: str, code: str = SCRIPT) -> set[str]:
    script = code.format(arguments=list(arguments))
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    return set(ran.stdout.rpartition("loaded")[2].split())


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_loads_nothing(flag: str) -> None:
    assert not _loaded(flag) & {*HEAVY, "click", "msgspec"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        *((name, "--help") for name in ("lint", "assemble", "audit", "export", "coverage", "init")),
    ],
)
def test_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert not _loaded(*arguments) & set(HEAVY)


def test_schemas_and_rules_are_shown_without_the_solver() -> None:
    assert not _loaded("schema", "item") & set(HEAVY)
    assert not _loaded("rule") & {"numpy", "openpyxl", "lxml", "highspy", "rich"}


def test_importing_qbank_loads_nothing() -> None:
    code = "import sys, qbank\nprint('loaded', *sorted({{name.partition('.')[0] for name in sys.modules}}))"
    assert not _loaded(code=code) & {*HEAVY, "click", "msgspec"}


def _ran(code: str, *arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """What a script leaves that runs qbank as a program."""
    script = (
        f"import sys\nsys.argv = ['qbank', *{list(arguments)!r}]\nfrom qbank.__main__ import program\n{code}"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    return subprocess.run([sys.executable, "-c", script], check=False, env=environment, **options)


LEAVING = """
import atexit, os
class Last:
    def __del__(self, write=os.write):
        write(2, b"taken apart")
last = Last()
atexit.register(print, "exit function", file=sys.stderr)
"""


def test_a_program_ends_at_once_with_its_code_and_all_its_output() -> None:
    ended = _ran(LEAVING + "program()", "schema", "item", capture_output=True)
    plain = _ran("program()", "schema", "item", capture_output=True)
    assert ended.stdout == plain.stdout != b""
    assert ended.stderr.decode().strip() == "exit function"
    assert ended.returncode == 0
    assert _ran("program()", "lint", "no-such-bank", capture_output=True).returncode == 3
    assert _ran("program()", "--version", capture_output=True).returncode == 0


@pytest.mark.parametrize("watching", ["sys.setprofile", "sys.settrace"])
def test_who_watches_sees_the_end(watching: str) -> None:
    ended = _ran(f"{LEAVING}\n{watching}(lambda *_: None)\nprogram()", "schema", "item", capture_output=True)
    assert ended.stderr.endswith(b"taken apart")
    assert ended.returncode == 0


FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
BUFFERING = pytest.mark.parametrize("unbuffered", ["", "1"])


@FULL
@BUFFERING
@pytest.mark.parametrize("arguments", [("schema", "item"), ("--version",), ("--help",), ("lint", "--help")])
def test_output_that_cannot_be_written_is_told(
    arguments: tuple[str, ...], unbuffered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    with Path("/dev/full").open("wb") as full:
        ended = _ran("program()", *arguments, stdout=full, stderr=subprocess.PIPE)
    assert ended.stderr == b"qbank: standard output: no space left on device\n"
    assert ended.returncode == 3


@FULL
@BUFFERING
@pytest.mark.parametrize(("arguments", "code"), [(("lint", "no-such-bank"), 3), (("lnt",), 2)])
def test_messages_that_cannot_be_written_change_no_exit_code(
    arguments: tuple[str, ...], code: int, unbuffered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    with Path("/dev/full").open("wb") as full:
        assert _ran("program()", *arguments, stdout=subprocess.PIPE, stderr=full).returncode == code


CLOSED = "sys.stdin = sys.stdout = sys.stderr = None\nprogram()"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("--version",), 0), (("--help",), 0), (("lint", str(BANK)), 0), (("lint", "-"), 2), (("lnt",), 2)],
)
def test_closed_streams_change_no_exit_code(
    arguments: tuple[str, ...], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _ran(CLOSED, *arguments, capture_output=True).returncode == code


def test_an_interrupt_while_commands_are_imported_is_told_as_one() -> None:
    code = """
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "qbank.cli.run":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting())
program()
"""
    ended = _ran(code, "lint", capture_output=True)
    assert ended.stderr.decode().splitlines() == ["qbank: interrupted"]
    assert ended.returncode == 130
