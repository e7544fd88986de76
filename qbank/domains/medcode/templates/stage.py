"""Template stage: a stage, degree or number within a category."""

from __future__ import annotations

import re
from random import Random

from qbank.domains.medcode.codeset import Answer, CodeSet
from qbank.domains.medcode.rules._declared import plain
from qbank.domains.medcode.templates import _icd10cm as icd
from qbank.domains.medcode.templates._contract import Draft, Refused, Template
from qbank.domains.medcode.templates._wording import edition, is_clear

_FULL = 7
_FEWEST = 2
_DEGREE = re.compile(
    r"\d|\b(?:stage|degree|grade|type|class|trimester|acute|chronic|mild|moderate|severe|first|second|third|i{1,3}|iv|v)\b",
    re.IGNORECASE,
)
_STEMS = (
    'The record states the diagnosis as "{title}". Which {edition} ICD-10-CM code matches the '
    "documented degree?",
    'A consultant documents "{title}". Which ICD-10-CM code of {edition} has that level of detail?',
)


def _suits(codes: CodeSet, answer: Answer, on: str) -> bool:
    del codes, on
    is_short = answer.code[0] not in "VWXYZ" and len(plain(answer.code)) < _FULL
    return is_short and is_clear(answer.title) and _DEGREE.search(answer.title) is not None


def _draft(codes: CodeSet, answer: Answer, on: str, rng: Random) -> Draft:
    stem = rng.choice(_STEMS).format(title=answer.title, edition=edition(on))
    stages = list(icd.along(answer, stem, codes, on, "stage"))
    if len(stages) < _FEWEST:
        raise Refused("fewer than two codes of another stage")
    rng.shuffle(stages)
    return Draft(
        stem=stem,
        key=icd.key(answer, icd.is_reported(answer, on)),
        pool=tuple(icd.rest(icd.around(answer, stem, codes, on, rng), stages)),
        needed=_FEWEST,
        content_area=icd.area(answer.code),
        cognitive_level="application",
        seconds=70,
        references=icd.references(answer.code, on, "I.B.2"),
    )


TEMPLATE = Template(
    version="1",
    summary="A stage, degree or number within a category.",
    suits=_suits,
    draft=_draft,
    places=(4, 1, 1, 1),
)
