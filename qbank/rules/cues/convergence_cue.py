"""Rule convergence-cue."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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
    counts = Counter(chain.from_iterable(elements.values()))
    most = len(texts)
    shared = {
        id: sum([counts[one] - 1 for one in found if counts[one] < most]) for id, found in elements.items()
    }
    second = max([shared[id] for id in distractors])
    if shared[key] > second > 0 and all(map(_joins, texts.values())) and not _are_numbers(elements):
        yield Finding(
            item.at("options", key),
            f"the key shares {shared[key]} elements with the other options, no other more than {second}",
            hint="Balance the elements over the options.",
        )


def _elements(text: str) -> frozenset[str]:
    parts = _PARTS.split(text.strip().rstrip(".").casefold())
    return frozenset([one for part in parts if (one := part.strip())])


def _may_share(elements: frozenset[str], others: list[str]) -> bool:
    """Whether elements may stand in other texts twice or more: a key that leads shares two at least."""
    return sum([one in text for one in elements for text in others]) > 1


def _joins(text: str) -> bool:
    return any(map(text.__contains__, _JOINS))


def _are_numbers(elements: Mapping[str, frozenset[str]]) -> bool:
    return all(one.replace(" ", "").isdigit() for found in elements.values() for one in found)
