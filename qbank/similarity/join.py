"""The exact set-similarity join: every pair of sets whose Jaccard similarity reaches a threshold.

Sets are sorted by size and their tokens by rarity. Two sets that are alike enough share a token among
the first few of each (prefix filter), differ little in size, and have enough tokens left after the first
shared one (positional filter); only what passes is counted. No pair is missed.
Source: Chaudhuri et al. 2006 (prefix filter), Xiao et al. 2008 (PPJoin: positional filter).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


_AT_ONCE = 1_000_000
"""How many matches or tokens are held in memory at once."""


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


def similar_pairs(
    sets: Sequence[Collection[str]], threshold: float, families: Sequence[int] = ()
) -> Iterator[Pair]:
    """Every pair of sets with a Jaccard similarity of at least `threshold`, in no special order.

    `threshold` is above 0 and at most 1. Empty sets are like no other. Sets with the same number above 0
    in `families` are not paired with each other.
    """
    if not 0 < threshold <= 1:
        raise ValueError("the threshold of a similarity join is above 0 and at most 1")
    ratio = Fraction(threshold).limit_denominator(1_000_000)
    members: dict[tuple[tuple[int, ...], int], list[int]] = {}
    for number, encoded in enumerate(_by_rarity(sets)):
        if encoded:
            members.setdefault((encoded, families[number] if families else 0), []).append(number)
    distinct = sorted(members, key=lambda one: (len(one[0]), one))
    for (encoded, family), same in members.items():
        for place, right in enumerate(same):
            for left in () if family else same[:place]:
                yield Pair(left, right, len(encoded), len(encoded))
    for one, other, shared in _join(_Sets(distinct), ratio):
        union = len(distinct[one][0]) + len(distinct[other][0]) - shared
        for a in members[distinct[one]]:
            for b in members[distinct[other]]:
                yield Pair(min(a, b), max(a, b), shared, union)


def _by_rarity(sets: Sequence[Collection[str]]) -> Iterator[tuple[int, ...]]:
    """Every set as the sorted ranks of its tokens, the rarest token first."""
    counts = Counter(token for one in sets for token in set(one))
    rarest_first = sorted(counts, key=lambda token: (counts[token], token))
    ranks = {token: rank for rank, token in enumerate(rarest_first)}
    for one in sets:
        yield tuple(sorted({ranks[token] for token in one}))


class _Sets:
    """Distinct sets with their families in order of size, one behind the other in one array."""

    def __init__(self, sets: Sequence[tuple[tuple[int, ...], int]]) -> None:
        import numpy as np

        self.count = len(sets)
        self.families: Ints = np.array([family for _, family in sets], dtype=np.int64)
        self.sizes: Ints = np.array([len(one) for one, _ in sets], dtype=np.int64)
        self.starts: Ints = np.concatenate(([0], np.cumsum(self.sizes)))
        self.tokens: Ints = np.fromiter(
            chain.from_iterable(one for one, _ in sets), np.int64, int(self.starts[-1])
        )
        self.vocabulary = int(self.tokens.max(initial=-1)) + 1


def _join(sets: _Sets, ratio: Fraction) -> Iterator[tuple[int, int, int]]:
    """Pairs (number, smaller number, shared tokens) of sets."""
    import numpy as np

    least = -(-sets.sizes * ratio.numerator // ratio.denominator)  # tokens that a partner must have
    prefixes = sets.sizes - least + 1
    owners: Ints = np.repeat(np.arange(sets.count), prefixes)
    ends = np.cumsum(prefixes)
    places: Ints = np.arange(len(owners)) - np.repeat(ends - prefixes, prefixes)
    tokens = sets.tokens[sets.starts[owners] + places]

    # postings: the sets with a token in their prefix, by token and then by set
    order = np.argsort(tokens, kind="stable")
    posted = tokens[order] * sets.count + owners[order]
    too_small = np.searchsorted(sets.sizes, least)
    lows = np.searchsorted(posted, tokens * sets.count + too_small[owners])
    highs = np.searchsorted(posted, tokens * sets.count + owners)

    matches = np.add.reduceat(highs - lows, ends - prefixes) if sets.count else ends
    for block in _chunks(matches):
        entries = slice(int(ends[block.start] - prefixes[block.start]), int(ends[block.stop - 1]))
        counts = highs[entries] - lows[entries]
        found = order[_ranges(lows[entries], counts)]
        here, there = np.repeat(owners[entries], counts), owners[found]
        # from the first shared token on, at most the shorter rest can be shared
        possible = np.minimum(
            sets.sizes[here] - np.repeat(places[entries], counts), sets.sizes[there] - places[found]
        )
        likely = _enough(possible, sets.sizes[here] + sets.sizes[there], ratio)
        likely &= (sets.families[here] == 0) | (sets.families[here] != sets.families[there])
        candidates = np.unique(here[likely] * sets.count + there[likely])
        yield from _verified(sets, candidates // sets.count, candidates % sets.count, ratio)


def _verified(sets: _Sets, here: Ints, there: Ints, ratio: Fraction) -> Iterator[tuple[int, int, int]]:
    """The candidate pairs that are alike enough; `here` is in order."""
    import numpy as np

    is_new = np.diff(here, prepend=-1) != 0  # needs a row of `present`, a byte a token
    for block in _chunks(sets.sizes[there] + is_new * (sets.vocabulary // 8)):
        one, other = here[block], there[block]
        distinct, row = np.unique(one, return_inverse=True)
        present = np.zeros((len(distinct), sets.vocabulary), dtype=np.bool_)
        sizes = sets.sizes[distinct]
        rows = np.repeat(np.arange(len(distinct)), sizes)
        present[rows, sets.tokens[_ranges(sets.starts[distinct], sizes)]] = True
        sizes = sets.sizes[other]
        inside = present[np.repeat(row, sizes), sets.tokens[_ranges(sets.starts[other], sizes)]]
        shared: Ints = np.add.reduceat(inside, np.cumsum(sizes) - sizes, dtype=np.int64)
        good = _enough(shared, sets.sizes[one] + sizes, ratio)
        yield from zip(one[good].tolist(), other[good].tolist(), shared[good].tolist(), strict=True)


def _enough(shared: Ints, both: Ints, ratio: Fraction) -> NDArray[np.bool_]:
    """Whether shared / (both - shared) reaches the ratio, in whole numbers."""
    result: NDArray[np.bool_] = shared * (ratio.numerator + ratio.denominator) >= ratio.numerator * both
    return result


def _ranges(starts: Ints, counts: Ints) -> Ints:
    """The numbers start, start + 1, … of every range, one range behind the other."""
    import numpy as np

    ends = np.cumsum(counts)
    result: Ints = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(starts - (ends - counts), counts)
    return result


def _chunks(weights: Ints) -> Iterator[slice]:
    """Slices that cover everything, each as long as its weight allows and at least one long."""
    import numpy as np

    totals = np.cumsum(weights)
    start = 0
    while start < len(totals):
        before = int(totals[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(totals, before + _AT_ONCE, side="right")))
        yield slice(start, stop)
        start = stop
