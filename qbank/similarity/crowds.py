"""Crowds: items of which very many are alike, because one sentence with gaps made them all.

Between 7,000 items of one template lie 24 million pairs, and the words of the template make every one of
them look alike. So in a crowd only what is not the template's counts: its core, the words that half of the
crowd has, is taken away, and the rest is compared. A crowd is looked for by a sample of the bank; a bank of
less than 1,000 items has none, nor has a template of less than about 300 items: there all pairs are decided.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from qbank.similarity.columns import Columns
from qbank.similarity.join import similar_rows
from qbank.similarity.rows import (
    Rows,
    any_of_each,
    are_new,
    count_of_each,
    filtered,
    gathered,
    row_numbers,
    sorted_rows,
)
from qbank.similarity.template import LEAST_SHARE, LEAST_WORDS, MOST_SLOTS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qbank.similarity.columns import Flags
    from qbank.similarity.rows import Ints

LEAST_ITEMS = 1000
"""A smaller bank has no crowds."""

LEAST_CROWD = 300
"""About so many items make a crowd."""

_SAMPLE = 1000
"""So many items of the bank are joined with each other to find the crowds."""

_LEAST_SEEN = 10
"""In the sample an item of a crowd has at least so many alike ones."""

_ALIKE = 0.4
"""The Jaccard similarity of content words from which on two items of the sample are alike."""

_NEAR = 0.4
"""The same for the items around one of a crowd, from which the crowd's core is told."""

_CORE = 0.5
"""The share of them that has a word of the core."""

_MEMBER = 0.8
"""The share of the core that an item of the crowd has."""

_LEAST_PART = 0.3
"""The part of an item's words that the core is at least."""

_MOST = 200
"""So many crowds at most; a bank of more templates has no large ones."""


