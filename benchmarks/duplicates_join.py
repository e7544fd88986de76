"""The exact similarity join at Jaccard 0.6 beside datasketch's MinHash LSH at 0.7, in one run.

The items are real ones, recombined and edited until there are enough: a generated item opens like one real
item, ends like another, has the options of a third and some words of its own; every tenth is a copy of an
earlier one with a few words exchanged. The real items are `banks/*.jsonl` under the folder that
QBANK_TEST_DATA names (without it, the practice bank of this repository). A set is the words of stem and
options. The join gets the sets and finds every pair; datasketch (128 permutations) sketches, inserts and asks
for each set, and loses pairs. Each side runs in a process of its own, in turns; printed are the medians of 3
runs in CPU seconds, the memory that the run added, and the ratio. Run `python benchmarks/duplicates_join.py
[ITEMS]`; needs `pip install datasketch`.
"""

from __future__ import annotations

import importlib.util
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from qbank.reading.bank import load_bank
from qbank.similarity.join import similar_pairs
from qbank.similarity.normalise import normalise
from qbank.similarity.tokens import tokens

ROOT = Path(__file__).resolve().parent.parent
ITEMS = 67_000
RUNS = 3
EXACT, APPROXIMATE = 0.6, 0.7
TARGET = 0.6
MEMORY = 500.0
"""Megabytes."""

Words = list[str]
Real = tuple[Words, list[Words]]
"""The words of a stem, and those of each option."""


def real_items() -> list[Real]:
    """The stems and options from which items are made."""
    folder = os.environ.get("QBANK_TEST_DATA", "")
    found: list[tuple[str, list[str]]] = []
    for path in sorted(Path(folder, "banks").glob("*.jsonl")) if folder else []:
        for line in path.read_bytes().splitlines():
            record = msgspec.json.decode(line)
            found.append((record["stem"], record["options"]))
    if not found:
        bank, _ = load_bank(ROOT / "banks" / "cmcs")
        found = [(item.stem, list(item.option_texts.values())) for item in bank.items]
    return [(tokens(normalise(stem)), [tokens(normalise(text)) for text in texts]) for stem, texts in found]


def generated(items: int) -> list[tuple[str, ...]]:
    """The word sets of that many items."""
    draw = random.Random(1)
    real = real_items()
    by_size = sorted(real, key=lambda one: len(one[0]))
    words = [word for stem, _ in real for word in stem]
    made: list[Words] = []
    for number in range(items):
        if number % 10 == 9:
            made.append(_edited(draw.choice(made), words, draw, share=0.06))
        else:
            made.append(_recombined(by_size, words, draw))
    return [tuple(dict.fromkeys(one)) for one in made]


def _recombined(by_size: list[Real], words: Words, draw: random.Random) -> Words:
    """An item as long as a real one, made of three of about that length."""
    at = draw.randrange(len(by_size))
    near = by_size[max(0, at - 50) : at + 50]
    (opening, _), (ending, _), (_, options) = (draw.choice(near) for _ in range(3))
    cut = draw.uniform(0.3, 0.7)
    stem = opening[: round(cut * len(opening))] + ending[round(cut * len(ending)) :]
    return _edited(stem, words, draw, share=0.25) + [word for text in options for word in text]


def _edited(text: Words, words: Words, draw: random.Random, share: float) -> Words:
    return [draw.choice(words) if draw.random() < share else word for word in text]


def exact(sets: list[tuple[str, ...]]) -> int:
    """How many pairs the join finds."""
    return sum(1 for _ in similar_pairs(sets, EXACT))


def approximate(sets: list[tuple[str, ...]]) -> int:
    """How many pairs datasketch proposes."""
    datasketch: Any = importlib.import_module("datasketch")
    lsh = datasketch.MinHashLSH(threshold=APPROXIMATE, num_perm=128)
    found = 0
    for number, one in enumerate(datasketch.MinHash.generator([_bytes(one) for one in sets], num_perm=128)):
        found += len(lsh.query(one))
        lsh.insert(number, one, check_duplication=False)
    return found


def _bytes(words: tuple[str, ...]) -> list[bytes]:
    return [word.encode() for word in words]


SIDES: dict[str, Callable[[list[tuple[str, ...]]], int]] = {"exact": exact, "approximate": approximate}


class Run(msgspec.Struct, frozen=True):
    """CPU seconds, megabytes that were added to the process, pairs, median words of a set."""

    seconds: float
    memory: float
    pairs: int
    words: float


def run_one(side: str, items: int) -> Run:
    """Make the sets, then measure one side."""
    sets = generated(items)
    before, started = _peak(), time.process_time()
    pairs = SIDES[side](sets)
    spent = time.process_time() - started
    return Run(spent, _peak() - before, pairs, statistics.median(map(len, sets)))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_own_process(side: str, items: int) -> Run:
    """The same in another interpreter."""
    command = [sys.executable, __file__, str(items), side]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return msgspec.json.decode(found.stdout, type=Run)


def main(items: int) -> int:
    """Print the figures; 1 when a target is missed."""
    if importlib.util.find_spec("datasketch") is None:
        print("skipped: datasketch is not installed; `pip install datasketch` and run this again")
        return 0
    runs: dict[str, list[Run]] = {side: [] for side in SIDES}
    for _ in range(RUNS):
        for side in SIDES:
            runs[side].append(in_own_process(side, items))
    seconds = {side: statistics.median(one.seconds for one in runs[side]) for side in SIDES}
    memory = {side: max(one.memory for one in runs[side]) for side in SIDES}
    print(f"{items} items, median {runs['exact'][0].words:.0f} different words an item")
    for side, threshold in (("exact", EXACT), ("approximate", APPROXIMATE)):
        print(
            f"{side:<12} at {threshold}  {seconds[side]:7.2f} s CPU  {memory[side]:5.0f} MB added  "
            f"{runs[side][0].pairs} pairs"
        )
    ratio = seconds["exact"] / seconds["approximate"]
    print(f"the exact join takes {ratio:.2f} times datasketch, target at most {TARGET}")
    return int(ratio > TARGET or memory["exact"] > MEMORY)


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS
    if len(sys.argv) > 2:
        sys.stdout.buffer.write(msgspec.json.encode(run_one(sys.argv[2], count)))
        sys.exit(0)
    sys.exit(main(count))
