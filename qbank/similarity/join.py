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
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from qbank.similarity.rows import (
    FACTORS,
    Rows,
    added,
    chunks,
    distinct,
    encoded,
    first_equal,
    gathered,
    in_blocks,
    is_dense,
    ranges,
    stable_order,
    stacked,
)

if TYPE_CHECKING:
    import numpy as np

    from qbank.similarity.rows import Bits, Flags, Ints

_BITMAP_WORDS = 4
"""How many words of 64 bits the hash of a set has."""

_WORTH_TAKING = 0.75
"""Where no more than this part is left of some pairs, they are worth being taken out."""

_MOST_BITMAP_WORDS = 16
"""How many at most, for long sets that need not be much alike."""


_MANY_MATCHES = 64
"""Where sets of one token have so many matches each they are rows of tables, compared with every column."""

_CELLS = 1 << 15
"""About so many cells of a table are looked at at once: so few that they stay in the cache."""

_MOST_ROWS = 64

_HELD = 500_000
"""So many matches are held until they are looked at."""

_WORDS = ((1, 32), (2, 64))
"""So many words of 64 bits tell sets of so many tokens apart; of larger sets all words are looked at."""


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
    distinct = _Sets(encoded(sets), np.array(families, dtype=np.int64), ratio)
    for block in _pairs(distinct):
        yield from map(Pair._make, zip(*(column.tolist() for column in block), strict=True))


def similar_rows(rows: Rows, threshold: float, families: Ints) -> Iterator[Pairs]:
    """The same for rows of numbers from 0 on, in blocks; `families` is empty or has a number for each row."""
    return _pairs(_Sets(rows, families, ratio_of(threshold)))


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


def ratio_of(threshold: float) -> Fraction:
    """A threshold as a fraction. Raises ValueError for one that is none."""
    if not 0 < threshold <= 1:
        raise ValueError("the threshold of a similarity join is above 0 and at most 1")
    return Fraction(threshold).limit_denominator(1_000_000)


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


class _Sets(Coded):
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
        self._folded = {_BITMAP_WORDS: kept}

    def folded(self, words: int) -> list[Bits]:
        """The bitmaps in fewer words: where two fall on one, their bits tell of the tokens of both."""
        if words not in self._folded:
            wide = self.folded(2 * words)
            self._folded[words] = [one ^ other for one, other in zip(wide[::2], wide[1::2], strict=True)]
        return self._folded[words]


def _by_rarity(rows: Rows, words: int = _BITMAP_WORDS) -> tuple[Ints, Ints, Bits, list[Bits], int]:
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


def _pairs(sets: _Sets) -> Iterator[Pairs]:
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


def _of_equal(sets: _Sets, number: int) -> Pairs:
    import numpy as np

    members = sets.members[sets.member_starts[number] : sets.member_starts[number + 1]]
    later, first = np.tril_indices(len(members), -1)
    sizes = np.full(len(later), sets.sizes[number])
    return Pairs(members[first], members[later], sizes, sizes)


