"""Rule convergence-cue."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice
from qbank.rule import rule
from qbank.rules.cues._options import key_and_distractors
from qbank.screening import Field, Screen, mentions
from qbank.screening.holds import JOINED, PARTED

if TYPE_CHECKING:
    from qbank.screening.batch import Batch

# one set of characters comes first: the search for it is fast
_PARTS = re.compile(r"[,;/+&apw](?:(?<=[,;/+&])|(?<=\ba)nd\b|(?<=\bp)lus\b|(?<=\bw)ith\b)")
_COMMAS = str.maketrans(";/+&", ",,,,")
_JOINS = (",", ";", " and ", "/", "+", "&", " plus ", " with ")
_ENOUGH = 3
_WORDS = mentions(" and ", " plus ", " with ", fields=Field.OPTIONS)


def _may_fire(batch: Batch) -> Iterable[int]:
    """Items each of whose options combines something."""
    joined = batch.choices.having(JOINED | PARTED) | batch.options_holding(_WORDS)
    return batch.choices.all_of(joined, _ENOUGH)


@rule(Severity.INFO, screen=Screen(_may_fire, (_WORDS,)))
def convergence_cue(item: MultipleChoice) -> Iterator[Finding]:
    """The options combine elements, and the key shares strictly most of them with the others.

    Writers start from the key and change one element at a time, so the option with the most common
    elements is the key: it can be found by counting.

    Balance the elements over the options, so that another option shares as many.

    Source: NBME item-writing guide (convergence); SAQUET.
    """
    texts = item.options
    key, distractors = key_and_distractors(item)
    if len(texts) < _ENOUGH or not distractors:
        return
    elements = dict(zip(texts, _elements(texts.values()), strict=True))
    if min(map(len, elements.values())) < 2:
        return
    everything = [*chain.from_iterable(elements.values())]
    shared, second = _shared(elements[key], everything, len(texts)), 0
    for id in distractors:
        second = max(second, _shared(elements[id], everything, len(texts)))
        if second >= shared:
            return
    if second > 0 and all(map(_joins, texts.values())) and not _are_numbers(everything):
        yield Finding(
            item.at("options", key),
            f"the key shares {shared} elements with the other options, no other more than {second}",
            hint="Balance the elements over the options.",
        )


def _elements(texts: Collection[str]) -> list[frozenset[str]]:
    """What each of some texts combines; they are taken apart together, which is faster."""
    joined = "\0".join(texts).casefold()
    if joined.count("\0") >= len(texts):
        joined = "\0".join([text.replace("\0", "\1") for text in texts]).casefold()
    may_hold_words = "nd" in joined or "lus" in joined or "ith" in joined
    parted = _PARTS.sub(",", joined) if may_hold_words else joined.translate(_COMMAS)
    return [
        frozenset(filter(None, map(str.strip, one.strip().rstrip(".").split(","))))
        for one in parted.split("\0")
    ]


def _joins(text: str) -> bool:
    return any(map(text.__contains__, _JOINS))


def _shared(elements: frozenset[str], everything: Sequence[str], most: int) -> int:
    """How often elements stand in other options, those aside that all options have."""
    return sum([count - 1 for count in map(everything.count, elements) if count < most])


def _are_numbers(elements: Iterable[str]) -> bool:
    return all(one.replace(" ", "").isdigit() for one in elements)
