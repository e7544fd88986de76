"""The options of a batch as columns: their lengths, digits, first letters, and which of them is the key."""

from __future__ import annotations

import functools
import operator
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.screening.holds import CITED, DIGIT, JOINED, LOOSE, NAMING, ODD, PARTED, STRONG

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qbank.model.item import Item

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]
    Bytes = NDArray[np.uint8]

WORD = np.zeros(256, dtype=bool)
"""Bytes of folded texts that belong to words: letters and digits of ASCII."""
WORD[list(b"abcdefghijklmnopqrstuvwxyz0123456789")] = True
_VALUES = np.where(WORD, np.arange(256) ** 2 * (np.arange(256) ^ 0x55), 0).astype(np.uint64)
"""The number of each byte that belongs to a word: with it the letters of an option are summed up."""
_SIGNS = (
    *((DIGIT | NAMING, b"0123456789"), (ODD, bytes(range(0x80, 0x100))), (LOOSE, b"*_`"), (STRONG, b"<")),
    *((CITED, b"[("), (JOINED, b",&+"), (PARTED, b";/"), (NAMING, b"$(){}[]<>=;\\@#|/")),
)
_BITS = bytes(
    functools.reduce(operator.or_, (bits for bits, signs in _SIGNS if byte in signs), 0)
    for byte in range(256)
)
"""What each byte tells of an option that holds it."""
_MOST = 16
"""Options that are compared each with each; items with more are always looked at."""
_JOINS = np.zeros(256, dtype=bool)
_JOINS[list(b" \n),&+_")] = True
_SHORTEST = 4
_HEAD = 3
"""Words that options begin with alike; one more must be left."""
_HIGHEST = 2**62


def in_words(folded: Bytes) -> Bools:
    """Of each byte of folded texts whether it belongs to a word.

    Comparing is faster than a table, and in place spares the system from finding memory for large arrays.
    """
    found, digit = folded >= ord("a"), folded >= ord("0")
    found &= folded <= ord("z")
    digit &= folded <= ord("9")
    found |= digit
    return found


