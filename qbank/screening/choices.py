"""The options of a batch as columns: their lengths, digits, first letters, and which of them is the key."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import numpy as np

from qbank.model.item import MultipleChoice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qbank.model.item import Item

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]
    Bytes = NDArray[np.uint8]

WORD = np.zeros(256, dtype=bool)
"""Bytes of folded texts that belong to words: letters and digits of ASCII."""
WORD[list(b"abcdefghijklmnopqrstuvwxyz0123456789")] = True
_DIGIT = np.zeros(256, dtype=bool)
_DIGIT[list(b"0123456789")] = True
_WEIGHTS = np.random.default_rng(1).integers(1, 2**40, 256)
_WEIGHTS[list(b" \t\n\r\0\x0b\x0c\x1c\x1d\x1e\x1f*_`.")] = 0


def in_words(folded: Bytes) -> Bools:
    """Of each byte of folded texts whether it belongs to a word: arithmetic is faster than a table."""
    return ((folded - ord("a")) < 26) | ((folded - ord("0")) < 10)


class Choices:
    """The options of all items of a batch, one behind the other.

    `folded` and `plain` are the bytes of the options as `Batch` has them, each behind a NUL, with a NUL
    behind the last.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._options = [item.option_texts for item in items]
        self.folded = self.plain = b"\0"

    @cached_property
    def texts(self) -> list[str]:
        """All options of all items, one behind the other."""
        return list(chain.from_iterable([options.values() for options in self._options]))

    @cached_property
    def counts(self) -> Ints:
        """How many options each item has."""
        return np.fromiter(map(len, self._options), dtype=np.int64, count=len(self._items))

    @cached_property
    def _owners(self) -> Ints:
        return np.repeat(np.arange(len(self._items)), self.counts)

    @cached_property
    def starts(self) -> Ints:
        """The number of each item's first option among all options."""
        return np.cumsum(self.counts) - self.counts

    @cached_property
    def _lengths(self) -> Ints:
        return np.fromiter(map(len, self.texts), dtype=np.int64, count=len(self.texts))

    @cached_property
    def _by_length(self) -> Ints:
        """The lengths of the options of each item, the shortest first."""
        return self._lengths[np.lexsort((self._lengths, self._owners))]

    @cached_property
    def keyed(self) -> tuple[Ints, Ints]:
        """The multiple-choice items with one key among their options, and the number of that option."""
        items, places = [], []
        at = 0
        for number, (item, options) in enumerate(zip(self._items, self._options, strict=True)):
            if isinstance(item, MultipleChoice):
                key = item.key if isinstance(item.key, str) else "".join((item.key or ())[:1])
                if key in options:
                    items.append(number)
                    places.append(at + list(options).index(key))
            at += len(options)
        return np.array(items, dtype=np.int64), np.array(places, dtype=np.int64)

    @cached_property
    def unusually_keyed(self) -> list[int]:
        """All items but those of multiple choice whose key is one of their options."""
        return [
            number
            for number, (item, options) in enumerate(zip(self._items, self._options, strict=True))
            if not (type(item) is MultipleChoice and type(item.key) is str and item.key in options)
        ]

    def longest_exceeds(self, ratio: float, least: int) -> Ints:
        """Items of at least so many options whose longest one exceeds the median that many times."""
        items = np.flatnonzero(self.counts >= least)
        first, count = self.starts[items], self.counts[items]
        low, high = self._by_length[first + (count - 1) // 2], self._by_length[first + count // 2]
        found: Ints = items[2 * self._by_length[first + count - 1] > ratio * (low + high)]
        return found

    def key_exceeds(self, ratio: float) -> Ints:
        """Items whose key is that many times as long as the longest distractor."""
        items, places = self.keyed
        several = self.counts[items] > 1
        items, places = items[several], places[several]
        last = self.starts[items] + self.counts[items] - 1
        longest, second = self._by_length[last], self._by_length[last - 1]
        length = self._lengths[places]
        found: Ints = items[(length == longest) & (length >= ratio * second)]
        return found

    @cached_property
    def _bytes(self) -> Bytes:
        return np.frombuffer(self.folded, dtype=np.uint8)

    @cached_property
    def _bounds(self) -> Ints:
        """Where the NUL before each option stands, and the one behind the last."""
        return np.flatnonzero(self._bytes == 0)

    def _sums(self, values: NDArray[np.int64] | Bools) -> Ints:
        """The sum of a value of each byte over every option."""
        if not self.texts:
            return np.zeros(0, dtype=np.int64)
        found: Ints = np.add.reduceat(values, self._bounds[:-1], dtype=np.int64)
        return found

    def _at(self, place: int) -> Ints:
        """The byte that stands at a place of each option, or behind its end."""
        where = np.minimum(self._bounds[:-1] + 1 + place, len(self._bytes) - 1)
        return self._bytes[where].astype(np.int64)

    @cached_property
    def _odd(self) -> Bools:
        """Options that hold bytes beyond ASCII."""
        return self._sums(self._bytes >= 0x80) > 0

    @cached_property
    def _digits(self) -> Ints:
        """How many options of each item hold a digit, or characters that may be one."""
        holding = (self._sums(_DIGIT[self._bytes]) > 0) | self._odd
        return np.bincount(self._owners[holding], minlength=len(self._items))

    def with_options(self, least: int, most: int | None = None, digits: str = "") -> Ints:
        """Items of so many options; with digits in "any" of them, or in "all"."""
        count = self.counts
        found = (count >= least) & (count <= (most if most is not None else np.inf))
        if digits:
            found &= self._digits >= (1 if digits == "any" else count)
        return np.flatnonzero(found)

    @cached_property
    def alike(self) -> Ints:
        """Items two of whose options may be equal but for case, white space, emphasis and full stops."""
        sums = self._sums(_WEIGHTS[self._bytes])
        order = np.lexsort((sums, self._owners))
        owner, value = self._owners[order], sums[order]
        equal = (owner[1:] == owner[:-1]) & (value[1:] == value[:-1])
        return np.union1d(owner[1:][equal], self._owners[self._odd])

    @cached_property
    def _heads(self) -> Ints:
        """The first two characters of each option as a number, -1 when they are not plain."""
        one, two = self._at(0), self._at(1)
        return np.where(WORD[one] & (two < 0x80) & (two > 0), one << 8 | two, -1)

    @cached_property
    def same_heads(self) -> Ints:
        """Items two of whose options begin with the same four characters, or not with plain ones."""
        four = [self._at(place) for place in range(4)]
        plain = np.logical_and.reduce([(byte >= ord(" ")) & (byte < 0x7F) for byte in four])
        double = np.logical_or.reduce([(one == ord(" ")) & (two == ord(" ")) for one, two in pairwise(four)])
        code = four[0] << 24 | four[1] << 16 | four[2] << 8 | four[3]
        head = np.where(plain & ~double & WORD[four[0]], code, -1)
        order = np.lexsort((head, self._owners))
        owner, head = self._owners[order], head[order]
        equal = (owner[1:] == owner[:-1]) & (head[1:] == head[:-1])
        return np.unique(np.concatenate([owner[1:][equal], owner[head < 0]]))

    @cached_property
    def one_head(self) -> Ints:
        """Items all of whose three or more options begin alike, or not with a letter or digit."""
        items = np.flatnonzero(self.counts >= 3)
        if not len(items):
            return items
        starts = self.starts[self.counts > 0]
        low, high = np.minimum.reduceat(self._heads, starts), np.maximum.reduceat(self._heads, starts)
        alike = np.zeros(len(self._items), dtype=bool)
        alike[self.counts > 0] = (low == high) | (low < 0)
        return items[alike[items]]

    @cached_property
    def key_stands_out(self) -> Ints:
        """Items of three or more options whose key may look otherwise than two distractors or more.

        Looked at are the case of the first letter, the last character, and whether there are emphasis marks
        or elements. Options with blanks at an end, numbers and brackets, or characters beyond ASCII may.
        """
        items, places = self.keyed
        several = self.counts[items] >= 3
        items, places = items[several], places[several]
        if not len(items):
            return items
        key = np.zeros(len(self._items), dtype=np.int64)
        key[items] = places
        looks = self._looks
        differs = looks != looks[key[self._owners]]
        differs[:, -1] = looks[:, -1] > 0
        total = np.concatenate([np.zeros((1, looks.shape[1]), np.int64), np.cumsum(differs, axis=0)])
        first = self.starts[items]
        differing = total[first + self.counts[items]] - total[first]
        differing[:, -1] *= 2
        found: Ints = items[(differing >= 2).any(axis=1)]
        return found

    @cached_property
    def _looks(self) -> NDArray[np.int64]:
        """Of each option: case of its first letter, full stop, emphasis, brackets, and what is unclear."""
        plain = np.frombuffer(self.plain, dtype=np.uint8)
        bounds = self._bounds
        first, last = plain[bounds[:-1] + 1], plain[bounds[1:] - 1]
        case = ((first >= ord("a")) & (first <= ord("z"))) + 2 * ((first >= ord("A")) & (first <= ord("Z")))
        stop = (last == ord(".")) | (last == ord("!"))
        strong = self._sums(np.isin(self._bytes, list(b"*_<"))) > 0
        cited = self._sums(np.isin(self._bytes, list(b"[("))) > 0
        unclear = (first <= ord(" ")) | (last <= ord(" ")) | self._odd
        unclear |= cited & (self._sums(_DIGIT[self._bytes]) > 0)
        return np.stack([case, stop, strong, unclear], axis=1).astype(np.int64)
