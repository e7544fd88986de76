"""Rule key-count."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qbank.diagnostics import Finding, Severity
from qbank.model.item import Matching, MultipleChoice, MultipleResponse, Ordering
from qbank.rule import rule
from qbank.rules._patterns import compiled
from qbank.screening import Field, Screen, mentions, present, unusually_keyed, whole

if TYPE_CHECKING:
    from qbank.screening.batch import Batch

_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
WORDS = (
    *("select", "choose", "pick", "mark", "check", "tick", "identify", "answers", "options are", "which *"),
    *("which two", "which three", "which four", "which five", "which _"),
    *("which 2", "which 3", "which 4", "which 5"),
)
"""Without one of these in the stem, whatever the case, it asks for no number of answers."""
_NUMBER = r"[*_]*(one|two|three|four|five|six|seven|eight|[1-8])[*_]*"
_STARTS = r"(?:^|[.?!:;(\[]) [\s*_(]{0,8}"
_SOME = r"[*_]*(two|three|four|five|[2-5])[*_]*"
_ASKED = compiled(
    rf"""(?: {_STARTS} (?:please\s+)? (?:select|choose|pick|mark|check|tick|identify) \s+
            (?:the\s+|any\s+|exactly\s+|only\s+|best\s+|correct\s+)* )
        {_NUMBER}
        (?= \s* (?: [.)\]:,;?!*_] | $
                  | (?:of\s+the\s+(?:following|options|answers|choices)|correct|best|right
                     |answers?|options?|responses?|choices?|statements?|that)\b ) )
        (?! \s* or\b )
      | (?: {_STARTS} (?:give|name|provide|there\s+are) \s+ (?:the\s+|exactly\s+|only\s+)? )
        {_NUMBER} \s+ (?:(?:correct|right|best)\s+)? (?:answers|options\s+are)\b
      | \bwhich \s+ {_SOME} \s+ of \s+ (?:these|the\s+following|the\s+options|the\s+answers)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_WHICH = compiled(rf"\bwhich\s+{_SOME}\s+(?!of\b|or\b)[a-z]", re.IGNORECASE)
_SEVERAL = compiled(r"\b(?:and|or)\b|[,;/&+]")


_NUMBERED = compiled(
    # what tells a number in lower case, wherever it stands; it begins with letters, which is fast
    r"""(?: (?:select|choose|pick|mark|check|tick|identify) \s+
            (?:the\s+|any\s+|exactly\s+|only\s+|best\s+|correct\s+)*
            [*_]* (?:one|two|three|four|five|six|seven|eight|[1-8])
        | (?:answers|options\s+are|which\s+[*_]*(?:two|three|four|five|[2-5])) )""",
    re.VERBOSE,
)

_VERBS = WORDS[:7]
_TELLS = mentions(*whole(_VERBS), *WORDS[7:], fields=Field.STEM)


_CHOOSING = present("choose")


def _may_fire(batch: Batch) -> set[int]:
    told = (number for number, place in batch.places_in_stems(_TELLS) if _tells(batch.stems[number], place))
    return {*unusually_keyed(batch), *_CHOOSING(batch), *told}


def _tells(stem: str, place: int) -> bool:
    """Whether what stands at a place may tell a number; places are counted in bytes."""
    return not stem.isascii() or _NUMBERED.match(stem.lower(), place) is not None


@rule(Severity.ERROR, screen=Screen(_may_fire, (_TELLS,)))
def key_count(item: MultipleChoice | MultipleResponse | Matching | Ordering) -> Iterator[Finding]:
    """The number of keys is not the number that the item asks for.

    Several keys in an item that takes one answer, three keys where the stem says "select TWO", a `choose`
    that differs from the key, one option for two prompts of a matching item: a candidate who does as told
    cannot get it right.

    Change the key, the number in the stem, or the type of the item. A multiple-response item that states
    no number, in `choose` or in its stem, may have any number of keys.

    Source: exam practice; IMS QTI 3.0, maxChoices and matchMax.
    """
    if not item.key:
        return
    for id, times in Counter(item.key_ids).items():
        if times > 1 and not isinstance(item, Matching):
            yield Finding(item.at("key"), f"the key names {id} {_times(times)}", hint="Name it once.")
    if isinstance(item, Matching):
        yield from _of_matching(item)
    elif not isinstance(item, Ordering):
        yield from _of_choice(item, len(set(item.key_ids)))


def _of_choice(item: MultipleChoice | MultipleResponse, keys: int) -> Iterator[Finding]:
    single = isinstance(item, MultipleChoice)
    if single and keys > 1:
        yield Finding(
            item.at("key"),
            f"{keys} keys in an item that takes one answer",
            hint="Keep one key, or make it type: multiple-response.",
        )
        return
    if isinstance(item, MultipleResponse) and item.choose is not None and item.choose != keys:
        yield Finding(
            item.at("choose"),
            f"choose is {item.choose}, but the key names {keys}",
            hint="Make choose the number of keys.",
        )
        return
    asked = _asked(item.stem, single)
    if asked and asked != keys and not (single and all(map(_SEVERAL.search, item.options.values()))):
        yield Finding(
            item.at("stem"),
            f"the stem asks for {asked} {'answer' if asked == 1 else 'answers'}, the key names {keys}",
            hint="Make it type: multiple-response and name every key."
            if single
            else "Change the number in the stem, or the key.",
        )


def _of_matching(item: Matching) -> Iterator[Finding]:
    if item.reuse:
        return
    first: dict[str, str] = {}
    for prompt, id in (item.key or {}).items():
        other = first.setdefault(id, prompt)
        if other != prompt:
            yield Finding(
                item.at("key", prompt),
                f"option {id} is the key of {other} and of {prompt}, but every option is used once",
                hint="Key another option, or write reuse: true.",
            )


def _asked(stem: str, single: bool) -> int:
    """The number of answers that the stem tells the candidate to choose, 0 when it tells none.

    "Which two codes …?" asks for one answer when the options of a single-answer item are pairs.
    """
    low = stem.lower()
    told = _NUMBERED.search(low) if any(map(low.__contains__, WORDS)) else None
    if told is None:
        return 0
    # what asks for it stands in the same clause, or behind it; a search begins there
    clause = max(low.rfind(sign, 0, told.start()) for sign in ".?!:;[")
    start = clause if clause > 0 and len(low) == len(stem) else 0
    found = _ASKED.search(stem, start) or (None if single else _WHICH.search(stem))
    if found is None:
        return 0
    number = next(group for group in found.groups() if group).lower()
    return _NUMBERS[number] if number in _NUMBERS else int(number)


def _times(number: int) -> str:
    return "twice" if number == 2 else f"{number} times"
