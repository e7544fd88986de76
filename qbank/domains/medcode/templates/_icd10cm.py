"""What templates of ICD-10-CM codes share: areas of an outline, references, distractors with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random

from qbank.domains.medcode.codeset import Answer, CodeSet, Status
from qbank.domains.medcode.rules._declared import dotted, plain
from qbank.domains.medcode.suggest import Offer, offers
from qbank.domains.medcode.templates._contract import Choice
from qbank.domains.medcode.templates._wording import difference, edition, told_difference

CONVENTIONS = "icd10cm/conventions"
_AREAS = {
    "AB": "icd10cm/infection-neoplasm",
    "CD": "icd10cm/infection-neoplasm",
    "EIJ": "icd10cm/endocrine-circulatory-respiratory",
    "STVWXY": "icd10cm/injury-poisoning-external",
    "Z": "icd10cm/outpatient-z",
}
_OTHER = "icd10cm/pregnancy-newborn-mental"
_BLOOD = "D5"
_FULL = 7
_SIDES = {"right": "the right side", "left": "the left side", "bilateral": "both sides"}


def area(code: str) -> str:
    """The content area of a code in the outline of the CMCS bank, by its chapter."""
    if _BLOOD <= code[:2] < "E":
        return _OTHER
    return next((area for letters, area in _AREAS.items() if code[0] in letters), _OTHER)


def category(code: str) -> str:
    """The category of a code: its first three characters."""
    return code[:3]


def references(code: str, on: str, *sections: str) -> tuple[str, ...]:
    """The code table of the year, then sections of the guidelines."""
    guidelines = f"ICD-10-CM Official Guidelines for Coding and Reporting, {edition(on)}, Section "
    return (
        f"ICD-10-CM code table, {edition(on)}, category {category(code)}",
        *(guidelines + one for one in sections),
    )


def key(answer: Answer, why: str) -> Choice:
    """The key that is a code."""
    return Choice(answer.code, why, answer.code)


def is_reported(answer: Answer, on: str) -> str:
    """The end of a sentence about a key: that it can be reported."""
    return f"{answer.code} has the documented title and can be reported in {edition(on)}."


def around(answer: Answer, stem: str, codes: CodeSet, on: str, rng: Random) -> list[Choice]:
    """Codes around a key, one misread axis each: siblings, then cousins, the header, one that is too long."""
    beside = {*codes.siblings(answer.code, on)}
    found = [one for one in offers(answer.code, stem, codes, on).offers if _is_one_axis(one, answer)]
    rng.shuffle(found)
    found.sort(key=lambda one: (one.expect == "header", one.code not in beside))
    return [*(choice(one, answer, on) for one in found), *longer(answer, codes, on, "0")]


def along(answer: Answer, stem: str, codes: CodeSet, on: str, *axes: str) -> Iterator[Choice]:
    """The distractors for a key along some axes only, by code."""
    for one in offers(answer.code, stem, codes, on).offers:
        if one.axis in axes and _is_one_axis(one, answer):
            yield choice(one, answer, on)


def _is_one_axis(one: Offer, answer: Answer) -> bool:
    """Whether an offer of another side differs in nothing else: "bilateral" may stand for "right ear"."""
    if one.axis != "side":
        return True
    both = [words.casefold().split() for words in difference(answer.title, one.title)]
    sides = [[word for word in words if word in _SIDES] for words in both]
    most = 1 + any(words == ["bilateral"] for words in both)
    return all(len(found) == 1 and len(words) <= most for found, words in zip(sides, both, strict=True))


def choice(one: Offer, answer: Answer, on: str) -> Choice:
    """An offer as a distractor, with the reason why it is wrong."""
    return Choice(one.code, _why(one, answer, on), one.code, one.expect)


def header(code: str, on: str) -> Choice:
    """A header as a distractor."""
    return Choice(
        code,
        f"{code} is a header in {edition(on)}: it has codes below it, and only those can be reported.",
        code,
        "header",
    )


def longer(answer: Answer, codes: CodeSet, on: str, ends: str) -> Iterator[Choice]:
    """A key with a character too many, as far as there is no such code."""
    for end in ends:
        code = dotted(plain(answer.code) + end)
        if len(plain(answer.code)) < _FULL and codes.lookup(code, on).status is Status.ABSENT:
            why = f"{code} is not in the {edition(on)} code table: {answer.code} takes no further character."
            yield Choice(code, why, code, "absent")


def rest(pool: Iterable[Choice], first: Iterable[Choice]) -> list[Choice]:
    """A pool with some choices put first, none of them twice."""
    found = {one.code: one for one in (*first, *pool)}
    return list(found.values())


def _why(one: Offer, answer: Answer, on: str) -> str:
    if one.axis == "character":
        return header(one.code, on).why
    mine, theirs = told_difference(answer.title, one.title)
    if one.axis == "side":
        side = next(_SIDES[word] for word in theirs.casefold().split() if word in _SIDES)
        return f"{one.code} is for {side}, which is not the documented side."
    if one.axis == "encounter":
        return f"The seventh character {plain(one.code)[-1]} of {one.code} names another encounter."
    return f'The title of {one.code} says "{theirs}" where the record says "{mine}".'
