"""The alike items of a bank, found once for all rules that ask for them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator
from functools import cached_property
from itertools import chain, islice
from typing import NamedTuple

from qbank.model.bank import Bank
from qbank.similarity.contradict import Contradiction, contradiction
from qbank.similarity.decide import PASTED_WORDS, Decision, Verdict, decide
from qbank.similarity.join import similar_pairs
from qbank.similarity.passages import shared_passages
from qbank.similarity.sketch import Sketch, sketch
from qbank.similarity.template import LEAST_WORDS, Slot, slots

THRESHOLD = 0.6
"""The Jaccard similarity of words from which on two items are looked at."""

TEMPLATE_ITEMS = 30
"""From this many items with one key on, stems that are equal but for facts and names are a template."""

LARGE_TEMPLATE_ITEMS = 300
"""From this many items on they are one whatever their keys."""

_LOWER_CASE = re.compile(r"(?<!\w)[^\W\d_A-Z][^\W_]*")


class AlikePair:
    """Two alike items, the earlier one first, and what they are to each other."""

    __slots__ = ("decision", "earlier", "later")

    def __init__(self, earlier: Sketch, later: Sketch, decision: Decision) -> None:
        self.earlier, self.later, self.decision = earlier, later, decision


class Contradictory(NamedTuple):
    """Two items that ask the same and key what cannot both be right."""

    earlier: Sketch
    later: Sketch
    keys: Contradiction


class Siblings(NamedTuple):
    """Two items of one template, and the facts in which their stems differ."""

    earlier: Sketch
    later: Sketch
    slots: tuple[Slot, ...]


class SharedPassage(NamedTuple):
    """Two items whose stems have a long run of words in common."""

    earlier: Sketch
    later: Sketch
    words: int


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
        return [
            AlikePair(earlier, later, decision)
            for earlier, later in self._candidates
            for decision in (decide(earlier, later, self._lower_case),)
            if decision.verdict in (Verdict.REWORDED, Verdict.PASTED_STEM)
        ]

    @cached_property
    def contradictions(self) -> list[Contradictory]:
        """Pairs that ask the same and cannot both be keyed right, in order of the later item."""
        return [
            Contradictory(earlier, later, keys)
            for earlier, later in self._candidates
            if (keys := contradiction(earlier, later)) is not None
        ]

    @cached_property
    def siblings(self) -> list[Siblings]:
        """Pairs of one template, in order of the later item; of large templates see `templates`."""
        alike = {(pair.earlier.number, pair.later.number) for pair in self.pairs}
        return [
            Siblings(earlier, later, found)
            for earlier, later in self._candidates
            if (earlier.number, later.number) not in alike and (found := slots(earlier, later))
        ]

    @cached_property
    def templates(self) -> list[list[Sketch]]:
        """The items of every large template whose stems differ in numbers and codes only."""
        found: dict[Hashable, list[Sketch]] = defaultdict(list)
        for one in self._firsts:
            if one.facts and not one.item.stimulus:
                found[one.fact_template].append(one)
        return [group for group in found.values() if len(group) >= TEMPLATE_ITEMS]

    @cached_property
    def _firsts(self) -> list[Sketch]:
        return [group[0] for group in self.groups]

    @cached_property
    def _candidates(self) -> list[tuple[Sketch, Sketch]]:
        """Pairs that may be alike, each once, in order of the later item."""
        firsts = self._firsts
        pairs = chain(_same_words(firsts), _same_gist(firsts), _same_stem(firsts))
        numbers = sorted({(right, left) for left, right in pairs})
        return [(firsts[left], firsts[right]) for right, left in numbers]

    def passages(self, least: int) -> list[SharedPassage]:
        """Pairs of items whose stems share at least so many words on end, in order of the later item."""
        firsts = self._firsts
        found = shared_passages([one.stem_tokens for one in firsts], least)
        return [
            SharedPassage(firsts[one.first], firsts[one.later], len(one.words))
            for one in sorted(found, key=lambda one: (one.later, one.first))
        ]

    @cached_property
    def _lower_case(self) -> frozenset[str]:
        """The words that stand in lower case somewhere in the bank."""
        return frozenset(
            word
            for one in self.sketches
            for text in (one.item.stem, *one.item.option_texts.values())
            for word in _LOWER_CASE.findall(text)
        )


def _same_words(sketches: list[Sketch]) -> Iterator[tuple[int, int]]:
    """Items that share most words of all texts, or most content words of stem and key or of a long stem."""
    families = _families(sketches)
    whole = (one.all_tokens for one in sketches)
    asked = (one.key_tokens.union(one.gist) for one in sketches)
    stems = (set(one.gist) if len(one.gist) > LEAST_WORDS else () for one in sketches)
    for sets in (whole, asked, stems):
        for pair in similar_pairs(sets, THRESHOLD, families):
            yield pair.left, pair.right


def _families(sketches: list[Sketch]) -> list[int]:
    """For every item the number of its template, 0 when few others have it.

    Items of one template that do not have the same gist differ in a number, code or rare word: they are
    siblings. Not to look at each pair of them is what keeps generated banks fast.
    """
    if len(sketches) < TEMPLATE_ITEMS:
        return []
    templates = [one.template for one in sketches]
    keyed = zip(sketches, templates, strict=True)
    levels: list[tuple[list[Hashable], int]] = [
        ([one.fact_template if one.facts else None for one in sketches], TEMPLATE_ITEMS),
        ([*templates], LARGE_TEMPLATE_ITEMS),
        ([None if one.has_generic_key else (one.key_tokens, same) for one, same in keyed], TEMPLATE_ITEMS),
    ]
    result = [0] * len(sketches)
    last = 0
    for found, least in levels:
        counts = Counter(template for template in found if template is not None)
        large = (template for template, count in counts.items() if count >= least)
        numbers = {template: number for number, template in enumerate(large, last + 1)}
        last += len(numbers)
        result = [family or numbers.get(template, 0) for family, template in zip(result, found, strict=True)]
    return result


def _same_gist(sketches: list[Sketch]) -> Iterator[tuple[int, int]]:
    """Items with the same content words in their stem: the first with each key, and every later one with it.

    The firsts of two keys are paired too: one of them may be wrong.
    """
    seen: dict[Hashable, dict[Hashable, int]] = defaultdict(dict)
    for number, one in enumerate(sketches):
        keys = seen[one.gist, one.options if one.has_generic_key else ()]
        key = one.key if one.has_generic_key else one.key_tokens
        if key in keys:
            yield keys[key], number
        else:
            yield from ((first, number) for first in islice(keys.values(), TEMPLATE_ITEMS))
            keys[key] = number


def _same_stem(sketches: list[Sketch]) -> Iterator[tuple[int, int]]:
    """Items with a long stem, with the first that has the same."""
    seen: dict[str, int] = {}
    for number, one in enumerate(sketches):
        if len(one.stem_tokens) >= PASTED_WORDS:
            first = seen.setdefault(one.stem, number)
            if first != number:
                yield first, number
