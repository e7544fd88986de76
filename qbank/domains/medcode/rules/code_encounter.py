"""Rule code-encounter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.domains.medcode.rules._declared import Declared, answers, plain
from qbank.model.item import Item
from qbank.rule import rule
from qbank.screening import present

_PLACE = 6
_BY_ENCOUNTER = frozenset("MSTVWXY")
"""First letters of the codes whose seventh character, where it is a letter, tells the encounter."""
_KINDS = {"initial": "ABC", "subsequent": "DEFGHJKMNPQR", "sequela": "S"}
_SAID = {
    "initial": r"initial\s+encounter|active\s+treatment|first\s+visit|initial\s+visit",
    "subsequent": r"subsequent\s+encounter|(?:routine|delayed)\s+healing|follow-?\s?up\s+visit"
    r"|cast\s+(?:change|removal)",
    "sequela": r"sequela|sequelae|late\s+effects?",
}
_NOT = (
    r"\b(?:no|not|nor|without|after|past|since|completed?|finished|end\s+of|rather\s+than)\s+(?:\w+\s+){0,3}$"
)
_MENTIONS = {kind: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for kind, words in _SAID.items()}
_DENIED = re.compile(_NOT, re.IGNORECASE)
_NEAR = 40


@rule(Severity.WARNING, screen=present("codes"))
def code_encounter(item: Item) -> Iterator[Finding]:
    """The seventh character of the key does not fit the encounter that the stem names.

    A to C stand for active treatment (initial encounter), D and those after it for routine care while the
    injury heals (subsequent encounter), S for a sequela. The rule fires when the stem names exactly one of
    the three in plain words and no keyed code with such a character agrees. It knows no clinical story: where
    the stem only tells one, it says nothing.

    Read the stem again, then correct the key or the stem.

    Source: ICD-10-CM Official Guidelines, I.C.19.a; I.B.10 (sequela).
    """
    said = {kind for kind in _SAID if _is_said(item.stem, kind)} if item.codes else set()
    if len(said) != 1:
        return
    (wanted,) = said
    for keyed in answers(item, "icd10cm"):
        kinds = [(one, kind) for one in keyed if (kind := _kind(one))]
        if kinds and all(kind != wanted for _, kind in kinds):
            one, kind = kinds[0]
            yield Finding(
                one.where,
                f"the seventh character of {one.told} says {_full(kind)}, the stem {_full(wanted)}",
                one.related,
                "Read the stem again, then correct the key or the stem.",
            )


def _is_said(stem: str, kind: str) -> bool:
    return any(
        not _DENIED.search(stem[max(0, found.start() - _NEAR) : found.start()])
        for found in _MENTIONS[kind].finditer(stem)
    )


def _kind(one: Declared) -> str:
    """The encounter that a code names; "" for one without such a character."""
    bare = plain(one.code)
    if len(bare) != _PLACE + 1 or bare[0] not in _BY_ENCOUNTER:
        return ""
    return next((kind for kind, letters in _KINDS.items() if bare[_PLACE] in letters), "")


def _full(kind: str) -> str:
    return kind if kind == "sequela" else f"{kind} encounter"
