"""A million items: the exact similarity join at Jaccard 0.8 beside rensa's MinHash LSH, in one run.

The items are made as in `duplicates_growth.py` (varied): real ones, recombined and edited; every tenth is a
copy of an earlier one with 6 % of its words exchanged. A set is the words of stem and options. The join gets
the sets and finds every pair. rensa (128 permutations, 16 bands of 8, which suits this threshold) sketches
the sets, enters them and is asked for each; what it proposes is not verified. Each side has a process of its
own; told are its CPU seconds, what the sets take, and what the peak of the process has more than that.

Then it is counted which planted pairs of that similarity each side lost, how many of the pairs that exist,
and how many proposed pairs are none. Ten sets are compared with all others one by one, by brute force. Run
`python benchmarks/duplicates_million.py [ITEMS]`; needs `pip install rensa`. Exit code 1: a pair is missing,
or the join takes 2 GB.
"""

from __future__ import annotations

import importlib
import importlib.util
import random
import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.duplicates_growth import edited, peak, recombined  # noqa: E402
from benchmarks.duplicates_join import real_items  # noqa: E402
from qbank.similarity.join import similar_pairs  # noqa: E402

ITEMS = 1_000_000
THRESHOLD = 0.8
BANDS = 16
BATCH = 10_000
BRUTE = 10
MEMORY = 2000.0
"""Megabytes."""

Set = tuple[str, ...]
Planted = list[tuple[int, int]]
Found = tuple[int, int]


def generated(items: int) -> tuple[list[Set], Planted]:
    """The word sets of that many items, and which is an edited copy of which earlier one."""
    draw = random.Random(1)
    real = sorted(real_items(), key=lambda one: len(one[0]))
    words = [word for stem, _ in real for word in stem]
    known: dict[str, str] = {}
    sets: list[Set] = []
    planted: Planted = []
    for number in range(items):
        if number % 10 == 9:
            planted.append((draw.randrange(number), number))
            one = edited([*sets[planted[-1][0]]], words, draw, share=0.06)
        else:
            stem, options = recombined(real, words, draw)
            one = stem + [word for text in options for word in text]
        sets.append(tuple(known.setdefault(word, word) for word in dict.fromkeys(one)))
    return sets, planted


def exact(sets: list[Set]) -> Iterator[Found]:
    """The pairs that the join finds."""
    return ((pair.left, pair.right) for pair in similar_pairs(sets, THRESHOLD))


def approximate(sets: list[Set]) -> Iterator[Found]:
    """The pairs that rensa proposes."""
    rensa: Any = importlib.import_module("rensa")
    index = rensa.RMinHashLSH(THRESHOLD, 128, BANDS)
    for start in range(0, len(sets), BATCH):
        sketches = rensa.RMinHash.from_token_sets(sets[start : start + BATCH], 128, 42)
        index.insert_many(sketches, start)
        for number, found in enumerate(index.query_all(sketches), start):
            yield from ((other, number) for other in found if other < number)


SIDES: dict[str, Callable[[list[Set]], Iterator[Found]]] = {"exact": exact, "approximate": approximate}


class Run(msgspec.Struct, frozen=True):
    """CPU seconds, megabytes of the sets and of the peak beside them; the sets, the planted pairs among them.

    `alike` counts the planted pairs that reach the threshold, `lost` those that were not found, `missing`
    what brute force finds and this side does not (and the reverse).
    """

    seconds: float
    sets: float
    memory: float
    items: int
    words: float
    alike: int
    lost: int
    missing: int


def run_one(side: str, items: int, file: Path) -> Run:
    """Make the sets, measure one side, write its pairs to a file."""
    sets, planted = generated(items)
    size = _size(sets)
    started = time.process_time()
    codes = array("q")
    for left, right in SIDES[side](sets):
        codes.append(left * items + right)
    spent = time.process_time() - started
    memory = peak() - size
    file.write_bytes(codes.tobytes())
    found = set(codes)
    alike = [pair for pair in planted if jaccard(*(set(sets[number]) for number in pair)) >= THRESHOLD]
    lost = sum(left * items + right not in found for left, right in alike)
    missing = missed(sets, found, planted) if side == "exact" else 0
    words = statistics.median(map(len, sets))
    return Run(spent, size / 1e6, memory / 1e6, items, words, len(alike), lost, missing)


def jaccard(one: set[str], other: set[str]) -> float:
    """The words that both sets have, as a part of all."""
    return len(one & other) / (len(one | other) or 1)


def missed(sets: list[Set], found: set[int], planted: Planted) -> int:
    """How many pairs of a few sets with any other are found by one of brute force and the join only."""
    probes = [number for _, number in planted[:: max(len(planted) // BRUTE, 1)][:BRUTE]]
    wrong = 0
    for probe in probes:
        words = set(sets[probe])
        for number, other in enumerate(sets):
            if number != probe and THRESHOLD * len(words) <= len(other) <= len(words) / THRESHOLD:
                left, right = sorted((probe, number))
                is_alike = jaccard(words, set(other)) >= THRESHOLD
                wrong += is_alike != (left * len(sets) + right in found)
    return wrong


def _size(sets: list[Set]) -> int:
    """What the sets and their words take, in bytes."""
    words = {word for one in sets for word in one}
    return sys.getsizeof(sets) + sum(map(sys.getsizeof, sets)) + sum(map(sys.getsizeof, words))


def in_own_process(side: str, items: int, file: Path) -> Run:
    """The same in another interpreter."""
    command = [sys.executable, __file__, str(items), side, str(file)]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return msgspec.json.decode(found.stdout, type=Run)


def pairs_of(file: Path) -> set[int]:
    """The pairs that were written to a file."""
    codes = array("q")
    codes.frombytes(file.read_bytes())
    return set(codes)


def main(items: int) -> int:
    """Print the figures; 1 when a target is missed."""
    if importlib.util.find_spec("rensa") is None:
        print("skipped: rensa is not installed; `pip install rensa` and run this again")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        files = {side: Path(folder, side) for side in SIDES}
        runs = {side: in_own_process(side, items, file) for side, file in files.items()}
        found = {side: pairs_of(file) for side, file in files.items()}
    one, other = runs["exact"], runs["approximate"]
    print(f"{items} items, median {one.words:.0f} different words an item, sets of {one.sets:.0f} MB")
    for side, run in runs.items():
        print(
            f"{side:<12} {run.seconds:7.1f} s CPU  {run.memory:6.0f} MB beside the sets  "
            f"{len(found[side])} pairs, {run.lost} of {run.alike} planted pairs lost"
        )
    lost, false = len(found["exact"] - found["approximate"]), len(found["approximate"] - found["exact"])
    print(f"rensa loses {lost} of {len(found['exact'])} pairs and proposes {false} that are none")
    print(f"brute force of {BRUTE} sets with all others: {one.missing} pairs differ")
    print(f"the exact join takes {one.seconds / other.seconds:.2f} times rensa; target below {MEMORY:.0f} MB")
    return int(bool(one.lost or one.missing) or one.memory > MEMORY)


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS
    if len(sys.argv) > 2:
        sys.stdout.buffer.write(msgspec.json.encode(run_one(sys.argv[2], count, Path(sys.argv[3]))))
        sys.exit(0)
    sys.exit(main(count))
