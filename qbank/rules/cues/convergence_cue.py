"""Rule convergence-cue."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice
from qbank.rule import rule
from qbank.rules.cues._options import key_and_distractors
from qbank.screening import Field, Screen, mentions
from qbank.screening.choices import JOINED, PARTED

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
    if not all(any(join in text for join in _JOINS) for text in texts.values()) or not _shares(key, texts):
        return
    elements = {id: _elements(text) for id, text in texts.items()}
    if any(len(found) < 2 for found in elements.values()):
        return
    if all(_is_numbers(found) for found in elements.values()):
        return
    counts = Counter(element for found in elements.values() for element in found)
    worth = {one: count - 1 for one, count in counts.items() if count < len(texts)}
    shared = {id: sum(worth.get(one, 0) for one in found) for id, found in elements.items()}
    second = max(shared[id] for id in distractors)
    if shared[key] > second and second > 0:
        yield Finding(
            item.at("options", key),
            f"the key shares {shared[key]} elements with the other options, no other more than {second}",
            hint="Balance the elements over the options.",
        )


def _shares(key: str, texts: Mapping[str, str]) -> bool:
    """Whether something of the key stands in another option: without, it shares nothing."""
    others = "\0".join(text for id, text in texts.items() if id != key).casefold()
    return any(map(others.__contains__, _elements(texts[key])))


def _elements(text: str) -> frozenset[str]:
    parts = map(str.strip, _PARTS.split(text.strip().rstrip(".").casefold()))
    return frozenset(filter(None, parts))


def _is_numbers(elements: frozenset[str]) -> bool:
    return all(element.replace(" ", "").isdigit() for element in elements)
