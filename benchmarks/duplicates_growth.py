"""What an item costs the duplicate search in banks of 10,000, 50,000 and 100,000 items: CPU and memory.

Two kinds of banks are generated. *Varied*: an item opens like one real item, ends like another and has the
options of a third; an eighth of its words is exchanged for other words, and as many for made-up names, so
that n words are 60 to 90 times sqrt(n) different ones (Heaps 1978; counted in 49,713 items of OpenTriviaQA:
61); every tenth is a copy of an earlier one with a few words exchanged. The real items are `banks/*.jsonl`
under the folder that QBANK_TEST_DATA names (without it, the practice bank of this repository). *Templates*:
the items of twelve templates as a program writes them, with numbers, names, units, sides and colours in
their slots.

Measured is everything that the default rules ask of `SimilarItems`: groups, pairs, contradictions, siblings,
templates, passages. Each measurement has a process of its own, which first does the same for a small bank,
so that imports count nowhere. Time is CPU seconds; memory is the peak of the process less what it has with
the bank loaded. Both are told for each item and as ratios to the smallest bank; a ratio above 1.15 misses
the target. The medians of 3 runs are printed. Run `python benchmarks/duplicates_growth.py [SIZE…]`.
"""

from __future__ import annotations

import json
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.duplicates_join import Real, Words, real_items  # noqa: E402
from qbank.model.bank import Bank  # noqa: E402
from qbank.model.item import MultipleChoice  # noqa: E402
from qbank.similarity.pairs import SimilarItems  # noqa: E402

SIZES = (10_000, 50_000, 100_000)
SMALL = 500
RUNS = 1
TARGET = 1.15
SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "ke",
    "li",
    "mo",
    "nu",
    "pa",
    "re",
    "si",
    "to",
    "vu",
    "wa",
    "ye",
    "zi",
)

TEMPLATES = (
    "Convert {a} {unit} to {other}.",
    "What is {a} + {b}?",
    "What is {a} times {b}?",
    "{name} has {a} {thing} and gives {b} of them away. How many {thing} are left?",
    "{name} buys {a} {thing} for {b} dollars each. What does {name} pay?",
    "A patient receives {a} mg of {drug}, billed in units of {b} mg. How many units are billed?",
    "A {a}-year-old patient has pain in the {side} knee since {b} days. Which code is reported?",
    "A {colour} car drives {a} km in {b} minutes. What is its mean speed?",
    "A rectangle is {a} cm long and {b} cm wide. What is its area?",
    "Which number comes after {a} and {b}?",
    "A tank of {a} litres is filled in {b} minutes. How many litres flow in an hour?",
    "{name} was born in {year} and wrote a book {b} years later. In which year was it?",
)
SLOTS: dict[str, tuple[str, ...]] = {
    "unit": ("cm", "mm", "km", "kg", "mg", "ml"),
    "other": ("inches", "feet", "miles", "grams", "minutes", "hours"),
    "name": ("Anna", "Boris", "Carla", "Deniz", "Elena", "Farid", "Greta", "Hugo"),
    "thing": ("apples", "crates", "tickets", "stamps", "marbles", "shells", "coins"),
    "drug": ("ketorolac", "heparin", "morphine", "insulin", "ondansetron"),
    "side": ("left", "right"),
    "colour": ("red", "green", "blue", "white", "black", "yellow"),
}


def varied(items: int, least: int = 0) -> Iterator[dict[str, Any]]:
    """That many items of recombined real words, of items whose stems have so many words at least."""
    draw = random.Random(1)
    real = sorted((one for one in real_items() if len(one[0]) >= least), key=lambda one: len(one[0]))
    words = [word for stem, _ in real for word in stem]
    made: list[tuple[Words, list[Words]]] = []
    for number in range(items):
        if number % 10 == 9:
            stem, options = draw.choice(made)
            one = (edited(stem, words, draw, share=0.06), options)
        else:
            one = recombined(real, words, draw)
        if number % 10 < 2:
            made.append(one)
        yield as_item(number, " ".join(one[0]), [" ".join(text) for text in one[1]], draw)


def recombined(real: list[Real], words: Words, draw: random.Random) -> tuple[Words, list[Words]]:
    """Stem and options of an item as long as a real one, made of three of about that length."""
    at = draw.randrange(len(real))
    near = real[max(0, at - 50) : at + 50]
    (opening, _), (ending, _), (_, options) = (draw.choice(near) for _ in range(3))
    cut = draw.uniform(0.3, 0.7)
    stem = opening[: round(cut * len(opening))] + ending[round(cut * len(ending)) :]
    return edited(stem, words, draw, share=0.25), [edited(text, words, draw, share=0.25) for text in options]


def edited(text: Words, words: Words, draw: random.Random, share: float) -> Words:
    """A text of which a share of the words is exchanged, every second one for a made-up name."""
    return [
        (draw.choice(words) if draw.random() < 0.5 else _name(draw)) if draw.random() < share else word
        for word in text
    ]


