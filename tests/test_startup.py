"""What is imported: nothing heavy before it is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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
