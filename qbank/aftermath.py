"""What a change breaks in records that it does not touch: findings that were not there before.

An item that is gone leaves others that name it; an abbreviation was spelled out in a text that is now other;
a bank record asks for more than it did. Such findings lie in files that nobody changed. They are told from
old ones by a report on the bank as it was, for which only the rules are asked that said something there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import msgspec

from qbank.baseline import message_hash
from qbank.checking import Report
from qbank.config import Settings
from qbank.diagnostics import Diagnostic
from qbank.model.bank import Bank, BankRecord
from qbank.model.blueprint import Blueprint
from qbank.model.earlier import Earlier
from qbank.model.index import BankIndex
from qbank.rule import Rule, Scope
from qbank.rules.links._media import LINK
from qbank.rules.links.missing_media import GONE

_LOOKED_AT = frozenset((Bank, BankIndex, BankRecord, Blueprint, Earlier))
"""What a rule asks for that may hang on records of other files, and on nothing but records."""
_OF_FILES = frozenset(("missing-media", "media-outside-bank", "unreadable-file"))
"""Rules about files, which in a bank of a revision are not there, or as git keeps them."""
_OF_PATTERNS = frozenset(("idle-pattern", "unreadable-file"))
"""Rules that say in a record, the bank record, that there are no files of items or stimuli."""


def suspects(
    report: Report, rules: Mapping[str, Rule], is_changed: Callable[[str], bool], *, record_changed: bool
) -> tuple[Diagnostic, ...]:
    """The findings in unchanged files that a change in others may have caused.

    A finding about several items is none: where one of them has changed it is reported anyway. What a rule
    says of a record alone hangs on the bank record besides, so it counts only where that is changed.
    """
    named = {one.rule for one in report.diagnostics if one.rule in rules}
    hanging = {slug for slug in named if _hangs_on_others(rules[slug], record_changed)}
    return tuple(
        one
        for one in report.diagnostics
        if (one.rule in hanging or _is_of_pattern(one)) and not one.related and not is_changed(one.file)
    )


def _is_of_pattern(one: Diagnostic) -> bool:
    """Whether a finding may be about a pattern of the bank record; one about a whole file has no pointer."""
    return one.rule in _OF_PATTERNS and bool(one.pointer)


def of_files(
    report: Report, root: str, is_changed: Callable[[str], bool], is_other: Callable[[str], bool]
) -> tuple[Diagnostic, ...]:
    """The findings in unchanged files about a file below the bank's `root` that was deleted, or made a link.

    `is_other` tells of a file whether it is another than it was, though what it links to may be the same.
    """

    def is_new(one: Diagnostic) -> bool:
        file = _file_of(one).replace("\\", "/")
        return bool(file) and is_other(f"{root}/{file}")

    return tuple(one for one in report.diagnostics if not is_changed(one.file) and is_new(one))


def _file_of(one: Diagnostic) -> str:
    """The file that is missing, or is a link, by what a finding says; "" where it says neither."""
    if one.rule == "missing-media" and one.message.startswith(GONE):
        return one.message.removeprefix(GONE)
    if one.rule in _OF_FILES and one.message.endswith(f" {LINK}"):
        return one.message.removesuffix(f" {LINK}")
    return ""


def _hangs_on_others(rule: Rule, record_changed: bool) -> bool:
    """Whether a change elsewhere may make a rule speak; unused suppressions hang on what is asked besides."""
    if rule.slug in _OF_FILES or not rule.home.startswith("qbank.rules."):
        return False
    if rule.scope in (Scope.READING, Scope.SUPPRESSION):
        return record_changed and rule.scope is Scope.READING  # what it declares, an item may have
    if rule.of_record and rule.scope not in (Scope.BANK, Scope.BLUEPRINT):
        return record_changed
    return all(kind in _LOOKED_AT for _, kind in rule.parameters[1:])


def broken(
    suspected: tuple[Diagnostic, ...], settings: Settings, before: Callable[[Settings], Report]
) -> tuple[Diagnostic, ...]:
    """Those of some findings that were not there before, whatever the numbers in them.

    What was said word for word is known first: else an old finding may pass for one that differs in a number.
    `before` gives the report on the bank as it was, with settings that ask for the rules of these findings.
    """
    if not suspected:
        return ()
    rules = tuple(sorted({one.rule for one in suspected}))
    asked = msgspec.structs.replace(settings, select=rules, ignore=(), overrides=())
    said, now = before(asked).diagnostics, suspected
    for words in (_word_for_word, _but_for_numbers):
        said, now = _unlike(said, now, words), _unlike(now, said, words)
    return now


def _word_for_word(one: Diagnostic) -> tuple[str, ...]:
    return one.rule, one.item, one.message


def _but_for_numbers(one: Diagnostic) -> tuple[str, ...]:
    return one.rule, message_hash(one)


def _unlike(
    some: tuple[Diagnostic, ...],
    others: tuple[Diagnostic, ...],
    words: Callable[[Diagnostic], tuple[str, ...]],
) -> tuple[Diagnostic, ...]:
    """Some findings without those that others match by their words, each one other."""
    left = Counter(map(words, others))
    kept = []
    for one in some:
        if left[words(one)] > 0:
            left[words(one)] -= 1
        else:
            kept.append(one)
    return tuple(kept)
