"""Some items as columns: their texts as one string of bytes, their options as arrays.

A column is computed when a screen first asks for it. Texts are folded (lower case, tabs as blanks), each
behind a NUL byte, field by field: all stems, all options, prompts, rationales, references.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from qbank.model.item import MultipleChoice
from qbank.screening.scanner import Scanner
from qbank.screening.words import Field, Words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qbank.model.bank import Bank
    from qbank.model.item import Item

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

_FOLDED = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ\t\r\x0b\x0c\x1c\x1d\x1e\x1f", b"abcdefghijklmnopqrstuvwxyz        "
)
_WORD = np.zeros(256, dtype=bool)
_WORD[list(b"abcdefghijklmnopqrstuvwxyz0123456789")] = True
_WORD_OR_APOSTROPHE = _WORD.copy()
_WORD_OR_APOSTROPHE[ord("'")] = True
_IS_SIGN = np.zeros(2**16, dtype=bool)
"""Whether characters of UTF-8 that begin with these two bytes are no letters, digits or apostrophes."""
_IS_SIGN[[0xC200 + byte for byte in range(0x80, 0xC0) if not chr(byte).isalnum()]] = True
_IS_SIGN[[0xE280, *range(0xE286, 0xE292), *range(0xE294, 0xE2B0)]] = True
_END = np.zeros(1, dtype=np.uint8)
_DIGIT = np.zeros(256, dtype=bool)
_DIGIT[list(b"0123456789")] = True
_MARKS = b'()[]{}`$*"\0'
_NO_MARK = bytes(set(range(256)) - set(_MARKS))
_CONTROLS = bytes(sorted({*range(1, 32), 127} - set(b"\t\n\r")))
_WEIGHTS = np.random.default_rng(1).integers(1, 2**40, 256)
_WEIGHTS[list(b" \t\n\r\0\x0b\x0c\x1c\x1d\x1e\x1f*_`.")] = 0
_HARD_BLANKS = "\u00a0\u202f"
_SPECIAL = (
    *((chr(one), " ") for one in range(0x80, 0x3001) if chr(one).isspace()),
    *zip("İıſ\u212a", "iisk", strict=True),
)
_SPECIAL_CODES = sorted({int.from_bytes(one.encode(), "big") for one, _ in _SPECIAL})
"""They in UTF-8, as numbers."""


class Batch:
    """Some items of a bank and their columns; `all` are the numbers of all of them."""

    def __init__(self, bank: Bank, items: Sequence[Item], scanner: Scanner) -> None:
        self.bank = bank
        self.items = items
        self.all: Sequence[int] = range(len(items))
        self._scanner = scanner

    @cached_property
    def stems(self) -> list[str]:
        """The stem of each item."""
        return [item.stem for item in self.items]

    @cached_property
    def _options(self) -> list[dict[str, str]]:
        return [item.option_texts for item in self.items]

    @cached_property
    def option_texts(self) -> list[str]:
        """All options of all items, one behind the other."""
        return list(chain.from_iterable([options.values() for options in self._options]))

    @cached_property
    def option_counts(self) -> Ints:
        """How many options each item has."""
        return np.fromiter(map(len, self._options), dtype=np.int64, count=len(self.items))

    @cached_property
    def _texts(self) -> tuple[list[str], Ints, Ints]:
        """All texts, of which item each is, and the number of the first of each field (and the end)."""
        prompts = [getattr(item, "prompts", _NONE) for item in self.items]
        rationales = [item.rationale for item in self.items]
        spoken = [(one,) if isinstance(one, str) else one.values() for one in rationales]
        references = [item.references for item in self.items]
        columns: list[Iterable[str]] = [self.stems, self.option_texts]
        ones = np.ones(len(self.items), dtype=np.int64)
        counts = [ones, self.option_counts]
        for column in ([one.values() for one in prompts], spoken, references):
            columns.append(chain.from_iterable(column))
            counts.append(np.fromiter(map(len, column), dtype=np.int64, count=len(self.items)))
        numbers = np.arange(len(self.items))
        owners = np.concatenate([np.repeat(numbers, count) for count in counts])
        firsts = np.concatenate([[0], np.cumsum([count.sum() for count in counts])])
        return list(chain.from_iterable(columns)), owners, firsts

    @cached_property
    def controlled(self) -> Ints:
        """Items with a text that holds ASCII control characters, tabs and line breaks aside."""
        texts, owners, _ = self._texts
        if self._plain.translate(None, _CONTROLS) == self._plain:
            return owners[:0]
        found = [any(one in text for one in _CONTROL_TEXT) for text in texts]
        return np.unique(owners[np.array(found, dtype=bool)])

    @cached_property
    def hard_blanks(self) -> Ints:
        """Items with a text that holds a non-breaking space."""
        texts, owners, _ = self._texts
        found = [not text.isascii() and any(one in text for one in _HARD_BLANKS) for text in texts]
        return np.unique(owners[np.array(found, dtype=bool)])

    @cached_property
    def _plain(self) -> bytes:
        """All texts, each behind a NUL, those beyond ASCII with plain blanks."""
        texts = self._texts[0]
        data = _joined(texts)
        if data.isascii():
            return data
        number = np.frombuffer(data, dtype=np.uint8)
        lead = np.flatnonzero(number >= 0xC2)
        two = number[lead].astype(np.int64) << 8 | number[lead + 1]
        three = two << 8 | number[lead + 2 - (two < 0xE000)]
        special = lead[np.isin(two, _SPECIAL_CODES) | np.isin(three, _SPECIAL_CODES)]
        bounds = np.flatnonzero(number == 0)
        folded = list(texts)
        for text in np.unique(np.searchsorted(bounds, special) - 1).tolist():
            folded[text] = _folded(texts[text])
        return _joined(folded) if len(special) else data

    @cached_property
    def _data(self) -> bytes:
        return self._plain.translate(_FOLDED)

    @cached_property
    def _bytes(self) -> NDArray[np.uint8]:
        return np.frombuffer(self._data, dtype=np.uint8)

    @cached_property
    def _is_word(self) -> Bools:
        """Whether each byte belongs to a word."""
        return _WORD[self._bytes]

    @cached_property
    def _bounds(self) -> Ints:
        """Where the NUL before each text stands, and the one behind the last."""
        return np.flatnonzero(self._bytes == 0)

    @cached_property
    def _hits(self) -> dict[Field, tuple[NDArray[np.int64], Ints]]:
        """Of each field the literals that were found, and in which text each."""
        found = {}
        for field in Field:
            first, last = self._bounds[self._texts[2][field]], self._bounds[self._texts[2][field + 1]] + 1
            hits = self._scanner.find(
                field, self._data[first:last], np.append(self._is_word[first:last], False)
            )
            found[field] = hits.literal, np.searchsorted(self._bounds, hits.start + first, side="right") - 1
        return found

    def holding(self, condition: Words) -> Ints:
        """The items that meet a condition of words."""
        wanted, owners = self._scanner.wanted(condition), self._texts[1]
        parts = [self._hits[field] for field in condition.fields]
        text = np.concatenate([text[wanted[literal]] for literal, text in parts])
        if condition.least == 1 and not condition.every:
            return np.unique(owners[text])
        holding = np.bincount(owners[np.unique(text)], minlength=len(self.items))
        least = np.maximum(self.option_counts, 1) if condition.every else condition.least
        return np.flatnonzero(holding >= least)

    # -- marks --------------------------------------------------------------------------------------

    @cached_property
    def _skeletons(self) -> list[bytes]:
        """Of each text its brackets, quotation marks, dollar signs and asterisks, nothing else."""
        return self._data.translate(None, _NO_MARK).split(b"\0")[1:-1]

    def marked(self, test: Callable[[bytes], bool]) -> Ints:
        """Items with a text whose brackets, quotation marks, dollar signs and asterisks meet a test."""
        found = np.fromiter(map(test, self._skeletons), dtype=bool, count=len(self._skeletons))
        return np.unique(self._texts[1][found])

    # -- words --------------------------------------------------------------------------------------

    @cached_property
    def doubling(self) -> Iterable[int]:
        """Items in which a word may stand twice in a row, and those with letters or quotes beyond ASCII."""
        start, end = self._words
        if len(start) < 2:
            return self.all
        data, length = self._bytes, end - start
        first = data[start]
        twice = np.flatnonzero((first[1:] == first[:-1]) & (length[1:] == length[:-1]))
        before, after = start[twice], start[twice + 1]
        middle, last = length[twice] // 2, length[twice] - 1
        between, behind = data[end[twice]], data[after - 1]
        same = (
            (data[before + middle] == data[after + middle])
            & (data[before + last] == data[after + last])
            & ((between == ord(" ")) | (between == ord("\n")))
            & ((behind == ord(" ")) | (behind == ord("\n")))
        )
        lead = np.flatnonzero(data >= 0xC2)
        code = data[lead].astype(np.int64) << 8 | data[lead + 1]
        quoted = (code == 0xE280) & np.isin(data[lead + 2], (0x98, 0x99))
        foreign = lead[~_IS_SIGN[code] | quoted]
        text = np.searchsorted(self._bounds, np.concatenate([after[same], foreign]), side="right") - 1
        return np.unique(self._texts[1][text])

    @cached_property
    def _words(self) -> tuple[Ints, Ints]:
        """First byte of each run of letters, digits and apostrophes, and the byte behind the last."""
        letters = _WORD_OR_APOSTROPHE[self._bytes]
        edges = np.flatnonzero(letters[1:] != letters[:-1]) + 1
        return edges[::2], edges[1::2]

    def echoing(self, letters: int, longest: int, blanks: int) -> list[int]:
        """Items with one key a word of which begins like something in the stem.

        Compared are the first four bytes of words of at least so many letters; of a stem with that many
        blanks only the last `longest` characters count.
        """
        found = []
        texts, bounds, data = self._texts, self._bounds.tolist(), self._data
        options = int(texts[2][Field.OPTIONS])
        words = re.compile(rb"[a-z\x80-\xff]{%d,}" % letters)
        for number, place in zip(*(part.tolist() for part in self.keyed), strict=True):
            at = options + place
            stem = data[bounds[number] : bounds[number + 1]]
            if len(stem) > longest and stem.count(b" ") + stem.count(b"\n") >= blanks:
                stem = stem[-longest * (1 if stem.isascii() else 4) :]
            if any(word[:4] in stem for word in words.findall(data, bounds[at], bounds[at + 1])):
                found.append(number)
        return found

    def longer_than(self, characters: int) -> Ints:
        """Items with a text that may be longer than that."""
        length = np.diff(self._bounds) - 1
        return np.unique(self._texts[1][length > characters])

    # -- options ------------------------------------------------------------------------------------

    @cached_property
    def _option_owners(self) -> Ints:
        return np.repeat(np.arange(len(self.items)), self.option_counts)

    @cached_property
    def option_starts(self) -> Ints:
        """The number of each item's first option among all options."""
        return np.cumsum(self.option_counts) - self.option_counts

    @cached_property
    def _lengths(self) -> Ints:
        return np.fromiter(map(len, self.option_texts), dtype=np.int64, count=len(self.option_texts))

    @cached_property
    def _by_length(self) -> Ints:
        """The lengths of the options of each item, the shortest first."""
        return self._lengths[np.lexsort((self._lengths, self._option_owners))]

    @cached_property
    def keyed(self) -> tuple[Ints, Ints]:
        """The multiple-choice items with one key among their options, and the number of that option."""
        items, places = [], []
        at = 0
        for number, (item, options) in enumerate(zip(self.items, self._options, strict=True)):
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
            for number, (item, options) in enumerate(zip(self.items, self._options, strict=True))
            if not (type(item) is MultipleChoice and type(item.key) is str and item.key in options)
        ]

    def longest_exceeds(self, ratio: float, least: int) -> Ints:
        """Items of at least so many options whose longest one exceeds the median that many times."""
        items = np.flatnonzero(self.option_counts >= least)
        first, count = self.option_starts[items], self.option_counts[items]
        low, high = self._by_length[first + (count - 1) // 2], self._by_length[first + count // 2]
        found: Ints = items[2 * self._by_length[first + count - 1] > ratio * (low + high)]
        return found

    def key_exceeds(self, ratio: float) -> Ints:
        """Items whose key is that many times as long as the longest distractor."""
        items, places = self.keyed
        several = self.option_counts[items] > 1
        items, places = items[several], places[several]
        last = self.option_starts[items] + self.option_counts[items] - 1
        longest, second = self._by_length[last], self._by_length[last - 1]
        length = self._lengths[places]
        found: Ints = items[(length == longest) & (length >= ratio * second)]
        return found

    @cached_property
    def _option_bounds(self) -> Ints:
        """Where the NUL before each option stands, and the one behind the last."""
        first = self._texts[2][Field.OPTIONS]
        return self._bounds[first : first + len(self.option_texts) + 1]

    def _option_sums(self, values: NDArray[np.int64] | Bools) -> Ints:
        """The sum of a value of each byte over every option."""
        bounds = self._option_bounds
        if len(bounds) < 2:
            return np.zeros(0, dtype=np.int64)
        total = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
        offset = bounds - bounds[0]
        found: Ints = np.diff(total[offset])
        return found

    @cached_property
    def _option_bytes(self) -> NDArray[np.uint8]:
        bounds = self._option_bounds
        return self._bytes[bounds[0] : bounds[-1]] if len(bounds) > 1 else self._bytes[:0]

    @cached_property
    def _odd_options(self) -> Bools:
        """Options that hold bytes beyond ASCII."""
        return self._option_sums(self._option_bytes >= 0x80) > 0

    @cached_property
    def option_digits(self) -> Ints:
        """How many options of each item hold a digit, or characters that may be one."""
        holding = (self._option_sums(_DIGIT[self._option_bytes]) > 0) | self._odd_options
        return np.bincount(self._option_owners[holding], minlength=len(self.items))

    def with_options(self, least: int, most: int | None = None, digits: str = "") -> Ints:
        """Items of so many options; with digits in "any" of them, or in "all"."""
        count = self.option_counts
        found = (count >= least) & (count <= (most if most is not None else np.inf))
        if digits:
            found &= self.option_digits >= (1 if digits == "any" else count)
        return np.flatnonzero(found)

    @cached_property
    def alike(self) -> Ints:
        """Items two of whose options may be equal but for case, white space, emphasis and full stops."""
        sums = self._option_sums(_WEIGHTS[self._option_bytes])
        order = np.lexsort((sums, self._option_owners))
        owner, value = self._option_owners[order], sums[order]
        equal = (owner[1:] == owner[:-1]) & (value[1:] == value[:-1])
        return np.union1d(owner[1:][equal], self._option_owners[self._odd_options])

    @cached_property
    def _heads(self) -> Ints:
        """The first two characters of each option as a number, -1 when they are not plain."""
        first = self._option_bounds[:-1] + 1
        data = np.append(self._bytes, _END).astype(np.int64)
        one, two = data[first], data[first + 1]
        return np.where(_WORD[one] & (two < 0x80) & (two > 0), one << 8 | two, -1)

    @cached_property
    def same_heads(self) -> Ints:
        """Items two of whose options begin with the same two characters, or not with a letter or digit."""
        order = np.lexsort((self._heads, self._option_owners))
        owner, head = self._option_owners[order], self._heads[order]
        equal = (owner[1:] == owner[:-1]) & (head[1:] == head[:-1])
        return np.unique(np.concatenate([owner[1:][equal], owner[head < 0]]))

    @cached_property
    def one_head(self) -> Ints:
        """Items all of whose three or more options begin alike, or not with a letter or digit."""
        items = np.flatnonzero(self.option_counts >= 3)
        if not len(items):
            return items
        starts = self.option_starts[self.option_counts > 0]
        low, high = np.minimum.reduceat(self._heads, starts), np.maximum.reduceat(self._heads, starts)
        alike = np.zeros(len(self.items), dtype=bool)
        alike[self.option_counts > 0] = (low == high) | (low < 0)
        return items[alike[items]]

    @cached_property
    def key_stands_out(self) -> Ints:
        """Items of three or more options whose key may look otherwise than two distractors or more.

        Looked at are the case of the first letter, the last character, and whether there are emphasis marks
        or elements. Options with blanks at an end, numbers and brackets, or characters beyond ASCII may.
        """
        items, places = self.keyed
        several = self.option_counts[items] >= 3
        items, places = items[several], places[several]
        if not len(items):
            return items
        key = np.zeros(len(self.items), dtype=np.int64)
        key[items] = places
        looks = self._looks
        differs = looks != looks[key[self._option_owners]]
        differs[:, -1] = looks[:, -1] > 0
        total = np.concatenate([np.zeros((1, looks.shape[1]), np.int64), np.cumsum(differs, axis=0)])
        first = self.option_starts[items]
        differing = total[first + self.option_counts[items]] - total[first]
        differing[:, -1] *= 2
        found: Ints = items[(differing >= 2).any(axis=1)]
        return found

    @cached_property
    def _looks(self) -> NDArray[np.int64]:
        """Of each option: case of its first letter, full stop, emphasis, brackets, and what is unclear."""
        plain = np.frombuffer(self._plain, dtype=np.uint8)
        bounds = self._option_bounds
        first, last = plain[bounds[:-1] + 1], plain[bounds[1:] - 1]
        case = ((first >= ord("a")) & (first <= ord("z"))) + 2 * ((first >= ord("A")) & (first <= ord("Z")))
        stop = (last == ord(".")) | (last == ord("!"))
        strong = self._option_sums(np.isin(self._option_bytes, list(b"*_<"))) > 0
        cited = self._option_sums(np.isin(self._option_bytes, list(b"[("))) > 0
        unclear = (first <= ord(" ")) | (last <= ord(" ")) | self._odd_options
        unclear |= cited & (self._option_sums(_DIGIT[self._option_bytes]) > 0)
        return np.stack([case, stop, strong, unclear], axis=1).astype(np.int64)


_NONE: dict[str, str] = {}
_CONTROL_TEXT = "\0" + _CONTROLS.decode()


def _joined(texts: Sequence[str]) -> bytes:
    """Texts in UTF-8, each behind a NUL, and a NUL behind the last; a NUL of their own is another control."""
    try:
        encoded = list(map(str.encode, texts))
    except UnicodeEncodeError:
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    joined = b"\0" + b"\0".join(encoded) + b"\0"
    if joined.count(b"\0") != len(texts) + 1:
        joined = b"\0" + b"\0".join([text.replace(b"\0", b"\1") for text in encoded]) + b"\0"
    return joined


def _folded(text: str) -> str:
    """A text beyond ASCII with plain blanks, and with what `re.IGNORECASE` takes for i, k and s."""
    for one, plain in _SPECIAL:
        text = text.replace(one, plain)
    return text
