"""Rule clang-cue."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice
from qbank.rule import rule
from qbank.rules.cues._frequencies import StemWords
from qbank.rules.cues._options import key_and_distractors
from qbank.rules.options._plain import is_about_others
from qbank.rules.stem._lead_in import LONGEST, lead_in
from qbank.rules.stem._negative import negative
from qbank.screening import echoing_key
from qbank.similarity.kinds import Kind, canonical, is_common, kind_of

_WORD = re.compile(r"[^\W\d_]{5,}")
_SHORT = 40
_RARER = 3
# a key that answers with the question itself: it is not needed, nobody did, all of them are
_ANSWERS_BACK = re.compile(
    r"\b(?:no|not|never|cannot|none|nobody|nothing|neither)\b|n[’']t\b|^\W*(?:all|both|any)\s+(?:of\s+)?(?:these|those|them|the)\b",
    re.IGNORECASE,
)


def _may_be_rare(word: str) -> bool:
    """Whether it is a content word, and no everyday one: what a bank's own counts may call rare."""
    return kind_of(word) is Kind.WORD and not is_common(word)


@rule(Severity.INFO, screen=echoing_key(5, LONGEST, _SHORT, _may_be_rare))
def clang_cue(
    item: MultipleChoice, frequencies: StemWords, *, share: float = 0.02, short: int = _SHORT
) -> Iterator[Finding]:
    """A rare word of the stem comes back in the key and in no other option.

    Candidates who know nothing choose the option that sounds like the question. Rare is a word that stands
    in fewer than `share` of the bank's stems (in small banks: in this one alone); of stems with more than
    `short` words only the lead-in counts, since a long vignette shares words with everything. Keys that deny
    what the stem says ("It has no perimeter") must name it, and where the stem asks for the exception, the
    echo leads away from the key.

    Use another word in the key or the stem, or let a distractor have it too.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 28b (clang associations); NBME item-writing
    guide; SAQUET.
    """
    key, distractors = key_and_distractors(item)
    if not distractors:
        return
    limit = max(1, share * frequencies.stems)

    def is_rare(word: str) -> bool:
        return _may_be_rare(word) and frequencies.count(word) <= limit

    words = _WORD.findall(item.options[key].casefold())
    candidates = list(filter(is_rare, words))  # most keys have none: what costs more comes behind
    if not candidates or is_about_others(item.options[key]) or _ANSWERS_BACK.search(item.options[key]):
        return
    asked = (item.stem if item.stem.count(" ") < short else lead_in(item.stem)).casefold()
    candidates = [word for word in candidates if word[: max(4, 3 * len(word) // 4)] in asked]
    if not candidates:
        return
    there = {canonical(word): word for word in _WORD.findall(asked)}
    candidates = [word for word in candidates if canonical(word) in there]
    if not candidates:
        return
    others = {canonical(word) for id in distractors for word in _WORD.findall(item.options[id].casefold())}
    own = set(map(canonical, words))
    echoes = [there[base] for base in others if base in there and base not in own and is_rare(there[base])]
    # a distractor sounds like the question too, unless by a word that is far more usual
    rival = min(map(frequencies.count, echoes), default=math.inf)
    for word in candidates:
        base = canonical(word)
        if _RARER * frequencies.count(word) < rival and not any(_akin(base, other) for other in others):
            if negative(item.stem):
                return
            yield Finding(
                item.at("options", key),
                f"{there[base]!r} of the stem comes back in the key alone",
                hint="Use another word, or let a distractor have it too.",
            )
            return


def _akin(one: str, other: str) -> bool:
    """Whether two words share most of their letters from the start."""
    least = max(4, 3 * min(len(one), len(other)) // 4)
    return one[:least] == other[:least]
