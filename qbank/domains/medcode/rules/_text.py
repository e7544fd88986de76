"""Codes in free text: what surely is one, and where.

Many strings look like codes and are none: A1c, T10 (a vertebra), B12, S1, H1N1, room A0100. A code with its
dot is taken at its word; any other only beside a word such as "code" or "category", or when a code set knows
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from qbank.diagnostics import Pointer
from qbank.model.item import Item
from qbank.rules._patterns import compiled

_DOTTED = compiled(r"(?<![\w./-])[A-Z]\d[0-9AB]\.[0-9A-Z]{1,4}(?!\w|[.-][0-9A-Z])")
_BARE = compiled(r"(?<![\w./-])[A-V]\d{4}(?!\w|[./-]\d)")
_CATEGORY = compiled(r"(?<![\w./])[A-Z]\d[0-9AB](?!\w|\.\w)")
_CPT = compiled(r"\bCPT®?\s+(?:codes?\s+|numbers?\s+)?(\d{5}|\d{4}[FTUM])(?!\w|[.,]\d)")
_LISTED = r"(?:[A-Z]\d[0-9A-Z.]*\s*(?:-|–|,|to|through|and|or|/)\s*)*$"
_WORDS = (
    r"(?:codes?|category|categories|subcategory|subcategories|blocks?|diagnosis\s+codes?|ICD-10-CM|HCPCS)"
)
_BESIDE = compiled(rf"\b{_WORDS}\s+(?:\w+\s+)?\(?{_LISTED}", re.IGNORECASE)
_IS_HCPCS = compiled(r"\bHCPCS\b|\bLevel\s+II\b", re.IGNORECASE)
_IS_ICD = compiled(r"\bICD\b|\bICD-10\b|\bdiagnos[ie]s\b|\bcategor(?:y|ies)\b", re.IGNORECASE)
_NUMBERED = compiled(
    r"\b(?:rooms?|ward|bed|suite|lot|batch|serial|model|form|number|no\.?|id|record|account|policy|claim|chart"
    r"|invoice|contract|gate|bay|box|version|part|item|mrn)\s*[#:]?\s*$",
    re.IGNORECASE,
)
_NEAR = 60
_BEFORE = 16


class Mention(msgspec.Struct, frozen=True):
    """A string in a text that may be a code: where it stands, and what stands before it.

    `system` is icd10cm, hcpcs or cpt where shape or words tell, "" where they do not. `is_sure` tells whether
    it is a code by its shape or by the words beside it.
    """

    pointer: Pointer
    offset: int
    code: str
    system: str
    is_sure: bool


def mentions_of(item: Item) -> Iterator[Mention]:
    """The strings in the texts of an item that may be codes, references left out; each once a text."""
    for pointer, text in item.texts():
        if pointer[0] != "references" and any(map(str.isdigit, text)):
            yield from {one.code: one for one in reversed([*_in(pointer, text)])}.values()


def _in(pointer: Pointer, text: str) -> Iterator[Mention]:
    for found in _DOTTED.finditer(text):
        yield Mention(pointer, found.start(), found[0], "icd10cm", True)
    for found in _CPT.finditer(text):
        yield Mention(pointer, found.start(1), found[1], "cpt", True)
    for found in _CATEGORY.finditer(text):
        if _BESIDE.search(_before(text, found)):
            yield Mention(pointer, found.start(), found[0], "icd10cm", True)
    for found in _BARE.finditer(text):
        before = _before(text, found)
        if not _NUMBERED.search(before[-_BEFORE:]):
            yield Mention(
                pointer, found.start(), found[0], _system(before, text), _BESIDE.search(before) is not None
            )


def _system(before: str, text: str) -> str:
    """The system that words tell of: just before a code, else anywhere in its text."""
    for words in (before, text):
        is_hcpcs, is_icd = _IS_HCPCS.search(words) is not None, _IS_ICD.search(words) is not None
        if is_hcpcs != is_icd:
            return "hcpcs" if is_hcpcs else "icd10cm"
    return ""


def _before(text: str, found: re.Match[str]) -> str:
    return text[max(0, found.start() - _NEAR) : found.start()]