def _folded(text: str) -> str:
    """A text such that equal ones may be the same to a reader, whatever the case."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(text.casefold().split())


def _are_among(key: tuple[str, ...] | str | None, options: Mapping[str, str]) -> bool:
    """Whether keys are some different options."""
    return type(key) is tuple and bool(key) and len(set(key)) == len(key) and all(id in options for id in key)


def _is_digit(values: Ints) -> Bools:
    return (values >= ord("0")) & (values <= ord("9"))


def _values(folded: Bytes) -> NDArray[np.uint64]:
    """A number of each letter and digit, 0 of other bytes."""
    found: NDArray[np.uint64] = _VALUES[folded]
    return found


def of_letters(text: str) -> int:
    """The number that a text of ASCII adds to the `letters` of an option."""
    return int(_values(np.frombuffer(text.casefold().encode(), dtype=np.uint8)).sum())


class Choices:
    """The options of all items of a batch, one behind the other.

    `folded` and `plain` are the bytes of the options as `Batch` has them, each behind a NUL, with a NUL
    behind the last; `is_ascii` tells whether all texts were typed in ASCII.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        if all(hasattr(kind, "options") for kind in set(map(type, items))):
            self._options = [item.options for item in items]  # type: ignore[union-attr]
        else:
            self._options = [item.option_texts for item in items]
        self.folded = self.plain = b"\0"
        self.is_ascii = True

    @cached_property
    def texts(self) -> list[str]:
        """All options of all items, one behind the other."""
        return list(chain.from_iterable([options.values() for options in self._options]))

    @cached_property
    def counts(self) -> Ints:
        """How many options each item has."""
        return np.fromiter(map(len, self._options), dtype=np.int64, count=len(self._items))

    @cached_property
    def owners(self) -> Ints:
        """Of each option the number of its item."""
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
        return np.sort(self.owners << 32 | self._lengths) & 0xFFFFFFFF

    @cached_property
    def keyed(self) -> tuple[Ints, Ints]:
        """The multiple-choice items with one key among their options, and the number of that option."""
        items, places = [], []
        for number, (item, options) in enumerate(zip(self._items, self._options, strict=True)):
            key = item.key if type(item) is MultipleChoice else None
            if type(key) is tuple:
                key = "".join(key[:1])
            if key in options:
                items.append(number)
                places.append([*options].index(key))
        found = np.array(items, dtype=np.int64)
        return found, self.starts[found] + np.array(places, dtype=np.int64)

    @cached_property
    def unusually_keyed(self) -> list[int]:
        """All items but those of choice and response whose keys are among their options, each once."""
        return [
            number
            for number, (item, options) in enumerate(zip(self._items, self._options, strict=True))
            if not (
                item.key in options
                if type(item) is MultipleChoice and type(item.key) is str
                else type(item) is MultipleResponse and _are_among(item.key, options)
            )
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

    @cached_property
    def _flags(self) -> Bytes:
        """What each option holds, as bits: DIGIT, ODD and so on."""
        if not self.texts:
            return np.zeros(0, dtype=np.uint8)
        found = np.frombuffer(self.folded.translate(_BITS), dtype=np.uint8).copy()
        blank = (self._bytes == ord(" ")) | (self._bytes == ord("\n"))
        found[1:] |= (blank[1:] & blank[:-1]) * np.uint8(LOOSE)
        strong = (self._bytes == ord("*")) | (self._bytes == ord("_"))
        found[1:] |= (strong[1:] & (self._bytes[1:] == self._bytes[:-1])) * np.uint8(STRONG)
        flags: Bytes = np.bitwise_or.reduceat(found, self._bounds[:-1])
        return flags

    def having(self, bits: int) -> Bools:
        """Options that hold one of some things: `having(DIGIT | ODD)`."""
        return (self._flags & bits) > 0

    def any_of(self, options: Bools, least: int = 1) -> Ints:
        """Items at least so many of whose options are chosen."""
        return np.flatnonzero(np.bincount(self.owners[options], minlength=len(self._items)) >= least)

    def all_of(self, options: Bools, least: int = 1) -> Ints:
        """Items of at least so many options, all of which are chosen."""
        chosen = np.bincount(self.owners[options], minlength=len(self._items))
        return np.flatnonzero((chosen == self.counts) & (chosen >= least))

    @cached_property
    def odd(self) -> Bools:
        """Options that hold characters beyond ASCII, as they were typed."""
        if self.is_ascii:
            return np.zeros(len(self.texts), dtype=bool)
        return ~np.fromiter(map(str.isascii, self.texts), dtype=bool, count=len(self.texts))

    @cached_property
    def letters(self) -> NDArray[np.uint64]:
        """A number of each option that does not change with what stands between its letters and digits.

        It is the sum of a number of each of them (`of_letters`), modulo 2^64.
        """
        if not self.texts:
            return np.zeros(0, dtype=np.uint64)
        found: NDArray[np.uint64] = np.add.reduceat(_values(self._bytes), self._bounds[:-1])
        return found

    def at(self, place: int) -> Ints:
        """The byte that stands at a place of each option, or behind its end."""
        where = np.minimum(self._bounds[:-1] + 1 + place, len(self._bytes) - 1)
        return self._bytes[where].astype(np.int64)

    @cached_property
    def _sizes(self) -> Ints:
        """How many bytes each option has."""
        return np.diff(self._bounds) - 1

    @cached_property
    def _last(self) -> Ints:
        """The last byte of each option, NUL for an empty one."""
        return self._bytes[self._bounds[1:] - 1].astype(np.int64)

    @cached_property
    def _last_but_one(self) -> Ints:
        """The byte before the last one of each option."""
        return self._bytes[np.maximum(self._bounds[1:] - 2, 0)].astype(np.int64)

    @cached_property
    def unclear(self) -> Bools:
        """Options that do not begin with a letter or digit of ASCII, or hold bytes beyond it."""
        return ~WORD[self.at(0)] | self.odd

    def with_options(self, least: int, most: int | None = None) -> Ints:
        """Items of so many options."""
        return np.flatnonzero(
            (self.counts >= least) & (self.counts <= (most if most is not None else np.inf))
        )

    def opening(self, heads: frozenset[str], longest: int, letters: int) -> Bools:
        """Options of at most so many characters that begin with one of some pairs of letters.

        A first word of at most so many `letters` will do too, when a blank, a bracket or a sign that joins
        stands behind it. Unclear options may always.
        """
        short = np.zeros(len(self.texts), dtype=bool)
        inside = ~short
        for place in range(1, letters + 1):
            byte = self.at(place)
            short |= inside & _JOINS[byte]
            inside &= WORD[byte]
        found: Bools = self.unclear | ((short | self._begins(heads)) & (self._sizes <= longest))
        return found

    def _begins(self, heads: frozenset[str]) -> Bools:
        chosen = np.zeros(2**16, dtype=bool)
        chosen[[ord(one[0]) << 8 | ord(one[1]) for one in heads]] = True
        found: Bools = chosen[self.at(0) << 8 | self.at(1)]
        return found

    def numeric(self, heads: frozenset[str], longest: int, code: int = 0) -> Bools:
        """Options that may be a number, perhaps behind words that begin with one of some pairs of letters.

        With `code` they may also be a letter, a digit and more, of at most so many characters.
        """
        first, second = self.at(0), self.at(1)
        sizes = self._sizes - (self._last == ord("."))
        open_ended = ~WORD[np.where(self._last == ord("."), self._last_but_one, self._last)]
        digit, then = _is_digit(first), _is_digit(second)
        shown = (digit | self._begins(heads)) & ((sizes <= longest) | open_ended)
        coded = ~digit & then & ((sizes <= code) | open_ended) & ~self.having(JOINED | PARTED)
        found: Bools = self.unclear | shown | coded if code else self.unclear | shown
        return found

    @cached_property
    def coded(self) -> Bools:
        """Options that are a letter, a digit, a letter or digit, and perhaps a point and one to four more."""
        byte = [self.at(place) for place in range(8)]
        size = self._sizes
        found = WORD[byte[0]] & ~_is_digit(byte[0]) & _is_digit(byte[1]) & WORD[byte[2]]
        found &= (size == 3) | ((byte[3] == ord(".")) & (size > 4) & (size <= 8))
        for place in range(4, 8):
            found &= WORD[byte[place]] | (size <= place)
        return found

    @cached_property
    def alike(self) -> Ints:
        """Items two of whose options are equal but for case, white space and compatible characters."""
        value = np.sort(self.owners << 40 | (self.letters & 0xFFFFFFFFFF).astype(np.int64))
        same = value[1:][value[1:] == value[:-1]] >> 40
        found = np.union1d(same, self.owners[self.odd])
        options = ([*map(_folded, self._options[number].values())] for number in found.tolist())
        alike: Ints = found[np.array([len(set(texts)) < len(texts) for texts in options], dtype=bool)]
        return alike

    @cached_property
    def _heads(self) -> Ints:
        """The first two characters of each option as a number, -1 when they are not plain."""
        one, two = self.at(0), self.at(1)
        return np.where(WORD[one] & (two < 0x80) & (two > 0), one << 8 | two, -1)

    @cached_property
    def contained(self) -> Ints:
        """Items one of whose options may be another one, of no digits and signs, with something behind it."""
        sizes = self._sizes - (self._last == ord("."))
        loose = self.unclear | self.having(LOOSE) | (self._last <= ord(" "))
        loose |= (self._last == ord(".")) & ~WORD[self._last_but_one]
        short = ~self.having(NAMING) & ((sizes >= _SHORTEST) | loose)
        owners, first = self.owners, self.at(0)
        group = np.where(loose, -1, owners << 8 | first)
        found = [np.flatnonzero(self.counts > _MOST)]
        for shift in range(1, min(int(self.counts.max(initial=0)), _MOST)):
            pair = (group[:-shift] == group[shift:]) & (group[shift:] >= 0)
            one = np.flatnonzero(pair & (short[:-shift] | short[shift:]))
            other = one + shift
            begins = self._begins_with(other, one, sizes) & short[one]
            begins |= self._begins_with(one, other, sizes) & short[other]
            found.append(owners[one[begins]])
        found.append(self._loosely(loose, short))
        return np.unique(np.concatenate(found))

    def _loosely(self, loose: Bools, short: Bools) -> Ints:
        """Items of several options with a loose one, and one that may be the shorter of two."""
        items = len(self._items)
        counted = [np.bincount(self.owners[chosen], minlength=items) for chosen in (loose, short)]
        return np.flatnonzero((self.counts > 1) & (counted[0] > 0) & (counted[1] > 0))

    def _begins_with(self, longer: Ints, shorter: Ints, sizes: Ints) -> Bools:
        """Whether options may begin with others, and a comma or white space follows: by some of the bytes."""
        data, size = self._bytes, sizes[shorter]
        long, short = self._bounds[longer] + 1, self._bounds[shorter] + 1
        found = sizes[longer] > size
        for place in (size - 1, size // 2, size // 3):
            found &= data[np.minimum(long + place, len(data) - 1)] == data[short + place]
        behind = data[np.minimum(long + size, len(data) - 1)]
        followed: Bools = found & ((behind == ord(",")) | (behind == ord(" ")) | (behind == ord("\n")))
        return followed

    @cached_property
    def _wordy(self) -> Bools:
        """Options that may have four words or more: with three signs or blanks, or bytes beyond ASCII."""
        if not self.texts:
            return np.zeros(0, dtype=bool)
        signs = np.add.reduceat(~in_words(self._bytes), self._bounds[:-1], dtype=np.int64)
        found: Bools = (signs > _HEAD) | self.odd  # the NUL before an option is none of them
        return found

    @cached_property
    def one_head(self) -> Ints:
        """Items all of whose three or more options begin alike, or not with a letter or digit.

        All of them may have four words or more.
        """
        items = self.all_of(self._wordy, 3)
        if not len(items):
            return items
        starts = self.starts[self.counts > 0]
        alike = np.zeros(len(self._items), dtype=bool)
        low, high = np.minimum.reduceat(self._heads, starts), np.maximum.reduceat(self._heads, starts)
        alike[self.counts > 0] = (low == high) | (low < 0)
        head = self._first_bytes
        low = np.minimum.reduceat(np.where(head < 0, _HIGHEST, head), starts)
        alike[self.counts > 0] &= np.maximum.reduceat(head, starts) <= low
        return items[alike[items]]

    @cached_property
    def _first_bytes(self) -> Ints:
        """The first five bytes of each option as a number, -1 when equal words may be written with others."""
        bytes_ = [self.at(place) for place in range(6)]
        word = [WORD[one] for one in bytes_]
        code, plain = bytes_[0], word[0].copy()
        for place in range(1, 5):
            one = bytes_[place]
            joint = (one == ord(" ")) | (one == ord(".")) | (one == ord("-")) | (one == ord("'"))
            plain &= word[place] | (joint & word[place - 1] & word[place + 1])
            code = code << 8 | one
        return np.where(plain & ~self.odd, code, -1)

    @cached_property
    def key_stands_out(self) -> Ints:
        """Items of three or more options whose key may look otherwise than two distractors or more.

        Looked at are the case of the first letter, the last character, and whether there are words in bold or
        elements. Options with blanks at an end, numbers and brackets, or characters beyond ASCII may, and so
        may keys with marks of bold, which need not make anything bold.
        """
        items, places = self.keyed
        several = self.counts[items] >= 3
        items, places = items[several], places[several]
        if not len(items):
            return items
        key = np.zeros(len(self._items), dtype=np.int64)
        key[items] = places
        looks = self._looks
        differs = looks != looks[key[self.owners]]
        differs[:, -1] = looks[:, -1] > 0
        total = np.concatenate([np.zeros((1, looks.shape[1]), np.int64), np.cumsum(differs, axis=0)])
        first = self.starts[items]
        differing = total[first + self.counts[items]] - total[first]
        differing[:, -1] *= 2
        found: Ints = items[(differing >= 2).any(axis=1) | self.having(STRONG)[places]]
        return found

    @cached_property
    def _looks(self) -> NDArray[np.int64]:
        """Of each option: case of its first letter, full stop, emphasis, brackets, and what is unclear."""
        plain = np.frombuffer(self.plain, dtype=np.uint8)
        bounds = self._bounds
        first, last = plain[bounds[:-1] + 1], plain[bounds[1:] - 1]
        case = ((first >= ord("a")) & (first <= ord("z"))) + 2 * ((first >= ord("A")) & (first <= ord("Z")))
        stop = (last == ord(".")) | (last == ord("!"))
        strong, cited = self.having(STRONG), self.having(CITED)
        unclear = (first <= ord(" ")) | (last <= ord(" ")) | self.odd
        unclear |= cited & self.having(DIGIT)
        return np.stack([case, stop, strong, unclear], axis=1).astype(np.int64)
