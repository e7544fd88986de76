"""Rule code-laterality."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.domains.medcode.codeset import CodeSet
from qbank.domains.medcode.rules._declared import Declared, answers, as_of, dotted, plain
from qbank.model.bank import BankRecord
from qbank.model.item import Item
from qbank.rule import rule
from qbank.rules._patterns import compiled
from qbank.screening import Field, having, mentions

_SIDE = compiled(r"\b(right|left|bilateral|unspecified)\b", re.IGNORECASE)
_IN_STEM = compiled(r"\b(right|left|bilateral|bilaterally|both)\b", re.IGNORECASE)
_CROSSED = compiled(r"\b(?:cerebr\w+|hemispher\w+|brain|opposite|contralateral\w*)\b", re.IGNORECASE)
_CROSSES = compiled(r"\b(?:hemi|mono)(?:pleg|par)\w+|\bparaly\w+|\bdominant\b", re.IGNORECASE)
"""What stands on the other side of the body than its cause in the brain."""
_NOT_RIGHT = (
    r"right(?=\s+(?:away|now|after|before|upper|lower|answer|code|order|heart|ventric\w+|atri\w+|bundle|coronary"
    r"|hand\w*\s+domin\w+)\b|-handed|-hand\s+domin|-sided\s+heart)"
)
_NOT_LEFT = (
    r"left(?=\s+(?:the|a|an|against|untreated|in|behind|with|at|to|over|for|on|by|his|her|their|upper|lower|out"
    r"|heart|ventric\w+|atri\w+|bundle|main|anterior|circumflex|hand\w*\s+domin\w+)\b"
    r"|-handed|-hand\s+domin|-sided\s+heart)|(?<=\bis )left|(?<=\bare )left|(?<=\bbe )left|(?<=\bwas )left"
)
_NOT_BOTH = r"both(?=\s+(?:codes|conditions|diagnoses|of\s+the\w*|are|were|and)\b)"
_NO_SIDE = compiled(f"{_NOT_RIGHT}|{_NOT_LEFT}|{_NOT_BOTH}", re.IGNORECASE)


@rule(
    Severity.WARNING,
    screen=having("codes", mentions("right", "left", "bilateral", "both", fields=Field.STEM)),
)
def code_laterality(item: Item, bank: BankRecord, codes: CodeSet) -> Iterator[Finding]:
    """The side of the keyed code is not the side that the stem names.

    A code has a side when the code set holds its twin, with the same title but for right, left, bilateral or
    unspecified. The rule fires when the stem names one side only and none of the keyed codes with a side has
    it. Right and left that mean no side (left the hospital, right-handed, right upper quadrant) do not count,
    and a stem about the brain says nothing about the side of a paralysis.

    Correct the key or the stem.

    Source: ICD-10-CM Official Guidelines, I.B.13.
    """
    on = as_of(bank)
    if not item.codes or not on:
        return
    said = {_name(found[0]) for found in _IN_STEM.finditer(_NO_SIDE.sub("", item.stem))}
    if len(said) != 1:
        return
    (wanted,) = said
    for keyed in answers(item, "icd10cm"):
        sides = [(one, side) for one in keyed if (side := _side(codes, one, on))]
        if {side for _, side in sides} == {"right", "left"} and wanted == "bilateral":
            continue  # two codes where there is none for both sides
        if sides and all(side != wanted for _, side in sides):
            one, side = sides[0]
            yield Finding(
                one.where,
                f"the side of {one.told} is {side}, the stem says {wanted}",
                one.related,
                f"There is {_twin(codes, one, on, wanted) or 'no code for the other side'}.",
            )


def _name(word: str) -> str:
    folded = word.casefold()
    return "bilateral" if folded in ("both", "bilaterally") else folded


def _side(codes: CodeSet, one: Declared, on: str) -> str:
    """The side of a code that has twins for other sides, "" for any other code."""
    title = codes.lookup(one.code, on).title
    found = _sides(title)
    is_crossed = _CROSSES.search(title) and _CROSSED.search(one.item.stem)
    if len(found) != 1 or is_crossed:
        return ""
    (side,) = found
    others = ("right", "left", "bilateral", "unspecified")
    return side if any(_twin(codes, one, on, other) for other in others if other != side) else ""


def _twin(codes: CodeSet, one: Declared, on: str, side: str) -> str:
    """The code with the same title for another side, "" when there is none."""
    wanted = _neutral(codes.lookup(one.code, on).title)
    for code in _near(codes, one.code, on):
        title = codes.lookup(code, on).title
        if _neutral(title) == wanted and side in _sides(title):
            return code
    return ""


def _near(codes: CodeSet, code: str, on: str) -> Iterator[str]:
    """The siblings of a code, and the codes with the same ending below the siblings of each header above."""
    yield from codes.siblings(code, on)
    bare = plain(code)
    for parent in codes.parents(code, on):
        ending = bare[len(plain(parent)) :]
        for other in codes.siblings(parent, on):
            if len(plain(other)) + len(ending) == len(bare):
                yield dotted(plain(other) + ending)


def _sides(title: str) -> set[str]:
    """The sides that a title names; unspecified counts where no other does."""
    found = {_name(side) for side in _SIDE.findall(title)}
    return found - {"unspecified"} or found


def _neutral(title: str) -> str:
    return _SIDE.sub("*", title).casefold()
