"""CPU time of `qbank --version` and `qbank lint --help` beside a bare interpreter, in one run.

Run `python benchmarks/startup.py`. Prints the least of 15 runs each, in milliseconds, and the ratios.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys

RUNS = 15
COMMANDS: dict[str, list[str]] = {
    "bare interpreter": ["-c", "pass"],
    "qbank --version": ["-m", "qbank", "--version"],
    "qbank lint --help": ["-m", "qbank", "lint", "--help"],
}
TARGETS = {"qbank --version": 100.0, "qbank lint --help": 200.0}
"""Milliseconds of CPU, the interpreter's own included."""


def cpu_ms(arguments: list[str]) -> float:
    """CPU milliseconds (user and system) of one run of the interpreter."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def measure() -> dict[str, float]:
    """The least CPU milliseconds of each command; runs take turns, so that all meet the same machine."""
    least = dict.fromkeys(COMMANDS, float("inf"))
    for _ in range(RUNS):
        for name, arguments in COMMANDS.items():
            least[name] = min(least[name], cpu_ms(arguments))
    return least


def main() -> int:
    """Print the figures; 1 when a target is missed."""
    least = measure()
    bare = least["bare interpreter"]
    for name, spent in least.items():
        target = f"  target {TARGETS[name]:.0f} ms" if name in TARGETS else ""
        print(f"{name:<20} {spent:7.1f} ms CPU  {spent / bare:5.2f} x bare{target}")
    return int(any(least[name] > most for name, most in TARGETS.items()))


if __name__ == "__main__":
    sys.exit(main())
