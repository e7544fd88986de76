"""Four versions of a form of 200 items as PDF and as Word booklets with keys, beside typst's own floor.

Items are made here: stems of some twenty words, four options, a rationale each, a case for every tenth five
of them. Each of the four versions has its own order of items and options. A run is a process of its own
that writes every booklet with answer sheet and every key (eight files); what is measured is its CPU time
from the first version on, reading and scrambling left out. The floor sets as many paragraphs of the same
texts with bare typst, without numbers, letters, lists, kept pages or keys. Run
`python benchmarks/booklets.py`; prints medians of 3 runs taken in turns.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import typst

from qbank.formats import formats
from qbank.formats.contract import Audience, Export, ExportInput
from qbank.formats.selection import bank_input
from qbank.model.bank import Bank, BankRecord
from qbank.model.form import Version
from qbank.model.item import MultipleChoice
from qbank.model.stimulus import Stimulus

ITEMS = 200
VERSIONS = 4
RUNS = 3
TARGET = 5.0
_WORDS = "patient bone fracture code payer claim visit ankle report record modifier service physician stay"
_FLOOR = """
#set text(font: "Libertinus Serif", size: 10.5pt)
#for one in json(bytes(sys.inputs.paper)) { par(one) }
"""


def texts(source: random.Random, words: int) -> str:
    """Some words in a row."""
    return " ".join(source.choice(_WORDS.split()) for _ in range(words)).capitalize()


def bank() -> Bank:
    """The items and their cases."""
    source = random.Random(1)
    items = []
    for number in range(ITEMS):
        options = {id: texts(source, 5) for id in "ABCD"}
        items.append(
            MultipleChoice(
                id=f"item-{number:03}",
                stem=f"{texts(source, 20)} *{number}*?",
                options=options,
                key=source.choice("ABCD"),
                rationale={id: f"{texts(source, 15)}." for id in options},
                references=(texts(source, 6),),
                stimulus=f"case-{number // 50}" if number % 50 < 5 else "",
            )
        )
    cases = tuple(
        Stimulus(id=f"case-{number}", title="A case", text="\n\n".join(texts(source, 40) for _ in range(4)))
        for number in range(ITEMS // 50)
    )
    return Bank(info=BankRecord(id="made", title="Made bank"), items=tuple(items), stimuli=cases)


def versions(audience: Audience) -> list[ExportInput]:
    """The forms: blocks of items in another order, options of each in another order."""
    whole = bank_input(bank(), audience=audience)
    made = []
    for number in range(1, VERSIONS + 1):
        source = random.Random(number)
        (section,) = whole.form.sections
        blocks = [section.placements[start : start + 5] for start in range(0, ITEMS, 5)]
        source.shuffle(blocks)
        placements = tuple(
            msgspec.structs.replace(one, position=position, option_order=tuple(source.sample("ABCD", 4)))
            for position, one in enumerate((one for block in blocks for one in block), 1)
        )
        form = msgspec.structs.replace(
            whole.form,
            id=f"made-v{number}",
            sections=(msgspec.structs.replace(section, placements=placements),),
            version=Version("made", number, number),
        )
        made.append(msgspec.structs.replace(whole, form=form, is_bank=False))
    return made


def write(slug: str) -> float:
    """CPU seconds for all files of all versions in a format."""
    inputs = versions("staff")
    before = time.process_time()
    for input in inputs:
        made = formats()[slug].write(input)
        assert isinstance(made, Export)
        assert len(made.files) == 2
        assert not made.losses
    return time.process_time() - before


def floor() -> float:
    """CPU seconds of bare typst for the same texts, as plain paragraphs."""
    papers = []
    for input in versions("staff"):
        shown: list[str] = []
        for placed in input.placed():
            item = placed.item
            shown += [
                item.stem,
                *item.option_texts.values(),
                *(item.rationale.values() if isinstance(item.rationale, dict) else ()),
                *item.references,
            ]
        papers.append(json.dumps(shown))
    before = time.process_time()
    for paper in papers:
        made = typst.compile(
            _FLOOR.encode(), ignore_system_fonts=True, sys_inputs={"paper": paper}, timestamp=0
        )
        assert made
    return time.process_time() - before


WAYS = {"pdf": lambda: write("pdf"), "docx": lambda: write("docx"), "floor": floor}


def measured(way: str) -> float:
    """CPU seconds of one way, in a process of its own."""
    command = [sys.executable, str(Path(__file__)), "--run", way]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main(arguments: list[str]) -> int:
    """Measure, print, and give 1 when a format takes longer than it may."""
    if arguments[:1] == ["--run"]:
        print(WAYS[arguments[1]]())
        return 0
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(RUNS):
        for way in WAYS:
            found[way].append(measured(way))
    seconds = {way: statistics.median(runs) for way, runs in found.items()}
    for way, runs in found.items():
        print(f"{way:6} {seconds[way]:6.2f} s CPU  ({', '.join(f'{one:.2f}' for one in runs)})")
    print(f"pdf / floor: {seconds['pdf'] / seconds['floor']:.1f}")
    print(f"{VERSIONS} versions of {ITEMS} items, booklets and keys: at most {TARGET} s")
    return int(max(seconds["pdf"], seconds["docx"]) > TARGET)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
