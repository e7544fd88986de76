"""Where sets meet: at one of the first tokens of each, as far as their sizes and what follows allow it.

Sets that share a frequent token are compared as a table, rows with columns, not match by match.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from qbank.similarity.coded import BITMAP_WORDS, Sets
from qbank.similarity.rows import added, chunks, ranges, stable_order

if TYPE_CHECKING:
    from qbank.similarity.rows import Ints

_MANY_MATCHES = 64
"""Where sets of one token have so many matches each they are rows of tables, compared with every column."""

_CELLS = 1 << 15
"""About so many cells of a table are looked at at once: so few that they stay in the cache."""

_MOST_ROWS = 64
"""So many rows of a table are looked at at once."""

_HELD = 500_000
"""So many matches are held until they are looked at."""

_WORDS = ((1, 32), (2, 64))
"""So many words of 64 bits tell sets of so many tokens apart; of larger sets all words are looked at."""


def matches(sets: Sets, entries: Entries) -> Iterator[tuple[Ints, Ints, Ints]]:
    """The matches of all entries that may be alike, in blocks: the token, and the two sets."""
    import numpy as np

    (begins, counts), *others = entries.matches
    lists = entries.lists
    is_long = np.add.reduceat(counts, lists[:-1]) >= _MANY_MATCHES * np.diff(lists)
    if hasattr(np, "bitwise_count") and is_long.any():  # numpy 1 counts no bits: there all lists are short
        long = [slice(*lists[at : at + 2].tolist()) for at in np.flatnonzero(is_long).tolist()]
        found = chain.from_iterable(_of_token(sets, entries, rows) for rows in long)
        for at, met in _pooled(found):
            yield entries.likely(at, met)
        counts = np.where(np.repeat(is_long, np.diff(lists)), 0, counts)
    parts = [(begins, counts), *others]
    for block in chunks(added([counts for _, counts in parts])):
        at = np.concatenate([np.repeat(np.arange(block.start, block.stop), part[1][block]) for part in parts])
        met = np.concatenate([ranges(part[0][block], part[1][block]) for part in parts])
        yield entries.likely(at, met)


def _of_token(sets: Sets, entries: Entries, rows: slice) -> Iterator[tuple[Ints, Ints]]:
    """Of all entries of one token the matches whose sets differ in few enough bits: which entries, and where
    in the index; in blocks. Some stand before or behind the matches of their entry.
    """
    import numpy as np

    sizes = sets.sizes[entries.owners[rows]]
    bounds = [0, *np.searchsorted(sizes, [most for _, most in _WORDS], side="right").tolist(), len(sizes)]
    for number, words in enumerate((*(words for words, _ in _WORDS), BITMAP_WORDS)):
        start, stop = (rows.start + bound for bound in bounds[number : number + 2])
        if start < stop:
            yield from _Table(sets, entries, slice(start, stop), words).found()


class _Table:
    """Entries of one token, and all that some of them match, as rows and columns."""

    def __init__(self, sets: Sets, entries: Entries, rows: slice, words: int) -> None:
        import numpy as np

        self._begins, self._counts = (part[rows] for part in entries.matches[0])
        self._ends = self._begins + self._counts
        self._rows = rows.start
        self._first = int(self._begins[0])
        there = entries.owners[entries.index[0][self._first : int(self._ends[-1])]]
        sides = entries.owners[rows], there
        self._bits = [[bits[side] for side in sides] for bits in sets.folded(words)]
        # where all words are needed, sets may be of any size
        kind = np.uint8 if words < BITMAP_WORDS else np.uint16
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


class Entries:
    """The first tokens of sets, in order of the token and then of the set: the tokens, whose each is, where
    in `index` each has its matches, and where the entries of each token begin and those of the last end.

    Two sets that meet at a token share at most what the shorter rest holds, and two of similarity n / d share
    n / (n + d) of their sizes together. So (n + d) times the rest less n times the size of the one, its
    `spare`, reaches n times the size of the other, its `cost`.
    The index holds, of every set, those tokens that a set no smaller must look up. Sets of a family stand
    behind the others, by token and family, and skip their own: a template of 20,000 items would else match
    itself 20,000 times.
    """

    def __init__(self, sets: Sets, tokens: Ints, owners: Ints, places: Ints, lists: Ints) -> None:
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


def entries_of(sets: Sets) -> Iterator[Entries]:
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
        yield Entries(sets, tokens[part], owners[part], places[part], lists)
