"""Time and memory of an item in banks of 10,000, 100,000 and more items: reading, and reading with lint.

Each bank is a folder with a bank record and one file of JSON Lines. There are three kinds. *Chained*: the
items of `chained_bank.py`, new sentences of real words with made-up names. *Growing*: the items of
`duplicates_growth.py`, real items recombined, with made-up names. Of both every tenth is a near copy of
another, and n words are about 60 to 90 times sqrt(n) different ones, as in real text (Heaps 1978). *Fixed*:
the items of `yaml_bank.py`, words drawn at random from the few thousand of one small bank: no bank of people
is like that, and each word stands in ten times as many items of a bank ten times as large. How many
different words a bank has is printed.

They differ in what there is to find, and no exact search takes less time than its finds. Chained items are
alike where they were copied, so an item has as many alike ones in a bank of any size: this kind tells what
the work of an item costs. A growing bank is made of a few thousand real items: of a million items 266 open
like each of them, of 10,000 three. So the larger the bank, the more items are nearly alike, and each of these
must be judged. Fixed items are never alike, but their words stand in ever more items. What any kind has more
of in a larger bank: items with a frequent word in common, and keys that stand in another stem by chance.
Printed are for each item the alike pairs of the joins (Jaccard 0.6 of words), the pairs that rules judge, and
the diagnostics: where these grow, so must time.

Each measurement has a process of its own, which first reads and lints a small bank, so that imports and
compiled schemas count nowhere. Time is CPU seconds of `load_bank`, and of `load_bank` and lint with the
default rules; memory is the peak of the process less its peak before. Both are told for each item (reading:
the median of 3 runs), and as ratios to the smallest bank; a ratio above 1.15 misses the target; where the
smallest bank takes no more memory than the start did, that of reading is not compared (0.00).
Run `python benchmarks/growth.py [--reading] [--chained] [--growing] [--fixed] [SIZE…]` (default: 10000 100000
of all kinds; `--reading` leaves out lint).
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.chained_bank import chained  # noqa: E402
from benchmarks.duplicates_growth import peak, varied  # noqa: E402
from benchmarks.yaml_bank import RECORD, generated  # noqa: E402
from qbank.checking import Report, lint  # noqa: E402
from qbank.model.bank import Bank  # noqa: E402
from qbank.reading.bank import load_bank  # noqa: E402
from qbank.similarity.candidates import Candidates  # noqa: E402
from qbank.similarity.columns import columns  # noqa: E402
from qbank.similarity.sketch import Sketches  # noqa: E402

SIZES = (10_000, 100_000)
SMALL = 200
TARGET = 1.15
WORKS = {"load_bank": 3, "load_bank + lint": 1}
"""What is measured, and how often; the median counts."""


KINDS: dict[str, Callable[[int], Iterator[dict[str, Any]]]] = {
    "chained": lambda items: sound(chained(items)),
    "growing": lambda items: sound(varied(items)),
    "fixed": generated,
}


class Spent(NamedTuple):
    """What a bank takes for each of its items: microseconds of CPU, bytes of peak memory."""

    time: float
    memory: float


class Found(NamedTuple):
    """What there is to find for each item of a bank: alike pairs, pairs that rules judge, diagnostics."""

    alike: float
    judged: float
    diagnostics: float

    def told(self) -> str:
        """The same in words."""
        return f"{self.alike:.3f} alike pairs, {self.judged:.3f} judged, {self.diagnostics:.3f} diagnostics"


def sound(items: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The items without those that were cut to nothing somewhere, a few in 10,000."""
    return (item for item in items if item["stem"] and item["options"] and all(item["options"].values()))


