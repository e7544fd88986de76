"""Reading 100,000 items from JSON Lines with their schema, beside the floor, in one run.

The floor parses each line with msgspec and asks jsonschema-rs, with the project's own item schema, whether
it is valid: what any reader must do. The project's side is `load_bank`: parse, repeated keys, schema,
frozen values, places on demand. The line below it adds the item rules of the family key, as `qbank lint
FILE --select key` runs them. Run `python benchmarks/schema_jsonl.py [ITEMS]`; prints CPU seconds, the
median of 3 runs, and the ratios; the target is for both together.
"""

from __future__ import annotations

import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec

from qbank.checking import lint
from qbank.config import Settings
from qbank.model.bank import Bank
from qbank.reading.bank import load_bank
from qbank.reading.schemas import schema

ITEMS = 100_000
RUNS = 3
TARGET = 3.0
WORDS = re.findall(
    r"\w+",
    "ankle bone break code claim coder drug form heart item joint lung nerve note organ patient record sign "
    "tissue vein which what describes documents follows reported assigned requires includes",
)


def item(number: int, draw: random.Random) -> dict[str, Any]:
    """A generated item of usual size: multiple choice, now and then multiple response."""

    def text(words: int) -> str:
        return " ".join(draw.choices(WORDS, k=words)).capitalize()

    several = number % 7 == 0
    ids = "ABCDE" if several else "ABCD"
    return {
        "id": f"gen-{number:06d}",
        "type": "multiple-response" if several else "multiple-choice",
        "status": "active",
        "content_area": f"area{number % 8}/sub{number % 5}",
        "cognitive_level": draw.choice(["recall", "application", "analysis"]),
        "attributes": {"seconds": draw.randint(30, 120)},
        "stem": f"{text(24)} {number}?",
        "options": {id: text(5) + f" {id}{number}" for id in ids},
        "key": ["A", "C"] if several else draw.choice(ids),
        "rationale": {id: f"{text(12)}." for id in ids},
        "references": [text(4)],
        "tags": [draw.choice(WORDS)],
    }


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    started = time.process_time()
    kept = work()
    spent = time.process_time() - started
    del kept  # giving memory back is nobody's work
    return spent


def floor(path: Path) -> int:
    """How many lines are valid items: parse and is_valid, nothing else."""
    is_valid = jsonschema_rs.Draft202012Validator(schema("item"), validate_formats=True).is_valid
    decode = msgspec.json.Decoder().decode
    return sum(is_valid(decode(line)) for line in path.read_bytes().splitlines())


def linted(path: Path) -> Bank:
    """A bank that is read and linted, without a finding."""
    bank, problems = load_bank(path)
    report = lint(bank, problems, settings=Settings(select=("key",), ignore=("key-conflict",)))
    assert not report.diagnostics, report.diagnostics[0]
    return bank


def main(items: int) -> int:
    """Print sizes, seconds and ratio; 1 when the target is missed."""
    draw = random.Random(1)
    lines = [msgspec.json.encode(item(number, draw)) for number in range(items)]
    sizes = sorted(map(len, lines))
    print(
        f"{items} items, {sum(sizes) / 1e6:.1f} MB; bytes an item: median {statistics.median(sizes):.0f}, "
        f"least {sizes[0]}, most {sizes[-1]}"
    )
    spent: dict[str, list[float]] = {"floor": [], "load_bank": [], "load_bank + key rules": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items.jsonl"
        path.write_bytes(b"\n".join(lines))
        assert floor(path) == len(linted(path).items) == items
        for _ in range(RUNS):
            spent["floor"].append(seconds(lambda: floor(path)))
            spent["load_bank"].append(seconds(lambda: load_bank(path)))
            spent["load_bank + key rules"].append(seconds(lambda: linted(path)))
    median = {name: statistics.median(values) for name, values in spent.items()}
    for name, value in median.items():
        print(f"{name:<22} {value:6.2f} s CPU  {value / median['floor']:5.2f} x floor")
    ratio = median["load_bank + key rules"] / median["floor"]
    print(f"load_bank and the key rules take {ratio:.2f} times the floor, target at most {TARGET:.0f}")
    return int(ratio > TARGET)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS))
