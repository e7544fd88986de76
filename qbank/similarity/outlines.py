"""What two items must have in common before a rule need look at them, as numbers for a whole bank at once.

Every test here is necessary for what it stands for: two stems of one template have the same outline, two
that ask the same and differ in harmless words only have the same bones and the one holds the other's, and
two keys that agree share a word. So pairs are let go by the million, and none that matters is.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from qbank.similarity.columns import Columns
from qbank.similarity.join import signatures
from qbank.similarity.rows import Rows, filtered, row_numbers

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
        """Which pairs may ask the same: `contradict` says no to the others.

        Over the same options more may differ than harmless words, so all those pairs may.
        """
        bones, blooms = self._bones
        found: Flags = bones[left] == bones[right]
        found[found] = _holds(blooms, left[found], right[found]) | _holds(blooms, right[found], left[found])
        result: Flags = found | (self._columns.offers[left] == self._columns.offers[right])
        return result

    def may_agree(self, left: Ints, right: Ints) -> Flags:
        """Which pairs may have keys that agree or the same stem: `decide` calls the others unrelated."""
        keys, blooms = self._columns.keys, self._key_blooms
        result: Flags = self.stems[left] == self.stems[right]
        result |= (keys.sizes[left] == 0) & (keys.sizes[right] == 0)
        for bits in blooms:
            result |= (bits[left] & bits[right]) != 0
        return result

    @cached_property
    def numbers(self) -> Ints:
        """For every item the number of its outline: its content words by meaning, what may fill slots masked.

        Where slots stand side by side they count as one: 60 mg, 2 tablets a day.
        """
        return row_numbers(self.rows)

    @cached_property
    def rows(self) -> Rows:
        """The outlines themselves."""
        import numpy as np

        words = self._columns.words
        meanings = words.meanings
        used = np.zeros(len(meanings), dtype=bool)
        used[self._columns.whole.values] = True  # words that no item has any more mask nothing
        may_be = (words.fills > 0) & (meanings >= 0) & used
        hidden = np.zeros(words.size, dtype=bool)
        hidden[meanings[may_be]] = True  # by meaning: what is equal in two stems is masked in both or in none
        table = np.where((meanings >= 0) & hidden[meanings], words.mask, meanings)
        stems = self._columns.stems
        said = filtered(stems, (meanings >= 0)[stems.values])
        content = Rows(table[said.values], said.starts)
        owners = np.repeat(np.arange(len(content.sizes)), content.sizes)
        repeated = np.zeros(len(content.values), dtype=bool)
        repeated[1:] = (
            (content.values[1:] == words.mask)
            & (content.values[:-1] == words.mask)
            & (owners[1:] == owners[:-1])
        )
        return filtered(content, ~repeated)

    @cached_property
    def _bones(self) -> tuple[Ints, list[Bits]]:
        """The number of every stem's words that nothing harmless can be; and which words it may hold."""
        import numpy as np

        words, stems = self._columns.words, self._columns.stems
        # told word by word, not place by place: a bank has far fewer words
        common = np.unique(words.bones[(words.common > 0) & (words.bones >= 0)])
        tells = words.bones >= 0
        is_bone = tells & ~np.isin(words.bones, common)
        bones = filtered(stems, is_bone[stems.values])
        order = filtered(stems, tells[stems.values])
        numbers = row_numbers(Rows(words.bones[bones.values], bones.starts))
        return numbers, blooms(Rows(words.bones[order.values], order.starts))

    @cached_property
    def _key_blooms(self) -> list[Bits]:
        return blooms(self._columns.keys)

    @cached_property
    def stems(self) -> Ints:
        """For every item a number, the same for stems of the same words in the same order."""
        return row_numbers(self._columns.stems)


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
