"""The alike pairs of items that share words, where most items were there in an earlier run.

Only the groups are looked at that hold a new item or were too large before; of the others it is known which
pairs are alike. Of large groups the sizes are kept: so it is known which are still too large.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from qbank.similarity import keyed
from qbank.similarity.among import Few, among
from qbank.similarity.groups import within
from qbank.similarity.keyed import (
    Alike,
    Groups,
    Telling,
    alike_ones,
    alike_pairs,
    by_both,
    by_word,
    every_group,
    key_words,
)
from qbank.similarity.rows import any_of_each, distinct

if TYPE_CHECKING:
    from qbank.similarity.rows import Flags, Ints

Blocks = Iterator[tuple["Ints", "Ints", "Ints"]]
"""Pairs with the code of a group, in blocks."""


class Large(NamedTuple):
    """The groups of a word of key and stem that are too large: their codes, in order, and their sizes."""

    codes: Ints
    sizes: Ints

    def of_keys(self, wanted: Flags) -> Large:
        """Those of some words of the key."""
        which = wanted[key_words(self.codes)]
        return Large(self.codes[which], self.sizes[which])

    def changed(self, came: Ints, went: Ints) -> tuple[Large, Ints]:
        """Those that still are too large after some codes came and some went, and the codes of the others."""
        sizes = self.sizes + _counted(came, self.codes) - _counted(went, self.codes)
        still = sizes >= keyed.MANY
        return Large(self.codes[still], sizes[still]), self.codes[~still]

    def added(self, groups: Groups) -> Large:
        """These, and those of some other groups that are too large."""
        import numpy as np

        more = groups.some(groups.are_large)
        codes = np.concatenate((self.codes, more.codes))
        order = np.argsort(codes, kind="stable")
        return Large(codes[order], np.concatenate((self.sizes, more.rows.sizes))[order])


class Before(NamedTuple):
    """What is known of an earlier bank: `gone` are the items whose groups are not as they were then, and
    `pairs` the places of the others' alike pairs (as they are now), with the code of a group that held both.
    """

    gone: Telling
    pairs: tuple[Ints, Ints]
    of: Ints
    large: Large


class Renewed(NamedTuple):
    """The alike pairs with the code of their group, and the groups that are too large."""

    pairs: list[tuple[Ints, Ints, Ints]]
    large: Large


def all_pairs(items: Telling, alike: Alike) -> Renewed:
    """The alike pairs of the small groups of items of which nothing is known."""
    import numpy as np

    large = Large(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    found: list[tuple[Ints, Ints, Ints]] = []
    for groups in every_group(items):
        found += alike_pairs(groups.some(groups.are_small), alike)
        large = large.added(groups)
    return Renewed(found, large)


def renewed_pairs(items: Telling, dirty: Flags, before: Before, alike: Alike) -> Renewed:
    """The alike pairs of the small groups of items, where the pairs of all that are not dirty are known.

    A pair that was alike is, as long as a group that holds both is small. Pairs of two that were there are
    new only in a group that was too large: by its items, or as that of its word of the key.
    """
    import numpy as np

    new = items.of(np.flatnonzero(dirty))
    counts = items.counts - new.counts + before.gone.counts
    were_many, are_many = counts >= keyed.MANY, items.counts >= keyed.MANY
    few, many = by_word(items)
    small = few.some(few.are_small)
    found = [*_looked_at(small, dirty, were_many[small.codes], alike)]

    is_open = are_many & ~were_many
    opened = items.of(np.flatnonzero(any_of_each(is_open[items.keys.values], items.keys.starts)))
    came, went = new.codes(are_many), before.gone.codes(are_many & were_many)
    large, shrunk = before.large.of_keys(are_many).changed(came, went)
    wanted = distinct(np.concatenate([came, shrunk, opened.codes(is_open)]))
    both = by_both(items, many.codes, wanted[~among(wanted, large.codes)])
    unknown = among(both.codes, shrunk) | is_open[key_words(both.codes)]
    are_small = both.are_small
    found += _looked_at(both.some(are_small), dirty, unknown[are_small], alike)
    large = large.added(both)
    return Renewed([*found, _still_small(before, are_many, large)], large)


def _still_small(before: Before, are_many: Flags, large: Large) -> tuple[Ints, Ints, Ints]:
    """The pairs of an earlier run whose group is there and not too large."""
    import numpy as np

    left, right = before.pairs
    words = key_words(before.of)
    is_single = words < 0
    still = are_many[np.where(is_single, before.of, words)] != is_single
    still[Few(large.codes).found(before.of)] = False
    return left[still], right[still], before.of[still]


def _looked_at(groups: Groups, dirty: Flags, unknown: Flags, alike: Alike) -> Blocks:
    """The alike pairs of groups that are unknown, and those of the others of which one is dirty."""
    import numpy as np

    chosen = unknown | any_of_each(dirty[groups.rows.values], groups.rows.starts)
    some, is_unknown = groups.some(chosen), unknown[chosen]
    for left, right, which in within(some.rows):
        at = np.flatnonzero(dirty[left] | dirty[right] | is_unknown[which])
        yield from alike_ones(left[at], right[at], some.codes[which[at]], alike)


def _counted(codes: Ints, among_these: Ints) -> Ints:
    """How often each of some different codes, in order, is among others."""
    import numpy as np

    ordered = np.sort(codes)
    first, last = (np.searchsorted(ordered, among_these, side=side) for side in ("left", "right"))
    result: Ints = last - first
    return result
