"""Items that share a word of the key; where many share it, also a word of the stem that few of them have.

Two items with a word of the key in common may ask the same in quite other words. The pairs of a group are
looked at when it is small: every pair of a bank would be too many. Where most items were there in an earlier
run, only the groups are looked at that hold a new item or were too large before; of the others it is known
which pairs are alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from qbank.similarity.groups import among, grouped, within
from qbank.similarity.rows import Rows, any_of_each, chunks, distinct, filtered, gathered

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qbank.similarity.rows import Ints

    Flags = NDArray[np.bool_]

MANY = 30
"""From so many items on a group is too large for its pairs to be looked at."""

_MOST_WORDS = 2**31
"""The numbers of words are below."""

_BITS = 22
"""The size of the table in which the codes of wanted groups are looked up."""

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


class Before(NamedTuple):
    """What is known of an earlier bank: `gone` are the items whose groups are not as they were then, and
    `pairs` the places of the others' alike pairs (as they are now), with the code of a group that held both.
    """

    gone: Telling
    pairs: tuple[Ints, Ints]
    of: Ints


def all_groups(items: Telling) -> Iterator[Groups]:
    """All groups that are small: of a word of the key, of a word of both."""
    few, many = _by_word(items)
    yield few.some(few.are_small)
    both = _by_both(items, many, None)
    yield both.some(both.are_small)


def alike_pairs(groups: Groups, alike: Alike) -> Iterator[tuple[Ints, Ints, Ints]]:
    """The alike pairs of groups with the code of the group, in blocks."""
    for left, right, which in within(groups.rows):
        yield from _alike_ones(left, right, groups.codes[which], alike)


def renewed_pairs(
    items: Telling, dirty: Flags, before: Before, alike: Alike
) -> Iterator[tuple[Ints, Ints, Ints]]:
    """The same for the small groups of items, where the pairs of all that are not dirty are known.

    A pair that was alike is, as long as a group that holds both is small. Pairs of two that were there are
    new only in a group that was too large: by its items, or as that of its word of the key.
    """
    import numpy as np

    new = items.of(np.flatnonzero(dirty))
    counts = items.counts - new.counts + before.gone.counts
    were_many, are_many = counts >= MANY, items.counts >= MANY
    few, many = _by_word(items)
    small = few.some(few.are_small)
    yield from _looked_at(small, dirty, were_many[small.codes], alike)
    left, right = before.pairs
    is_single = before.of < _MOST_WORDS
    by_word = np.where(is_single, before.of, 0)
    still = is_single & ~are_many[by_word]
    yield left[still], right[still], before.of[still]

    is_open = are_many & ~were_many
    opened = items.of(np.flatnonzero(any_of_each(is_open[items.keys.values], items.keys.starts)))
    came, went = new.codes(are_many), before.gone.codes(are_many & were_many)
    known = before.of[~is_single]
    wanted = distinct(np.concatenate([came, went, known, opened.codes(is_open)]))
    both = _by_both(items, many, wanted)
    sizes = both.rows.sizes - _counted(came, both.codes) + _counted(went, both.codes)
    unknown = (sizes >= MANY) | is_open[both.codes // _MOST_WORDS - 1]
    are_small = both.are_small
    yield from _looked_at(both.some(are_small), dirty, unknown[are_small], alike)
    still = ~is_single & among(before.of, both.codes[are_small])
    yield left[still], right[still], before.of[still]


def _looked_at(
    groups: Groups, dirty: Flags, unknown: Flags, alike: Alike
) -> Iterator[tuple[Ints, Ints, Ints]]:
    """The alike pairs of groups that are unknown, and those of the others of which one is dirty."""
    import numpy as np

    chosen = unknown | any_of_each(dirty[groups.rows.values], groups.rows.starts)
    some, is_unknown = groups.some(chosen), unknown[chosen]
    for left, right, which in within(some.rows):
        at = np.flatnonzero(dirty[left] | dirty[right] | is_unknown[which])
        yield from _alike_ones(left[at], right[at], some.codes[which[at]], alike)


def _alike_ones(left: Ints, right: Ints, codes: Ints, alike: Alike) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Those of some pairs that are alike; a pair that comes twice stays so."""
    import numpy as np

    one, other = alike(left, right)
    count = int(right.max(initial=0)) + 1
    good = among(left * count + right, np.sort(one * count + other))
    yield left[good], right[good], codes[good]


def _by_word(items: Telling) -> tuple[Groups, Groups]:
    """The items that have a word of the key: groups of few, groups of many."""
    import numpy as np

    owners = np.repeat(np.arange(len(items.keys.sizes)), items.keys.sizes)
    groups = Groups(*grouped(items.keys.values, owners))
    is_few = groups.rows.sizes < MANY
    return groups.some(is_few), groups.some(~is_few)


def _by_both(items: Telling, many: Groups, wanted: Ints | None) -> Groups:
    """The groups of many, each divided by the words of the stem; only those with wanted codes, if given."""
    import numpy as np

    parts = _numbered(items, many)
    if wanted is not None:
        key, word = wanted // _MOST_WORDS - 1, wanted % _MOST_WORDS
        are_many = among(key, many.codes)
        here = np.sort(np.searchsorted(many.codes, key[are_many]) * items.size + word[are_many])
        table = np.zeros(1 << _BITS, dtype=bool)
        table[_hashed(here)] = True
        parts = (_among_wanted(*part, here, table) for part in parts)
    none = np.empty(0, dtype=np.int64)
    numbers, owners = (np.concatenate(side) for side in zip(*parts, (none, none), strict=True))
    rows, found = grouped(numbers, owners)
    return Groups(rows, _opened(many.codes[found // max(items.size, 1)]) + found % max(items.size, 1))


def _numbered(items: Telling, many: Groups) -> Iterator[tuple[Ints, Ints]]:
    """For every item of a group of many a number for that and each of its words, and the item; in blocks."""
    import numpy as np

    entries = many.rows.values
    of_word = np.repeat(np.arange(len(many.codes)) * items.size, many.rows.sizes)
    for block in chunks(items.gists.sizes[entries]):
        words = gathered(items.gists, entries[block])
        numbers = np.repeat(of_word[block], words.sizes) + words.values
        yield numbers, np.repeat(entries[block], words.sizes)


def _among_wanted(numbers: Ints, owners: Ints, wanted: Ints, table: Flags) -> tuple[Ints, Ints]:
    """What is wanted of a block: most is let go by a few bits of a hash, the rest by number."""
    import numpy as np

    at = np.flatnonzero(table[_hashed(numbers)])
    at = at[among(numbers[at], wanted)]
    return numbers[at], owners[at]


def _hashed(numbers: Ints) -> Ints:
    import numpy as np

    stirred = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    result: Ints = (stirred >> np.uint64(64 - _BITS)).astype(np.int64)
    return result


def _opened(words: Ints) -> Ints:
    """The codes of words of the key, to which words of the stem are added."""
    import numpy as np

    result: Ints = (words.astype(np.int64) + 1) * _MOST_WORDS
    return result


def _counted(codes: Ints, among_these: Ints) -> Ints:
    """How often each of some different codes, in order, is among others."""
    import numpy as np

    ordered = np.sort(codes)
    ends = (np.searchsorted(ordered, among_these, side=side) for side in ("left", "right"))
    first, last = ends
    result: Ints = last - first
    return result
