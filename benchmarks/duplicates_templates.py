"""What an item costs the duplicate search in banks of three templates: 5,000, 20,000 and 80,000 items.

A program wrote the items: one template has two numbers in its gaps, one two made-up names (of 3,000), one
five of 60 everyday words. Every fiftieth item is a copy of
an earlier one with its first words exchanged. Between 20,000 items of three templates lie 67 million pairs
that are alike by most of their words.

Measured is everything that the default rules ask of `SimilarItems`, beside a floor in the same process: the
words of the bank as columns of numbers, which any search needs. Printed are the medians of three runs,
CPU microseconds an item, the ratio to the floor, the growth from the smallest bank, and the copies found of
those whose words make them no siblings. Run `python benchmarks/duplicates_templates.py [SIZE…]`.
Exit code 1: an item of the largest bank costs more than 1.5 times one of the smallest.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.duplicates_growth import load, work, write  # noqa: E402
from qbank.model.bank import Bank  # noqa: E402
from qbank.similarity.columns import columns  # noqa: E402
from qbank.similarity.pairs import SimilarItems  # noqa: E402
from qbank.similarity.words import COMMON  # noqa: E402

SIZES = (5_000, 20_000, 80_000)
RUNS = 3
TARGET = 1.5
SMALL = 300
TEMPLATES = (
    "A patient receives {} mg of a drug billed in units of {} mg. How many units are billed?",
    "In which year did {} first reach the distant island of {} by ship?",
    "Why must the {} and the {} near the {} be moved before winter to fill the {} and {}?",
)
OPENINGS = (
    ("A patient receives", "A patient is given"),
    ("In which year", "In what year"),
    ("Why must", "For what reason must"),
)


def generated(items: int) -> Iterator[dict[str, Any]]:
    """That many items of three templates."""
    draw = random.Random(3)
    names = [_name(draw) for _ in range(3_000)]
    words = draw.sample(sorted(COMMON), 60)
    made: list[dict[str, Any]] = []
    for number in range(items):
        if number % 50 == 49:
            earlier = draw.choice(made)
            stem = earlier["stem"].replace(*OPENINGS[int(earlier["id"][1:]) % 3])
            yield earlier | {"id": f"g{number:07d}", "stem": stem}
            continue
        kind = number % 3
        pools = ([str(draw.randint(2, 99_999)) for _ in range(5)], names, words)
        stem = TEMPLATES[kind].format(*draw.sample(pools[kind], 5))
        texts = [f"{draw.choice(names)} {draw.choice(words)} {draw.randint(2, 999)}" for _ in range(4)]
        key = draw.choice("ABCD")
        options = dict(zip("ABCD", texts, strict=True))
        one = {
            "id": f"g{number:07d}",
            "type": "multiple-choice",
            "stem": stem,
            "options": options,
            "key": key,
        }
        made.append(one)
        yield one


def _name(draw: random.Random) -> str:
    parts = (draw.choice("bdfgklmnprtvz") + draw.choice("aiou") for _ in range(draw.randint(3, 4)))
    return "".join(parts).capitalize() + "n"


class Spent(NamedTuple):
    """Microseconds of CPU an item: the floor, the search; the share of the copies that were found."""

    floor: float
    search: float
    found: float


def child(small: str, path: str) -> None:
    """Measure in this process, and print the figures."""
    work(load(small))
    bank = load(path)
    started = time.process_time()
    columns(bank.items)
    between = time.process_time()
    work(bank)
    ended = time.process_time()
    count = len(bank.items)
    print((between - started) / count * 1e6, (ended - between) / count * 1e6, found_copies(bank))


def found_copies(bank: Bank) -> float:
    """The share of the copies that are named with an item of the same key."""
    named = {pair.later.item.id for pair in SimilarItems(bank).pairs}
    copies = {item.id for item in bank.items if int(item.id[1:]) % 50 == 49}
    return len(named & copies) / len(copies)


def measured(small: Path, bank: Path) -> Spent:
    """The medians of three processes."""
    command = [sys.executable, __file__, "--child", str(small), str(bank)]
    runs = [
        Spent(*map(float, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()))
        for _ in range(RUNS)
    ]
    return Spent(*map(statistics.median, zip(*runs, strict=True)))


def main(sizes: list[int]) -> int:
    """Print figures and ratios; 1 when the target is missed."""
    growth, first = 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        small = write(Path(folder, "small.jsonl"), generated(SMALL))
        for size in sizes:
            one = measured(small, write(Path(folder, f"{size}.jsonl"), generated(size)))
            first = first or one.search
            growth = one.search / first
            print(
                f"{size:>7} items: {one.search:6.1f} µs CPU an item ({growth:.2f} x the smallest, "
                f"{one.search / one.floor:.2f} x the floor of {one.floor:.1f} µs), "
                f"{one.found:.1%} of the copies found",
                flush=True,
            )
    print(f"an item of the largest bank costs {growth:.2f} times one of the smallest, target {TARGET}")
    return int(growth > TARGET)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        sys.exit(main([int(size) for size in sys.argv[1:]] or list(SIZES)))
