"""How often words are used in the stems of a bank."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, chain, count, pairwise
from typing import NamedTuple

import msgspec

from qbank.model.answering import Answering
from qbank.model.bank import Bank
from qbank.model.earlier import Earlier
from qbank.model.item import Item
from qbank.parts import in_pieces
from qbank.rule import provides
from qbank.similarity.kinds import canonical
from qbank.similarity.renewed import as_text, texts_of
from qbank.similarity.rows import numbering

_NAME = "words-of-stems"
_SAMPLE = 2000
_WIDTH = 4
"""Bytes of a number."""
_MOST_STALE = 1.5
"""So many times the words of the stems are kept at most, with those of stems that are gone."""
_STEMS = ""
_WORD = re.compile(r"[^\W\d_]+")
_BEYOND = re.compile(r"[^\x00-\x7f]")
_LETTERS = bytes(code if chr(code).isalpha() else ord(" ") for code in range(128)).lower() + b" " * 128
"""ASCII in lower case, all but letters as blanks."""


class Form(NamedTuple):
    """A form of a word, its base, and in how many stems it stands."""

    form: str
    base: str
    stems: int


class StemWords(Answering):
    """In which share of some stems a word stands.

    `size` is how many stems there are; their words are counted when first asked for. Rules about items ask
    for `stems` and `count` alone.
    """

    def __init__(self, size: int, counted: Callable[[], Iterable[Form]]) -> None:
        self._size, self._counted = size, counted

    @classmethod
    def of(cls, stems: Sequence[str]) -> StemWords:
        """The words of some stems."""
        return cls(len(stems), lambda: _counted(stems))

    @property
    def stems(self) -> int:
        """How many stems the sample has."""
        return self.ask(_STEMS)

    @cached_property
    def _forms(self) -> list[Form]:
        return list(self._counted())

    @cached_property
    def by_base(self) -> Counter[str]:
        """In how many stems the words of each base stand."""
        found: Counter[str] = Counter()
        for _, base, stems in self._forms:
            found[base] += stems
        return found

    @cached_property
    def _written(self) -> frozenset[str]:
        return frozenset([one.form for one in self._forms])

    def count(self, word: str) -> int:
        """In how many stems a word, or another form of it, stands."""
        return self.ask(canonical(word))

    def answer(self, question: str) -> int:
        """In how many stems a word with that base stands; how many there are."""
        return self._size if question == _STEMS else self.by_base[question]

    def writes(self, word: str) -> bool:
        """Whether the bank knows the word in exactly this form."""
        return word in self._written


def _words(stem: str) -> set[str]:
    """The words of a stem, in lower case."""
    if not stem.isascii():
        stem = stem.casefold()
        for one in set(_BEYOND.findall(stem)):
            if _WORD.match(one):
                return set(_WORD.findall(stem))
            stem = stem.replace(one, " ")  # a sign: stems without foreign letters are read faster
    return set(stem.encode().translate(_LETTERS).decode().split())


def _counted(stems: Sequence[str]) -> Iterator[Form]:
    """How often the words of some stems stand there."""
    counts = Counter(chain.from_iterable(map(_words, stems)))
    return (Form(word, canonical(word), count) for word, count in counts.items())


class _Kept(msgspec.Struct, array_like=True):
    """The words of the stems of some items.

    `forms` and their `bases` are joined, a form's number is its place; `digests` of items, the `sizes` of
    rows, and the rows, numbers of forms, stand one behind the other; numbers have 32 bits.
    """

    forms: str = ""
    bases: str = ""
    digests: bytes = b""
    sizes: bytes = b""
    rows: bytes = b""


def _counted_again(items: Sequence[Item], places: range, earlier: Earlier) -> Iterator[Form]:
    """How often the words of the stems of some items stand there; known stems are not split again."""
    data = earlier.recall(_NAME)
    before = _Kept() if data is None else msgspec.msgpack.decode(data, type=_Kept)
    known = dict(_rows(before))
    numbers = numbering()
    numbers.update(zip(texts_of(before.forms), count()))
    bases = texts_of(before.bases)
    digests = [earlier.digests[place] for place in places]
    rows = []
    for place, digest in zip(places, digests, strict=True):
        row = known.get(digest)
        if row is None:
            row = array("i", map(numbers.__getitem__, sorted(_words(items[place].stem)))).tobytes()
        rows.append(row)
    numbers.default_factory = None
    forms = list(numbers)
    bases += map(canonical, forms[len(bases) :])
    joined = b"".join(rows)
    counts = Counter(array("i", joined))
    sizes = array("i", [len(row) // _WIDTH for row in rows]).tobytes()
    kept = _Kept(as_text(forms), as_text(bases), b"".join(digests), sizes, joined)
    if len(forms) <= _MOST_STALE * len(counts):  # else it is made anew by the next run
        earlier.keep(_NAME, lambda: in_pieces(kept))
    return (Form(forms[number], bases[number], many) for number, many in counts.items())


def _rows(kept: _Kept) -> Iterator[tuple[bytes, bytes]]:
    """The digest and the row of each item."""
    sizes = array("i", kept.sizes)
    width = len(kept.digests) // max(len(sizes), 1)
    ends = accumulate([size * _WIDTH for size in sizes], initial=0)
    for number, (start, end) in enumerate(pairwise(ends)):
        yield kept.digests[number * width : (number + 1) * width], kept.rows[start:end]


@provides(StemWords)
def stem_words(bank: Bank, earlier: Earlier) -> StemWords:
    """The words of the stems of a bank, estimated from at most 4,000 of them, evenly spread."""
    items = bank.items
    places = range(0, len(items), max(1, len(items) // _SAMPLE))
    if earlier.digests:
        return StemWords(len(places), lambda: _counted_again(items, places, earlier))
    return StemWords.of([items[place].stem for place in places])
