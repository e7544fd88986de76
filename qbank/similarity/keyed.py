"""Items that share a word of the key; where many share it, also a word of the stem that few of them have.

Two items with a word of the key in common may ask the same in quite other words. The pairs of a group are
looked at when it is small: every pair of a bank would be too many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from qbank.similarity.among import Few
from qbank.similarity.groups import grouped, within
from qbank.similarity.rows import Rows, chunks, filtered, gathered

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qbank.similarity.rows import Ints

    Flags = NDArray[np.bool_]

MANY = 30
"""From so many items on a group is too large for its pairs to be looked at."""

_MOST_WORDS = 2**31
"""The numbers of words are below."""

_AT_ONCE = 100_000
"""So many numbers are held in memory at once where few of them are wanted: they stay in the cache."""

Alike = Callable[["Ints", "Ints"], tuple["Ints", "Ints"]]
"""Gives those of some pairs that are alike, each once."""


class Telling(NamedTuple):
    """What is compared of items: the words of the key, none where it says nothing by itself, and the content
    words of the stem. The numbers of each row rise, and lie below `size`.
    """

    keys: Rows
    gists: Rows
    size: int

    @property
    def counts(self) -> Ints:
        """How many items have each word in the key."""
        import numpy as np

        result: Ints = np.bincount(self.keys.values, minlength=self.size)
        return result

    def of(self, items: Ints) -> Telling:
        """The same for some of the items."""
        return Telling(gathered(self.keys, items), gathered(self.gists, items), self.size)

    def codes(self, many: Flags) -> Ints:
        """The codes of the groups that each item is in by a word of the key that many have; some twice."""
        import numpy as np

        keys = filtered(self.keys, many[self.keys.values])
        owners = np.repeat(np.arange(len(keys.sizes)), keys.sizes)
        words = gathered(self.gists, owners)
        return np.repeat(_opened(keys.values), words.sizes) + words.values


class Groups(NamedTuple):
    """Groups of items by their places, in order; and their codes, in order.

    The code of a group is the number of its word of the key, or a larger number made of that and the word of
    the stem.
    """

    rows: Rows
    codes: Ints

    def some(self, wanted: Flags) -> Groups:
        """Some of the groups."""
        import numpy as np

        at = np.flatnonzero(wanted)
        return Groups(gathered(self.rows, at), self.codes[at])

    @property
    def are_small(self) -> Flags:
        """Which groups have pairs, and not too many."""
        sizes = self.rows.sizes
        result: Flags = (sizes > 1) & (sizes < MANY)
        return result

    @property
    def are_large(self) -> Flags:
        """Which groups have too many pairs."""
        result: Flags = self.rows.sizes >= MANY
        return result


def every_group(items: Telling) -> Iterator[Groups]:
    """All groups: those of a word of the key that few have, and those of a word of both."""
    few, many = by_word(items)
    yield few
    yield by_both(items, many.codes, None)


def all_groups(items: Telling) -> Iterator[Groups]:
    """All groups that are small: of a word of the key, of a word of both."""
    return (groups.some(groups.are_small) for groups in every_group(items))


def alike_pairs(groups: Groups, alike: Alike) -> Iterator[tuple[Ints, Ints, Ints]]:
    """The alike pairs of groups with the code of the group, in blocks."""
    for left, right, which in within(groups.rows):
        yield from alike_ones(left, right, groups.codes[which], alike)


def alike_ones(left: Ints, right: Ints, codes: Ints, alike: Alike) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Those of some pairs that are alike; a pair that comes twice stays so."""
    import numpy as np

    left, right = left.astype(np.int64), right.astype(np.int64)
    one, other = alike(left, right)
    count = int(right.max(initial=0)) + 1
    good = Few(np.sort(one * count + other)).found(left * count + right)
    yield left[good], right[good], codes[good]


def by_word(items: Telling) -> tuple[Groups, Groups]:
    """The items that have a word of the key: groups of few, groups of many."""
    import numpy as np

    owners = np.repeat(np.arange(len(items.keys.sizes)), items.keys.sizes)
    groups = Groups(*grouped(items.keys.values, owners))
    is_few = groups.rows.sizes < MANY
    return groups.some(is_few), groups.some(~is_few)


def by_both(items: Telling, many: Ints, wanted: Ints | None) -> Groups:
    """The groups of words of the key that many have, each divided by the words of the stem.

    Both the `many` words and the `wanted` codes are in order; None stands for all codes.
    """
    import numpy as np

    size = max(items.size, 1)
    kind = np.int32 if len(many) * size < _MOST_WORDS else np.int64  # half as far apart
    ranks: Ints = np.full(items.size, -1, dtype=kind)
    ranks[many] = np.arange(len(many)) * size
    few = None
    if wanted is not None:
        few = Few(ranks[wanted // _MOST_WORDS - 1] + (wanted % _MOST_WORDS).astype(kind))
    none = np.empty(0, dtype=kind)
    parts = zip(*_numbered(items, ranks, few), (none, none.astype(np.int32)), strict=True)
    rows, found = grouped(*map(np.concatenate, parts))
    return Groups(rows, _opened(many[found // size]) + found % size)


def _numbered(items: Telling, ranks: Ints, few: Few | None) -> Iterator[tuple[Ints, Ints]]:
    """For every word of the key with a rank and every word of the stem a number, and the item; in blocks.

    Only the `few` numbers, if they are given.
    """
    import numpy as np

    keys = filtered(items.keys, ranks[items.keys.values] >= 0)
    owners = np.repeat(np.arange(len(keys.sizes), dtype=np.int32), keys.sizes)
    of_key = ranks[keys.values]
    for block in chunks(items.gists.sizes[owners], None if few is None else _AT_ONCE):
        words = gathered(items.gists, owners[block])
        numbers = np.repeat(of_key[block], words.sizes)
        numbers += words.values
        of_words = np.repeat(owners[block], words.sizes)
        if few is None:
            yield numbers, of_words
        else:
            at = few.found(numbers)
            yield numbers[at], of_words[at]


def _opened(words: Ints) -> Ints:
    """The codes of words of the key, to which words of the stem are added."""
    import numpy as np

    result: Ints = (words.astype(np.int64) + 1) * _MOST_WORDS
    return result


def key_words(codes: Ints) -> Ints:
    """The word of the key of each code, -1 where that has none of the stem."""
    result: Ints = codes // _MOST_WORDS - 1
    return result
