"""A few rows of many: their pairs in the set-similarity join, without joining the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from qbank.similarity.forms import Form
from qbank.similarity.join import Coded, alike_bits, bitmaps_of, needed_of, ratio_of, shared_of
from qbank.similarity.rows import Rows, chunks, distinct, gathered, ranges

if TYPE_CHECKING:
    from qbank.similarity.columns import Columns
    from qbank.similarity.rows import Bits, Flags, Ints

_BITMAP_WORDS = 4
"""How many words of 64 bits are kept of a row."""

_AT_ONCE = 100_000
"""How many numbers or matches are held in memory at once: so few that the memory is used again."""

_MOST_LISTED = 1 << 23
"""So many numbers at most have a place in a table."""


class Ranked(NamedTuple):
    """Rows of numbers, each from the commonest number on: they rise, but for some rows.

    The rows at the places `apart` stand in `turned`, in another order.
    """

    rows: Rows
    apart: Ints
    turned: Rows


class _Tails(NamedTuple):
    """The last numbers of some rows: the numbers, and for each its row and its place in it."""

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
    least = (-(-np.arange(most + 1) * ratio.numerator // ratio.denominator)).astype(np.int32)[sizes]
    both = (np.arange(1, most + 1) * (ratio.numerator + ratio.denominator) // ratio.numerator).astype(
        np.int32
    )
    lengths = np.where(kept & (sizes > 0), sizes - least + 1, 0)
    is_wanted = np.zeros(len(sizes), dtype=bool)
    is_wanted[wanted] = True
    none = np.empty(0, dtype=np.int32)
    parts = [*_tails(ranked, lengths, is_wanted), _Tails(none, none, none)]
    one = _Tails(*map(np.concatenate, zip(*parts, strict=True)))
    # sorted by the number and then by the size of its row; behind all is what is not looked up
    looked_up = distinct(one.numbers)
    behind = len(looked_up) * (most + 2)
    size = behind + most + 2
    firsts: Ints = np.full(int(rows.values.max(initial=-1)) + 1, behind, dtype=np.int64)
    firsts[looked_up] = np.arange(len(looked_up)) * (most + 2)
    if size <= _MOST_LISTED:
        firsts = firsts.astype(np.int32)  # half as far apart
    keys = firsts[one.numbers] + sizes[one.owners]
    order = np.argsort(keys, kind="stable")
    keys, owners, places = keys[order], one.owners[order], one.places[order]
    find = _finder(keys, size)
    coded = Coded(rows.values, rows.starts[:-1], sizes, bitmaps_in(bits), len(firsts))
    found = [np.empty(0, dtype=np.int64)]
    for other in _tails(ranked, lengths, kept):
        # up to the largest number that both have, each has so many numbers as its place tells
        bound = np.clip(both[other.places] - sizes[other.owners], -1, most)
        keyed = firsts[other.numbers]
        begins = find(keyed + least[other.owners])
        counts = np.maximum(find(keyed + bound + 1) - begins, 0)
        for block in chunks(counts, _AT_ONCE):
            at = ranges(begins[block], counts[block])
            here, there = owners[at], np.repeat(other.owners[block], counts[block])
            likely = np.flatnonzero((places[at] + 1 >= needed[sizes[here] + sizes[there]]) & (here != there))
            here, there = here[likely], there[likely]
            near = alike_bits(coded, needed, here, there)
            here, there = here[near], there[near]
            apart = (families[here] == 0) | (families[here] != families[there])
            here, there = here[apart], there[apart]
            found.append(np.minimum(here, there) * len(sizes) + np.maximum(here, there))
    pairs = distinct(np.concatenate(found))
    first = pairs // max(len(sizes), 1)
    later = pairs - first * len(sizes)
    good = shared_of(coded, first, later)[0] >= needed[sizes[first] + sizes[later]]
    return first[good], later[good]


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
    """Tells where numbers up to `size` would stand among keys in order: by a table if it is not large."""
    import numpy as np

    if size > _MOST_LISTED:
        return lambda wanted: np.searchsorted(keys, wanted)
    table = np.zeros(size + 1, dtype=np.int32)
    different, counts = np.unique(keys, return_counts=True)
    table[different + 1] = counts
    np.cumsum(table, out=table)
    return lambda wanted: table[wanted]


def _tails(ranked: Ranked, lengths: Ints, wanted: Flags) -> Iterator[_Tails]:
    """So many of the last numbers of each of the wanted rows; in blocks."""
    import numpy as np

    is_apart = np.zeros(len(lengths), dtype=bool)
    is_apart[ranked.apart] = True
    rising = np.flatnonzero(wanted & ~is_apart)
    turned = np.flatnonzero(wanted[ranked.apart])
    for rows, some, owners in (
        (ranked.rows, rising, rising),
        (ranked.turned, turned, ranked.apart[turned]),
    ):
        for block in chunks(lengths[owners], _AT_ONCE):
            counts, here = lengths[owners[block]], some[block]
            places = ranges(rows.sizes[here] - counts, counts)
            values = rows.values[np.repeat(rows.starts[here], counts) + places]
            yield _Tails(values, np.repeat(owners[block], counts), places.astype(np.int32))
