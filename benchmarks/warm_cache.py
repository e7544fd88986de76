"""`qbank lint` with a warm cache beside the cold run: an unchanged bank, and 1 % of its items changed.

The banks are 10,000 and 100,000 items as JSON Lines (0.5 kB each, made as in `duplicates_growth.py`: real
words recombined, every tenth item a near copy), 40,000 long ones (1.2 kB, made of clinical cases; without
QBANK_TEST_DATA there are none), and 2,000 items as YAML. Every hundredth item gets another word in its stem.
Each run is the whole command in a process of its own, its start included; its code is compiled already, as
that of an installed package is. Told are CPU seconds, medians of three, and the ratios to the cold run. Each
run after a change is repeated with `--no-cache` and must print the same.
Run `python benchmarks/warm_cache.py [ITEMS…]`: the named sizes instead of 10,000 and 100,000; 0 for none.
Exit code 1: a report differs, or a run with 1 % changed takes more than 0.1 of the cold one.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.duplicates_growth import varied  # noqa: E402
from benchmarks.duplicates_join import real_items  # noqa: E402

SIZES = (10_000, 100_000)
LONG_ITEMS = 40_000
LONG = 100
"""From so many words on a stem is a long one."""
YAML_ITEMS = 2_000
RUNS = 3
TARGET = 0.1

Items = list[dict[str, Any]]


class Spent(NamedTuple):
    """CPU seconds of three runs of the command: cold, unchanged, 1 % changed."""

    cold: float
    unchanged: float
    changed: float


def as_lines(items: Items) -> str:
    """The items as JSON Lines."""
    return "".join(json.dumps(one) + "\n" for one in items)


def as_yaml(items: Items) -> str:
    """The items as a YAML list; what is written in the way of JSON is YAML too."""
    return "".join(
        f"- id: {one['id']}\n" + "".join(f"  {name}: {json.dumps(one[name])}\n" for name in list(one)[1:])
        for one in items
    )


def changed(items: Items) -> Items:
    """The items, with another word in every hundredth stem."""
    return [
        one | {"stem": f"Briefly: {one['stem']}"} if place % 100 == 50 else one
        for place, one in enumerate(items)
    ]


def linted(path: Path, *more: str) -> tuple[float, str]:
    """CPU seconds of the command, and what it printed."""
    before = _children()
    command = [sys.executable, "-m", "qbank", "lint", str(path), "--format", "json", "--jobs", "1", *more]
    # an installed package is compiled once, whatever the environment of this run says
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(path.parent / "compiled")
    out = subprocess.run(command, check=False, capture_output=True, text=True, env=environment).stdout
    return _children() - before, out


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(folder: Path, name: str, items: Items, write: Callable[[Items], str]) -> tuple[Spent, bool]:
    """The figures of one bank, and whether the last report is that of a run without cache."""
    path = folder / name
    runs = []
    is_same = True
    path.write_text(write(items[:1]), encoding="utf-8")
    linted(path)  # compiles the code, which counts nowhere
    for _ in range(RUNS):
        shutil.rmtree(folder / ".qbank_cache", ignore_errors=True)
        path.write_text(write(items), encoding="utf-8")
        cold, _ = linted(path)
        unchanged, _ = linted(path)
        path.write_text(write(changed(items)), encoding="utf-8")
        warm, report = linted(path)
        runs.append(Spent(cold, unchanged, warm))
        is_same = is_same and report == linted(path, "--no-cache")[1]
    return Spent(*map(statistics.median, zip(*runs, strict=True))), is_same


def main(sizes: list[int]) -> int:
    """Print figures and ratios; 1 when a report differs or the target is missed."""
    worst, all_same = 0.0, True
    with tempfile.TemporaryDirectory() as name:
        banks = [(f"{size}.jsonl", list(varied(size)), as_lines) for size in sizes if size]
        if any(len(stem) >= LONG for stem, _ in real_items()):
            banks.append(("long.jsonl", list(varied(LONG_ITEMS, LONG)), as_lines))
        for file, items, write in [*banks, ("bank.yaml", list(varied(YAML_ITEMS)), as_yaml)]:
            size = len(items)
            one, is_same = measured(Path(name), file, items, write)
            worst, all_same = max(worst, one.changed / one.cold), all_same and is_same
            kilobytes = len(write(items)) / size / 1000
            print(
                f"{size:>6} items of {kilobytes:.2f} kB, {Path(file).suffix[1:]}: cold {one.cold:.2f} s CPU, "
                f"unchanged {one.unchanged:.2f} s ({one.unchanged / one.cold:.2f} x), "
                f"1 % changed {one.changed:.2f} s ({one.changed / one.cold:.2f} x), "
                f"report {'the same' if is_same else 'NOT the same'}",
                flush=True,
            )
    print(f"the slowest run with 1 % changed takes {worst:.2f} of the cold run, target {TARGET}")
    return int(worst > TARGET or not all_same)


if __name__ == "__main__":
    sys.exit(main([int(size) for size in sys.argv[1:]] or list(SIZES)))
