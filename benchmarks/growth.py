"""Time and memory of an item in banks of 10,000, 100,000 and more items: reading, and reading with lint.

Each bank is a folder with a bank record and one file of JSON Lines, made of the items of `yaml_bank.py`. Each
measurement has a process of its own, which first reads and lints a small bank, so that imports and compiled
schemas count nowhere. Time is CPU seconds of `load_bank`, and of `load_bank` and lint with the default rules;
memory is the peak of the process less its peak before. Both are told for each item (reading: the median of 3
runs), and as ratios to the smallest bank; a ratio above 1.15 misses the target.
Run `python benchmarks/growth.py [--reading] [SIZE…]` (default: 10000 100000; `--reading` leaves out lint).
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.yaml_bank import RECORD, generated  # noqa: E402
from qbank.checking import Report, lint  # noqa: E402
from qbank.model.bank import Bank  # noqa: E402
from qbank.reading.bank import load_bank  # noqa: E402

SIZES = (10_000, 100_000)
SMALL = 200
TARGET = 1.15
WORKS = {"load_bank": 3, "load_bank + lint": 1}
"""What is measured, and how often; the median counts."""


class Spent(NamedTuple):
    """What a bank takes for each of its items: microseconds of CPU, bytes of peak memory."""

    time: float
    memory: float


def write(folder: Path, items: int) -> Path:
    """A bank of that many items."""
    (folder / "items").mkdir(parents=True)
    (folder / "bank.yaml").write_bytes(msgspec.json.encode(RECORD))
    with (folder / "items" / "items.jsonl").open("wb") as file:
        for item in generated(items):
            file.write(msgspec.json.encode(item) + b"\n")
    return folder


def peak() -> int:
    """The most memory (bytes) that this process has had so far."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def work(name: str, bank: str) -> tuple[Bank, Report | None]:
    """Do one of the works on a bank. All that was made is kept: giving memory back is nobody's work."""
    read, problems = load_bank(bank)
    assert not problems, problems[0]
    return read, lint(read, problems) if "lint" in name else None


def child(name: str, small: str, bank: str) -> None:
    """Measure in this process, and print the figures."""
    work(name, small)
    before, started = peak(), time.process_time()
    made = work(name, bank)
    spent, most = time.process_time() - started, peak()
    items = len(made[0].items)
    print(spent / items * 1e6, (most - before) / items)


def measured(name: str, small: Path, bank: Path) -> Spent:
    """Measure in a process of its own."""
    command = [sys.executable, __file__, "--child", name, str(small), str(bank)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Spent(*map(float, out.split()))


def main(sizes: list[int], works: dict[str, int]) -> int:
    """Print figures and ratios; 1 when a ratio misses the target."""
    found: dict[tuple[str, int], list[Spent]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        small = write(Path(folder, "small"), SMALL)
        banks = {items: write(Path(folder, str(items)), items) for items in sizes}
        for items, bank in banks.items():
            size = (bank / "items" / "items.jsonl").stat().st_size
            print(f"{items} items, {size / 1e6:.1f} MB, {size / items:.0f} bytes an item", flush=True)
        for run in range(max(works.values())):
            for name in (name for name, runs in works.items() if run < runs):
                for items, bank in banks.items():
                    found[name, items].append(measured(name, small, bank))
    medians = {
        asked: Spent(*map(statistics.median, zip(*spent, strict=True))) for asked, spent in found.items()
    }
    worst = 0.0
    for (name, items), one in medians.items():
        first = medians[name, sizes[0]]
        growth = Spent(one.time / first.time, one.memory / max(first.memory, 1))
        worst = max(worst, *growth)
        print(f"{name:<17} {items:>8} items: {one.time:7.1f} µs CPU an item ({growth.time:.2f} x), ", end="")
        print(f"{one.memory:6.0f} bytes an item ({growth.memory:.2f} x)")
    print(f"the largest growth of an item is {worst:.2f} times, target {TARGET}")
    return int(worst > TARGET)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[:1] == ["--child"]:
        child(*arguments[1:])
    else:
        wanted = [int(one) for one in arguments if one != "--reading"] or list(SIZES)
        sys.exit(main(wanted, {"load_bank": 3} if "--reading" in arguments else WORKS))
