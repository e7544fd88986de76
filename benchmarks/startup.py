"""CPU time of `qbank --version`, `lint --help` and a lint of one item beside a bare interpreter, in one run.

Run `python benchmarks/startup.py`. Prints the least of 15 runs each, in milliseconds, and the ratios.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 15
COMMANDS: dict[str, list[str]] = {
    "bare interpreter": ["-c", "pass"],
    "qbank --version": ["-m", "qbank", "--version"],
    "qbank lint --help": ["-m", "qbank", "lint", "--help"],
    "qbank lint, one rule": ["-m", "qbank", "lint", "items.jsonl", "--select", "key-missing"],
    "qbank lint, all rules": ["-m", "qbank", "lint", "items.jsonl"],
}
ITEM = (
    '{"id": "a-1", "type": "multiple-choice", "stem": "Which bone lies in the lower arm?", '
    '"options": {"A": "Tibia", "B": "Ulna", "C": "Femur"}, "key": "B"}\n'
)
TARGETS = {"qbank --version": 100.0, "qbank lint --help": 200.0}
"""Milliseconds of CPU, the interpreter's own included."""


def cpu_ms(arguments: list[str], folder: str) -> float:
    """CPU milliseconds (user and system) of one run of the interpreter."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *arguments],
        check=True,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def measure() -> dict[str, float]:
    """The least CPU milliseconds of each command; runs take turns, so that all meet the same machine."""
    least = dict.fromkeys(COMMANDS, float("inf"))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "items.jsonl").write_text(ITEM, encoding="utf-8")
        for _ in range(RUNS):
            for name, arguments in COMMANDS.items():
                least[name] = min(least[name], cpu_ms(arguments, folder))
    return least


def main() -> int:
    """Print the figures; 1 when a target is missed."""
    least = measure()
    bare = least["bare interpreter"]
    for name, spent in least.items():
        target = f"  target {TARGETS[name]:.0f} ms" if name in TARGETS else ""
        print(f"{name:<22} {spent:7.1f} ms CPU  {spent / bare:5.2f} x bare{target}")
    return int(any(least[name] > most for name, most in TARGETS.items()))


if __name__ == "__main__":
    sys.exit(main())
