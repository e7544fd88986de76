"""Items from a template and a code set: each proven by asking the code set again, or not made.

The order in which codes are tried, and everything in an item, follow from template, code, day and seed alone.
"""

from __future__ import annotations

import itertools
import math
import string
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Any

import msgspec

from qbank.domains.medcode.codeset import Answer, CodeSet, Status
from qbank.domains.medcode.systems import clean
from qbank.domains.medcode.templates._contract import Choice, Draft, Refused, Template
from qbank.domains.medcode.templates._wording import fiscal_year
from qbank.similarity.normalise import normalise
from qbank.similarity.tokens import tokens

DISTRACTORS = 3
_LETTERS = "ABCD"
_CATEGORY = 3
_THERE = {
    "billable": (Status.BILLABLE,),
    "header": (Status.HEADER,),
    "absent": (Status.ABSENT, Status.RETIRED, Status.FUTURE),
}
_HCPCS_LETTERS = "JQCAG"
_TREE = "icd10cm"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for: so many items of a template, for a day, of codes that begin with `where`.

    `content_area` and `cognitive_level` stand in place of the template's when they are not "".
    """

    slug: str
    on: str
    count: int = 10
    seed: int = 1
    where: str = ""
    content_area: str = ""
    cognitive_level: str = ""


class Outcome(msgspec.Struct, frozen=True):
    """Records in the native shape, how many were there before, and how often what was refused."""

    records: tuple[dict[str, Any], ...]
    known: int
    refused: Mapping[str, int]


def generate(
    template: Template, codes: CodeSet, request: Request, present: Mapping[str, str] | None = None
) -> Outcome:
    """The first `count` items of a template that can be proven, but for those that are there already.

    `present` are ids of a bank with what `kin` says of them: they become enemies of the new items of which
    it says the same.
    """
    there = present or {}
    refused: Counter[str] = Counter()
    made = itertools.islice(_made(template, codes, request, refused), request.count)
    records = sorted(made, key=lambda one: str(one["id"]))
    fresh = [one for one in records if one["id"] not in there]
    return Outcome(
        tuple(_with_enemies(fresh, there)),
        len(records) - len(fresh),
        dict(sorted(refused.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


def has_titles(template: Template, codes: CodeSet, request: Request) -> bool:
    """Whether the code set knows the title of any code that it may be asked about."""
    found = itertools.islice(_billable(template.system, codes, request), 1000)
    return any(one.title for one in found)


def _made(
    template: Template, codes: CodeSet, request: Request, refused: Counter[str]
) -> Iterator[dict[str, Any]]:
    for answer in _subjects(template, codes, request):
        try:
            yield item(template, codes, answer, request)
        except Refused as reason:
            refused[str(reason)] += 1


def item(template: Template, codes: CodeSet, answer: Answer, request: Request) -> dict[str, Any]:
    """The item of a template for a code, as a record without enemies. Raises Refused."""
    rng = Random(f"{request.seed} {request.slug} {template.version} {answer.code}")  # noqa: S311 - no secret
    draft = template.draft(codes, answer, request.on, rng)
    distractors = _chosen(draft, template.places, rng)
    wrong = fault(draft, distractors, answer, codes, request.on)
    if wrong:
        raise Refused(wrong)
    return _record(template, draft, distractors, answer, request)


def fault(draft: Draft, distractors: Sequence[Choice], subject: Answer, codes: CodeSet, on: str) -> str:
    """What is not proven of an item, "" when everything is: the code set is asked anew."""
    again = codes.lookup(subject.code, on, subject.system)
    if again.status is not Status.BILLABLE:
        return "the key cannot be reported on the day"
    texts = [normalise(one.text) for one in (draft.key, *distractors)]
    if len({*texts}) < len(texts):
        return "two options say the same"
    if draft.calculation is not None:
        return (
            ""
            if _calculated(draft.calculation) == int(draft.key.text)
            else "the key is not what is calculated"
        )
    if any(codes.lookup(one.code, on).status not in _THERE[one.expect] for one in distractors):
        return "a distractor is not what the item says of it"
    if any(codes.lookup(code, on).status not in _THERE[expect] for code, expect in draft.mentioned):
        return "a code of the stem is not what the item says of it"
    is_by_code = draft.key.text == subject.code
    said = {*tokens(normalise(draft.stem if is_by_code else again.title))}
    for one in distractors:
        other = codes.lookup(one.code, on)
        if one.expect == "billable" and not {*tokens(normalise(other.title))} - said:
            return "a distractor says nothing that the stem does not say"
    if not is_by_code and all(len(one.text) < len(draft.key.text) for one in distractors):
        return "the key would be the longest option"
    return ""


def _calculated(calculation: Mapping[str, Any]) -> int:
    dose, unit = (Fraction(str(calculation["variables"][name])) for name in ("dose", "unit"))
    return math.ceil(dose / unit)


def _subjects(template: Template, codes: CodeSet, request: Request) -> Iterator[Answer]:
    """The codes that suit a template: one of each category in an order of the seed, then the next of each."""
    found: dict[str, list[Answer]] = defaultdict(list)
    for answer in _billable(template.system, codes, request):
        if answer.title and template.suits(codes, answer, request.on):
            found[answer.code[:_CATEGORY]].append(answer)
    rng = Random(f"{request.seed} {request.slug}")  # noqa: S311 - no secret
    groups = list(found.values())
    rng.shuffle(groups)
    for group in groups:
        rng.shuffle(group)
    for turn in itertools.zip_longest(*groups):
        yield from (one for one in turn if one is not None)


def _billable(system: str, codes: CodeSet, request: Request) -> Iterator[Answer]:
    """The billable codes of a system that begin with what is asked for, in the order of codes."""
    where = clean(request.where, system)
    for code in _roots(system, where):
        for answer in _under(code, system, codes, request.on):
            if answer.status is Status.BILLABLE and clean(answer.code, system).startswith(where):
                yield answer


def _under(code: str, system: str, codes: CodeSet, on: str) -> Iterator[Answer]:
    answer = codes.lookup(code, on, system)
    if answer.status in (Status.BILLABLE, Status.HEADER):
        yield answer
        if answer.status is Status.HEADER:
            for child in codes.children(code, on, system):
                yield from _under(child, system, codes, on)


def _roots(system: str, where: str) -> Iterator[str]:
    """What may be a category of ICD-10-CM, or a code of HCPCS: letters and digits in their order."""
    more = string.digits + string.ascii_uppercase
    shape = (
        (string.ascii_uppercase, more, more) if system == _TREE else (_HCPCS_LETTERS, *[string.digits] * 4)
    )
    wanted = [(one,) for one in where[: len(shape)]]
    for characters in itertools.product(*wanted, *shape[len(wanted) :]):
        yield "".join(characters)


def _chosen(draft: Draft, places: Sequence[int], rng: Random) -> tuple[Choice, ...]:
    """Three distractors of a pool, the best that bring the key to a place drawn by chance. Raises Refused."""
    ways = [way for before in range(DISTRACTORS + 1) if (way := _way(draft, before))]
    if not ways:
        raise Refused("fewer than three distractors")
    own = _rank(draft, draft.key)
    weights = [places[sum(_rank(draft, one) < own for one in way)] for way in ways]
    return rng.choices(ways, weights)[0]


def _way(draft: Draft, before: int) -> tuple[Choice, ...]:
    """The best three distractors of which so many stand before the key; () when there are none."""
    own = _rank(draft, draft.key)
    first, others = draft.pool[: draft.needed], draft.pool[draft.needed :]
    sides = {True: before, False: DISTRACTORS - before}
    chosen = list(first)
    for is_before, wanted in sides.items():
        room = wanted - sum((_rank(draft, one) < own) is is_before for one in first)
        if room < 0:
            return ()
        chosen += [one for one in others if (_rank(draft, one) < own) is is_before][:room]
    return tuple(chosen) if len(chosen) == DISTRACTORS else ()


def _rank(draft: Draft, one: Choice) -> tuple[int, str]:
    return (int(one.text), "") if draft.order == "number" else (0, one.text.casefold())


def _record(
    template: Template, draft: Draft, distractors: Sequence[Choice], subject: Answer, request: Request
) -> dict[str, Any]:
    options = dict(
        zip(_LETTERS, sorted((draft.key, *distractors), key=lambda one: _rank(draft, one)), strict=True)
    )
    (key,) = (letter for letter, one in options.items() if one is draft.key)
    record: dict[str, Any] = {
        "id": f"{request.slug}-{clean(subject.code, subject.system).casefold()}",
        "type": "multiple-choice",
        "status": "draft",
        "content_area": request.content_area or draft.content_area,
        "cognitive_level": request.cognitive_level or draft.cognitive_level,
        "attributes": _attributes(template, draft, subject, request),
        "stem": draft.stem,
        "options": {letter: one.text for letter, one in options.items()},
        "key": key,
        "rationale": {letter: one.why for letter, one in options.items()},
        "references": list(draft.references),
        "codes": list(_declared(draft, distractors, subject)),
    }
    if draft.calculation is not None:
        record["calculation"] = dict(draft.calculation)
    return record


def _attributes(template: Template, draft: Draft, subject: Answer, request: Request) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "seconds": draft.seconds,
        "origin": "template",
        "template": request.slug,
        "template_version": template.version,
        "seed": request.seed,
        "code_year": f"FY{fiscal_year(request.on)}",
    }
    if subject.system == _TREE:
        attributes["icd10cm_category"] = subject.code[:_CATEGORY]
    return attributes


def _declared(draft: Draft, distractors: Iterable[Choice], subject: Answer) -> Iterator[dict[str, str]]:
    """The codes of an item, each once: the key, distractors, then those that only the stem names."""
    is_by_code = draft.key.text == subject.code
    seen: set[str] = set()
    found = [(subject.code, "key", "billable")] if is_by_code else []
    found += [(code, "stimulus", expect) for code, expect in draft.mentioned if not is_by_code]
    found += [(one.code, "distractor", one.expect) for one in distractors if one.code]
    found += [(code, "stimulus", expect) for code, expect in draft.mentioned]
    for code, role, expect in found:
        if code not in seen:
            seen.add(code)
            yield {"system": subject.system, "code": code, "role": role, "expect": expect}


def kin(attributes: Mapping[str, Any], answer: str) -> str:
    """What items have in common that are enemies: an ICD-10-CM category, else a template and the answer.

    "" for an item that has neither.
    """
    category, template = (str(attributes.get(name, "")) for name in ("icd10cm_category", "template"))
    return category or (f"{template} {answer}" if template else "")


def _with_enemies(records: Iterable[dict[str, Any]], present: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Records with the others of their kin as enemies."""
    new = {str(one["id"]): (one, kin(one["attributes"], one["options"][one["key"]])) for one in records}
    held: dict[str, set[str]] = defaultdict(set)
    for id, common in (*present.items(), *((id, common) for id, (_, common) in new.items())):
        held[common].add(id)
    for id, (one, common) in new.items():
        others = sorted(held[common] - {id}) if common else []
        yield {**one, "enemies": others} if others else one