def write(folder: Path, items: Iterator[dict[str, Any]]) -> tuple[Path, int]:
    """A bank of some items; how many different words their stems and options have."""
    (folder / "items").mkdir(parents=True)
    (folder / "bank.yaml").write_bytes(msgspec.json.encode(RECORD))
    words: set[str] = set()
    with (folder / "items" / "items.jsonl").open("wb") as file:
        for item in items:
            for text in (item["stem"], *item["options"].values()):
                words.update(text.lower().split())
            file.write(msgspec.json.encode(item) + b"\n")
    return folder, len(words)


def work(name: str, bank: str) -> tuple[Bank, Report | None]:
    """Do one of the works on a bank. All that was made is kept: giving memory back is nobody's work."""
    read, problems = load_bank(bank)
    assert not problems, problems[0]
    return read, lint(read, problems) if "lint" in name else None


def found_in(bank: Bank, report: Report) -> Found:
    """What there is to find in a bank; the joins are made once more."""
    candidates = Candidates(Sketches(bank.items), columns(bank.items))
    judged = (candidates.keyed_pairs, candidates.contradicting_pairs, candidates.sibling_pairs)
    numbers = (len(candidates.pairs[0]), sum(len(left) for left, _ in judged), len(report.diagnostics))
    return Found(*(number / len(bank.items) for number in numbers))


def child(name: str, small: str, bank: str) -> None:
    """Measure in this process, and print the figures."""
    work(name, small)
    before, started = peak(), time.process_time()
    read, report = work(name, bank)
    spent, most = time.process_time() - started, peak()
    items = len(read.items)
    print(spent / items * 1e6, (most - before) / items, *(found_in(read, report) if report else ()))


def measured(name: str, small: Path, bank: Path) -> tuple[Spent, Found | None]:
    """Measure in a process of its own."""
    command = [sys.executable, __file__, "--child", name, str(small), str(bank)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    spent, memory, *found = map(float, out.split())
    return Spent(spent, memory), Found(*found) if found else None


def main(kind: str, sizes: list[int], works: dict[str, int]) -> float:
    """Print figures and ratios of one kind of banks; the largest growth of an item."""
    found: dict[tuple[str, int], list[Spent]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        small, _ = write(Path(folder, "small"), KINDS[kind](SMALL))
        banks = {}
        for items in sizes:
            bank, words = write(Path(folder, str(items)), KINDS[kind](items))
            banks[items] = bank
            size = (bank / "items" / "items.jsonl").stat().st_size
            told = f"{size / 1e6:.1f} MB, {size / items:.0f} bytes an item, {words} different words"
            print(f"{kind}: {items} items, {told}", flush=True)
        for run in range(max(works.values())):
            for name in (name for name, runs in works.items() if run < runs):
                for items, bank in banks.items():
                    spent, there = measured(name, small, bank)
                    found[name, items].append(spent)
                    if there is not None:
                        print(f"{kind}: {items} items, for each {there.told()}", flush=True)
    medians = {
        asked: Spent(*map(statistics.median, zip(*spent, strict=True))) for asked, spent in found.items()
    }
    worst = 0.0
    for (name, items), one in medians.items():
        first = medians[name, sizes[0]]
        growth = Spent(one.time / first.time, one.memory / first.memory if first.memory else 0.0)
        worst = max(worst, *growth)
        print(f"{name:<17} {items:>8} items: {one.time:7.1f} µs CPU an item ({growth.time:.2f} x), ", end="")
        print(f"{one.memory:6.0f} bytes an item ({growth.memory:.2f} x)", flush=True)
    print(f"{kind}: the largest growth of an item is {worst:.2f} times, target {TARGET}", flush=True)
    return worst


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[:1] == ["--child"]:
        child(*arguments[1:])
    else:
        numbers = [int(one) for one in arguments if not one.startswith("--")] or list(SIZES)
        asked = {"load_bank": 3} if "--reading" in arguments else WORKS
        kinds = [kind for kind in KINDS if f"--{kind}" in arguments] or list(KINDS)
        sys.exit(int(max(main(kind, numbers, asked) for kind in kinds) > TARGET))
