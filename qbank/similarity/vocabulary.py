"""The words of a bank: which are names, and how much it tells that two stems share one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qbank.similarity.columns import Columns, columns
from qbank.similarity.kinds import Kind, canonical, is_common, kind_of
from qbank.similarity.rows import Rows
from qbank.similarity.sketch import Sketch, Sketches

if TYPE_CHECKING:
    from qbank.similarity.rows import Ints

LEAST_ITEMS = 1000
"""A smaller bank is taken for one of this size: in it every word is rare."""

COMMON_WEIGHT = 0.35
"""What an everyday word weighs at most, rare as it may be in a bank."""


_STEPS = 4
"""So many bits of a count matter: 100 items and 103 are as good as the same."""


def weighed_size(items: int) -> int:
    """The size of a bank by which its words are weighed."""
    return max(int(rounded(items)), LEAST_ITEMS)


def rounded(counts: Any) -> Ints:
    """Counts rounded down to few bits, so that one item more or less changes hardly a weight.

    They are up to an eighth too small, which changes a weight by less than 0.02; counts below 16 are exact.
    """
    import numpy as np

    spare = np.maximum(np.frexp(counts)[1] - _STEPS, 0)
    result: Ints = np.asarray(counts) >> spare << spare
    return result


class Vocabulary:
    """The words of some items.

    `known` are their columns and `lower_case` their words that stand in lower case, for whom has them.
    """

    def __init__(
        self,
        sketches: Sequence[Sketch] | Sketches = (),
        known: Columns | None = None,
        lower_case: frozenset[str] | None = None,
    ) -> None:
        items = sketches.items if isinstance(sketches, Sketches) else [one.item for one in sketches]
        self._columns = columns(items) if known is None else known
        self._lower_case = self._columns.words.lower_case if lower_case is None else lower_case
        self._size = weighed_size(len(sketches))
        self._weights: dict[str, float] = {}

    def weight(self, word: str) -> float:
        """How rare a word is among the stems, from 0 (in each of them, or a function word) to 1 (in one).

        log(n / items that have it) / log(n): the inverse document frequency, scaled to the size n of the
        bank. Both numbers are `rounded`.
        Source: Spärck Jones 1972, A statistical interpretation of term specificity.
        """
        found = self._weights.get(word)
        if found is None:
            found = self._weights[word] = self._weighed(word)
        return found

    def key_weight(self, word: str) -> float:
        """How rare a word is among the keys, from 0 to 1 in the same way."""
        return self._rarity(self._count(self._keys, word))

    def is_name(self, word: str) -> bool:
        """Whether a content word never stands in lower case."""
        return kind_of(word) is Kind.WORD and word not in self._lower_case

    @cached_property
    def counts(self) -> tuple[Ints, Ints]:
        """How many stems have each meaning, and how many keys each word, by their numbers; rounded."""
        return _owners(self._columns.gists), _owners(self._columns.keys)

    def _weighed(self, word: str) -> float:
        if kind_of(word) is Kind.FUNCTION:
            return 0.0
        rarity = self._rarity(self._count(self._stems, canonical(word)))
        return min(rarity, COMMON_WEIGHT) if is_common(word) else rarity

    def _rarity(self, items: int) -> float:
        return math.log(self._size / min(max(items, 1), self._size)) / math.log(self._size)

    def _count(self, counts: Sequence[int], word: str) -> int:
        number = self._columns.words.numbers.get(word, len(counts))
        return counts[number] if number < len(counts) else 0

    @cached_property
    def _stems(self) -> list[int]:
        """For every meaning by its number: how many stems have it."""
        found: list[int] = self.counts[0].tolist()
        return found

    @cached_property
    def _keys(self) -> list[int]:
        """For every word of a key by its number: how many keys have it."""
        found: list[int] = self.counts[1].tolist()
        return found


def _owners(rows: Rows) -> Ints:
    """For every number how many rows have it, rounded, where none has it twice."""
    import numpy as np

    return rounded(np.bincount(rows.values)).astype(np.int32)
