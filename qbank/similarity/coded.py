"""Sets as ranks of tokens, the rarest first, with words of bits that tell many of them apart."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from qbank.similarity.rows import FACTORS, Rows, chunks, first_equal, in_blocks, is_dense, ranges

if TYPE_CHECKING:
    import numpy as np

    from qbank.similarity.rows import Bits, Ints

BITMAP_WORDS = 4
"""How many words of 64 bits the hash of a set has."""


class Coded:
    """Sets as ranks of tokens: set n is `tokens[starts[n] :][: sizes[n]]`, from its rarest token on.

    `bitmaps` are words of bits for every set: a bit is the parity of how many tokens fall on it.
    """

    def __init__(self, tokens: Ints, starts: Ints, sizes: Ints, bitmaps: list[Bits], vocabulary: int) -> None:
        self.tokens, self.starts, self.sizes = tokens, starts, sizes
        self.bitmaps, self.vocabulary = bitmaps, vocabulary

    def rows(self, numbers: Ints) -> Ints:
        """The tokens of some sets, one behind the other."""
        result: Ints = self.tokens[ranges(self.starts[numbers], self.sizes[numbers])]
        return result


class Sets(Coded):
    """Distinct sets in order of size.

    `members[member_starts[n] : member_starts[n + 1]]` are the numbers of the given rows that are equal to
    set n (and of one family), `families` is empty or tells the family of each set (0 for none).
    """

    def __init__(self, rows: Rows, families: Ints, ratio: Fraction) -> None:
        import numpy as np

        tokens, sizes, hashes, bitmaps, vocabulary = _by_rarity(rows)
        starts = np.concatenate(([0], np.cumsum(sizes)))[:-1]
        firsts = first_equal(tokens, starts, sizes, hashes, families)
        filled = np.flatnonzero(sizes)
        distinct = filled[firsts[filled] == filled]
        distinct = distinct[np.argsort(sizes[distinct], kind="stable")]
        kept = [bitmap[distinct] for bitmap in bitmaps]
        super().__init__(tokens, starts[distinct], sizes[distinct].astype(np.int32), kept, vocabulary)
        self.count, self.ratio = len(distinct), ratio
        self.needed = needed_of(2 * int(self.sizes.max(initial=0)), ratio)
        # of two alike sets, the one that is not the larger has at least `least` tokens in the other
        least = -(-self.sizes.astype(np.int64) * ratio.numerator // ratio.denominator)
        self.least: Ints = least.astype(np.int32)
        self.partners: Ints = np.searchsorted(self.sizes, self.least)
        # two alike sets differ in no more tokens than both together have room for
        most = self.sizes.astype(np.int64) * (ratio.denominator - ratio.numerator)
        self.rooms: Ints = -(-most // (ratio.denominator + ratio.numerator))
        self.families: Ints = families[distinct] if families.any() else families[:0]
        places = np.empty(len(sizes), dtype=np.int64)
        places[distinct] = np.arange(self.count)
        owners = places[firsts[filled]]
        self.members: Ints = filled[np.argsort(owners, kind="stable")]
        self.member_starts: Ints = np.searchsorted(np.sort(owners), np.arange(self.count + 1))
        self._folded = {BITMAP_WORDS: kept}

    def folded(self, words: int) -> list[Bits]:
        """The bitmaps in fewer words: where two fall on one, their bits tell of the tokens of both."""
        if words not in self._folded:
            wide = self.folded(2 * words)
            self._folded[words] = [one ^ other for one, other in zip(wide[::2], wide[1::2], strict=True)]
        return self._folded[words]


def needed_of(most: int, ratio: Fraction) -> Ints:
    """For every number of tokens that two sets have together: how many they must share."""
    import numpy as np

    both = np.arange(most + 1, dtype=np.int64)
    shared = -(-both * ratio.numerator // (ratio.numerator + ratio.denominator))
    return shared.astype(np.int32)


def bitmaps_of(rows: Rows, words: int) -> list[Bits]:
    """The bitmaps of rows that hold no number twice."""
    import numpy as np

    return signatures(rows, words, np.bitwise_xor)


def signatures(rows: Rows, words: int, combine: np.ufunc) -> list[Bits]:
    """So many words of 64 bits for every row: a bit for each of its numbers, combined; 0 for an empty row."""
    import numpy as np

    result = [np.zeros(len(rows.sizes), dtype=np.uint64) for _ in range(words)]
    size = int(rows.values.max(initial=-1)) + 1
    tables = list(_bits(_spread(np.arange(size)), words)) if is_dense(rows) else None
    for filled, values, begins in in_blocks(rows):
        found = _bits(_spread(values), words) if tables is None else (bits[values] for bits in tables)
        for signature, bits in zip(result, found, strict=True):
            signature[filled] = combine.reduceat(bits, begins)
    return result


def _spread(numbers: Ints) -> Bits:
    import numpy as np

    return (numbers + 1).astype(np.uint64) * np.uint64(FACTORS[0])


def _by_rarity(rows: Rows, words: int = BITMAP_WORDS) -> tuple[Ints, Ints, Bits, list[Bits], int]:
    """The ranks of all tokens (in each row the rarest first, none twice), the sizes of the rows, a hash
    and the bitmaps of each row, how many ranks there are.
    """
    import numpy as np

    count = len(rows.starts) - 1
    frequencies = np.bincount(rows.values)
    size = len(frequencies)
    ranks = np.empty(size, dtype=np.int64)
    ranks[np.argsort(frequencies, kind="stable")] = np.arange(size)
    tokens = np.empty(len(rows.values), dtype=np.int32)
    sizes, hashes = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.uint64)
    bitmaps = [np.zeros(count, dtype=np.uint64) for _ in range(words)]
    end = 0
    for block in chunks(rows.sizes):
        owners, ranked = _distinct(rows, block, ranks, size)
        tokens[end : end + len(ranked)] = ranked
        end += len(ranked)
        sizes[block] = np.bincount(owners, minlength=block.stop - block.start)
        if len(ranked):
            begins = np.flatnonzero(np.diff(owners, prepend=-1))
            places = block.start + owners[begins]
            stirred = (ranked + 1).astype(np.uint64) * np.uint64(FACTORS[0])
            for bitmap, bits in zip(bitmaps, _bits(stirred, words), strict=True):
                bitmap[places] = np.bitwise_xor.reduceat(bits, begins)
            stirred ^= stirred >> np.uint64(29)
            stirred *= np.uint64(FACTORS[1])
            hashes[places] = np.add.reduceat(stirred, begins)
    return tokens[:end], sizes, hashes, bitmaps, size


def _distinct(rows: Rows, block: slice, ranks: Ints, size: int) -> tuple[Ints, Ints]:
    """The different tokens of a block of rows in order: whose (from 0 on), and their ranks."""
    import numpy as np

    lengths = rows.sizes[block]
    owned: Ints = np.repeat(np.arange(len(lengths)) * size, lengths)
    owned += ranks[rows.values[rows.starts[block.start] : rows.starts[block.stop]]]
    owned.sort()
    owned = owned[np.diff(owned, prepend=-1) != 0]
    owners = owned // max(size, 1)
    return owners, owned - owners * size


def _bits(stirred: Bits, words: int) -> Iterator[Bits]:
    """For every word of a bitmap the bit of each token, 0 when it falls on another word."""
    import numpy as np

    hashed = stirred >> np.uint64(32)
    flags = np.uint64(1) << (hashed & np.uint64(63))
    places = (hashed >> np.uint64(6)) % np.uint64(words)
    for number in range(words):
        yield np.where(places == number, flags, np.uint64(0))
