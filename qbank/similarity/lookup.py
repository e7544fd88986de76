"""A few rows of many: their pairs in the set-similarity join, without joining the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from qbank.similarity.join import Coded, alike_bits, bitmaps_of, needed_of, ratio_of, shared_of
from qbank.similarity.renewed import renewed
from qbank.similarity.rows import Rows, any_of_each, chunks, distinct, gathered, ranges, sorted_rows

if TYPE_CHECKING:
    from qbank.similarity.rows import Flags, Ints

_MOST_LISTED = 1 << 23
"""So many numbers at most have a place in a table."""

_FEW_BITMAP_WORDS = 2
"""How many where few sets are compared."""


def pairs_with(rows: Rows, threshold: float, families: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    """The pairs of `similar_rows` of which one row at least is wanted: first and later rows.

    The numbers of each row rise. Two alike rows share one of the largest numbers of each (prefix filter), so
    it is fast where these are rare: few rows of many then take little time.
    """
    import numpy as np

    ratio, sizes = ratio_of(threshold), rows.sizes
    most = int(sizes.max(initial=0))
    needed = needed_of(2 * most, ratio)
    least: Ints = -(-np.arange(most + 1) * ratio.numerator // ratio.denominator)
    lengths = np.where(sizes > 0, sizes - least[sizes] + 1, 0)
    one = _tails(rows, lengths, wanted)
    looked_up = np.zeros(int(rows.values.max(initial=-1)) + 1, dtype=bool)
    looked_up[one.numbers] = True
    # sorted by the number and then by the size of its row
    firsts = (np.cumsum(looked_up) - 1) * (most + 2)
    keys = firsts[one.numbers] + sizes[one.owners]
    order = np.argsort(keys, kind="stable")
    keys, owners, places = keys[order], one.owners[order], one.places[order]
    other = _tails(rows, lengths, np.flatnonzero(lengths), looked_up)
    # below the largest number that both have, each has so many numbers as its place tells
    own = sizes[other.owners]
    bound = (other.places + 1) * (ratio.numerator + ratio.denominator) // ratio.numerator - own
    keyed = firsts[other.numbers]
    begins, ends = _found(keys, keyed + least[own], keyed + np.clip(bound, -1, most) + 1)
    counts = np.maximum(ends - begins, 0)
    coded = Coded(rows.values, rows.starts[:-1], sizes, bitmaps_of(rows, _FEW_BITMAP_WORDS), len(looked_up))
    found = [np.empty(0, dtype=np.int64)]
    for block in chunks(counts):
        at = ranges(begins[block], counts[block])
        here, there = owners[at], np.repeat(other.owners[block], counts[block])
        likely = places[at] + 1 >= needed[sizes[here] + sizes[there]]
        likely &= (here != there) & ((families[here] == 0) | (families[here] != families[there]))
        here, there = here[likely], there[likely]
        kept = alike_bits(coded, needed, here, there)
        here, there = here[kept], there[kept]
        found.append(np.minimum(here, there) * len(sizes) + np.maximum(here, there))
    pairs = distinct(np.concatenate(found))
    first = pairs // max(len(sizes), 1)
    later = pairs - first * len(sizes)
    good = shared_of(coded, first, later)[0] >= needed[sizes[first] + sizes[later]]
    return first[good], later[good]


def _found(keys: Ints, *wanted: Ints) -> Iterator[Ints]:
    """Where each wanted number would stand among keys in order, looked up in a table if it is not large."""
    import numpy as np

    size = int(keys.max(initial=-1)) + 2
    if size > _MOST_LISTED:
        yield from (np.searchsorted(keys, one) for one in wanted)
        return
    table = np.concatenate(([0], np.cumsum(np.bincount(keys, minlength=size))))
    yield from (table[np.minimum(one, size)] for one in wanted)


def commonest_first(rows: Rows, first: int, least: int) -> Rows:
    """Rising rows with the numbers from `first` on that `least` rows have made the smallest."""
    import numpy as np

    counts = np.bincount(rows.values[rows.values >= first] - first)
    common = first + np.flatnonzero(counts >= least)
    if not len(common):
        return rows
    size = first + len(counts)
    is_common = np.zeros(size, dtype=bool)
    is_common[common] = True
    table = np.arange(len(common), len(common) + size, dtype=np.int32)
    table[common] = np.arange(len(common))
    flags = any_of_each(is_common[rows.values], rows.starts)
    numbered, having = Rows(table[rows.values], rows.starts), np.flatnonzero(flags)
    changed = sorted_rows([gathered(numbered, having)], len(common) + size)
    return renewed(numbered, changed, np.where(flags, -1, np.arange(len(flags))))


class _Tails(NamedTuple):
    """The last numbers of some rows: the numbers, and for each its row and its place in it."""

    numbers: Ints
    owners: Ints
    places: Ints


def _tails(rows: Rows, lengths: Ints, some: Ints, wanted: Flags | None = None) -> _Tails:
    """So many of the last numbers of some rows; with `wanted` only those numbers."""
    import numpy as np

    firsts, counts = rows.starts[some + 1] - lengths[some], lengths[some]
    at = ranges(firsts, counts)
    numbers = rows.values[at]
    kept = np.arange(len(numbers)) if wanted is None else np.flatnonzero(wanted[numbers])
    owners = some[np.searchsorted(np.cumsum(counts), kept, side="right")]
    return _Tails(numbers[kept], owners, at[kept] - rows.starts[owners])