def _all_members(sets: _Sets, one: Ints, other: Ints) -> tuple[Ints, Ints, Ints]:
    """For pairs of sets all pairs of given rows: of which pair of sets, and the two rows."""
    import numpy as np

    counts = np.diff(sets.member_starts)
    owners = np.repeat(np.arange(len(one)), counts[one] * counts[other])
    places = ranges(np.zeros(len(one), dtype=np.int64), counts[one] * counts[other])
    width = counts[other][owners]
    left = sets.members[sets.member_starts[one][owners] + places // width]
    return owners, left, sets.members[sets.member_starts[other][owners] + places % width]


class _Entries:
    """The first tokens of sets, in order of the token and then of the set: the tokens, whose each is, where
    in `index` each has its matches, and where the entries of each token begin and those of the last end.

    Two sets that meet at a token share at most what the shorter rest holds, and two of similarity n / d share
    n / (n + d) of their sizes together. So (n + d) times the rest less n times the size of the one, its
    `spare`, reaches n times the size of the other, its `cost`.
    The index holds, of every set, those tokens that a set no smaller must look up. Sets of a family stand
    behind the others, by token and family, and skip their own: a template of 20,000 items would else match
    itself 20,000 times.
    """

    def __init__(self, sets: _Sets, tokens: Ints, owners: Ints, places: Ints, lists: Ints) -> None:
        import numpy as np

        self.tokens, self.owners, self.lists = tokens, owners, lists
        sizes = sets.sizes[owners].astype(np.int64)
        self.costs: Ints = sets.ratio.numerator * sizes
        self.spares: Ints = sum(sets.ratio.as_integer_ratio()) * (sizes - places) - self.costs
        is_indexed = self.spares >= self.costs
        families = sets.families[owners] if len(sets.families) else sets.families
        is_free = is_indexed if not len(families) else is_indexed & (families == 0)
        index: Ints = np.flatnonzero(is_free)
        firsts = tokens.astype(np.int64) * sets.count
        low = np.searchsorted(firsts[index] + owners[index], firsts + sets.partners[owners])
        self.matches = [(low, np.maximum(np.cumsum(is_free) - is_free - low, 0))]
        if len(families):
            bound = np.flatnonzero(is_indexed & ~is_free)
            index = np.concatenate((index, self._add_families(len(index), bound, families)))
        self.index = index, self.spares[index], self.costs[index]

    def _add_families(self, free: int, bound: Ints, families: Ints) -> Ints:
        """Add the matches with sets of families; they in their order."""
        import numpy as np

        kinds = int(families.max()) + 1
        firsts = self.tokens.astype(np.int64) * kinds
        keys = firsts[bound] + families[bound]
        order = np.argsort(keys, kind="stable")
        bounds = (firsts, firsts + families, firsts + families + (families > 0), firsts + kinds)
        begin, low, high, end = (np.searchsorted(keys[order], bound) for bound in bounds)
        self.matches += [(free + begin, low - begin), (free + high, end - high)]
        result: Ints = bound[order]
        return result

    def likely(self, at: Ints, found: Ints) -> tuple[Ints, Ints, Ints]:
        """Of entries and matches those that may be alike by what follows the token: it, and the two sets."""
        index, spares, costs = self.index
        enough = spares[found] >= self.costs[at]
        enough &= costs[found] <= self.spares[at]
        at, found = at[enough], found[enough]
        return self.tokens[at], self.owners[at], self.owners[index[found]]


def _entries(sets: _Sets) -> Iterator[_Entries]:
    """The first tokens of every set, so many that an alike set has one of them, in blocks of whole tokens."""
    import numpy as np

    lengths = sets.sizes - sets.least + 1
    owners = np.repeat(np.arange(sets.count, dtype=np.int32), lengths)
    places = ranges(np.zeros(sets.count, dtype=np.int32), lengths)
    tokens = sets.tokens[sets.starts[owners] + places]
    order = stable_order(tokens)
    tokens, owners, places = tokens[order], owners[order], places[order]
    begins = np.append(np.flatnonzero(np.diff(tokens, prepend=-1)), len(tokens))
    for block in chunks(np.diff(begins)):
        part = slice(begins[block.start], begins[block.stop])
        lists = begins[block.start : block.stop + 1] - part.start
        yield _Entries(sets, tokens[part], owners[part], places[part], lists)


def _join(sets: _Sets) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Pairs of sets in blocks: their numbers (the second is the smaller), and how many tokens they share."""
    import numpy as np

    for entries in _entries(sets):
        for tokens, here, there in _matches(sets, entries):
            kept = alike_bits(sets, sets.needed, here, there)
            kept = kept[there[kept] < here[kept]]
            tokens, here, there = tokens[kept], here[kept], there[kept]
            pairs, which = np.unique(here.astype(np.int64) * sets.count + there, return_inverse=True)
            shared, firsts = shared_of(sets, pairs // sets.count, pairs % sets.count)
            # a pair comes with every token that both sides look up: it is told of with the first they share
            good = tokens == firsts[which]
            good &= shared[which] >= sets.needed[sets.sizes[here] + sets.sizes[there]]
            yield here[good], there[good], shared[which[good]]


def _matches(sets: _Sets, entries: _Entries) -> Iterator[tuple[Ints, Ints, Ints]]:
    """The matches of all entries that may be alike, in blocks: the token, and the two sets."""
    import numpy as np

    (begins, counts), *others = entries.matches
    lists = entries.lists
    is_long = np.add.reduceat(counts, lists[:-1]) >= _MANY_MATCHES * np.diff(lists)
    if hasattr(np, "bitwise_count") and is_long.any():  # numpy 1 counts no bits: there all lists are short
        long = [slice(*lists[at : at + 2].tolist()) for at in np.flatnonzero(is_long).tolist()]
        found = chain.from_iterable(_of_token(sets, entries, rows) for rows in long)
        for at, matches in _pooled(found):
            yield entries.likely(at, matches)
        counts = np.where(np.repeat(is_long, np.diff(lists)), 0, counts)
    parts = [(begins, counts), *others]
    for block in chunks(added([counts for _, counts in parts])):
        at = np.concatenate([np.repeat(np.arange(block.start, block.stop), part[1][block]) for part in parts])
        matches = np.concatenate([ranges(part[0][block], part[1][block]) for part in parts])
        yield entries.likely(at, matches)


def _of_token(sets: _Sets, entries: _Entries, rows: slice) -> Iterator[tuple[Ints, Ints]]:
    """Of all entries of one token the matches whose sets differ in few enough bits: which entries, and where
    in the index; in blocks. Some stand before or behind the matches of their entry.
    """
    import numpy as np

    sizes = sets.sizes[entries.owners[rows]]
    bounds = [0, *np.searchsorted(sizes, [most for _, most in _WORDS], side="right").tolist(), len(sizes)]
    for number, words in enumerate((*(words for words, _ in _WORDS), _BITMAP_WORDS)):
        start, stop = (rows.start + bound for bound in bounds[number : number + 2])
        if start < stop:
            yield from _Table(sets, entries, slice(start, stop), words).found()


class _Table:
    """Entries of one token, and all that some of them match, as rows and columns."""

    def __init__(self, sets: _Sets, entries: _Entries, rows: slice, words: int) -> None:
        import numpy as np

        self._begins, self._counts = (part[rows] for part in entries.matches[0])
        self._ends = self._begins + self._counts
        self._rows = rows.start
        self._first = int(self._begins[0])
        there = entries.owners[entries.index[0][self._first : int(self._ends[-1])]]
        sides = entries.owners[rows], there
        self._bits = [[bits[side] for side in sides] for bits in sets.folded(words)]
        # where all words are needed, sets may be of any size
        kind = np.uint8 if words < _BITMAP_WORDS else np.uint16
        self._rooms: list[Ints] = [sets.rooms[side].astype(kind) for side in sides]

    def found(self) -> Iterator[tuple[Ints, Ints]]:
        """The cells that differ in few enough bits: of which entry, and where in the index; in blocks."""
        start = 0
        while start < len(self._counts):
            height = min(_CELLS // (int(self._counts[start]) + 1) + 1, _MOST_ROWS)
            stop = min(start + height, len(self._counts))
            begin, end = int(self._begins[start]), int(self._ends[stop - 1])
            if begin < end:
                cells = self._near(slice(start, stop), slice(begin - self._first, end - self._first))
                row = cells // (end - begin)
                yield self._rows + start + row, begin + cells - row * (end - begin)
            start = stop

    def _near(self, rows: slice, columns: slice) -> Ints:
        import numpy as np

        own, other = self._rooms
        room = own[rows, None] + other[columns]
        differing = added([np.bitwise_count(one[rows, None] ^ two[columns]) for one, two in self._bits])
        result: Ints = np.flatnonzero(differing <= room)
        return result


def _pooled(parts: Iterable[tuple[Ints, Ints]]) -> Iterator[tuple[Ints, Ints]]:
    """The same parts as fewer and larger ones."""
    import numpy as np

    pool: list[tuple[Ints, Ints]] = []
    held = 0
    for part in chain(parts, [None]):
        if part is not None:
            pool.append(part)
            held += len(part[0])
        if pool and (part is None or held >= _HELD):
            one, other = (np.concatenate(side) for side in zip(*pool, strict=True))
            yield one, other
            pool, held = [], 0


def needed_of(most: int, ratio: Fraction) -> Ints:
    """For every number of tokens that two sets have together: how many they must share."""
    import numpy as np

    both = np.arange(most + 1, dtype=np.int64)
    shared = -(-both * ratio.numerator // (ratio.numerator + ratio.denominator))
    return shared.astype(np.int32)


def alike_bits(sets: Coded, needed: Ints, here: Ints, there: Ints) -> Ints:
    """Which pairs differ in few enough bits: every such bit is a token that one set lacks."""
    import numpy as np

    kept: Ints = np.arange(len(here))
    if not hasattr(np, "bitwise_count"):  # numpy 1: the filter only saves time
        return kept
    both = sets.sizes[here] + sets.sizes[there]
    spare = both - 2 * needed[both]
    for bitmap in sets.bitmaps:
        spare = spare - np.bitwise_count(bitmap[here] ^ bitmap[there])
        few = spare >= 0
        if np.count_nonzero(few) < _WORTH_TAKING * len(few):
            kept, here, there, spare = kept[few], here[few], there[few], spare[few]
    result: Ints = kept[spare >= 0]
    return result


def shared_of(sets: Coded, here: Ints, there: Ints) -> tuple[Ints, Ints]:
    """How many tokens the sets of each pair share, and the first of them, -1 without one."""
    import numpy as np

    shared = np.zeros(len(here), dtype=np.int64)
    firsts = np.full(len(here), -1, dtype=np.int64)
    for block in chunks(sets.sizes[here] + sets.sizes[there]):
        rows, tokens = _twice(sets, here[block], there[block])
        shared[block] = np.bincount(rows, minlength=block.stop - block.start)
        begins = np.flatnonzero(np.diff(rows, prepend=-1))
        firsts[block.start + rows[begins]] = tokens[begins]
    return shared, firsts


def _twice(sets: Coded, here: Ints, there: Ints) -> tuple[Ints, Ints]:
    """The tokens that the sets of each pair share, in order: of which pair, and which."""
    import numpy as np

    bits = sets.vocabulary.bit_length()
    numbers: Ints = np.arange(len(here), dtype=np.int64) << bits
    sides = (np.repeat(numbers, sets.sizes[side]) + sets.rows(side) for side in (here, there))
    pooled = np.concatenate([*sides])
    pooled.sort(kind="stable")
    shared = pooled[1:][pooled[1:] == pooled[:-1]]
    return shared >> bits, shared & ((1 << bits) - 1)


def shared_numbers(one: Rows, other: Rows, left: Ints, right: Ints) -> Ints:
    """How many numbers each of some rows of the one shares with a row of the other; none holds one twice."""
    import numpy as np

    result = np.zeros(len(left), dtype=np.int64)
    for block in chunks(one.sizes[left] + other.sizes[right]):
        rows = stacked(gathered(one, left[block]), gathered(other, right[block]))
        both = Coded(rows.values, rows.starts, rows.sizes, [], int(rows.values.max(initial=0)) + 1)
        numbers = np.arange(block.stop - block.start)
        result[block] = shared_of(both, numbers, len(numbers) + numbers)[0]
    return result


class Likeness:
    """Tells of given pairs of rows, which hold no number twice, whether they are alike.

    Bitmaps (see `bitmaps_of`) may be given; better ones are made when so many pairs were looked at that they
    are worth it.
    """

    def __init__(self, rows: Rows, threshold: float, bitmaps: Sequence[Bits] = ()) -> None:
        vocabulary = int(rows.values.max(initial=0)) + 1
        self._rows, self._asked = rows, 0
        self._sets = Coded(rows.values, rows.starts[:-1], rows.sizes, [*bitmaps], vocabulary)
        self._needed = needed_of(2 * int(rows.sizes.max(initial=0)), ratio_of(threshold))

    def kept(self, left: Ints, right: Ints) -> tuple[Ints, Ints]:
        """The pairs that reach the threshold, each once; two empty rows do."""
        left, right = self.likely(left, right)
        good = self.reach(left, right)
        return left[good], right[good]

    def likely(self, left: Ints, right: Ints) -> tuple[Ints, Ints]:
        """The pairs that may reach the threshold by their bits, each once."""
        import numpy as np

        bits = len(self._sets.sizes).bit_length()
        pairs = distinct((left.astype(np.int64) << bits) | right)
        left, right = pairs >> bits, pairs & ((1 << bits) - 1)
        self._count(0 if self._sets.bitmaps else len(pairs))
        found = alike_bits(self._sets, self._needed, left, right)
        self._count(len(found))
        return left[found], right[found]

    def reach(self, left: Ints, right: Ints) -> Flags:
        """Which pairs reach the threshold."""
        shared, _ = shared_of(self._sets, left, right)
        result: Flags = shared >= self._needed[self._sets.sizes[left] + self._sets.sizes[right]]
        return result

    def _count(self, pairs: int) -> None:
        self._asked += pairs
        if self._asked <= len(self._rows.sizes):
            return
        mean = len(self._rows.values) // max(len(self._rows.sizes), 1)
        words = min(max(mean, _BITMAP_WORDS), _MOST_BITMAP_WORDS)
        if len(self._sets.bitmaps) < words:
            self._sets.bitmaps = bitmaps_of(self._rows, words)
