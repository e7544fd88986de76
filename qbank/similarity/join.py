"""The exact set-similarity join: every pair of sets whose Jaccard similarity reaches a threshold.

Sets are sorted by size and their tokens by rarity. Two sets that are alike enough share a token among
the first few of each (prefix filter; the smaller one needs fewer), differ little in size, have enough
tokens left after the first shared one (positional filter) and differ in few enough bits of a hash (bitmap
filter); only what passes is counted. No pair is missed. All of it is done in blocks, so that beside the
tokens as 32-bit numbers little is held in memory.
Source: Chaudhuri et al. 2006 (prefix filter), Xiao et al. 2008 (PPJoin: positional filter, index prefix),
Sandes et al. 2020 (bitmap filter).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from qbank.similarity.alike import alike_bits, ratio_of, shared_of
from qbank.similarity.coded import Sets
from qbank.similarity.meeting import entries_of, matches
from qbank.similarity.rows import Rows, encoded, ranges

if TYPE_CHECKING:
    from qbank.similarity.rows import Ints


class Pair(NamedTuple):
    """Two alike sets by their numbers, `left` < `right`, with the tokens they share and have in all."""

    left: int
    right: int
    shared: int
    union: int

    @property
    def similarity(self) -> float:
        """The Jaccard similarity."""
        return self.shared / self.union


class Pairs(NamedTuple):
    """Many pairs: the numbers of their rows (first < later), the tokens they share and have in all."""

    left: Ints
    right: Ints
    shared: Ints
    union: Ints


def similar_pairs(
    sets: Iterable[Collection[str]], threshold: float, families: Sequence[int] = ()
) -> Iterator[Pair]:
    """Every pair of sets with a Jaccard similarity of at least `threshold`, in no special order.

    `threshold` is above 0 and at most 1. Empty sets are like no other. Sets with the same number above 0
    in `families` are not paired with each other. The sets are gone through once and not kept.
    """
    import numpy as np

    ratio = ratio_of(threshold)
    distinct = Sets(encoded(sets), np.array(families, dtype=np.int64), ratio)
    for block in _pairs(distinct):
        yield from map(Pair._make, zip(*(column.tolist() for column in block), strict=True))


def similar_rows(rows: Rows, threshold: float, families: Ints) -> Iterator[Pairs]:
    """The same for rows of numbers from 0 on, in blocks; `families` is empty or has a number for each row."""
    return _pairs(Sets(rows, families, ratio_of(threshold)))


def _pairs(sets: Sets) -> Iterator[Pairs]:
    """The pairs of given rows, each once, in blocks."""
    import numpy as np

    equal = np.flatnonzero(np.diff(sets.member_starts) > 1)
    if len(sets.families):
        equal = equal[sets.families[equal] == 0]
    for number in equal.tolist():
        yield _of_equal(sets, number)
    for one, other, shared in _join(sets):
        owners, left, right = _all_members(sets, one, other)
        union = sets.sizes[one] + sets.sizes[other] - shared
        yield Pairs(np.minimum(left, right), np.maximum(left, right), shared[owners], union[owners])


def _of_equal(sets: Sets, number: int) -> Pairs:
    import numpy as np

    members = sets.members[sets.member_starts[number] : sets.member_starts[number + 1]]
    later, first = np.tril_indices(len(members), -1)
    sizes = np.full(len(later), sets.sizes[number])
    return Pairs(members[first], members[later], sizes, sizes)


def _all_members(sets: Sets, one: Ints, other: Ints) -> tuple[Ints, Ints, Ints]:
    """For pairs of sets all pairs of given rows: of which pair of sets, and the two rows."""
    import numpy as np

    counts = np.diff(sets.member_starts)
    owners = np.repeat(np.arange(len(one)), counts[one] * counts[other])
    places = ranges(np.zeros(len(one), dtype=np.int64), counts[one] * counts[other])
    width = counts[other][owners]
    left = sets.members[sets.member_starts[one][owners] + places // width]
    return owners, left, sets.members[sets.member_starts[other][owners] + places % width]


def _join(sets: Sets) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Pairs of sets in blocks: their numbers (the second is the smaller), and how many tokens they share."""
    import numpy as np

    for entries in entries_of(sets):
        for tokens, here, there in matches(sets, entries):
            kept = alike_bits(sets, sets.needed, here, there)
            kept = kept[there[kept] < here[kept]]
            tokens, here, there = tokens[kept], here[kept], there[kept]
            pairs, which = np.unique(here.astype(np.int64) * sets.count + there, return_inverse=True)
            shared, firsts = shared_of(sets, pairs // sets.count, pairs % sets.count)
            # a pair comes with every token that both sides look up: it is told of with the first they share
            good = tokens == firsts[which]
            good &= shared[which] >= sets.needed[sets.sizes[here] + sets.sizes[there]]
            yield here[good], there[good], shared[which[good]]