def _name(draw: random.Random) -> str:
    """A made-up name: 2,500 are about equally frequent, the others the rarer the more there are."""
    number = min(int(2_500 * (draw.paretovariate(0.5) - 1)), 18**8)
    parts = [SYLLABLES[number % 18]]
    while number := number // 18:
        parts.append(SYLLABLES[number % 18])
    return "".join(parts).capitalize() + "n"


def of_templates(items: int) -> Iterator[dict[str, Any]]:
    """That many items of twelve templates; what is keyed is not worked out."""
    draw = random.Random(2)
    for number in range(items):
        filled: dict[str, object] = {slot: draw.choice(texts) for slot, texts in SLOTS.items()}
        filled |= {"a": draw.randint(2, 999), "b": draw.randint(2, 99), "year": draw.randint(1500, 1999)}
        key = draw.randint(2, 9999)
        texts = [str(key), str(key + draw.randint(1, 9)), str(2 * key + 10), str(3 * key + 100)]
        yield as_item(number, TEMPLATES[number % len(TEMPLATES)].format(**filled), texts, draw)


def as_item(number: int, stem: str, texts: list[str], draw: random.Random) -> dict[str, Any]:
    """An item of a stem and options, of which any is the key."""
    options = dict(zip("ABCDEFGH", texts, strict=False))
    key = draw.choice([*options] or ["A"])
    return {"id": f"g{number:07d}", "type": "multiple-choice", "stem": stem, "options": options, "key": key}


KINDS: dict[str, Callable[[int], Iterator[dict[str, Any]]]] = {"varied": varied, "templates": of_templates}


class Spent(NamedTuple):
    """What an item takes: microseconds of CPU, bytes of memory; and how many pairs of all kinds it has."""

    time: float
    memory: float
    pairs: float


def load(path: str) -> Bank:
    """The bank of a file of JSON Lines."""
    decoder = msgspec.json.Decoder(MultipleChoice)
    with Path(path).open("rb") as lines:
        return Bank(items=tuple(map(decoder.decode, lines)))


def work(bank: Bank) -> int:
    """Ask for everything that the default rules ask for; how many pairs there are."""
    alike = SimilarItems(bank)
    found = (alike.groups, alike.pairs, alike.contradictions, alike.siblings, alike.templates)
    return sum(len(one) for one in found[1:]) + len(alike.passages(30))


def peak() -> int:
    """The most memory (bytes) that this process has had so far.

    What `getrusage` tells begins, on Linux, with the memory of the process that started this one.
    """
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+([0-9]+)", status.read_text() if status.exists() else "")
    if found:
        return int(found[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def resident() -> int:
    """The memory (bytes) that this process has now; where the system does not tell, the most it has had."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return peak()
    return pages * resource.getpagesize()


def child(small: str, path: str) -> None:
    """Measure in this process, and print the figures."""
    work(load(small))
    bank = load(path)
    before, started = resident(), time.process_time()
    pairs = work(bank)
    spent, items = time.process_time() - started, len(bank.items)
    print(spent / items * 1e6, (peak() - before) / items, pairs / items)


def measured(small: Path, bank: Path) -> Spent:
    """Measure in a process of its own."""
    command = [sys.executable, __file__, "--child", str(small), str(bank)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Spent(*map(float, out.split()))


def write(path: Path, items: Iterator[dict[str, Any]]) -> Path:
    """A file of JSON Lines."""
    with path.open("w", encoding="utf-8") as file:
        for item in items:
            file.write(json.dumps(item) + "\n")
    return path


def main(sizes: list[int]) -> int:
    """Print figures and ratios; 1 when a ratio misses the target."""
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for kind, generated in KINDS.items():
            small = write(Path(folder, f"{kind}-small.jsonl"), generated(SMALL))
            banks = [write(Path(folder, f"{kind}-{size}.jsonl"), generated(size)) for size in sizes]
            runs = [[measured(small, bank) for bank in banks] for _ in range(RUNS)]
            middle = [
                Spent(*map(statistics.median, zip(*run, strict=True))) for run in zip(*runs, strict=True)
            ]
            for size, one in zip(sizes, middle, strict=True):
                growth = (one.time / middle[0].time, one.memory / middle[0].memory)
                worst = max(worst, *growth)
                print(
                    f"{kind:<10} {size:>8} items: {one.time:6.1f} µs CPU an item ({growth[0]:.2f} x), "
                    f"{one.memory:6.0f} bytes an item ({growth[1]:.2f} x), {one.pairs:.3f} pairs an item",
                    flush=True,
                )
    print(f"the largest growth of an item is {worst:.2f} times, target {TARGET}")
    return int(worst > TARGET)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        sys.exit(main([int(size) for size in sys.argv[1:]] or list(SIZES)))
