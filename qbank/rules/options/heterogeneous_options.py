"""Rule heterogeneous-options."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules._patterns import compiled
from qbank.rules.cues._options import is_title
from qbank.rules.options._plain import OPENINGS, is_about_others, plain
from qbank.rules.options._quantity import HEADS, quantities
from qbank.screening.holds import DIGIT, ODD
from qbank.similarity.words import UNITS

if TYPE_CHECKING:
    from qbank.screening.batch import Batch

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = compiled(
    rf"\d{{4}}-\d\d-\d\d|\d\d?[/.]\d\d?[/.]\d{{2,4}}|(?:\d\d?(?:st|nd|rd|th)?\s+)?{_MONTH}"
    r"(?:\s+\d\d?(?:st|nd|rd|th)?)?(?:,?\s+\d{4})?",
)
_CODES = {
    "an ICD-10-CM code": compiled(r"[a-z]\d[0-9a-z](?:\.[0-9a-z]{1,4})?|[a-z]\d[0-9a-z]{5}"),
    "a HCPCS or CPT code": compiled(r"[a-v]\d{4}|\d{4}[tfum]"),
}
_NAMES_A_NUMBER = compiled(
    r"\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty|forty"
    r"|fifty|hundred|thousand|millions?|billions?|half|third|quarter|once|twice|thrice|double|triple|none|no|never"
    r"|nothing|infinit\w*|unlimited|always|same|equal|more|less|fewer|any|all|many|both|neither|depends"
    r"|unknown|undefined|unchanged|cannot|not|centur\w+|decades?|years?|months?|weeks?|days?|hours?|minutes?"
    r"|seconds?|noon|midnight|daily|weekly|monthly|yearly|annually|immediately|pi|unity|error|true|false|null"
    r"|degrees?)\b"
)
_FIVE_DIGITS = compiled(r"\d{5}")
_NUMBER_OR_CODE = "a number or a CPT code"
_GOES_WITH = frozenset(["a number", "a HCPCS or CPT code"])
_SHORT_NAME = compiled(r"[A-Z0-9]{1,4}")  # modifiers: 26, TC; genes, symbols
# 1984, 8 Mile, 24/7, 30 Days of Night; not 12 %, 5 mg
_MAY_NAME = compiled(r"\d+(?:[/-]\d+|\s+\d/\d)?(?:\s+(?:[A-Z]\w*|to|of|the|and|in|for|a))*")
_ENOUGH = 3
_LONGEST = 60
_LONGEST_CODE = 8
_MONTHS_TEXT = "ja fe ma ap ju au se oc no de"
_HEADS = HEADS | OPENINGS | frozenset(_MONTHS_TEXT.split())


def _may_fire(batch: Batch) -> Iterable[int]:
    """Items of three or more options, some with digits that may be numbers, codes or dates; not all codes."""
    choices = batch.choices
    digits = choices.having(DIGIT | ODD)
    wrong = digits & ~choices.numeric(_HEADS, _LONGEST, _LONGEST_CODE)
    several = set(choices.with_options(_ENOUGH)).intersection(choices.any_of(digits))
    return several.difference(choices.any_of(wrong), choices.all_of(choices.coded))


@rule(Severity.INFO, screen=_may_fire)
def heterogeneous_options(item: MultipleChoice | MultipleResponse) -> Iterator[Finding]:
    """The options are of mixed kinds: numbers among phrases, codes of one system among those of another.

    What is of another kind than the question asks for is struck out without knowledge; what is left has
    fewer options than it shows. Numbers with and without a unit are of one kind, and so are numbers in
    words, "none", "it depends" and the like. A number among as many names (1984 among titles of books) is a
    name.

    Replace the options that stand out by ones of the kind that the stem asks for.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 23 (keep options homogeneous in content and
    grammatical structure); NBME item-writing guide; SAQUET.
    """
    texts = item.options
    if len(texts) < _ENOUGH or not any(map(_has_digit, texts.values())):
        return
    joined = "".join(texts.values())
    if joined.isascii() and joined.isdigit():
        return
    if all(_SHORT_NAME.fullmatch(text.strip()) for text in texts.values()):
        return
    known: dict[str, str] = {}
    for id in sorted(texts, key=lambda one: not _has_digit(texts[one])):
        kind = _kind(texts[id])
        if kind is None:
            return  # the usual case: words with a number among them
        known[id] = kind
    kinds: dict[str, list[str]] = {}
    for id in texts:
        if known[id]:
            kinds.setdefault(known[id], []).append(id)
    if kinds.keys() & _GOES_WITH:
        kinds.pop(_NUMBER_OR_CODE, None)
    if len(kinds) > 1 and not _is_a_name(kinds, texts):
        said = "; ".join(f"{', '.join(ids)}: {kind}" for kind, ids in sorted(kinds.items(), key=_size))
        yield Finding(
            item.at("options"),
            f"the options are of mixed kinds ({said})",
            hint="Replace the options that stand out by ones of the kind that the stem asks for.",
        )


def _is_a_name(kinds: Mapping[str, list[str]], texts: Mapping[str, str]) -> bool:
    """Whether the options are names, one of which is written as a number or a date."""
    others = kinds.get("a phrase", [])
    alone = [ids for kind, ids in kinds.items() if kind in ("a number", "a date")]
    if len(kinds) != 2 or len(alone) != 1 or len(alone[0]) > len(others):
        return False
    titles = any(is_title(texts[id]) for id in others)  # a single word begins with a capital anyhow
    if not titles or not all(_MAY_NAME.fullmatch(texts[id].strip()) for id in alone[0]):
        return False
    return 2 * sum(_reads_like_a_name(texts[id]) for id in others) >= len(others)


def _reads_like_a_name(text: str) -> bool:
    """Whether every word but articles and the like has a capital; a single word may be a name."""
    return is_title(f"{text} X")


_has_digit = re.compile(r"\d").search


def _size(one: tuple[str, list[str]]) -> tuple[int, str]:
    return -len(one[1]), one[0]


def _kind(text: str) -> str | None:
    """The kind of an option; "" when it goes with every other, None when nobody can tell."""
    if is_about_others(text):
        return ""
    bare = plain(text)
    if _FIVE_DIGITS.fullmatch(bare):
        return _NUMBER_OR_CODE
    if not bare or len(text) > _LONGEST:
        return None
    for kind, pattern in _CODES.items():
        if pattern.fullmatch(bare):
            return kind
    if _DATE.fullmatch(bare):
        return "a date"
    found = quantities([text])
    if found is not None and _is_unit(found[0].unit):
        return "a number"
    return None if _NAMES_A_NUMBER.search(bare) else "a phrase"


def _is_unit(unit: str) -> bool:
    """Whether it is no name that begins with a digit: 5 mg, $5, 5%; not 30S ribosome, 3rd arch."""
    if unit.startswith("%") and len(unit) > 1:
        return False
    first = unit.lstrip("$€£¥").split("/")[0].split(" ")[0]
    return not first or first in UNITS or f"{first}s" in UNITS
