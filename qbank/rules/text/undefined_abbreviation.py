"""Rule undefined-abbreviation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity, Where
from qbank.model.bank import Bank
from qbank.rule import rule

_CAPITALS = re.compile(r"[A-Z]{3,6}")
_ROMAN = re.compile(r"[IVXLCDM]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_IN_PARENTHESES = re.compile(r"[a-z]\s\(([A-Z]{3,6})s?\)")
_KNOWN_TEXT = (
    "USA USB DNA RNA HIV AIDS NASA NATO UNESCO FBI CIA CEO PhD MRI ECG EKG LED GPS CD DVD CPU RAM ROM "
    "PDF HTML HTTP URL WWW SMS FAQ VIP BBC CNN IBM AND NOT EXCEPT BEST MOST LEAST ALL NONE TRUE FALSE "
    "ONLY ONE TWO THREE FOUR"
)
_KNOWN = frozenset(_KNOWN_TEXT.split())
_JOINS = ("_", "-", "/", ".", "`", "$", "\\", "{")
_SHOUTED = 4


@rule(Severity.INFO, enabled=False)
def undefined_abbreviation(bank: Bank, *, known: str = "") -> Iterator[Finding]:
    """An abbreviation that no text of the bank spells out.

    Whether a candidate knows the abbreviation is then part of the question, wanted or not. It is said
    once an abbreviation, where it is first used in a stem, prompt, option or stimulus. Spelled out means
    words with those initials stand in one item or stimulus with it, rationales included, or that it follows
    its words in parentheses: "electroconvulsive therapy (ECT)". Household words such as DNA are taken as
    known; `known` adds others, separated by spaces. It speaks of English banks.

    Spell it out where it is first used, or list it as known.

    Source: NBME item-writing guide (avoid abbreviations that candidates need not know).
    """
    if not bank.info.language.startswith("en"):
        return
    ignored = _KNOWN | frozenset(known.split())
    used: dict[str, Where] = {}
    for where, text in _shown(bank):
        for at, word in _abbreviations(text):
            if word not in used and word not in ignored:
                used[word] = where.within(at)
    if not used:
        return
    spelled, plain = _spelled_out(bank, set(used))
    for word, where in used.items():
        if word not in spelled and word.lower() not in plain:
            yield Finding(
                where,
                f"{word} is nowhere spelled out in the bank",
                hint="Spell it out where it is first used, or list it as known.",
            )


def _shown(bank: Bank) -> Iterator[tuple[Where, str]]:
    """What a candidate reads: stems, prompts, options, stimuli."""
    for item in bank.items:
        yield item.at("stem"), item.stem
        for pointer, text in item.texts():
            if pointer[0] in ("prompts", "options"):
                yield item.at(*pointer), text
    for stimulus in bank.stimuli:
        yield stimulus.at("text"), stimulus.text


def _abbreviations(text: str) -> list[tuple[int, str]]:
    """The words in capitals of a text, each behind its place; no codes, Roman numbers or shouted texts."""
    found = []
    for match in _CAPITALS.finditer(text):
        start, end = match.span()
        before, after = text[start - 1 : start], text[end : end + 1]
        joined = after in ("_", "-", ".") and text[end + 1 : end + 2].isalnum()
        if not (before.isalnum() or before in _JOINS or after.isalnum() or joined):
            found.append((start, match[0]))
    if len(found) >= _SHOUTED and text.upper() == text:
        return []
    return [(at, word) for at, word in found if not _ROMAN.fullmatch(word)]


def _spelled_out(bank: Bank, wanted: set[str]) -> tuple[set[str], set[str]]:
    """The abbreviations that some item or stimulus spells out, and all words written in lower case."""
    spelled: set[str] = set()
    plain: set[str] = set()
    records = ["\n".join(text for _, text in item.texts()) for item in bank.items]
    records += [f"{one.title}\n{one.text}" for one in bank.stimuli]
    for text in records:
        plain.update(word for word in _LETTERS.findall(text) if word.islower())
        spelled.update(_IN_PARENTHESES.findall(text))
        for word in wanted.intersection(_CAPITALS.findall(text)) - spelled:
            if word in _initials(text, 1) or word in _initials(text, 4):
                spelled.add(word)
    return spelled, plain


def _initials(text: str, least: int) -> str:
    """The initials of the words of a text in capitals; shorter words than `least` letters are passed over."""
    words = (word for word in _LETTERS.findall(text) if len(word) >= least)
    return "".join(word[0] for word in words if len(word) == 1 or not word.isupper()).upper()
