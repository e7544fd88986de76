"""Rule convergence-cue."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice
from qbank.rule import rule
from qbank.rules.cues._options import key_and_distractors
from qbank.screening import Field, mentions

_PARTS = re.compile(r"[,;/+&]|\band\b|\bplus\b|\bwith\b")
_JOINS = (",", ";", " and ", "/", "+", "&", " plus ", " with ")
_ENOUGH = 3


@rule(Severity.INFO, screen=mentions(*_JOINS, fields=Field.OPTIONS, every=True))
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
    elements: dict[str, frozenset[str]] = {}
    for id, text in texts.items():
        elements[id] = _elements(text) if any(join in text for join in _JOINS) else frozenset()
        if len(elements[id]) < 2:
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


def _elements(text: str) -> frozenset[str]:
    parts = map(str.strip, _PARTS.split(text.strip().rstrip(".").casefold()))
    return frozenset(filter(None, parts))


def _is_numbers(elements: frozenset[str]) -> bool:
    return all(element.replace(" ", "").isdigit() for element in elements)
