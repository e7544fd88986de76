"""Template reportable-on: of codes around a diagnosis, the one that can be reported on a day."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from qbank.domains.medcode.codeset import Answer, CodeSet, Status
from qbank.domains.medcode.rules._declared import dotted, plain
from qbank.domains.medcode.templates import _icd10cm as icd
from qbank.domains.medcode.templates._contract import Choice, Draft, Template
from qbank.domains.medcode.templates._wording import edition, in_words, is_clear

_FULL = 7
_CATEGORY = 3
_PLACEHOLDER = "X"
_STEMS = (
    'On {day} a visit is coded for "{title}". Which of these entries can be reported?',
    'A claim for a service on {day} needs a code for "{title}". Which entry will pass as a reportable code?',
    'The diagnosis on {day} is "{title}". Which code is complete and in force on that day?',
)


def _suits(codes: CodeSet, answer: Answer, on: str) -> bool:
    del codes, on
    return answer.code[0] not in "VWXYZ" and is_clear(answer.title)


def _draft(codes: CodeSet, answer: Answer, on: str, rng: Random) -> Draft:
    headers = [icd.header(code, on) for code in codes.parents(answer.code, on)]
    missing = [
        Choice(code, why, code, "absent")
        for code, why in _invented(codes, answer, on)
        if codes.lookup(code, on).status in (Status.ABSENT, Status.RETIRED)
    ]
    missing += icd.longer(answer, codes, on, "01A")
    nearest = [*headers[:1], *missing]
    rng.shuffle(nearest)
    return Draft(
        stem=rng.choice(_STEMS).format(day=in_words(on), title=answer.title),
        key=icd.key(
            answer, f"{answer.code} is complete, and the {edition(on)} code table has it as billable."
        ),
        pool=(*nearest, *headers[1:]),
        content_area=icd.CONVENTIONS,
        cognitive_level="application",
        seconds=60,
        references=icd.references(answer.code, on, "I.B.2"),
    )


def _invented(codes: CodeSet, answer: Answer, on: str) -> Iterator[tuple[str, str]]:
    """Codes near a code that may not be there: another last character, no placeholder."""
    bare, year = plain(answer.code), edition(on)
    if len(bare) == _FULL and _PLACEHOLDER in bare[3:]:
        short = dotted(bare.replace(_PLACEHOLDER, ""))
        yield short, f"{short} is not in the {year} code table: the placeholder X is missing."
    used = {plain(one) for one in codes.children(dotted(bare[:-1]), on)}
    ends = "BEGKPZ" if bare[-1].isalpha() else "0123456789"
    for end in ends:
        code = bare[:-1] + end
        if code not in used and len(bare) > _CATEGORY:
            yield (
                dotted(code),
                f"{dotted(code)} is not in the {year} code table: nothing is coded with that ending.",
            )


TEMPLATE = Template(
    version="1",
    summary="Which code can be reported on a day: headers and absent codes beside it.",
    suits=_suits,
    draft=_draft,
    places=(2, 2, 10, 13),
)
