"""Template code-to-title: what a code stands for."""

from __future__ import annotations

from random import Random

from qbank.domains.medcode.codeset import Answer, CodeSet
from qbank.domains.medcode.rules._declared import plain
from qbank.domains.medcode.suggest import offers
from qbank.domains.medcode.templates import _icd10cm as icd
from qbank.domains.medcode.templates._contract import Choice, Draft, Refused, Template
from qbank.domains.medcode.templates._wording import edition, is_clear

_CHAPTERS = "ABCDEFGHIJKLMNQRZ"
_FULL = 7
_STEMS = (
    "A claim line of {edition} carries the ICD-10-CM code {code}. Which description belongs to it?",
    "An auditor reads the code {code} on an {edition} encounter form. What does it stand for in ICD-10-CM?",
    "Which official title has the ICD-10-CM code {code} in {edition}?",
)


def _suits(codes: CodeSet, answer: Answer, on: str) -> bool:
    del codes, on
    return answer.code[0] in _CHAPTERS and len(plain(answer.code)) < _FULL and is_clear(answer.title)


def _draft(codes: CodeSet, answer: Answer, on: str, rng: Random) -> Draft:
    found = [
        Choice(one.title, f"This is the title of {one.code}, not of {answer.code}.", one.code)
        for one in offers(answer.code, answer.title, codes, on).offers
        if one.expect == "billable"
    ]
    rng.shuffle(found)
    beside = {*codes.siblings(answer.code, on)}
    found.sort(key=lambda one: one.code not in beside)
    longer = [one for one in found if len(one.text) >= len(answer.title)]
    if not longer:
        raise Refused("the key would be the longest option")
    return Draft(
        stem=rng.choice(_STEMS).format(code=answer.code, edition=edition(on)),
        key=Choice(
            answer.title, f"The {edition(on)} code table gives this title to {answer.code}.", answer.code
        ),
        pool=tuple(icd.rest(found, longer[:1])),
        needed=1,
        content_area=icd.area(answer.code),
        cognitive_level="recall",
        seconds=60,
        references=icd.references(answer.code, on),
        mentioned=((answer.code, "billable"),),
    )


TEMPLATE = Template(
    version="1", summary="A code, four titles.", suits=_suits, draft=_draft, places=(4, 4, 3, 4)
)
