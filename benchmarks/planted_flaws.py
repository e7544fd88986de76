"""How many planted flaws each content rule finds: at least 95 % of them.

The clean items are those of the practice bank and, when QBANK_TEST_DATA names a folder, of the public banks
`banks/*.jsonl` under it. For every rule a planter (`benchmarks/planting/`) puts the rule's flaw into items on
which the rule is silent, in many wordings; the bank is linted, and counted is how often that very rule names
that very item, and its partner where there is one. Flaws of files are written to a folder, flaws of a whole
bank are planted into drawn banks. An item that cannot carry a flaw (a stem without a number cannot get
another number) is passed over; the last column counts those. Below the table stands what is not planted. The
draws are seeded. Run `python -m benchmarks.planted_flaws [RULE …]` from the project's folder; `--missed`
prints what was not found. Exit code 1 when a rule finds less than 95 % of 100 or more, or has no planter.
"""

from __future__ import annotations

import os
import random
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.planting import FAMILIES
from benchmarks.planting.core import (
    FILE_PLANS,
    PLANS,
    WHOLE_PLANS,
    WITHOUT,
    Entry,
    Plan,
    Planted,
    Scene,
    Written,
    edited,
)
from qbank.checking import lint
from qbank.config import Settings
from qbank.diagnostics import Diagnostic
from qbank.model.bank import Bank, BankRecord, ContentArea
from qbank.model.item import Item, MultipleChoice
from qbank.reading.bank import load_bank
from qbank.rule import all_rules

ROOT = Path(__file__).resolve().parent.parent
TODAY = "2026-11-22"
TARGET = 0.95
LEAST = 100
"""With fewer flaws than that a rule is not judged: the practice bank alone is too small for some."""
EACH = 120
"""How many flaws of a rule are planted into one bank at most."""
WHOLE = 34
"""How many banks are drawn from each bank for a rule about whole banks."""
LEVELS = ("recall", "application", "analysis")


OF_THE_RECORD = ("idle-pattern", "unread-file")
"""Rules about what the bank record names: no item carries their flaw, and a folder has it or not."""


class Row(msgspec.Struct):
    """What became of a rule's flaws; `missed` describes those that were not found."""

    planted: int = 0
    found: int = 0
    passed: int = 0
    missed: list[str] = []

    def add(self, seen: bool, shown: str) -> None:
        """Count a flaw."""
        self.planted += 1
        self.found += seen
        if not seen:
            self.missed.append(shown)

    @property
    def share(self) -> float:
        """The share that was found, 0 when nothing was planted."""
        return self.found / self.planted if self.planted else 0.0


def banks() -> list[Bank]:
    """The clean banks: the practice bank, and the public ones where they are."""
    own, _ = load_bank(ROOT / "banks" / "cmcs")
    found = [_own(own)]
    folder = os.environ.get("QBANK_TEST_DATA", "")
    for path in sorted(Path(folder, "banks").glob("*.jsonl")) if folder else []:
        rows = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
        found.append(_public(path.stem.replace("_", "-"), rows))
    return found


def _own(bank: Bank) -> Bank:
    items = tuple(edited(one, lint_ignore=(), record=-1) for one in bank.items)
    stimuli = tuple(edited(one, record=-1) for one in bank.stimuli)
    return Bank(info=edited(bank.info, record=-1, require=()), items=items, stimuli=stimuli, declared=True)


def _public(id: str, rows: Sequence[dict[str, Any]]) -> Bank:
    areas = tuple(ContentArea(name) for name in sorted({row["topic"] for row in rows}))
    info = BankRecord(id=id, content_areas=areas, cognitive_levels=LEVELS, as_of=TODAY)
    return Bank(info=info, items=tuple(_item(row) for row in rows), declared=True)


def _item(row: dict[str, Any]) -> MultipleChoice:
    texts = dict(zip("ABCDEFGHIJ", row["options"], strict=False))
    return MultipleChoice(
        id=row["id"],
        content_area=row["topic"],
        cognitive_level="recall",
        stem=row["stem"],
        options=texts,
        key=list(texts)[row["key"]],
    )


def linted(slug: str, bank: Bank, beside: Sequence[str] = ()) -> tuple[Diagnostic, ...]:
    """What one rule says about a bank."""
    report = lint(bank, settings=Settings(select=(slug, *beside)), today=TODAY)
    return tuple(one for one in report.diagnostics if one.rule == slug)


