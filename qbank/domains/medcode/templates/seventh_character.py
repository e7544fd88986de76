"""Template seventh-character: an injury and the story of a visit, told without the words of the title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from qbank.domains.medcode.codeset import Answer, CodeSet, Status
from qbank.domains.medcode.rules._declared import plain
from qbank.domains.medcode.templates import _icd10cm as icd
from qbank.domains.medcode.templates._contract import Choice, Draft, Refused, Template
from qbank.domains.medcode.templates._wording import edition, is_clear

_FULL = 7
_FEWEST = 2
_NEEDED = 1
_INJURY = re.compile(r"S|T1[4-9]|T[23]")
_TITLE = re.compile(r"(?P<base>.+?), (?P<visit>(?:initial|subsequent) encounter.*|sequela)")
_LATER = "subsequent encounter for {kind} with {course}"
_FIRST_STORIES = (
    "The patient arrives on the day of the injury, and treatment begins.",
    "A physician sees the patient for this injury for the first time and starts treatment.",
)
_COURSES = {
    "routine healing": "At a check six weeks later, films show that the bone heals as expected.",
    "delayed healing": "At a check three months later, films show that the bone heals, but too slowly.",
    "nonunion": "At a check nine months later, films show that the fragments have failed to join.",
    "malunion": "At a check five months later, films show that the fragments have joined, but crookedly.",
}
_STORIES: dict[str, tuple[str, ...]] = {
    "initial encounter": _FIRST_STORIES,
    "initial encounter for fracture": _FIRST_STORIES,
    "initial encounter for closed fracture": tuple(f"The skin is intact. {one}" for one in _FIRST_STORIES),
    "initial encounter for open fracture": tuple(
        f"The fracture is open, and the wound is not graded. {one}" for one in _FIRST_STORIES
    ),
    "subsequent encounter": (
        "The patient comes back for a check of the injury, which heals as expected.",
        "The patient comes back for aftercare while the injury is healing.",
    ),
    "sequela": (
        "The injury healed two years ago; today a lasting problem caused by it is treated and coded first.",
        "Today a lasting problem is treated, which the healed injury of an earlier year has left behind. It "
        "is coded first, and the code of the injury follows.",
    ),
}
_STORIES |= {_LATER.format(kind="fracture", course=course): (story,) for course, story in _COURSES.items()}
_STORIES |= {
    _LATER.format(kind="closed fracture", course=course): (f"The skin was never broken. {story}",)
    for course, story in _COURSES.items()
}
"""The stories of a visit by the end of a title."""
_ASKS = {
    True: "Which {edition} ICD-10-CM code tells of the injury?",
    False: "Which {edition} ICD-10-CM code is reported?",
}


def visit(title: str) -> tuple[str, str]:
    """A title in two parts: the injury, and which encounter it is; ("", "") when it names none."""
    found = _TITLE.fullmatch(title)
    return (found["base"], found["visit"]) if found else ("", "")


def _suits(codes: CodeSet, answer: Answer, on: str) -> bool:
    del codes, on
    base, encounter = visit(answer.title)
    is_injury = len(plain(answer.code)) == _FULL and _INJURY.match(answer.code) is not None
    return is_injury and encounter in _STORIES and is_clear(base)


def _draft(codes: CodeSet, answer: Answer, on: str, rng: Random) -> Draft:
    base, encounter = visit(answer.title)
    ask = _ASKS[encounter == "sequela"].format(edition=edition(on))
    stem = f'The documented injury is "{base}". {rng.choice(_STORIES[encounter])} {ask}'
    others = list(_encounters(codes, answer, base, encounter, on))
    if len(others) < _FEWEST:
        raise Refused("fewer than two other encounters")
    rng.shuffle(others)
    pool = [*others, *_shorter(codes, answer, on), *_elsewhere(codes, answer, base, on)]
    last = plain(answer.code)[-1]
    return Draft(
        stem=stem,
        key=icd.key(
            answer,
            f'The visit is a case of "{encounter}", which is the seventh character {last}.',
        ),
        pool=tuple(icd.rest(pool, others)),
        needed=_NEEDED,
        content_area=icd.area(answer.code),
        cognitive_level="application",
        seconds=80,
        references=icd.references(answer.code, on, "I.A.5", "I.C.19.a"),
    )


def _encounters(codes: CodeSet, answer: Answer, base: str, encounter: str, on: str) -> Iterator[Choice]:
    """The codes of the same injury at another encounter."""
    for code in codes.siblings(answer.code, on):
        one = codes.lookup(code, on)
        other, told = visit(one.title)
        if one.status is Status.BILLABLE and other == base and told != encounter:
            why = (
                f'{code} ends in the seventh character {plain(code)[-1]}, "{told}", which is not this visit.'
            )
            yield Choice(code, why, code)


def _elsewhere(codes: CodeSet, answer: Answer, base: str, on: str) -> Iterator[Choice]:
    """The codes of the same encounter on another side, then those of another site or kind."""
    yield from icd.along(answer, base, codes, on, "side")
    yield from icd.along(answer, base, codes, on, "kind")


def _shorter(codes: CodeSet, answer: Answer, on: str) -> Iterator[Choice]:
    for code in codes.parents(answer.code, on)[:1]:
        yield Choice(
            code, f"{code} lacks the seventh character, without which it cannot be reported.", code, "header"
        )


TEMPLATE = Template(
    version="1",
    summary="An injury and a visit, told as a story.",
    suits=_suits,
    draft=_draft,
    places=(18, 4, 2, 2),
)
