"""Some items as columns: their texts as one string of bytes, their options as arrays.

A column is computed when a screen first asks for it. Texts are folded (lower case, tabs as blanks), each
behind a NUL byte, field by field: all stems, all options, prompts, rationales, references.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import chain, compress
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from qbank.screening.choices import Choices, in_words
from qbank.screening.scanner import Scanner
from qbank.screening.words import Field, Words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qbank.model.bank import Bank
    from qbank.model.item import Item

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

_FOLDED = bytes(range(256)).lower().translate(bytes.maketrans(b"\t\r\x0b\x0c\x1c\x1d\x1e\x1f", b" " * 8))
"""Every byte in lower case, white space but line feeds as blanks."""
_IS_SIGN = np.zeros(2**16, dtype=bool)
"""Whether characters of UTF-8 that begin with these two bytes are no letters, digits or apostrophes."""
_IS_SIGN[[0xC200 + byte for byte in range(0x80, 0xC0) if not chr(byte).isalnum()]] = True
_IS_SIGN[[0xE280, *range(0xE286, 0xE292), *range(0xE294, 0xE2B0)]] = True
_MARKS = b'()[]{}`$*"\0'
_NO_MARK = bytes(set(range(256)) - set(_MARKS))
_CONTROLS = bytes(sorted({*range(1, 32), 127} - set(b"\t\n\r")))
_BLANKS_OR_LINES = re.compile(r"\n|\s\s")
_BROKEN = re.compile(
    r"[*_<](?<=[^\W_].|['’].)(?:(?<=[*_])|(?<=<)/?(?:b|i|u|em|strong)>)"
    r"(?:[*_]|</?(?:b|i|u|em|strong)>)*(?=[^\W_]|['’])",
    re.IGNORECASE,
)
_BLANKS = 8
"""Blanks between two words that are passed over one by one."""
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
        self._known: dict[Callable[[Batch], Iterable[int]], Iterable[int]] = {}
        self._present: dict[str, list[int]] = {}
        self._choices = Choices(items)

    def stems_that_end(self, last: bytes) -> list[int]:
        """Items whose stem ends in one of these bytes, folded; a stem without a character ends in NUL."""
        chosen = np.zeros(256, dtype=bool)
        chosen[list(last)] = True
        ends = self._bounds[1 : len(self.items) + 1] - 1
        found: list[int] = np.flatnonzero(chosen[self._bytes[ends]]).tolist()
        return found

    def once(self, test: Callable[[Batch], Iterable[int]]) -> Iterable[int]:
        """The items that meet a test, which is asked once: for rules that share it."""
        if test not in self._known:
            self._known[test] = test(self)
        return self._known[test]

    def having(self, field: str) -> list[int]:
        """The items that have a field; looked at once for all rules that ask."""
        if field not in self._present:
            value = attrgetter(field)
            kinds = set(map(type, self.items))
            fitting = {kind for kind in kinds if hasattr(kind, field)}
            if kinds == fitting:
                found = list(compress(self.all, map(value, self.items)))
            else:
                found = [at for at, item in enumerate(self.items) if type(item) in fitting and value(item)]
            self._present[field] = found
        return self._present[field]

    @cached_property
    def stems(self) -> list[str]:
        """The stem of each item."""
        return [item.stem for item in self.items]

    @cached_property
    def choices(self) -> Choices:
        """The options as columns."""
        found = self._choices
        first, last = (self._bounds[self._texts[2][field]] for field in (Field.OPTIONS, Field.PROMPTS))
        found.folded, found.plain = self._data[first : last + 1], self._plain[first : last + 1]
        found.is_ascii = self._as_typed.isascii()
        return found

    @cached_property
    def _texts(self) -> tuple[list[str], Ints, Ints]:
        """All texts, of which item each is, and the number of the first of each field (and the end)."""
        has_prompts = any(hasattr(kind, "prompts") for kind in set(map(type, self.items)))
        prompts = [getattr(item, "prompts", _NONE) for item in self.items] if has_prompts else []
        rationales = [item.rationale for item in self.items]
        spoken = [((one,) if one else ()) if type(one) is str else one.values() for one in rationales]  # type: ignore[union-attr]
        references = [item.references for item in self.items]
        columns: list[Iterable[str]] = [self.stems, self._choices.texts]
        ones = np.ones(len(self.items), dtype=np.int64)
        counts = [ones, self._choices.counts]
        for column in ([one.values() for one in prompts], spoken, references):
            columns.append(chain.from_iterable(column))
            size = np.fromiter(map(len, column), dtype=np.int64, count=len(column))
            counts.append(size if len(column) else np.zeros(len(self.items), dtype=np.int64))
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
    def _as_typed(self) -> bytes:
        """All texts in UTF-8, each behind a NUL."""
        return _joined(self._texts[0])

    @cached_property
    def _plain(self) -> bytes:
        """All texts, each behind a NUL, those beyond ASCII with plain blanks."""
        texts, data = self._texts[0], self._as_typed
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
        return in_words(self._bytes)

    @cached_property
    def _bounds(self) -> Ints:
        """Where the NUL before each text stands, and the one behind the last."""
        return np.flatnonzero(self._bytes == 0)

    @cached_property
    def _hits(self) -> dict[Field, tuple[Ints, Ints, Ints]]:
        """Of each field the literals that were found, in which text each, and at which byte."""
        found = {}
        for field in Field:
            first, last = self._bounds[self._texts[2][field]], self._bounds[self._texts[2][field + 1]] + 1
            hits = self._scanner.find(field, self._data[first:last], self._is_word[first:last])
            start = hits.start + first
            found[field] = hits.literal, np.searchsorted(self._bounds, start, side="right") - 1, start
        return found

    def _found(self, condition: Words) -> tuple[Ints, Ints]:
        """Where the literals of a condition stand: which literals, and in which texts."""
        return self._places(condition)[:2]

    def _places(self, condition: Words) -> tuple[Ints, Ints, Ints]:
        """The same, and at which byte."""
        wanted = self._scanner.wanted(condition)
        parts = [self._hits[field] for field in condition.fields]
        literal, text, start = (np.concatenate(part) for part in zip(*parts, strict=True))
        chosen = wanted[literal]
        if condition.tail:
            size = condition.tail + self._continued[text]
            chosen &= start >= self._bounds[text + 1] - size
        return literal[chosen], text[chosen], start[chosen]

    def places_in_stems(self, condition: Words) -> list[tuple[int, int]]:
        """Where the literals of a condition on stems stand: the item, and the first byte in its stem."""
        _, text, start = self._places(condition)
        return list(zip(text.tolist(), (start - self._bounds[text] - 1).tolist(), strict=True))

    @cached_property
    def _continued(self) -> Ints:
        """How many bytes of each text go on with a character: bytes less these are characters."""
        if self._is_ascii:
            return np.zeros(len(self._bounds) - 1, dtype=np.int64)
        places = np.flatnonzero((self._bytes & 0xC0) == 0x80)
        return np.diff(np.searchsorted(places, self._bounds))

    def holding(self, condition: Words) -> Ints:
        """The items that meet a condition of words."""
        owners = self._texts[1]
        _, text = self._found(condition)
        if condition.least == 1 and not condition.every:
            return np.unique(owners[text])
        holding = np.bincount(owners[np.unique(text)], minlength=len(self.items))
        least = np.maximum(self._choices.counts, 1) if condition.every else condition.least
        return np.flatnonzero(holding >= least)

    def options_holding(self, condition: Words) -> Bools:
        """The options that hold one of the literals of a condition on options."""
        found = np.zeros(len(self.choices.texts), dtype=bool)
        found[self._found(condition)[1] - self._texts[2][Field.OPTIONS]] = True
        return found

    def in_options(self, condition: Words) -> tuple[Ints, Ints]:
        """What is found of a condition on options: the number of the literal in it, and the option."""
        literal, text = self._found(condition)
        return self._scanner.place(condition)[literal], text - self._texts[2][Field.OPTIONS]

    @cached_property
    def _skeletons(self) -> list[tuple[int, bytes]]:
        """The texts with brackets, quotation marks, dollar signs and asterisks: number, and those alone."""
        found = self._data.translate(None, _NO_MARK).split(b"\0")[1:-1]
        return [(number, marks) for number, marks in enumerate(found) if marks]

    def marked(self, test: Callable[[bytes], bool], confirm: Callable[[str], bool] | None) -> Ints:
        """Items with a text whose brackets, quotation marks, dollar signs and asterisks meet a test.

        A text without any meets none. Of those that do, `confirm` is given the text itself.
        """
        texts = self._texts[0]
        found = [
            number
            for number, marks in self._skeletons
            if test(marks) and (confirm is None or confirm(texts[number]))
        ]
        return np.unique(self._texts[1][found])

    def texts_holding(self, condition: Words) -> list[tuple[int, str]]:
        """The texts that hold one of the literals of a condition, each with the number of its item."""
        texts, owners, _ = self._texts
        return [(int(owners[one]), texts[one]) for one in np.unique(self._found(condition)[1]).tolist()]

    @cached_property
    def doubling(self) -> Iterable[int]:
        """Items in which a word may stand twice in a row, and those with letters or quotes beyond ASCII."""
        start = self._word_starts
        if len(start) < 2:
            return self.all
        data, is_letter = self._bytes, self._is_letter
        first = data[start]
        twice = np.flatnonzero(first[1:] == first[:-1])
        before, after = start[twice], start[twice + 1]
        between = _blank(data[after - 1])
        before, after = before[between], after[between]
        size = self._without_blanks(after) - before
        last = before + size - 1
        same = is_letter[last] & ~is_letter[np.minimum(after + size, len(data) - 1)]
        for place in (size - 1, size // 2, size // 3):
            same &= data[before + place] == data[np.minimum(after + place, len(data) - 1)]
        same |= _blank(data[last])
        if self._is_ascii:
            return np.unique(self._owner_at(after[same]))
        lead = np.flatnonzero(data >= 0xC2)
        code = data[lead].astype(np.int64) << 8 | data[lead + 1]
        quoted = (code == 0xE280) & np.isin(data[lead + 2], (0x98, 0x99))
        foreign = lead[~_IS_SIGN[code] | quoted]
        return np.unique(self._owner_at(np.concatenate([after[same], foreign])))

    def _owner_at(self, places: Ints) -> Ints:
        """The items in whose texts some bytes stand."""
        return self._texts[1][np.searchsorted(self._bounds, places, side="right") - 1]

    @cached_property
    def _is_ascii(self) -> bool:
        return self._data.isascii()

    @cached_property
    def _is_letter(self) -> Bools:
        """Whether each byte is a letter, digit or apostrophe."""
        found: Bools = self._bytes == ord("'")
        found |= self._is_word
        return found

    @cached_property
    def _word_starts(self) -> Ints:
        """First byte of each run of letters, digits and apostrophes."""
        return np.flatnonzero(self._is_letter[1:] > self._is_letter[:-1]) + 1

    def _without_blanks(self, places: Ints) -> Ints:
        """The places before which blanks stand, at least one, without those; of very many some are left."""
        found = places - 1
        for _ in range(_BLANKS):
            more = _blank(self._bytes[found - 1])
            if not more.any():
                break
            found = found - more
        return found

    def echoing(self, letters: int, longest: int, blanks: int, counts: Callable[[bytes], bool]) -> list[int]:
        """Items with one key a word of which counts, and begins like something in the stem.

        Compared are the first three quarters, at least four letters, of words of at least so many letters,
        and four bytes where characters beyond ASCII may fold; of a stem with that many blanks only the last
        `longest` characters count. In a key beyond ASCII every word counts, and every stem has an echo that
        holds emphasis inside a word.
        """
        found = []
        bounds, data, first = self._bounds.tolist(), self._data, int(self._texts[2][Field.OPTIONS])
        words_in = re.compile(rb"[a-z\x80-\xff]{%d,}" % letters).findall
        continued, texts, broken = self._continued.tolist(), self.choices.texts, self.broken
        for number, place in zip(*(part.tolist() for part in self.choices.keyed), strict=True):
            words = words_in(data, bounds[first + place], bounds[first + place + 1])
            if words and texts[place].isascii():
                words = list(filter(counts, words))
            if not words:
                continue
            low, high = bounds[number], bounds[number + 1]
            if high - low > longest and self.stems[number].count(" ") >= blanks:
                low = max(low, high - longest - continued[number])
            for word in words:
                size = 4 if continued[number] or not word.isascii() else max(4, 3 * len(word) // 4)
                if data.find(word[:size], low, high) >= 0 or number in broken:
                    found.append(number)
                    break
        return found

    @cached_property
    def broken(self) -> frozenset[int]:
        """Items with emphasis inside a word of the stem: without it other words stand there."""
        return frozenset(
            number
            for number, stem in enumerate(self.stems)
            if ("*" in stem or "_" in stem or "<" in stem) and _BROKEN.search(stem) is not None
        )

    def with_digits(self, field: Field) -> frozenset[int]:
        """Items with a text of a field that holds a digit of ASCII."""
        first, last = self._bounds[self._texts[2][[field, field + 1]]]
        places = np.flatnonzero((self._bytes[first:last] - ord("0")) < 10) + first
        return frozenset(self._owner_at(places).tolist())

    def not_plain(self, *fields: Field) -> frozenset[int]:
        """Items with a text of some fields beyond ASCII, of several lines, or with blanks in a row."""
        blank = self._bytes == ord(" ")
        if self._as_typed.isascii() and not (blank[1:] & blank[:-1]).any() and b"\n" not in self._data:
            return frozenset()
        texts, owners, firsts = self._texts
        found = [
            number
            for field in fields
            for number in range(*firsts[[field, field + 1]].tolist())
            if not (texts[number].isascii() and _BLANKS_OR_LINES.search(texts[number]) is None)
        ]
        return frozenset(owners[found].tolist())

    def longer_than(self, characters: int) -> Ints:
        """Items with a text that may be longer than that."""
        length = np.diff(self._bounds) - 1
        return np.unique(self._texts[1][length > characters])


def _blank(values: NDArray[np.uint8]) -> Bools:
    found: Bools = (values == ord(" ")) | (values == ord("\n"))
    return found


_NONE: dict[str, str] = {}
_CONTROL_TEXT = "\0" + _CONTROLS.decode()


def _joined(texts: Sequence[str]) -> bytes:
    """Texts in UTF-8, each behind a NUL, and a NUL behind the last; a NUL of their own is another control."""
    joined = "\0".join(["", *texts, ""])
    if joined.count("\0") != len(texts) + 1:
        joined = "\0".join(["", *(text.replace("\0", "\1") for text in texts), ""])
    try:
        return joined.encode()
    except UnicodeEncodeError:
        return joined.encode("utf-8", "surrogatepass")


def _folded(text: str) -> str:
    """A text beyond ASCII with plain blanks, and with what `re.IGNORECASE` takes for i, k and s."""
    for one, plain in _SPECIAL:
        text = text.replace(one, plain)
    return text