class Crowds:
    """The crowds of some items: `of` holds the number of its crowd for every item, -1 for none."""

    def __init__(self, columns: Columns, free: Flags) -> None:
        self._columns, self._gists, self._free = columns, columns.gists, free

    @cached_property
    def of(self) -> Ints:
        """For every item the number of its crowd, -1 for none."""
        import numpy as np

        count = len(self._gists.sizes)
        result: Ints = np.full(count, -1, dtype=np.int64)
        if count < LEAST_ITEMS:
            return result
        sample = _sample(count)
        sample = sample[self._free[sample]]
        degrees = self._degrees(sample)
        least = max(_LEAST_SEEN, LEAST_CROWD * len(sample) // count)
        found = 0
        for number in np.argsort(-degrees, kind="stable").tolist():
            if degrees[number] < least or found == _MOST:
                break
            if result[sample[number]] < 0:
                members = self._around(int(sample[number])) & (result < 0)
                if np.count_nonzero(members) >= LEAST_CROWD // 2:
                    result[members] = found
                    found += 1
        return result

    @cached_property
    def members(self) -> Ints:
        """The items of all crowds."""
        import numpy as np

        return np.flatnonzero(self.of >= 0)

    @cached_property
    def rests(self) -> Rows:
        """For every member the content words of its stem that the core of its crowd has not."""
        gists = gathered(self._gists, self.members)
        return filtered(gists, ~self._in_core(gists))

    @cached_property
    def keyed_rests(self) -> Rows:
        """The same with the words of the key."""
        keys = self._columns.some("keys", self.members)
        return sorted_rows([self.rests, keys], self._columns.words.size, distinct=True)

    @cached_property
    def outlines(self) -> Ints:
        """For every member the number of its outline, -1 where something stands in a gap that is no fact.

        An outline has the words of the core in order; what stands between two of them is one gap.
        """
        import numpy as np

        rows, fits = self._outlined
        return np.where(fits, row_numbers(rows), -1)

    @cached_property
    def are_templates(self) -> Flags:
        """Which members have an outline that makes siblings of all that share it."""
        rows, fits = self._outlined
        fixed = count_of_each(rows.values != self._columns.words.mask, rows.starts)
        lengths = self._content.sizes
        result: Flags = fits & (fixed >= LEAST_WORDS) & (fixed >= LEAST_SHARE * lengths)
        return result & (rows.sizes - fixed <= MOST_SLOTS)

    @cached_property
    def _content(self) -> Rows:
        """The content words of every member's stem, in order."""
        words = self._columns.words
        stems = self._columns.some("stems", self.members)
        return filtered(stems, words.meanings[stems.values] >= 0)

    @cached_property
    def _outlined(self) -> tuple[Rows, Flags]:
        """The outline of every member, and whether all its gaps are filled with facts and rare words."""
        import numpy as np

        words, content = self._columns.words, self._content
        meanings = Rows(words.meanings[content.values].astype(np.int64), content.starts)
        gap = ~self._in_core(meanings)
        wrong = any_of_each(gap & (words.fills[content.values] == 0), content.starts)
        masked = Rows(np.where(gap, words.mask, meanings.values), content.starts)
        return filtered(masked, are_new(masked) | ~gap), ~wrong

    def _in_core(self, rows: Rows) -> Flags:
        """Which words of the members' rows are in the core of their crowd."""
        import numpy as np

        crowds = np.repeat(self.of[self.members], rows.sizes)
        result: Flags = self._core[crowds, rows.values]
        return result

    @cached_property
    def _core(self) -> Flags:
        """For every crowd, for every word whether half of the crowd has it."""
        import numpy as np

        gists, crowds = gathered(self._gists, self.members), self.of[self.members]
        size, count = self._columns.words.size, int(crowds.max(initial=-1)) + 1
        keys = np.repeat(crowds, gists.sizes) * size + gists.values
        members = np.bincount(crowds, minlength=count)
        result: Flags = np.zeros(count * size, dtype=bool)
        found, having = np.unique(keys, return_counts=True)
        result[found[having >= _CORE * members[found // max(size, 1)]]] = True
        return result.reshape(count, size)

    def _degrees(self, sample: Ints) -> Ints:
        """For every item of the sample how many others of it are alike."""
        import numpy as np

        result: Ints = np.zeros(len(sample), dtype=np.int64)
        for block in similar_rows(gathered(self._gists, sample), _ALIKE, sample[:0]):
            for side in (block.left, block.right):
                result += np.bincount(side, minlength=len(sample))
        return result

    def _around(self, leader: int) -> Flags:
        """The items with the words that most items alike to one have in common."""
        import numpy as np

        near = gathered(self._gists, np.flatnonzero(self._likeness(leader) >= _NEAR))
        having = np.bincount(near.values, minlength=self._columns.words.size)
        is_core = having >= _CORE * len(near.sizes)
        core = np.count_nonzero(is_core)
        shared = self._counted(is_core)
        enough = (shared >= _MEMBER * core) & (shared >= _LEAST_PART * self._gists.sizes)
        result: Flags = self._free & enough & (core >= LEAST_WORDS)
        return result

    def _counted(self, flags: Flags) -> Ints:
        """How many words of every item's stem are among some words."""
        return count_of_each(flags[self._gists.values], self._gists.starts)

    def _likeness(self, leader: int) -> NDArray[np.float64]:
        """How alike every item is to one: the Jaccard similarity of the content words of the stems."""
        import numpy as np

        gists = self._gists
        own = gists.values[gists.starts[leader] : gists.starts[leader + 1]]
        is_own = np.zeros(self._columns.words.size, dtype=bool)
        is_own[own] = True
        shared = self._counted(is_own)
        union: Ints = np.maximum(gists.sizes + len(own) - shared, 1)
        return shared / union


def _sample(count: int) -> Ints:
    """Some of so many places, in order and at no regular distance: templates may take turns in a bank."""
    import numpy as np

    stirred = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    stirred ^= stirred >> np.uint64(29)
    stirred *= np.uint64(0xC2B2AE3D27D4EB4F)
    result: Ints = np.sort(np.argsort(stirred, kind="stable")[:_SAMPLE])
    return result
