"""The alike items of a bank, found once for all rules that ask for them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterator
from functools import cached_property
from itertools import chain

from qbank.model.bank import Bank
from qbank.similarity.decide import PASTED_WORDS, Decision, Verdict, decide
from qbank.similarity.join import similar_pairs
from qbank.similarity.sketch import Sketch, sketch

THRESHOLD = 0.6
"""The Jaccard similarity of words from which on two items are looked at."""

TEMPLATE_ITEMS = 30
"""From this many items with one key on, stems that are equal but for facts and names are a template."""

_LOWER_CASE = re.compile(r"(?<!\w)[^\W\d_A-Z][^\W_]*")


class AlikePair:
    """Two alike items, the earlier one first, and what they are to each other."""

    __slots__ = ("decision", "earlier", "later")

    def __init__(self, earlier: Sketch, later: Sketch, decision: Decision) -> None:
        self.earlier, self.later, self.decision = earlier, later, decision


class SimilarItems:
    """Groups of items with the same content, and alike pairs among the first of each group."""

    def __init__(self, bank: Bank) -> None:
        self.sketches = [sketch(item, number) for number, item in enumerate(bank.items)]

    @cached_property
    def groups(self) -> list[list[Sketch]]:
        """Items that ask the same with the same options (keys apart), in order of their first."""
        found: dict[tuple[object, ...], list[Sketch]] = {}
        for one in self.sketches:
            if one.stem or one.options or one.prompts:
                found.setdefault(one.content, []).append(one)
        return list(found.values())

    @cached_property
    def pairs(self) -> list[AlikePair]:
        """Pairs that ask the same in other words or share a pasted stem, in order of the later item."""
        found = [
            AlikePair(earlier, later, decision)
            for earlier, later in self._candidates()
            for decision in (decide(earlier, later, self._lower_case),)
            if decision.verdict in (Verdict.REWORDED, Verdict.PASTED_STEM)
        ]
        return sorted(found, key=lambda pair: (pair.later.number, pair.earlier.number))

    def _candidates(self) -> Iterator[tuple[Sketch, Sketch]]:
        """Pairs that may be alike, each once: by key and words, by gist under a generic key, by long stem."""
        firsts = [group[0] for group in self.groups]
        seen: set[int] = set()
        for left, right in chain(_same_key(firsts), _same_gist(firsts), _same_stem(firsts)):
            pair = left * len(firsts) + right
            if pair not in seen:
                seen.add(pair)
                yield firsts[left], firsts[right]

    @cached_property
    def _lower_case(self) -> frozenset[str]:
        """The words that stand in lower case somewhere in the bank."""
        return frozenset(
            word
            for one in self.sketches
            for text in (one.item.stem, *one.item.option_texts.values())
            for word in _LOWER_CASE.findall(text)
        )


def _same_key(sketches: list[Sketch]) -> Iterator[tuple[int, int]]:
    """Items with one telling key that share most words of all texts, or most content words of the stem."""
    by_key: dict[frozenset[str], list[int]] = {}
    for number, one in enumerate(sketches):
        if not one.has_generic_key:
            by_key.setdefault(one.key_tokens, []).append(number)
    for key, numbers in by_key.items():
        if len(numbers) > 1:
            group = [sketches[number] for number in numbers]
            families = _families(group)
            for sets in ([one.all_tokens for one in group], [key.union(one.gist) for one in group]):
                for pair in similar_pairs(sets, THRESHOLD, families):
                    yield numbers[pair.left], numbers[pair.right]


def _families(sketches: list[Sketch]) -> list[int]:
    """For every item the number of its template, 0 when few others have it.

    Items of one template that do not have the same gist differ in a number, code or rare word: they are
    siblings. Not to look at each pair of them is what keeps generated banks fast.
    """
    if len(sketches) < TEMPLATE_ITEMS:
        return []
    templates = [one.template for one in sketches]
    counts = Counter(templates)
    numbers = {
        template: number for number, template in enumerate(counts, 1) if counts[template] >= TEMPLATE_ITEMS
    }
    return [numbers.get(template, 0) for template in templates]


def _same_gist(sketches: list[Sketch]) -> Iterator[tuple[int, int]]:
    """Items with the same key and content words in their stem, with the first that has them."""
    seen: dict[Hashable, int] = {}
    for number, one in enumerate(sketches):
        options = one.options if one.has_generic_key else ()
        first = seen.setdefault((one.key_tokens, options, one.gist), number)
        if first != number:
            yield first, number


def _same_stem(sketches: list[Sketch]) -> Iterator[tuple[int, int]]:
    """Items with a long stem, with the first that has the same."""
    seen: dict[str, int] = {}
    for number, one in enumerate(sketches):
        if len(one.stem_tokens) >= PASTED_WORDS:
            first = seen.setdefault(one.stem, number)
            if first != number:
                yield first, number