def named(found: Iterable[Diagnostic]) -> Iterator[Counter[str]]:
    """The items, or stimuli, that each diagnostic names."""
    for one in found:
        yield Counter(name for name in (one.item, *(at.item for at in one.related)) if name)


def in_items(slug: str, bank: Bank, root: Path) -> Row:
    """Plant a rule's flaw into the items of one bank whose folder is `root`."""
    plan, row = PLANS[slug], Row()
    bank = edited(bank, info=edited(bank.info, **plan.info), root=str(root))
    before = {name for names in named(linted(slug, bank, plan.beside)) for name in names}
    clean = [item for item in bank.items if item.id not in before]
    scene = Scene(bank, clean, random.Random(f"{slug} {bank.id}"))
    flaws = _planted(plan, scene, row)
    _count(row, flaws, linted(slug, with_flaws(bank, flaws), plan.beside))
    return row


def _planted(plan: Plan, scene: Scene, row: Row) -> list[Planted]:
    fit = [item for item in scene.clean if isinstance(item, plan.kinds)]
    flaws: list[Planted] = []
    for item in scene.draw.sample(fit, len(fit)):
        if len(flaws) == EACH:
            break
        if item.id in scene.used:
            continue
        flaw = plan.plant(item, scene)
        if flaw is None:
            row.passed += 1
        else:
            scene.used.update((item.id, *(one.id for one in flaw.items)))
            flaws.append(flaw)
    return flaws


def with_flaws(bank: Bank, flaws: Sequence[Planted]) -> Bank:
    """The bank with all these flaws in it: items replace those of their id, or join the bank."""
    new = [one for flaw in flaws for one in flaw.items if flaw.named.count(one.id) < 2]
    twins = [one for flaw in flaws for one in flaw.items if flaw.named.count(one.id) > 1]
    replaced = {one.id: one for one in new}
    items = [replaced.pop(item.id, item) for item in bank.items]
    return edited(
        bank,
        items=(*items, *replaced.values(), *twins),
        stimuli=(*bank.stimuli, *(one for flaw in flaws for one in flaw.stimuli)),
        statistics=tuple(one for flaw in flaws for one in flaw.statistics),
    )


def _count(row: Row, flaws: Sequence[Planted], found: Sequence[Diagnostic]) -> None:
    by_name: defaultdict[str, list[Counter[str]]] = defaultdict(list)
    for names in named(found):
        for name in names:
            by_name[name].append(names)
    messages = "\n".join(one.message for one in found)
    for flaw in flaws:
        wanted = Counter(flaw.named)
        seen = any(wanted <= one for one in by_name[flaw.named[0]]) if wanted else flaw.said in messages
        row.add(seen, "\n      ".join(map(_shown, flaw.items)) or f"{flaw.named} {flaw.said}")


def _shown(item: Item) -> str:
    """An item whose flaw was not found, for people."""
    key = getattr(item, "key", None)
    return f"{item.id}: {item.stem!r} {item.option_texts} key {key}, rationale {item.rationale!r}"


def in_banks(slug: str, bank: Bank) -> Row:
    """Plant a rule's flaw into banks drawn from one bank."""
    draw, row, settings = random.Random(f"{slug} {bank.id}"), Row(), Settings(select=(slug,))
    for _ in range(WHOLE * 3):
        if row.planted == WHOLE:
            break
        whole = WHOLE_PLANS[slug](bank, draw)
        if whole is None or lint(whole.clean, settings=settings, blueprint=whole.blueprint).diagnostics:
            row.passed += 1
            continue
        report = lint(whole.flawed, settings=settings, blueprint=whole.blueprint)
        seen = any(whole.said in f"{one.message} {one.pointer}" for one in report.diagnostics)
        row.add(seen, f"{len(whole.flawed.items)} items {whole.said}")
    return row


