"""Rule unfocused-stem."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules._patterns import compiled
from qbank.rules.stem._asking import asks, completes
from qbank.screening import Field, Screen, mentions, stem_ends, whole

if TYPE_CHECKING:
    from qbank.screening.batch import Batch

_NO_SUBJECT = compiled(
    r"\W*(?:(?:which|what)(?:\s+one)?(?:\s+of)?(?:\s+(?:the|these|those|following))*(?:\s+(?:statements?|options?"
    r"|answers?|choices?|sentences?|claims?|assertions?|items?))?"
    r"|(?:select|choose|pick|mark|identify)\s+(?:the|one)(?:\s+(?:best|one))?)"
    r"(?:\s+(?:is|are))?(?:\s+(?:the|not|most|NOT))*\s+(?:true|correct|right|false|incorrect|untrue|wrong|accurate)"
    r"(?:\s+(?:one|answer|option|choice|statement|sentence)s?)?\W*",
    re.IGNORECASE,
)
_POINTS = compiled(r"\b(?:this|these|those|here|it)\b|^\W*(?:he|she|they|such)\b", re.IGNORECASE)
_JUDGED = (frozenset(["true", "false"]), frozenset(["yes", "no"]), frozenset(["correct", "incorrect"]))
_LONGEST = 120
_STOPPED = stem_ends((".", "!"), "\"”’'*_)]")
_JUDGES = mentions(
    *whole(["true", "correct", "right", "false", "incorrect", "untrue", "wrong", "accurate"]),
    fields=Field.STEM,
)


def _may_fire(batch: Batch) -> set[int]:
    """Items that judge without a subject, or whose stem ends in a full stop and holds no question mark."""
    short = {int(number) for number in batch.holding(_JUDGES) if len(batch.stems[number]) <= _LONGEST}
    return short.union(number for number in _STOPPED(batch) if "?" not in batch.stems[number])


@rule(Severity.INFO, screen=Screen(_may_fire, (_JUDGES,)))
def unfocused_stem(item: MultipleChoice | MultipleResponse) -> Iterator[Finding]:
    """The stem asks nothing and is not left open, or asks "which is true?" about nothing.

    A candidate who has read the stem should know what is wanted before reading the options. With "Which
    of the following is true?" and no subject every option is a question of its own. Statements to be
    judged (options true and false), items on a stimulus, and "this" as the thing asked for stay silent.

    Ask one question that can be answered with the options covered.

    Source: Haladyna, Downing & Rodriguez (2002), guidelines 14 and 15; NBME item-writing guide; SAQUET.
    """
    stem = item.stem
    if len(stem) <= _LONGEST and not item.stimulus and _NO_SUBJECT.fullmatch(stem):
        yield Finding(
            item.at("stem"),
            "the stem names no subject: every option is a question of its own",
            hint="Say what it is about, so that it can be answered with the options covered.",
        )
    elif not completes(stem) and not _judged(item) and not asks(stem) and not _POINTS.search(stem):
        yield Finding(
            item.at("stem"),
            "the stem asks nothing, and no option completes it",
            hint="Ask one question that can be answered with the options covered.",
        )


def _judged(item: MultipleChoice | MultipleResponse) -> bool:
    """Whether the options judge the stem: true and false, whatever else."""
    texts = {text.strip(" .!*_").casefold() for text in item.options.values()}
    return any(pair <= texts for pair in _JUDGED)
