"""Template october-change: a code that October 1 took away, and what is reported since."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from qbank.domains.medcode.codeset import Answer, CodeSet, Status
from qbank.domains.medcode.systems import day_before
from qbank.domains.medcode.templates import _icd10cm as icd
from qbank.domains.medcode.templates._contract import Choice, Draft, Expect, Refused, Template
from qbank.domains.medcode.templates._wording import edition, fiscal_year, in_words

_OPEN = re.compile(r"\b(?:unspecified|elsewhere)\b", re.IGNORECASE)
_STEMS = (
    '{old} was reported through {last}. On {day} the record says "{title}". Which code is used then?',
    'A code card printed in {month} lists {old}. For a visit on {day}, the diagnosis is "{title}". Which '
    "ICD-10-CM code has to be used?",
)


def _last_day(on: str) -> str:
    """The last day of the year of codes before that of a day."""
    return day_before(f"{fiscal_year(on) - 1}-10-01")


def _lacks(codes: CodeSet, on: str) -> str:
    last = _last_day(on)
    if codes.covers("icd10cm", last) and codes.is_complete("icd10cm", last):
        return ""
    return f"the year before, too: all codes of ICD-10-CM on {last}"


def _suits(codes: CodeSet, answer: Answer, on: str) -> bool:
    if _OPEN.search(answer.title) or answer.code[0] in "VWXY":
        return False
    return codes.lookup(answer.code, _last_day(on)).status in (Status.FUTURE, Status.ABSENT)


def _draft(codes: CodeSet, answer: Answer, on: str, rng: Random) -> Draft:
    old, expect = _before(codes, answer, on)
    last = _last_day(on)
    stem = rng.choice(_STEMS).format(
        old=old, last=in_words(last), day=in_words(on), title=answer.title, month=f"September {last[:4]}"
    )
    gone = f"{old} could be reported through {in_words(last)}; since then it is "
    gone += "a header with codes below it." if expect == "header" else "no longer in the code table."
    above = [icd.header(one, on) for one in codes.parents(answer.code, on) if one != old]
    pool = [*icd.around(answer, stem, codes, on, rng), *above]
    return Draft(
        stem=stem,
        key=icd.key(answer, f"{answer.code} is new in {edition(on)} and matches the record."),
        pool=tuple(icd.rest([one for one in pool if one.code != old], [Choice(old, gone, old, expect)])),
        needed=1,
        content_area=icd.CONVENTIONS,
        cognitive_level="application",
        seconds=75,
        references=(*icd.references(answer.code, on), f"ICD-10-CM order addenda, {edition(on)}"),
        mentioned=((old, expect),),
    )


def _before(codes: CodeSet, answer: Answer, on: str) -> tuple[str, Expect]:
    """The code that was reported before: what is now a header above, or a retired one of the same title."""
    last = _last_day(on)
    for above in codes.parents(answer.code, on):
        if codes.lookup(above, last).status is Status.BILLABLE:
            return above, "header"
    for one in _below(codes, icd.category(answer.code), last):
        if one.title == answer.title and codes.lookup(one.code, on).status is Status.RETIRED:
            return one.code, "absent"
    raise Refused("a new code that took no other's place")


def _below(codes: CodeSet, code: str, on: str) -> Iterator[Answer]:
    for child in codes.children(code, on):
        yield codes.lookup(child, on)
        yield from _below(codes, child, on)


TEMPLATE = Template(
    version="1",
    summary="What is reported in place of a code that October 1 took away (needs two years).",
    suits=_suits,
    draft=_draft,
    lacks=_lacks,
    places=(4, 2, 3, 2),
)
