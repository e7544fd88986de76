"""Rows of numbers, one behind the other: chosen, sorted, told apart, in blocks that stay in the cache."""

from __future__ import annotations

import functools
import operator
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]
    Bits = NDArray[np.uint64]
    Flags = NDArray[np.bool_]


_AT_ONCE = 500_000
"""How many matches or tokens are held in memory at once."""

_BITS = 63
"""So many bits of a number are sorted."""

_DIGIT_BITS, _DIGITS = 16, 2
"""Numbers of so many bits are sorted by counting, and larger ones in so many steps."""

_MANY = 1 << 18
"""Fewer numbers are sorted in one step more."""

_LEAST_RUN = 4
"""So many rows that follow each other, on the average, are worth copying in one piece."""

FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
"""Odd numbers that stir the bits of a hash."""


class Rows(NamedTuple):
    """Rows of numbers, one behind the other: row n is `values[starts[n] : starts[n + 1]]`."""

    values: Ints
    starts: Ints

    @property
    def sizes(self) -> Ints:
        """The length of every row."""
        result: Ints = self.starts[1:] - self.starts[:-1]
        return result


def numbering() -> defaultdict[Any, int]:
    """A dictionary that gives everything new the next number; set `default_factory` to None when done.

    Until then it refers to itself, and is freed late.
    """
    numbers: defaultdict[Any, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    return numbers


def encoded(sets: Iterable[Collection[str]]) -> Rows:
    """The sets as rows of numbers, a number for each token."""
    from array import array

    import numpy as np

    ids = numbering()
    codes, starts = array("i"), array("q", [0])
    for one in sets:
        codes.extend(map(ids.__getitem__, one))
        starts.append(len(codes))
    ids.default_factory = None
    return Rows(np.frombuffer(codes, dtype=np.int32), np.frombuffer(starts, dtype=np.int64))


def gathered(rows: Rows, numbers: Ints) -> Rows:
    """Some of the rows, in this order."""
    import numpy as np

    starts = np.concatenate(([0], np.cumsum(rows.sizes[numbers])))
    return Rows(copied(rows.values, rows.values[:0], rows.starts[numbers], starts), starts)


def copied(old: Ints, fresh: Ints, begins: Ints, starts: Ints) -> Ints:
    """Pieces of two arrays, the one behind the other, by where each begins there and starts here."""
    import numpy as np

    sizes = np.diff(starts)
    is_first = np.ones(len(begins), dtype=bool)
    is_first[1:] = (begins[1:] != begins[:-1] + sizes[:-1]) | (begins[1:] == len(old))
    firsts = np.flatnonzero(is_first)
    # where most pieces follow each other, runs of them are copied at once
    if len(firsts) * _LEAST_RUN > len(begins):
        both = np.concatenate((old, fresh), dtype=old.dtype) if len(fresh) else old
        result: Ints = both[ranges(begins, sizes)]
        return result
    ends = begins[firsts] + starts[np.append(firsts[1:], len(begins))[: len(firsts)]] - starts[firsts]
    size = len(old)
    parts = [
        old[begin:end] if begin < size else fresh[begin - size : end - size]
        for begin, end in zip(begins[firsts].tolist(), ends.tolist(), strict=True)
    ]
    return np.concatenate([old[:0], *parts])


def filtered(rows: Rows, kept: Flags) -> Rows:
    """What is kept of every row."""
    import numpy as np

    places = np.flatnonzero(kept)
    return Rows(rows.values[places], np.searchsorted(places, rows.starts))


def only(rows: Rows, wanted: Flags) -> Rows:
    """The wanted rows, the others empty."""
    import numpy as np

    if wanted.all():
        return rows
    starts = np.concatenate(([0], np.cumsum(np.where(wanted, rows.sizes, 0))))
    return Rows(rows.values[np.repeat(wanted, rows.sizes)], starts)


def count_of_each(flags: Flags, starts: Ints) -> Ints:
    """How many of each row's flags are set; row n has those from `starts[n]` to before `starts[n + 1]`."""
    import numpy as np

    ends: Ints = np.searchsorted(np.flatnonzero(flags), starts)
    return ends[1:] - ends[:-1]


def any_of_each(flags: Flags, starts: Ints) -> Flags:
    """Whether one of each row's flags is set."""
    return count_of_each(flags, starts) > 0


def stacked(one: Rows, other: Rows) -> Rows:
    """One block of rows behind the other."""
    import numpy as np

    starts = np.concatenate((one.starts, other.starts[1:] + one.starts[-1]))
    return Rows(np.concatenate((one.values, other.values)), starts)


def are_new(rows: Rows) -> Flags:
    """For each number whether it opens its row, or another stands before it."""
    import numpy as np

    result: Flags = np.ones(len(rows.values), dtype=bool)
    result[1:] = rows.values[1:] != rows.values[:-1]
    result[rows.starts[:-1][rows.sizes > 0]] = True
    return result


def sorted_rows(parts: Sequence[Rows], size: int, distinct: bool = False) -> Rows:
    """Every row of one part with the same rows of the others, sorted, each number once if `distinct`.

    The numbers lie below `size`. It is done in blocks.
    """
    import numpy as np

    count = len(parts[0].starts) - 1
    sizes = np.zeros(count, dtype=np.int64)
    values: Ints = np.empty(sum(len(part.values) for part in parts), dtype=np.int32)
    end = 0
    for block in chunks(added([part.sizes for part in parts])):
        owned = np.concatenate([_owned(part, block, size) for part in parts])
        owned.sort()
        if distinct:
            owned = owned[np.diff(owned, prepend=-1) != 0]
        owners = owned // max(size, 1)
        values[end : end + len(owned)] = owned - owners * size
        sizes[block] = np.bincount(owners, minlength=block.stop - block.start)
        end += len(owned)
    return Rows(values[:end], np.concatenate(([0], np.cumsum(sizes))))


def _owned(rows: Rows, block: slice, size: int) -> Ints:
    """The numbers of a block of rows, each with the number of its row (from 0 on) times `size` added."""
    import numpy as np

    lengths = rows.sizes[block]
    result: Ints = np.repeat(np.arange(len(lengths)) * size, lengths)
    result += rows.values[rows.starts[block.start] : rows.starts[block.stop]]
    return result


def row_numbers(rows: Rows) -> Ints:
    """A number for each row, the same for equal rows: the place of the first."""
    import numpy as np

    hashes = np.zeros(len(rows.sizes), dtype=np.uint64)
    table = hashed(np.arange(int(rows.values.max(initial=0)) + 1)) if is_dense(rows) else None
    for filled, values, begins in in_blocks(rows):
        found = hashed(values) if table is None else table[values]
        hashes[filled] = np.add.reduceat(found, begins)
    result = first_equal(rows.values, rows.starts[:-1], rows.sizes, hashes, rows.starts[:0])
    empty = np.flatnonzero(rows.sizes == 0)
    result[empty] = empty[:1]
    return result


def first_equal(tokens: Ints, starts: Ints, sizes: Ints, hashes: Bits, families: Ints) -> Ints:
    """For every row the first one that has the same tokens (and family): equal hashes are looked at."""
    import numpy as np

    result: Ints = np.arange(len(sizes))
    order = stable_order(hashes)
    order = order[sizes[order] > 0]
    same = np.flatnonzero(hashes[order[1:]] == hashes[order[:-1]]) + 1
    is_like_last = np.zeros(len(order), dtype=bool)
    is_like_last[same] = _are_equal(tokens, starts, sizes, order[same - 1], order[same])
    if len(families):
        is_like_last[same] &= families[order[same - 1]] == families[order[same]]
    begins = np.where(is_like_last, 0, np.arange(len(order)))
    result[order] = order[np.maximum.accumulate(begins)]
    odd = same[~is_like_last[same]]
    if len(odd):
        _look_at_odd(
            result, tokens, starts, sizes, families, order[np.isin(hashes[order], hashes[order[odd]])]
        )
    return result


def _are_equal(tokens: Ints, starts: Ints, sizes: Ints, one: Ints, other: Ints) -> Flags:
    """Which pairs of rows have the same tokens."""
    import numpy as np

    result: Flags = sizes[one] == sizes[other]
    alike = np.flatnonzero(result)
    one, other = one[alike], other[alike]
    for block in chunks(sizes[one]):
        lengths = sizes[one[block]]
        pairs = (tokens[ranges(starts[rows[block]], lengths)] for rows in (one, other))
        differs = np.not_equal(*pairs)
        result[alike[block]] = ~any_of_each(differs, np.concatenate(([0], np.cumsum(lengths))))
    return result


def _look_at_odd(result: Ints, tokens: Ints, starts: Ints, sizes: Ints, families: Ints, rows: Ints) -> None:
    """Set the first equal row of each of some rows of which some have one hash and are not equal."""
    found: dict[tuple[bytes, int], int] = {}
    for number in sorted(rows.tolist()):
        family = int(families[number]) if len(families) else 0
        start = int(starts[number])
        key = tokens[start : start + int(sizes[number])].tobytes()
        result[number] = found.setdefault((key, family), number)


def is_dense(rows: Rows) -> bool:
    """Whether there are fewer numbers than places, so that each is hashed once."""
    return int(rows.values.max(initial=0)) < len(rows.values)


def hashed(values: Ints) -> Bits:
    """A hash of each number."""
    import numpy as np

    stirred = (values + 1).astype(np.uint64) * np.uint64(FACTORS[0])
    stirred ^= stirred >> np.uint64(29)
    stirred *= np.uint64(FACTORS[1])
    return stirred


def in_blocks(rows: Rows) -> Iterator[tuple[Ints, Ints, Ints]]:
    """The rows that are not empty, in blocks: which, their numbers, and where in these each begins."""
    import numpy as np

    for block in chunks(rows.sizes):
        filled = block.start + np.flatnonzero(rows.sizes[block])
        if len(filled):
            start = rows.starts[block.start]
            yield filled, rows.values[start : rows.starts[block.stop]], rows.starts[filled] - start


def stable_order(numbers: Ints | Bits) -> Ints:
    """The places of numbers in order of the numbers, equal ones in order of their places."""
    import numpy as np

    least, most = (int(one) for one in (numbers.min(initial=0), numbers.max(initial=0)))
    bits = len(numbers).bit_length()
    digits = -(-(most - least).bit_length() // _DIGIT_BITS)
    if digits <= _DIGITS or (digits == _DIGITS + 1 and len(numbers) < _MANY):
        return _by_digits(numbers - least, digits)
    if least < 0 or most.bit_length() + bits > _BITS:
        return np.argsort(numbers, kind="stable")
    # the place in the low bits: numbers are sorted much faster than places are by their numbers
    keys = (numbers.astype(np.int64) << bits) | np.arange(len(numbers))
    keys.sort()
    result: Ints = keys & ((1 << bits) - 1)
    return result


def _by_digits(numbers: Ints | Bits, digits: int) -> Ints:
    """The same, digit by digit: short numbers are sorted by counting, which is faster than comparing."""
    import numpy as np

    order: Ints = np.argsort(numbers.astype(np.uint16), kind="stable")
    for digit in range(1, digits):
        found = (numbers >> digit * _DIGIT_BITS).astype(np.uint16)
        order = order[np.argsort(found[order], kind="stable")]
    return order


def distinct(numbers: Ints) -> Ints:
    """The different numbers, in order; of many np.unique makes hashes first, which takes longer."""
    import numpy as np

    ordered = np.sort(numbers)
    return ordered[np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1))]


