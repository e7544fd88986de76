"""A baseline: the findings of the past, so that only new ones are reported; it only ratchets down.

A finding about an item is known by item id, rule and content hash, so it speaks again when the item is
changed; any other finding by file, rule and a hash of the words of its message, without the numbers: what is
said of a whole bank counts items, and would be new with every item. How often each occurs is counted: one
more of the same is new.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import msgspec

from qbank.checking import Report
from qbank.diagnostics import Diagnostic
from qbank.model.bank import Bank
from qbank.model.hashing import content_hash, sha256, stimulus_hash
from qbank.reading.files import PathError, read_named, shown

SCHEMA_VERSION = 1
_COUNTED = re.compile(r"[\d.,]*%?|[A-Z]|[<=>]*")
NAME = "qbank-baseline.json"
"""What a baseline is called where nothing else is said."""


class Entry(msgspec.Struct, frozen=True, order=True):
    """What is known: the item or the file, the rule, and the hash of the item's content or of the message."""

    item: str
    file: str
    rule: str
    hash: str


class _Line(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An entry as it stands in the file."""

    rule: str
    hash: str
    item: str = ""
    file: str = ""
    count: int = 1


class _File(msgspec.Struct, frozen=True):
    schema_version: int
    entries: tuple[_Line, ...]


Baseline = Mapping[Entry, int]
"""Entries with how often each may occur."""


class Updated(msgspec.Struct, frozen=True):
    """A new baseline; how many findings were dropped from it and added, and how many new ones left out."""

    baseline: Baseline
    dropped: int
    added: int
    left_out: int


class Silencer:
    """Takes what a baseline knows out of reports; an entry is used up as often as it counts."""

    def __init__(self, baseline: Baseline, folder: Path) -> None:
        self._left = Counter(dict(baseline))
        self._folder = folder

    def __call__(self, report: Report, bank: Bank) -> Report:
        """The report on a bank without what is known."""
        kept = []
        silenced: set[_Said] = set()
        for one, entry in zip(report.diagnostics, entries(report, bank, self._folder), strict=True):
            said = _said(one, entry)
            if said is not None and said in silenced:
                continue
            if self._left[entry] > 0:
                self._left[entry] -= 1
                silenced.update(() if said is None else (said,))
            else:
                kept.append(one)
        return msgspec.structs.replace(report, diagnostics=tuple(kept))

    def unused(self, rules: Collection[str]) -> int:
        """How many findings of the baseline did not occur, of rules that ran."""
        return sum(count for entry, count in self._left.items() if entry.rule in rules)


def entries(report: Report, bank: Bank, folder: Path) -> tuple[Entry, ...]:
    """The entry of each diagnostic of a report; files are named as seen from the baseline's folder."""
    hashes = _hashes(bank, {one.item for one in report.diagnostics})
    files = {one.file: _way(one.file, folder) for one in report.diagnostics}
    return tuple(
        Entry(one.item, "", one.rule, hashes[one.item])
        if one.item in hashes
        else Entry("", files[one.file], one.rule, message_hash(one))
        for one in report.diagnostics
    )


def counted(report: Report, bank: Bank, folder: Path) -> Counter[Entry]:
    """How often each entry occurs in a report; what is said twice of one value of an item counts once.

    Whether it is said twice hangs on how the file is written: only in a text of several lines have the two
    places of their own. The content, by which an item is known, is the same.
    """
    found = entries(report, bank, folder)
    said = [_said(one, entry) for one, entry in zip(report.diagnostics, found, strict=True)]
    of_items = {one: one[0] for one in said if one is not None}
    others = (entry for entry, one in zip(found, said, strict=True) if one is None)
    return Counter((*of_items.values(), *others))


_Said = tuple[Entry, str, str, str]


def _said(one: Diagnostic, entry: Entry) -> _Said | None:
    """What is said of which value of an item; None for a finding about no item."""
    return (entry, one.file, one.pointer, one.message) if entry.item else None


def update(old: Baseline, occurring: Baseline, *, accept_new: bool) -> Updated:
    """A baseline after a run: what no longer occurs goes, what is new comes in only when it is accepted."""
    kept = {entry: min(count, occurring.get(entry, 0)) for entry, count in old.items()}
    new = {entry: count - kept.get(entry, 0) for entry, count in occurring.items()}
    fresh = sum(new.values())
    made = Counter(kept)
    if accept_new:
        made.update(new)
    return Updated(
        baseline={entry: count for entry, count in made.items() if count > 0},
        dropped=sum(old.values()) - sum(kept.values()),
        added=fresh if accept_new else 0,
        left_out=0 if accept_new else fresh,
    )


def load(path: Path) -> Baseline:
    """The baseline of a file. Raises PathError."""
    try:
        file = msgspec.json.decode(read_named(path), type=_File)
    except PathError as error:
        raise PathError(f"{error}; `qbank baseline` writes a baseline") from None
    except msgspec.DecodeError as error:
        raise PathError(f"{shown(path)}: this is no baseline: {error}") from None
    if file.schema_version != SCHEMA_VERSION:
        raise PathError(f"{shown(path)}: this baseline was written by another version of qbank")
    found: Counter[Entry] = Counter()
    for line in file.entries:
        found[Entry(line.item, line.file, line.rule, line.hash)] += max(0, line.count)
    return found


def text(baseline: Baseline) -> str:
    """A baseline as a file holds it: sorted, an entry a line, so that changes read well."""
    lines = ",\n".join(_lines(baseline))
    body = f"[\n{lines}\n]" if lines else "[]"
    return f'{{"schema_version": {SCHEMA_VERSION}, "entries": {body}}}\n'


def _lines(baseline: Baseline) -> Iterator[str]:
    for entry, count in sorted(baseline.items()):
        line = _Line(rule=entry.rule, hash=entry.hash, item=entry.item, file=entry.file, count=count)
        yield msgspec.json.encode(line).decode("utf-8")


def _hashes(bank: Bank, ids: set[str]) -> dict[str, str]:
    """The content hash of items and stimuli by id; records that share an id are hashed together."""
    stimuli = {stimulus.id: stimulus for stimulus in reversed(bank.stimuli)}
    found: dict[str, list[str]] = defaultdict(list)
    for item in bank.items:
        if item.id in ids:
            found[item.id].append(content_hash(item, stimuli))
    for stimulus in bank.stimuli:
        if stimulus.id in ids:
            found[stimulus.id].append(stimulus_hash(stimulus))
    return {id: hashes[0] if len(hashes) == 1 else sha256(sorted(hashes)) for id, hashes in found.items()}


def message_hash(one: Diagnostic) -> str:
    """The hash of what is said of an item, or of none, whatever the numbers in it."""
    return sha256([one.item, *_words(one.message)])


def _words(message: str) -> Iterator[str]:
    """The words of a message but for numbers, positions of a key, and the plural that goes by a number."""
    for word in message.split():
        bare = word.strip("()[];:,.")
        if not _COUNTED.fullmatch(bare):
            yield bare[:-1] if bare.isalpha() and bare.endswith("s") else bare


def _way(file: str, folder: Path) -> str:
    """A file as seen from a folder, with /, whatever the working directory."""
    if not file:
        return ""
    whole = os.path.realpath(file)
    with contextlib.suppress(ValueError):  # on another drive
        whole = os.path.relpath(whole, os.path.realpath(folder))
    return whole.replace(os.sep, "/").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
