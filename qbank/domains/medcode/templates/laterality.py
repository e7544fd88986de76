"""Template laterality: a condition and, apart from it, its side."""

from __future__ import annotations

import re
from random import Random

from qbank.domains.medcode.codeset import Answer, CodeSet
from qbank.domains.medcode.rules._declared import plain
from qbank.domains.medcode.templates import _icd10cm as icd
from qbank.domains.medcode.templates._contract import Draft, Refused, Template
from qbank.domains.medcode.templates._wording import edition, is_clear, sides

_FULL = 7
_WORD = re.compile(r"\b(?:right|left|bilateral)\b\s*", re.IGNORECASE)
_LOOSE = re.compile(r"\s+(?=,)|,\s*(?=,)|[\s,]+$")
_PLACES = {
    "right": ("on the right side", "The record places it on the right."),
    "left": ("on the left side", "The record places it on the left."),
    "bilateral": ("on both sides", "The record says that both sides are affected."),
}
_STEMS = (
    'The diagnosis is "{base}", found {place}. Which ICD-10-CM code is reported in {edition}?',
    'An examination shows findings {place}; the assessment is "{base}". Which code of ICD-10-CM, {edition}, '
    "is right?",
)


def without_side(title: str) -> str:
    """A title without its word for a side, "" when words would hang loose."""
    found = _LOOSE.sub("", _WORD.sub("", title)).strip()
    found = found[:1].upper() + found[1:]
    return "" if re.search(r"\b(?:of|in|on|the|and|with)$", found) or "( )" in found else found


def _suits(codes: CodeSet, answer: Answer, on: str) -> bool:
    del codes, on
    is_lateral = len(sides(answer.title)) == 1 and len(plain(answer.code)) < _FULL
    return is_lateral and answer.code[0] not in "STVWXYZ" and is_clear(answer.title)


def _draft(codes: CodeSet, answer: Answer, on: str, rng: Random) -> Draft:
    (side,) = sides(answer.title)
    base = without_side(answer.title)
    if not base or "heart" in base.casefold():
        raise Refused("the title cannot be told apart from its side")
    place, said = _PLACES[side]
    stem = rng.choice(_STEMS).format(base=base, place=place, edition=edition(on))
    others = list(icd.along(answer, stem, codes, on, "side"))
    if not others:
        raise Refused("no code of another side")
    rng.shuffle(others)
    return Draft(
        stem=stem,
        key=icd.key(answer, f"{said} {answer.code} is the {edition(on)} code of this condition for that."),
        pool=tuple(icd.rest(icd.around(answer, stem, codes, on, rng), others)),
        needed=1,
        content_area=icd.CONVENTIONS,
        cognitive_level="application",
        seconds=65,
        references=icd.references(answer.code, on, "I.B.13"),
    )


TEMPLATE = Template(
    version="1", summary="A condition with its side.", suits=_suits, draft=_draft, places=(3, 1, 1, 4)
)