def entries(all_banks: Sequence[Bank]) -> list[Entry]:
    """The items as they stand in files."""
    texts: dict[str, str] = {}
    for path in sorted((ROOT / "banks" / "cmcs" / "items").rglob("*.yaml")):
        for part in re.split(r"^(?=- id: )", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
            if part.startswith("- id: "):
                texts[part.split("\n", 1)[0].removeprefix("- id: ").strip()] = part.rstrip() + "\n"
    found = []
    for item in (item for bank in all_banks for item in bank.items):
        tree = msgspec.to_builtins(item)
        tree.pop("record", None)
        found.append(Entry(item.id, texts.get(item.id, ""), msgspec.json.encode(tree).decode()))
    return found


def in_files(slug: str, everything: Sequence[Entry], count: int) -> Row:
    """Plant a rule's flaw into so many files, one item a file."""
    draw, row = random.Random(slug), Row()
    written: dict[str, Written] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "bank")
        (folder / "items").mkdir(parents=True)
        (folder.parent / "outside.yaml").write_text(everything[0].yaml, encoding="utf-8")
        (folder / "bank.yaml").write_text("id: planted\nitems: [items/*]\n", encoding="utf-8")
        for entry in draw.sample(everything, len(everything)):
            if len(written) == count:
                break
            flaw = FILE_PLANS[slug](entry, draw)
            row.passed += flaw is None
            if flaw is not None:
                written[_write(flaw, folder, len(written))] = flaw
        bank, problems = load_bank(folder)
        report = lint(bank, problems, settings=Settings(select=(slug,)))
    said = {(Path(one.file).name, item) for one in report.diagnostics for item in (one.item, "")}
    for file, flaw in written.items():
        row.add((file, flaw.item) in said, f"{flaw.item}: {flaw.data!r}")
    return row


def _write(flaw: Written, folder: Path, number: int) -> str:
    """Write a flaw into a bank's folder; the name of the file."""
    file = folder / "items" / f"{number:04}{flaw.suffix}"
    if flaw.link:
        file.symlink_to(folder.parent / "outside.yaml")
    else:
        file.write_bytes(flaw.data)
    return file.name


def measured(slug: str, all_banks: Sequence[Bank], root: Path) -> Row:
    """The row of one rule over all banks."""
    if slug in FILE_PLANS:
        return in_files(slug, entries(all_banks), EACH * len(all_banks))
    total = Row()
    for bank in all_banks:
        row = in_banks(slug, bank) if slug in WHOLE_PLANS else in_items(slug, bank, root)
        total.planted += row.planted
        total.found += row.found
        total.passed += row.passed
        total.missed += row.missed
    return total


def media_folder(parent: Path) -> Path:
    """A bank's folder with one figure, and a link that leads out of it."""
    root = parent / "bank"
    (root / "media").mkdir(parents=True)
    (root / "media" / "figure.png").write_bytes(b"PNG")
    (parent / "elsewhere.png").write_bytes(b"PNG")
    (root / "media" / "link.png").symlink_to(parent / "elsewhere.png")
    return root


def content_rules() -> dict[str, str]:
    """Slug → family of the rules that are measured: built in, and about content."""
    return {
        slug: rule.family
        for slug, rule in all_rules().items()
        if rule.family in FAMILIES and rule.home.startswith("qbank.rules.") and slug not in OF_THE_RECORD
    }


def main(words: Sequence[str]) -> int:
    """Print the table; 1 when a rule finds too few, or has no planter."""
    families = content_rules()
    wanted = [word for word in words if not word.startswith("-")]
    wanted = wanted or sorted(families, key=lambda slug: (families[slug], slug))
    all_banks, bad = banks(), 0
    print(f"{'rule':<42}{'planted':>8}{'found':>8}{'share':>8}{'passed over':>13}")
    with tempfile.TemporaryDirectory() as name:
        root = media_folder(Path(name))
        for slug in wanted:
            known = slug in PLANS or slug in WHOLE_PLANS or slug in FILE_PLANS
            row = measured(slug, all_banks, root) if known else Row()
            enough = row.planted >= LEAST or not known
            mark = "" if row.share >= TARGET else "  *" if enough else "  few"
            bad += mark == "  *"
            line = f"{row.planted:>8}{row.found:>8}{row.share:>8.3f}{row.passed:>13}{mark}"
            print(f"{families[slug] + '/' + slug:<42}{line}", flush=True)
            if "--missed" in words:
                print("".join(f"    - {one}\n" for one in row.missed), end="")
    print(f"{len(wanted)} rules, {bad} under {TARGET:.0%}; not planted:")
    print("".join(f"  {slug}: {WITHOUT[slug]}\n" for slug in wanted if slug in WITHOUT), end="")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
