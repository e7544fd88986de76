"""Count the labels of this folder into `qbank/_precision.tsv`, which travels in the package.

A label file, `labels/<slug>.tsv`, has a line for each item that the rule hits and somebody has judged: bank,
item, verdict (right or wrong), by whom (person or model) and the date. The unit is the item: several hits of
one rule on one item are judged together.

Run `python tests/precision/summary.py` after a change of the labels; with --check it writes nothing and tells
whether the packaged file is current.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from qbank.precision import FILE, HEADER, Count

LABELS = Path(__file__).parent / "labels"
PACKAGED = Path(__file__).parents[2] / "qbank" / FILE.name  # of this tree, wherever qbank is installed
COLUMNS = ("bank", "item", "verdict", "by", "date")
VERDICTS = ("right", "wrong")
COMMAND = "python tests/precision/summary.py"


class Label(msgspec.Struct, frozen=True):
    """One judgement: whether a rule is right about an item of a bank."""

    rule: str
    bank: str
    item: str
    verdict: str
    by: str
    date: str


def main(arguments: list[str]) -> int:
    """Write the packaged file, or with --check say whether it is current."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write(f"usage: {COMMAND} [--check]\n")
        return 2
    wanted = summary(read_labels(LABELS))
    if PACKAGED.is_file() and PACKAGED.read_bytes() == wanted.encode():
        return 0
    if arguments:
        sys.stdout.write(f"{PACKAGED.name} is out of date. Run `{COMMAND}`.\n")
        return 1
    PACKAGED.write_bytes(wanted.encode())
    sys.stdout.write(f"wrote {PACKAGED.name}\n")
    return 0


def summary(labels: Iterable[Label]) -> str:
    """The text of the packaged file: a header, then a line for each rule, bank and labeller, sorted."""
    return "".join("\t".join(row) + "\n" for row in (HEADER, *map(_row, counts(labels))))


def counts(labels: Iterable[Label]) -> list[Count]:
    """Labels counted by rule, bank and labeller, in that order."""
    verdicts: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for one in labels:
        verdicts[one.rule, one.bank, one.by][one.verdict] += 1
    return [Count(*group, said.total(), said["right"]) for group, said in sorted(verdicts.items())]


def read_labels(folder: Path) -> list[Label]:
    """The labels of a folder. Raises ValueError, with file and line, for a line that is none."""
    return [label for path in sorted(folder.glob("*.tsv")) for label in _read(path)]


def _read(path: Path) -> Iterator[Label]:
    header, *lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    if tuple(header.split("\t")) != COLUMNS:
        raise ValueError(f"{path.name}:1: the header is not {' '.join(COLUMNS)}, with tabs between")
    for number, line in enumerate(lines, 2):
        values = line.split("\t")
        if len(values) != len(COLUMNS) or values[2] not in VERDICTS:
            raise ValueError(f"{path.name}:{number}: {line!r} is no bank, item, right or wrong, by, date")
        yield Label(path.stem, *values)


def _row(one: Count) -> tuple[str, ...]:
    return one.rule, one.bank, one.by, str(one.n), str(one.right)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
