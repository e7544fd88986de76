"""How much speaks for it that two stems with the same key ask the same question.

The figures are rounded from a logistic regression on one half of the labelled pairs (`tests/precision/pairs`)
and 240 more pairs that were read once; `benchmarks/near_duplicates.py` measures the rule on both halves.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from qbank.similarity.kinds import Kind, canonical, contrasts, kind_of
from qbank.similarity.sketch import FACTS, Sketch
from qbank.similarity.vocabulary import Vocabulary

MOST_SHARED = 4.0
"""So much weight of shared words counts at most: long stems share many."""

COVERED = 5.0
"""What it counts that the shorter stem is shared as a whole."""

ALIKE = 2.0
"""What it counts that both stems are."""

LEAST_KIN = 7
"""No shorter word has four fifths of a word of eight letters: kin have so many letters in common."""

APART = 2.0
"""What it counts against two stems that differ in a number, a name, an opposite or a negation."""


KEY = 6.0
"""What it counts that the keys share a word that no other key has: years and small numbers key many items."""


class Difference(NamedTuple):
    """Two stems, and the words that only one of them has."""

    one: Sketch
    other: Sketch
    left: Counter[str]
    right: Counter[str]

    @property
    def shared(self) -> tuple[set[str], set[str]]:
        """The words that both stems have, as the one and the other writes them."""
        one, other = set(self.one.stem_tokens), set(self.other.stem_tokens)
        return one - self.left.keys(), other - self.right.keys()


def difference(one: Sketch, other: Sketch) -> Difference:
    """What differs between the stems of two items."""
    return Difference(one, other, *differing(one.stem_tokens, other.stem_tokens))


def evidence(found: Difference, vocabulary: Vocabulary, wanted: float = -math.inf) -> float:
    """The weight of what stems and keys share, what part of the stems it is, and whether it holds a name.

    What the stems differ in counts against it: numbers, names and opposites when each has its own, a
    negation when one has it. The result lies between -8 and 18. Where it stays below `wanted` it may be
    too large, but not so large.
    """
    shared = shared_weight(found, vocabulary)
    left, right = (total_weight(words, vocabulary) for words in (found.left, found.right))
    if not shared:
        return 0.0
    stems = (
        min(shared, MOST_SHARED)
        + COVERED * shared / (shared + min(left, right))
        + ALIKE * shared / (shared + left + right)
    )
    keyed = max(map(vocabulary.key_weight, found.one.key_tokens & found.other.key_tokens), default=0.0)
    most = stems + KEY * keyed + 1
    if most < wanted:
        return most
    names = max(_names(found, found.shared, vocabulary))
    return stems + names + KEY * keyed - APART * _apart(found, vocabulary)


def shared_weight(found: Difference, vocabulary: Vocabulary) -> float:
    """The weight of the words that two stems share, the mean of both ways to write them."""
    one, other = (total_weight(words, vocabulary) for words in found.shared)
    return (one + other) / 2


def _apart(found: Difference, vocabulary: Vocabulary) -> float:
    """In how many kinds of facts two stems differ; names by the weight of the lighter side."""
    left, right = found.left, found.right
    return (
        min(_names(found, (left, right), vocabulary))
        + (any(map(is_number, left)) and any(map(is_number, right)))
        + any(_are_opposites(one, other) for one in _opposing(left) for other in _opposing(right))
        + any(kind_of(word) is Kind.NEGATION for word in (*left, *right))
    )


def _names(
    found: Difference, sides: tuple[Iterable[str], Iterable[str]], vocabulary: Vocabulary
) -> tuple[float, float]:
    """The weight of the rarest name among some words of each stem, 0 without one."""
    one, other = (
        max((vocabulary.weight(word) for word in words if is_name(word, stem, vocabulary)), default=0.0)
        for words, stem in zip(sides, (found.one, found.other), strict=True)
    )
    return one, other


def is_name(word: str, one: Sketch, vocabulary: Vocabulary) -> bool:
    """Whether a word is written with a capital inside a sentence of the stem, or wherever the bank has it."""
    return kind_of(word) is Kind.WORD and (word in one.capitalised or vocabulary.is_name(word))


def is_number(word: str) -> bool:
    """Whether a word is a number or a code."""
    return kind_of(word) in FACTS


def total_weight(words: Iterable[str], vocabulary: Vocabulary) -> float:
    """The weight of some words, each meaning counted once."""
    return sum({canonical(word): vocabulary.weight(word) for word in words}.values())


def differing(words: list[str], others: list[str]) -> tuple[Counter[str], Counter[str]]:
    """The words that only one of two texts has; inflections and words of one meaning count as equal."""
    left, right = _only(words, others), _only(others, words)
    begun = {word[:LEAST_KIN] for word in left} & {word[:LEAST_KIN] for word in right}
    for word in [word for word in left if len(word) >= LEAST_KIN and word[:LEAST_KIN] in begun]:
        kin = next((other for other in right if are_kin(word, other)), None)
        if kin is not None:
            del left[word], right[kin]
    return left, right


def are_kin(word: str, other: str) -> bool:
    """Whether two long words part only in their ends: concentrating, concentration."""
    longer = max(len(word), len(other))
    return longer >= 8 and word[: -(-4 * longer // 5)] == other[: -(-4 * longer // 5)]


def _only(words: list[str], others: list[str]) -> Counter[str]:
    there: dict[str, int] = Counter(map(canonical, others))
    found: Counter[str] = Counter()
    for word, base in zip(words, map(canonical, words), strict=True):
        left = there.get(base, 0)
        if left:
            there[base] = left - 1
        else:
            found[word] += 1
    return found


def _opposing(words: Iterable[str]) -> list[str]:
    """The content words that have opposites."""
    return [word for word in words if contrasts(word) and kind_of(word) is not Kind.FUNCTION]


def _are_opposites(word: str, other: str) -> bool:
    """Whether two words exclude each other; larger and largest do not."""
    return word[:4] != other[:4] and not contrasts(word).isdisjoint(contrasts(other))
