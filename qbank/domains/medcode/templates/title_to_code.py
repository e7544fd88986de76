"""Template title-to-code: a documented diagnosis, in the words of its official title."""

from __future__ import annotations

from random import Random

from qbank.domains.medcode.codeset import Answer, CodeSet
from qbank.domains.medcode.rules._declared import plain
from qbank.domains.medcode.templates import _icd10cm as icd
from qbank.domains.medcode.templates._contract import Draft, Template
from qbank.domains.medcode.templates._wording import edition, is_clear, sides

_CHAPTERS = "ABCDEFGHIJKLMNQR"
_FULL = 7
_STEMS = (
    'The only diagnosis in an office note is "{title}". Which ICD-10-CM code reports it in {edition}?',
    'A physician confirms the diagnosis "{title}" at an office visit. Which {edition} ICD-10-CM code '
    "is assigned?",
    'The final assessment after a clinic visit reads "{title}". Which code of ICD-10-CM, {edition}, fits it?',
)


def _suits(codes: CodeSet, answer: Answer, on: str) -> bool:
    del codes, on
    is_short = answer.code[0] in _CHAPTERS and len(plain(answer.code)) < _FULL
    return is_short and is_clear(answer.title) and not sides(answer.title)


def _draft(codes: CodeSet, answer: Answer, on: str, rng: Random) -> Draft:
    stem = rng.choice(_STEMS).format(title=answer.title, edition=edition(on))
    return Draft(
        stem=stem,
        key=icd.key(answer, icd.is_reported(answer, on)),
        pool=tuple(icd.around(answer, stem, codes, on, rng)),
        content_area=icd.area(answer.code),
        cognitive_level="recall",
        seconds=60,
        references=icd.references(answer.code, on),
    )


TEMPLATE = Template(
    version="1", summary="A documented title, four codes.", suits=_suits, draft=_draft, places=(9, 1, 1, 4)
)
