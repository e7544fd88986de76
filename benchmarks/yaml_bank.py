"""A YAML bank of 10,000 items, read and linted, beside ryaml and the same bank as JSON Lines, in one run.

The floor parses every file with ryaml, reads the same items from JSON Lines and lints them with the default
rules; qbank's side is `load_bank` of the YAML folder and the same lint. The items are generated in the
style of banks/cmcs: 20 files in block style, folded stems, rationales, references, codes in flow style; their
words are those of that bank, as often as there. Run `python benchmarks/yaml_bank.py [ITEMS]`; prints CPU
seconds, medians of 3 runs taken in turns, and the ratios. Rules that look at the bank as a whole run on both
sides and hide what reading takes, so reading alone is printed as well.
"""

from __future__ import annotations

import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import ryaml

from qbank.checking import Report, lint
from qbank.reading.bank import load_bank

ROOT = Path(__file__).resolve().parent.parent
ITEMS = 10_000
FILES = 20
RUNS = 3
TARGET = 1.5
LEVELS = ("recall", "application", "analysis")
RECORD: dict[str, Any] = {
    "id": "generated",
    "title": "A generated bank",
    "language": "en",
    "licence": "CC0-1.0",
    "items": ["items/*"],
    "content_areas": [
        {"id": f"area{area}", "children": [{"id": f"part{part}"} for part in range(5)]} for area in range(8)
    ],
    "cognitive_levels": list(LEVELS),
    "attributes": {"seconds": {"type": "integer"}, "origin": {"type": "string"}},
}


def vocabulary() -> list[str]:
    """The words of the practice bank, each as often as it is there."""
    bank, _ = load_bank(ROOT / "banks" / "cmcs")
    text = " ".join(part for item in bank.items for _, part in item.texts())
    return [
        word for word in re.findall(r"[A-Za-z]{2,}", text) if word.lower() not in ("true", "false", "null")
    ]


def generated(items: int) -> Iterator[dict[str, Any]]:
    """That many items: multiple choice, every seventh multiple response; no word stands twice in a row."""
    draw = random.Random(1)
    words = vocabulary()

    def text(least: int, most: int, end: str = ".") -> str:
        chosen = draw.choices(words, k=draw.randint(least, most))
        pairs = zip(chosen, ["", *chosen], strict=False)
        said = " ".join(word for word, before in pairs if word.lower() != before.lower())
        return said[:1].upper() + said[1:] + end

    for number in range(items):
        several = number % 7 == 0
        ids = "ABCDE" if several else "ABCD"
        codes = [f"{draw.choice('EIJMSZ')}{draw.randint(10, 99)}.{draw.randint(0, 999)}" for _ in range(2)]
        yield {
            "id": f"gen-{number:07d}",
            "type": "multiple-response" if several else "multiple-choice",
            "status": "active",
            "content_area": f"area{number % 8}/part{number % 5}",
            "cognitive_level": draw.choice(LEVELS),
            "attributes": {"seconds": draw.randint(30, 120), "origin": "generated"},
            "stem": text(18, 30, "?"),
            "options": {id: text(4, 8, "") for id in ids},
            "key": sorted(draw.sample(ids, 2)) if several else draw.choice(ids),
            "rationale": {id: text(8, 14) for id in ids},
            "references": [text(6, 9, f", section {number % 40}.{draw.randint(1, 9)}")],
            "codes": [
                {"system": "icd10cm", "code": code, "role": role}
                for code, role in zip(codes, ("key", "distractor"), strict=True)
            ],
            "tags": [draw.choice(words).lower()],
        }


def in_block_style(item: dict[str, Any]) -> str:
    """An item as people write it; every text in it is one that may stand without quotes."""
    lines = []
    for name, value in item.items():
        if name == "stem":
            lines += [f"  {name}: >-", f"    {value}"]
        elif isinstance(value, dict):
            lines += [f"  {name}:", *(f"    {key}: {part}" for key, part in value.items())]
        elif isinstance(value, list):
            lines += [f"  {name}:", *(f"  - {_in_flow_style(part)}" for part in value)]
        else:
            lines.append(f"  {name}: {value}")
    return "- " + "\n".join(lines)[2:] + "\n"


def _in_flow_style(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {part}" for key, part in value.items()) + "}"
    return str(value)


def write(folder: Path, items: list[dict[str, Any]]) -> tuple[Path, Path]:
    """The bank as a folder of YAML files, and as one of a JSON Lines file."""
    homes = (folder / "yaml", folder / "jsonl")
    for home in homes:
        (home / "items").mkdir(parents=True)
        (home / "bank.yaml").write_bytes(msgspec.json.encode(RECORD))
    size = -(-len(items) // FILES)
    for number in range(FILES):
        part = items[number * size : (number + 1) * size]
        text = "".join(map(in_block_style, part))
        assert ryaml.loads(text) == part  # type: ignore[attr-defined]
        (homes[0] / "items" / f"{number:02d}.yaml").write_text(text, encoding="utf-8")
    lines = b"\n".join(msgspec.json.encode(item) for item in items)
    (homes[1] / "items" / "items.jsonl").write_bytes(lines)
    return homes


def parsed(folder: Path) -> list[Any]:
    """What ryaml makes of every file."""
    paths = sorted((folder / "items").iterdir())
    return [ryaml.loads(path.read_text(encoding="utf-8")) for path in paths]  # type: ignore[attr-defined]


def linted(folder: Path) -> Report:
    """What the default rules find in a bank."""
    bank, problems = load_bank(folder)
    assert not problems, problems[0]
    return lint(bank, problems)


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    started = time.process_time()
    kept = work()
    spent = time.process_time() - started
    del kept  # giving memory back is nobody's work
    return spent


def main(items: int) -> int:
    """Print sizes, seconds and ratios; 1 when the target is missed."""
    with tempfile.TemporaryDirectory() as name:
        yaml, jsonl = write(Path(name), list(generated(items)))
        size = sum(path.stat().st_size for path in (yaml / "items").iterdir())
        print(
            f"{items} items in {FILES} files, {size / 1e6:.1f} MB of YAML, {size / items:.0f} bytes an item"
        )
        works: dict[str, Callable[[], object]] = {
            "ryaml alone": lambda: parsed(yaml),
            "load_bank, YAML": lambda: load_bank(yaml),
            "load_bank, JSON Lines": lambda: load_bank(jsonl),
            "load_bank + lint, YAML": lambda: linted(yaml),
            "load_bank + lint, JSON Lines": lambda: linted(jsonl),
        }
        alike = [
            [(one.rule, one.item, one.message) for one in linted(home).diagnostics] for home in (yaml, jsonl)
        ]
        assert sorted(alike[0]) == sorted(alike[1])
        spent: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(RUNS):
            for name, work in works.items():
                spent[name].append(seconds(work))
    median = {name: statistics.median(values) for name, values in spent.items()}
    for name, value in median.items():
        print(f"{name:<30} {value:6.2f} s CPU")
    parse, json = median["ryaml alone"], median["load_bank, JSON Lines"]
    floor = parse + median["load_bank + lint, JSON Lines"]
    ratio = median["load_bank + lint, YAML"] / floor
    print(f"reading alone: {median['load_bank, YAML'] / parse:.2f} times ryaml alone, ", end="")
    print(f"{median['load_bank, YAML'] / (parse + json):.2f} times ryaml + load_bank of JSON Lines")
    print(f"load_bank + lint of YAML takes {ratio:.2f} times the floor of {floor:.2f} s, target {TARGET}")
    return int(ratio > TARGET)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS))
