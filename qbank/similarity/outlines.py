"""What two items must have in common before a rule need look at them, as numbers for a whole bank at once.

Every test here is necessary for what it stands for: two stems of one template have the same outline, two
that ask the same and differ in harmless words only have the same bones and the one holds the other's, and
two keys that agree share a word. So pairs are let go by the million, and none that matters is.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from qbank.similarity.alike import shared_numbers
from qbank.similarity.among import among
from qbank.similarity.coded import signatures
from qbank.similarity.columns import Columns
from qbank.similarity.decide import LEAST_LIKE, LIKE_KEYS, MOST_MORE
from qbank.similarity.forms import Form
from qbank.similarity.rows import Rows, distinct
from qbank.similarity.words import HARMLESS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qbank.similarity.columns import Flags
    from qbank.similarity.rows import Ints

    Bits = NDArray[np.uint64]

_BLOOM_WORDS = 4
"""How many words of 64 bits tell which numbers a row may hold."""


class Outlines:
    """The outlines of some items, by their places."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def may_be_siblings(self, left: Ints, right: Ints) -> Flags:
        """Which pairs may have a template in common: `template.slots` finds none for the others."""
        result: Flags = self.numbers[left] == self.numbers[right]
        return result

    def may_contradict(self, left: Ints, right: Ints) -> Flags:
        """Which pairs may ask the same: `contradict` says no to the others."""
        found: Flags = self._bones[left] == self._bones[right]
        blooms, one, other = self._blooms("stems", left[found], right[found], Form(self._bare))
        found[found] = _holds(blooms, one, other) | _holds(blooms, other, one)
        offers, wordings, has_phrase = self._columns.offers, self._wordings, self._may_have_phrase
        same: Flags = offers[left] == offers[right]
        # over the same options more may differ than harmless words, and phrases may be undone
        same &= (wordings[left] == wordings[right]) | has_phrase[left] | has_phrase[right]
        return found | same

    def may_agree(self, left: Ints, right: Ints) -> Flags:
        """Which pairs may have keys that agree or the same stem: `decide` calls the others unrelated."""
        result: Flags = self.stems[left] == self.stems[right]
        at = (~result).nonzero()[0]
        result[at] = self._may_key_the_same(left[at], right[at])
        return result

    def _may_key_the_same(self, left: Ints, right: Ints) -> Flags:
        """Which pairs have keys of the same words, or keys that say something and are alike enough."""
        keys, is_generic = self._columns.keys, self._columns.is_generic
        sizes = keys.sizes
        result: Flags = (sizes[left] == 0) & (sizes[right] == 0)
        blooms, one, other = self._blooms("keys", left, right, Form(self._columns.words.themselves))
        for bits in blooms:
            result |= (bits[one] & bits[other]) != 0
        at = result.nonzero()[0]
        left, right = left[at], right[at]
        shared = shared_numbers(keys, keys, left, right)
        less, more = shared - sizes[left], shared - sizes[right]
        says = ~(is_generic[left] | is_generic[right])
        inside = (shared > 0) & ((less == 0) | (more == 0)) & (less + more >= -MOST_MORE)
        half = (shared >= LEAST_LIKE) & (shared >= LIKE_KEYS * (shared - less - more))
        result[at] = ((less == 0) & (more == 0)) | (says & (inside | half))
        return result

    @cached_property
    def numbers(self) -> Ints:
        """For every item the number of its outline: its content words by meaning, what may fill slots masked.

        Where slots stand side by side they count as one: 60 mg, 2 tablets a day.
        """
        return self._columns.numbers("outlines", self._outline)

    @cached_property
    def stems(self) -> Ints:
        """For every item a number, the same for stems of the same words in the same order."""
        return self._columns.equal_stems

    @cached_property
    def _outline(self) -> Form:
        import numpy as np

        words = self._columns.words
        meanings = words.meanings
        used = np.zeros(len(meanings), dtype=bool)
        used[self._columns.whole.values] = True  # words that no item has any more mask nothing
        hidden = np.zeros(words.size, dtype=bool)
        # by meaning: what is equal in two stems is masked in both or in none
        hidden[meanings[(words.fills > 0) & (meanings >= 0) & used]] = True
        is_masked = (meanings >= 0) & hidden[meanings]
        table = np.where(is_masked, words.mask, meanings)
        return Form(table, is_masked, once=words.mask)

    @cached_property
    def _bones(self) -> Ints:
        """For every item the number of its stem's words that nothing harmless can be."""
        return self._columns.numbers("bones", self._without_common(self._bare))

    @cached_property
    def _wordings(self) -> Ints:
        """The same where no word is harmless but everyday and function words."""
        return self._columns.numbers("wordings", self._without_common(self._columns.words.prefixes))

    @cached_property
    def _may_have_phrase(self) -> Flags:
        """Which stems may hold a phrase that people write for another."""
        import numpy as np

        table = np.where(self._columns.words.of_phrase > 0, 0, -1)
        result: Flags = self._columns.told("phrases", Form(table), Form.counts) > 0
        return result

    @cached_property
    def _bare(self) -> Ints:
        """The first letters of every word, -1 for one that nobody minds."""
        words = self._columns.words
        known = len(words.prefixes)
        harmless = [number for word in HARMLESS if (number := words.numbers.get(word, known)) < known]
        result: Ints = words.prefixes.copy()
        result[harmless] = -1
        return result

    def _without_common(self, prefixes: Ints) -> Form:
        """The first letters of words with which no everyday word begins."""
        import numpy as np

        words = self._columns.words
        common = distinct(words.prefixes[(words.common > 0) & (words.prefixes >= 0)])
        is_left = (prefixes >= 0) & ~among(prefixes, common)
        return Form(np.where(is_left, prefixes, -1), is_left)

    def _blooms(self, column: str, left: Ints, right: Ints, form: Form) -> tuple[list[Bits], Ints, Ints]:
        """The blooms of the rows of some pairs, and of each pair which of them are its two."""
        import numpy as np

        has_bloom = np.zeros(len(self._columns.offers), dtype=bool)
        has_bloom[left] = has_bloom[right] = True
        places = np.cumsum(has_bloom) - 1
        rows = form.of(self._columns.some(column, np.flatnonzero(has_bloom)))
        return blooms(rows), places[left], places[right]


def blooms(rows: Rows) -> list[Bits]:
    """For every row words of bits, with a bit set for each of its numbers."""
    import numpy as np

    return signatures(rows, _BLOOM_WORDS, np.bitwise_or)


def _holds(blooms: list[Bits], one: Ints, other: Ints) -> Flags:
    """Whether the one of each pair may hold all that the other has."""
    import numpy as np

    result: Flags = np.ones(len(one), dtype=bool)
    for bits in blooms:
        result &= (bits[other] & ~bits[one]) == 0
    return result
