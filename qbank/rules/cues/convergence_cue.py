"""Rule convergence-cue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
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
    own = _elements(texts[key])
    if not _may_share(own, [texts[id].casefold() for id in distractors]):
        return  # nearly every item: the others need not be taken apart
    elements = {id: own if id == key else _elements(text) for id, text in texts.items()}
    if min(map(len, elements.values())) < 2:
        return
    everything = [*chain.from_iterable(elements.values())]
    shared, second = _shared(own, everything, len(texts)), 0
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


def _elements(text: str) -> frozenset[str]:
    plain = text.strip().rstrip(".").casefold()
    if "nd" in plain or "lus" in plain or "ith" in plain:
        parts = _PARTS.split(plain)
    else:
        parts = plain.translate(_COMMAS).split(",")
    return frozenset([one for part in parts if (one := part.strip())])


def _may_share(elements: frozenset[str], others: list[str]) -> bool:
    """Whether elements may stand in other texts twice or more: a key that leads shares two at least."""
    return sum([one in text for one in elements for text in others]) > 1


def _joins(text: str) -> bool:
    return any(map(text.__contains__, _JOINS))


def _shared(elements: frozenset[str], everything: Sequence[str], most: int) -> int:
    """How often elements stand in other options, those aside that all options have."""
    return sum([count - 1 for count in map(everything.count, elements) if count < most])


def _are_numbers(elements: Iterable[str]) -> bool:
    return all(one.replace(" ", "").isdigit() for one in elements)