def repeated(numbers: Ints, least: int = 2) -> Ints:
    """The places whose number `least` places have, in order."""
    import numpy as np

    order = stable_order(numbers)
    ordered = numbers[order]
    begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(order)])
    counts = np.diff(np.append(begins, len(order)))
    result: Flags = np.zeros(len(order), dtype=bool)
    result[order[np.repeat(counts >= least, counts)]] = True
    return np.flatnonzero(result)


def ranges(starts: Ints, counts: Ints) -> Ints:
    """The numbers start, start + 1, … of every range, one range behind the other."""
    import numpy as np

    ends = np.cumsum(counts, dtype=np.int64)
    result: Ints = np.repeat(starts - (ends - counts), counts)
    result += np.arange(len(result))
    return result


def chunks(weights: Ints, at_once: int | None = None) -> Iterator[slice]:
    """Slices that cover everything, each as long as its weight allows and at least one long."""
    import numpy as np

    totals = np.cumsum(weights, dtype=np.int64)
    start = 0
    while start < len(totals):
        before = int(totals[start - 1]) if start else 0
        limit = before + (at_once or _AT_ONCE)
        stop = max(start + 1, int(np.searchsorted(totals, limit, side="right")))
        yield slice(start, stop)
        start = stop


def added(arrays: Sequence[Ints]) -> Ints:
    """The sum of several arrays."""
    return functools.reduce(operator.add, arrays)
