"""CPU seconds of the README's main command: lint, assemble and two exports of the practice bank.

Run `python benchmarks/main_command.py`. The floor is an interpreter that imports what the command must
import; both are the median of 3 runs, in one run of this file.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLUEPRINT = ROOT / "banks" / "cmcs" / "blueprints" / "practice.yaml"
IMPORTS = (
    "import highspy, numpy, openpyxl, lxml.etree, nh3, markdown_it, latex2mathml.converter, jsonschema_rs"
)
RUNS = 3
TARGET = 5.0


def cpu_seconds(arguments: list[str]) -> float:
    """CPU seconds (user and system) of one run of the interpreter."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> int:
    """Print the figures; 1 when the target is missed."""
    with tempfile.TemporaryDirectory() as out:
        command = ["-m", "qbank", "assemble", "--blueprint", str(BLUEPRINT)]
        command += ["--to", "xlsx", "--to", "qti30", "--out", out, "--quiet"]
        floor, spent = [], []
        for _ in range(RUNS):
            floor.append(cpu_seconds(["-c", IMPORTS]))
            spent.append(cpu_seconds(command))
    print(f"imports alone  {statistics.median(floor):5.2f} s CPU")
    print(f"main command   {statistics.median(spent):5.2f} s CPU, target at most {TARGET:.0f}")
    return int(statistics.median(spent) > TARGET)


if __name__ == "__main__":
    sys.exit(main())
