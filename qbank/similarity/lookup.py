"""A few rows of many: their pairs in the set-similarity join, without joining the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from qbank.similarity.alike import alike_bits, ratio_of, shared_of
from qbank.similarity.coded import Coded, bitmaps_of, needed_of
from qbank.similarity.forms import Form
from qbank.similarity.rows import Rows, chunks, distinct, gathered, ranges, stable_order

if TYPE_CHECKING:
    from fractions import Fraction

    from qbank.similarity.columns import Columns
    from qbank.similarity.rows import Bits, Flags, Ints

_BITMAP_WORDS = 4
"""How many words of 64 bits are kept of a row."""

_AT_ONCE = 100_000
"""How many numbers or matches are held in memory at once: so few that the memory is used again."""

_MOST_LISTED = 1 << 23
"""So many numbers at most have a place in a table."""

_NEVER = 2**31 - 1
"""No row is so large."""


class Ranked(NamedTuple):
    """Rows of numbers, each from the commonest number on: they rise, but for some rows.

    The rows at the places `apart` stand in `turned`, in another order.
    """

    rows: Rows
    apart: Ints
    turned: Rows


class _Tails(NamedTuple):
    """Some of the last numbers of some rows: the numbers, and for each its row and its place in it."""

    numbers: Ints
    owners: Ints
    places: Ints


def bits_of(rows: Rows) -> Ints:
    """For every row eight columns of 32 bits, each set where an odd number of its numbers falls on it."""
    import numpy as np

    return np.stack(bitmaps_of(rows, _BITMAP_WORDS), axis=1).view(np.int32)


def told_bits(columns: Columns, column: str) -> Ints:
    """The `bits_of` all rows of a column, most of which may be known."""
    return columns.told(f"{column} bits", Form(columns.words.themselves), _bits_of_form, column)


def _bits_of_form(form: Form, rows: Rows) -> Ints:
    return bits_of(form.of(rows))


def bitmaps_in(bits: Ints) -> list[Bits]:
    """The `bits_of` rows as words of 64 bits."""
    import numpy as np

    return [*np.ascontiguousarray(bits.view(np.uint64).T)]


def pairs_with(
    ranked: Ranked, threshold: float, families: Ints, wanted: Ints, kept: Flags, bits: Ints
) -> tuple[Ints, Ints]:
    """The pairs of `similar_rows` of which one row at least is wanted: first and later rows, both kept.

    Two alike rows share one of the largest numbers of each (prefix filter), so it is fast where these are
    rare: few rows of many then take little time. `bits` are the `bits_of` the rows.
    """
    import numpy as np

    rows, ratio = ranked.rows, ratio_of(threshold)
    sizes = rows.sizes.astype(np.int32)
    most = int(sizes.max(initial=0))
    needed = needed_of(2 * most, ratio)
    lengths = np.where(kept & (sizes > 0), sizes - least_of(most, ratio)[sizes] + 1, 0)
    sought = _Sought(ranked, sizes, lengths, wanted, ratio)
    vocabulary = int(rows.values.max(initial=-1)) + 1
    coded = Coded(rows.values, rows.starts[:-1], sizes, bitmaps_in(bits), vocabulary)
    found = [np.empty(0, dtype=np.int64)]
    for tails in _tails(ranked, lengths, sought.largest):
        for here, there in sought.met(tails):
            near = alike_bits(coded, needed, here, there)
            here, there = here[near], there[near]
            apart = (here != there) & ((families[here] == 0) | (families[here] != families[there]))
            here, there = here[apart].astype(np.int64), there[apart].astype(np.int64)
            found.append(np.minimum(here, there) * len(sizes) + np.maximum(here, there))
    pairs = distinct(np.concatenate(found))
    first = pairs // max(len(sizes), 1)
    later = pairs - first * len(sizes)
    good = shared_of(coded, first, later)[0] >= needed[sizes[first] + sizes[later]]
    return first[good], later[good]


def least_of(most: int, ratio: Fraction) -> Ints:
    """For every size up to `most` how many numbers another row at least has, and shares, that is alike."""
    import numpy as np

    return (-(-np.arange(most + 1) * ratio.numerator // ratio.denominator)).astype(np.int32)


class _Sought:
    """The last numbers of the wanted rows, by number and then by the size of the row.

    Up to the largest number that two rows share, each has so many numbers as its place there tells. So a
    place is good up to a size of the other row, its reach.
    """

    def __init__(self, ranked: Ranked, sizes: Ints, lengths: Ints, wanted: Ints, ratio: Fraction) -> None:
        import numpy as np

        self._sizes, most = sizes, int(sizes.max(initial=0))
        both = np.arange(1, most + 1) * (ratio.numerator + ratio.denominator) // ratio.numerator
        self._both: Ints = both.astype(np.int32)
        numbers, owners, places = _last(ranked, lengths, wanted)
        looked_up = distinct(numbers)
        # of the sizes only those count that a wanted row has: so the table stays small
        self._ranks: Ints = np.searchsorted(distinct(sizes[wanted]), np.arange(most + 2))
        self._low: Ints = self._ranks[least_of(most, ratio)]
        width = int(self._ranks[-1]) + 1
        self._first: Ints = np.zeros(int(ranked.rows.values.max(initial=-1)) + 1, dtype=np.int64)
        self._first[looked_up] = np.arange(len(looked_up)) * width
        keys = self._first[numbers] + self._ranks[sizes[owners]]
        order = stable_order(keys)
        self._find = _finder(keys[order], len(looked_up) * width)
        self._owners: Ints = owners[order]
        self._reach: Ints = (self._both[places] - sizes[owners])[order]
        self.largest: Ints = np.full(len(self._first), -1, dtype=np.int32)
        if len(order):
            begins = self._find(self._first[looked_up])
            self.largest[looked_up] = np.maximum.reduceat(self._reach, begins)

    def met(self, tails: _Tails) -> Iterator[tuple[Ints, Ints]]:
        """The pairs of wanted rows and others that meet at a number with enough before it; in blocks."""
        import numpy as np

        sizes = self._sizes[tails.owners]
        first = self._first[tails.numbers]
        begins = self._find(first + self._low[sizes])
        reach = np.minimum(self._both[tails.places] - sizes, len(self._ranks) - 2)
        counts = self._find(first + self._ranks[reach + 1]) - begins
        for block in chunks(counts, _AT_ONCE):
            at = ranges(begins[block], counts[block])
            good = np.flatnonzero(self._reach[at] >= np.repeat(sizes[block], counts[block]))
            here, there = self._owners[at[good]], np.repeat(tails.owners[block], counts[block])[good]
            yield here, there


def commonest_first(rows: Rows, first: int, least: int) -> Ranked:
    """Rising rows with the numbers from `first` on that `least` rows have before all others."""
    import numpy as np

    at = np.flatnonzero(rows.values >= first)
    counts = np.bincount(rows.values[at] - first, minlength=1)
    at = at[counts[rows.values[at] - first] >= least]
    apart = distinct(np.searchsorted(rows.starts, at, side="right") - 1)
    turned = gathered(rows, apart)
    is_common = np.append(np.zeros(first, dtype=bool), counts >= least)
    owners = np.repeat(np.arange(len(apart)), turned.sizes)
    size = len(is_common)
    order = np.argsort((2 * owners + 1 - is_common[turned.values]) * size + turned.values, kind="stable")
    return Ranked(rows, apart, Rows(turned.values[order], turned.starts))


def _finder(keys: Ints, size: int) -> Callable[[Ints], Ints]:
    """Tells where numbers below `size` would stand among keys in order: by a table if it is not large."""
    import numpy as np

    if size > _MOST_LISTED:
        return lambda wanted: np.searchsorted(keys, wanted)
    gaps = np.diff(np.concatenate(([-1], keys, [size])))
    table = np.repeat(np.arange(len(gaps), dtype=np.int32), gaps)
    return lambda wanted: table[wanted]


def _last(ranked: Ranked, lengths: Ints, wanted: Ints) -> _Tails:
    """So many of the last numbers of each of the wanted rows."""
    import numpy as np

    is_apart = np.zeros(len(lengths), dtype=bool)
    is_apart[ranked.apart] = True
    rising = wanted[~is_apart[wanted]]
    turned = np.flatnonzero(np.isin(ranked.apart, wanted))
    parts = []
    for rows, owners, some in (
        (ranked.rows, rising, rising),
        (ranked.turned, ranked.apart[turned], turned),
    ):
        counts = lengths[owners]
        places = ranges(rows.sizes[some] - counts, counts)
        values = rows.values[np.repeat(rows.starts[some], counts) + places]
        parts.append(_Tails(values, np.repeat(owners, counts).astype(np.int32), places))
    return _Tails(*map(np.concatenate, zip(*parts, strict=True)))


def _tails(ranked: Ranked, lengths: Ints, largest: Ints) -> Iterator[_Tails]:
    """Those of so many of the last numbers of each row whose `largest` is not below the size of the row.

    In blocks. Nearly all numbers are let go before anything else is asked about them.
    """
    import numpy as np

    own = lengths.copy()
    own[ranked.apart] = 0
    everything = np.arange(len(lengths), dtype=np.int32)
    for rows, owners, counts in (
        (ranked.rows, everything, own),
        (ranked.turned, everything[ranked.apart], lengths[ranked.apart]),
    ):
        sizes = rows.sizes.astype(np.int32)
        # what stands before the last numbers of a row is never wanted
        limits = np.column_stack((np.full(len(sizes), _NEVER, dtype=np.int32), sizes)).ravel()
        pieces = np.column_stack((sizes - counts, counts)).ravel()
        for block in chunks(sizes, _AT_ONCE):
            begin, end = rows.starts[block.start], rows.starts[block.stop]
            both = slice(2 * block.start, 2 * block.stop)
            values = rows.values[begin:end]
            found = largest.take(values, mode="clip")  # that is faster, and all are there
            at = np.flatnonzero(found >= np.repeat(limits[both], pieces[both]))
            here = np.repeat(everything[block], sizes[block])[at]
            places = at - (rows.starts[here] - begin)
            yield _Tails(values[at], owners[here], places)
