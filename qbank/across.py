"""Several banks checked together: what is asked in more than one of them.

Each bank is linted by itself. Here their items are seen as one bank, for the rules about items that ask the
same, and only findings about items of two banks are kept. Enemies are written within a bank, so siblings and
shared passages of two banks are no finding.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from qbank import checking
from qbank.checking import Report
from qbank.config import Settings
from qbank.diagnostics import Diagnostic
from qbank.model.bank import Bank, Source
from qbank.model.hashing import stimulus_hash
from qbank.model.item import Item
from qbank.rule import all_rules

RULES = ("contradicting-near-duplicate", "duplicate-item", "key-conflict", "near-duplicate-item")
"""The rules that look across banks."""

_HINTS = {
    "duplicate-item": "Keep the item in one of the banks; retire or remove the other.",
    "near-duplicate-item": "Keep one of them; enemies cannot be written across banks.",
}


class Named(NamedTuple):
    """A bank and how messages call it."""

    name: str
    bank: Bank


class Across(NamedTuple):
    """A report on items of two banks, the view it was made of, and the `lint_ignore` entries that it used.

    An entry is known by its file, item and JSON pointer.
    """

    report: Report
    view: Bank
    used: frozenset[tuple[str, str, str]]

    def settled(self, reports: Iterable[Report]) -> tuple[Report, ...]:
        """Reports on the single banks without what they say about entries that are of use here."""
        return tuple(
            msgspec.structs.replace(one, diagnostics=tuple(filter(self._holds, one.diagnostics)))
            for one in reports
        )

    def _holds(self, one: Diagnostic) -> bool:
        return one.rule != "unused-suppression" or (one.file, one.item, one.pointer) not in self.used


def lint(banks: Sequence[Named], *, settings: Settings | None = None, today: str = "") -> Across:
    """What banks that were read from files have in common, as findings about the later one by name.

    The order in which the banks are given does not matter: a baseline holds whatever it was.

    A file that several banks hold counts in the first. Items of one id in two banks are compared like any
    others. The report counts no items and no files: the single reports do. `today` (ISO date) decides about
    expired suppressions and is each bank's `as_of` when not given.
    """
    banks = sorted(banks, key=lambda one: one.name)
    view = merged(banks)
    rules = {slug: rule for slug, rule in all_rules().items() if slug in RULES}
    found = checking.lint(view, settings=settings, rules=rules).diagnostics
    homes = _homes(banks)
    crossing = [one for one in found if any(homes[one.file] != homes[other.file] for other in one.related)]
    entries = dict(_entries(banks, today))
    silenced = {one: place for one in crossing if (place := entries.get((one.file, one.item, one.rule)))}
    kept = tuple(_advised(one) for one in crossing if one not in silenced)
    return Across(Report(kept, 0, 0), view, frozenset(silenced.values()))


def merged(banks: Sequence[Named]) -> Bank:
    """The items of several banks as those of one, each named with its bank, without suppressions.

    Stimuli are known by what they hold, for two banks may give one id to two of them.
    """
    homes = _homes(banks)
    items: list[Item] = []
    sources: list[Source] = []
    for number, (name, bank) in enumerate(banks):
        stimuli = {one.id: stimulus_hash(one) for one in bank.stimuli}
        items += (
            msgspec.structs.replace(
                item,
                id=f"{item.id} of {name}",
                record=item.record + len(sources),
                stimulus=stimuli.get(item.stimulus, f"{item.stimulus} of {name}") if item.stimulus else "",
                lint_ignore=(),
            )
            for item in bank.items
            if homes[bank.sources[item.record].file] == number
        )
        sources += bank.sources
    return Bank(items=tuple(items), sources=tuple(sources))


def _homes(banks: Sequence[Named]) -> Mapping[str, int]:
    """File, as messages name it → the number of the first bank that holds it, by whatever name."""
    real: dict[str, int] = {}
    homes: dict[str, int] = {}
    for number, (_, bank) in enumerate(banks):
        for file in dict.fromkeys(source.file for source in bank.sources):
            homes[file] = real.setdefault(os.path.realpath(file), number)
    return homes


def _entries(
    banks: Sequence[Named], today: str
) -> Iterator[tuple[tuple[str, str, str], tuple[str, str, str]]]:
    """(file, item, rule) → (file, item, pointer) of every `lint_ignore` entry that has not expired."""
    for _, bank in banks:
        for item in bank.items:
            for number, entry in reversed(list(enumerate(item.lint_ignore))):
                if not (entry.until and entry.until < (today or bank.info.as_of)):
                    file = bank.sources[item.record].file
                    yield (file, item.id, entry.rule), (file, item.id, f"/lint_ignore/{number}")


def _advised(one: Diagnostic) -> Diagnostic:
    return msgspec.structs.replace(one, hint=_HINTS.get(one.rule, one.hint))
