"""All rules about items that are on by default, beside the same rules called one after another.

The items are made of the sentences, lead-ins and options of the bank that ships: of about 1 kB and of about
0.3 kB (JSON). qbank screens items in batches and calls a rule only where it may fire; beside it every rule is
called for every item, regular expression after regular expression, and must find the same. With
QBANK_TEST_DATA the public banks are measured too, as they are. Run `python benchmarks/item_rules.py [ITEMS]`;
prints CPU seconds, the median of 3 rounds with other items each, items a second and the ratio; 1 when a
target is missed. What is counted is the rules alone: the bank is loaded, as `qbank.lint` finds it.
"""

from __future__ import annotations

import json
import os
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from qbank.checking import selected
from qbank.config import Settings
from qbank.model.bank import Bank
from qbank.model.item import Item, MultipleChoice
from qbank.reading.bank import load_bank
from qbank.rule import Rule, Scope, all_rules
from qbank.running import Runner

ITEMS = 10_000
ROUNDS = 3
FASTER = 5.0
TARGETS = {"1 kB": 15_000, "0.3 kB": 40_000}
OWN = Path(__file__).parents[1] / "banks" / "cmcs"
PUBLIC = ("medqa_us_test", "opentriviaqa_science_technology")
OF_ITEMS = (Scope.ITEM, Scope.OPTION, Scope.TEXT)
WORD = re.compile(r"\b[a-z]{4,}\b")
SENTENCE = re.compile(r"(?<=[.?])\s+(?=[A-Z])")


def made(own: Sequence[MultipleChoice], items: int, size: str, seed: int) -> Bank:
    """A bank of items of a size, made of parts of the bank that ships; no two have the same options."""
    draw = random.Random(seed)
    told = [sentence for item in own for sentence in SENTENCE.split(item.stem)[:-1] if sentence.endswith(".")]
    words = sorted({word for item in own for text in item.options.values() for word in WORD.findall(text)})
    short = [item for item in own if 60 < len(json.dumps(item.options)) < 140]

    def one(number: int) -> Item:
        model = draw.choice(short if size == "0.3 kB" else own)
        lead_in = SENTENCE.split(model.stem)[-1]
        story: list[str] = []
        room = (60 if size == "0.3 kB" else 780) - len(lead_in) - len(json.dumps(model.options)) // 2
        while sum(map(len, story)) < room:
            story.append(draw.choice(told))
        texts = [varied(text, words, draw) for text in model.options.values()]
        if not any(map(str.isdigit, "".join(texts))):  # numbers stay in their order
            draw.shuffle(texts)
        return MultipleChoice(
            id=f"made-{number:06d}",
            stem=" ".join([*story, lead_in]),
            options=dict(zip(model.options, texts, strict=True)),
            key=draw.choice("ABCD"),
            content_area=model.content_area,
            cognitive_level=model.cognitive_level,
            record=number,
        )

    return Bank(items=tuple(map(one, range(items))))


def varied(text: str, words: Sequence[str], draw: random.Random) -> str:
    """An option with another word in place of one of its own."""
    own = WORD.findall(text)
    return text.replace(draw.choice(own), draw.choice(words), 1) if own else text


def public(path: Path) -> Bank:
    """A public bank as it is."""
    items = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        one = json.loads(line)
        ids = "ABCDEFGHIJ"[: len(one["options"])]
        options = dict(zip(ids, one["options"], strict=True))
        stem, key = one["stem"], ids[one["key"]]
        items.append(MultipleChoice(id=f"p{number}", stem=stem, options=options, key=key, record=number))
    return Bank(items=tuple(items))


def seconds(work: Callable[[], int]) -> tuple[float, int]:
    """CPU seconds of one call, and what it gave."""
    started = time.process_time()
    found = work()
    return time.process_time() - started, found


def checked(bank: Bank, rules: dict[str, Rule], screened: bool) -> int:
    """How many findings the rules have."""
    return sum(1 for _ in Runner(bank, rules, Settings(), screened=screened).check())


def measured(banks: Sequence[Bank], rules: dict[str, Rule]) -> tuple[float, float, int]:
    """Median CPU seconds with screens and without, and how many findings there were in the last bank."""
    spent: dict[bool, list[float]] = {True: [], False: []}
    findings = 0
    for bank in banks:
        found = {}
        for screened in (True, False):
            used, found[screened] = seconds(lambda one=bank, screened=screened: checked(one, rules, screened))  # type: ignore[misc]
            spent[screened].append(used)
        assert found[True] == found[False], found
        findings = found[True]
    return statistics.median(spent[True]), statistics.median(spent[False]), findings


def main(items: int) -> int:
    """Print what was measured; 1 when a target is missed."""
    rules = {slug: rule for slug, rule in selected(all_rules(), Settings()).items() if rule.scope in OF_ITEMS}
    own = [
        item
        for item in load_bank(OWN)[0].items
        if isinstance(item, MultipleChoice) and isinstance(item.key, str) and len(item.options) == 4
    ]
    kinds = {size: [made(own, items, size, seed) for seed in range(1, ROUNDS + 1)] for size in TARGETS}
    folder = os.environ.get("QBANK_TEST_DATA")
    for name in PUBLIC if folder else ():
        kinds[name] = [public(Path(str(folder)) / "banks" / f"{name}.jsonl")] * ROUNDS
    print(f"{len(rules)} rules about items, options and texts")
    missed = False
    for kind, banks in kinds.items():
        sizes = [len(msgspec.json.encode(item)) for item in banks[0].items]
        fast, slow, findings = measured(banks, rules)
        count = len(banks[0].items)
        print(
            f"{kind}: {count} items of {statistics.median(sizes):.0f} bytes (median), {findings} findings: "
            f"{fast:.2f} s CPU, {count / fast:,.0f} items/s; each rule for each item {slow:.2f} s, "
            f"{slow / fast:.1f} x as long"
        )
        if kind in TARGETS:
            missed |= count / fast < TARGETS[kind] or slow / fast < FASTER
            print(f"  wanted: {TARGETS[kind]:,} items/s and {FASTER:.0f} x")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS))
