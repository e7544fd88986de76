"""The words of a whole bank as columns of numbers: every different text, piece of text and word is looked at
once, and what is the same for all items is done for all of them together.

What a column holds of an item is what its `Sketch` says one item at a time (a test compares the two).
"""

from __future__ import annotations

import re
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from qbank.model.item import Item, Matching
from qbank.similarity.forms import Form, Forms, Tell, equal_numbers
from qbank.similarity.kinds import Kind, canonical, contrasts, is_common, is_of_phrase, kind_of
from qbank.similarity.normalise import normalise
from qbank.similarity.rows import (
    Rows,
    any_of_each,
    are_new,
    distinct,
    filtered,
    gathered,
    numbering,
    row_numbers,
    sorted_rows,
    stacked,
)
from qbank.similarity.sketch import GENERIC_OPENINGS, is_generic, key_texts
from qbank.similarity.tokens import tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qbank.similarity.rows import Ints

    Flags = NDArray[np.bool_]

COLUMNS = ("stems", "gists", "keys", "keyed", "whole")
"""The rows of words of every item."""

LEAST_OPTIONS = 3
"""So many options two items must share to offer the same."""

LETTERS = 5
"""So many letters of a word's meaning are compared when the order of two stems is."""

MASK = "?"
"""Stands for a number, a code or a rare word; it is no word itself."""

_END = "\0"
"""Stands behind every text, and before every word of a text that cannot be split at its blanks."""

_UNLIKE = re.compile("[*\uff0a\ufe61\0]")
"""A * is a word or not by what stands around it; what normalising makes one is no other."""

_AT_ONCE = 1000
"""How many texts are split at once: few enough that their pieces stay in the cache."""

_MARKS = ".,;:?!\"'()[]{}"
"""Marks that are in no word when they stand at the end of one."""

_LOWER_CASE = re.compile(r"(?<!\w)[^\W\d_A-Z][^\W_]*")


class Columns:
    """The words of some items, a row for each item; words are numbers (`words.numbers`).

    `stems` holds the words of the stem in order, `gists` its different content words by meaning, sorted,
    `keys` the words of the key by meaning (`Sketch.key_tokens`), `keyed` those of both, `whole` the different
    words of stem, prompts and options. `is_generic` tells whether the key says nothing by itself. `offers`
    is a number, the same for items with the same three options or more. `is_lower` tells of each word of
    `whole` whether it stands in lower case in a stem or option of its item; None where nobody asks.
    """

    def __init__(
        self,
        words: Words,
        rows: Mapping[str, Rows],
        is_generic: Flags,
        offers: Ints,
        forms: Forms | None = None,
        is_lower: Flags | None = None,
    ) -> None:
        self.words, self.is_generic, self.offers, self.is_lower = words, is_generic, offers, is_lower
        self._rows = {**rows}
        self._told: dict[str, Ints] = {}
        self._forms = forms
        self._among: tuple[Columns, Ints] | None = None

    def of(self, items: Ints) -> Columns:
        """The columns of some of the items."""
        result = Columns(self.words, {}, self.is_generic[items], self.offers[items])
        result._among = self, items
        return result

    @property
    def stems(self) -> Rows:
        """The words of every stem in order."""
        return self.rows("stems")

    @property
    def gists(self) -> Rows:
        """The content words of every stem by meaning, sorted, each once."""
        return self.rows("gists")

    @property
    def keys(self) -> Rows:
        """The words of every key by meaning."""
        return self.rows("keys")

    @property
    def whole(self) -> Rows:
        """The words of every stem, prompts and options."""
        return self.rows("whole")

    def rows(self, column: str) -> Rows:
        """One of the columns."""
        if column not in self._rows and self._among is not None:
            everything, items = self._among
            self._rows[column] = gathered(everything.rows(column), items)
        return self._rows[column]

    def some(self, column: str, items: Ints) -> Rows:
        """The rows of some items in one of the columns."""
        if self._among is not None:
            everything, places = self._among
            return everything.some(column, places[items])
        return gathered(self._rows[column], items)

    def told(self, name: str, form: Form, tell: Tell = Form.prints, column: str = "stems") -> Ints:
        """A number that is told of the form of every item's row; each name stands for one kind of form."""
        if self._among is not None:
            everything, places = self._among
            return everything.told(name, form, tell, column)[places]
        if name not in self._told:
            rows = self._rows[column]
            found = tell(form, rows) if self._forms is None else self._forms.told(name, form, rows, tell)
            self._told[name] = found
        return self._told[name]

    def numbers(self, name: str, form: Form, column: str = "stems", least: int = 2) -> Ints:
        """For every item the place of the first with its form if `least` items have that, else its own."""
        prints = self.told(name, form, Form.prints, column)
        return equal_numbers(prints, lambda items: form.of(self.some(column, items)), least)

    @property
    def equal_stems(self) -> Ints:
        """For every item a number, the same for stems of the same words in the same order."""
        return self.numbers("stems", Form(self.words.themselves))

    def hidden(self, items: Ints) -> tuple[Rows, Rows]:
        """Of some items the numbers and codes of the stem, and what its template hides; both sorted."""
        stems, words = self.some("stems", items), self.words
        facts = filtered(stems, words.without_facts[stems.values] != stems.values)
        is_masked = words.masked[stems.values] == words.mask
        masked = filtered(Rows(words.meanings[stems.values], stems.starts), is_masked)
        return sorted_rows([facts], words.size), sorted_rows([masked], words.size)


class Looked(NamedTuple):
    """The words of an earlier bank by number, its forms, and what each word stood for (see `Words`)."""

    numbers: list[str]
    forms: list[str]
    meanings: Ints
    masked: Ints
    without_facts: Ints
    without_slots: Ints
    fills: Ints
    prefixes: Ints
    common: Ints
    of_phrase: Ints


def columns(items: Sequence[Item], known: Looked | None = None) -> Columns:
    """The columns of some items; words that are `known` keep their numbers."""
    texts = _Texts(items)
    words = Words(texts, known)
    spelled = gathered(words.spelled, texts.stems)
    stems = Rows(spelled.values >> 1, spelled.starts)
    whole, is_lower = _whole([spelled, words.spelled_in(texts.options)], words.of(texts.prompts), words.size)
    gists = sorted_rows([_kept(stems, words.meanings)], words.size, distinct=True)
    keys = sorted_rows([_telling(words.of(texts.keys), words.meanings)], words.size, distinct=True)
    rows = {
        "stems": stems,
        "gists": gists,
        "keys": keys,
        "keyed": sorted_rows([keys, gists], words.size, distinct=True),
        "whole": whole,
    }
    is_generic = ~any_of_each(~_generic(texts, words)[texts.keys.values], texts.keys.starts)
    return Columns(words, rows, is_generic, _offers(texts), is_lower=is_lower)


class _Texts:
    """The different texts of some items, and by their numbers: the stem, options, prompts and keys of each.

    The first `shown` texts are those of stems and options.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        import numpy as np

        numbers = numbering()
        stems = map(numbers.__getitem__, [item.stem for item in items])
        self.stems: Ints = np.fromiter(stems, np.int64, len(items))
        self.options = _rows((item.option_texts.values() for item in items), numbers)
        self.shown = len(numbers)
        prompts = (item.prompts.values() if isinstance(item, Matching) else () for item in items)
        self.prompts = _rows(prompts, numbers)
        self.keys = _rows(map(key_texts, items), numbers)
        numbers.default_factory = None
        self.texts = list(numbers)


class Words:
    """The different words of some texts, a row of their numbers for each text, and what each stands for.

    `meanings` holds for every word the number of its meaning (-1 for a function word), `masked` the same
    with the mask for numbers, codes and rare words, `without_facts` and `without_slots` the word itself or
    the mask. `fills` is 1 for a word that may stand in a slot of a template, `common` for an everyday one;
    `prefixes` is a hash of the first letters of its meaning, -1 for a function word; `of_phrase` is 1 for
    a word that may be of a phrase that people write for another.
    `spelled` holds the words of each text with their spelling: twice the number, and 1 more where the word
    does not stand in lower case. `forms` are what stands in lower case and is no word where it stands: the mg
    of mg/dl, by number; with some of earlier banks.
    """

    def __init__(self, texts: _Texts, known: Looked | None = None) -> None:
        pieces, numbers, forms = numbering(), numbering(), numbering()
        if known is not None:
            numbers.update(zip(known.numbers, range(len(known.numbers)), strict=True))
            forms.update(zip(known.forms, range(len(known.forms)), strict=True))
        of_shown = _in_pieces(texts.texts[: texts.shown], pieces)
        shown = len(pieces)
        of_pieces = stacked(of_shown, _in_pieces(texts.texts[texts.shown :], pieces))
        pieces.default_factory = None
        split, spelling, odd = _split(pieces, shown, numbers, forms)
        spelled = _gathered_twice(Rows(2 * split.values + spelling, split.starts), of_pieces)
        self._lower = split.values[spelling == 0]
        if known is None:
            ranks, numbers = _by_frequency(spelled.values >> 1, [*numbers])
            spelled = Rows(2 * ranks[spelled.values >> 1] + (spelled.values & 1), spelled.starts)
            self._lower = ranks[self._lower]
        self.spelled = spelled
        self.rows = Rows(spelled.values >> 1, spelled.starts)
        self._odd = odd, of_shown
        self._texts = texts
        forms.default_factory = None
        self.forms = list(forms)
        self._look_at(list(numbers), numbers, known)
        numbers.default_factory = None
        self.numbers: dict[str, int] = numbers
        self.names = list(numbers)
        self.size = len(numbers)

    def odd_forms(self) -> Rows:
        """The numbers of the forms of every item, each once."""
        odd, of_shown = self._odd
        forms = _gathered_twice(odd, of_shown)
        parts = [gathered(forms, self._texts.stems), _gathered_twice(forms, self._texts.options)]
        return sorted_rows(parts, len(self.forms), distinct=True)

    @property
    def lower_case(self) -> frozenset[str]:
        """The words that stand in lower case somewhere in a stem or option."""
        words = distinct(self._lower).tolist()
        return frozenset((*map(self.names.__getitem__, words), *self.forms))

    @cached_property
    def themselves(self) -> Ints:
        """The number of every word."""
        import numpy as np

        return np.arange(self.size, dtype=np.int32)

    @property
    def looked(self) -> Looked:
        """What is known of the words, for the next bank."""
        tables = (getattr(self, name) for name in Looked._fields[2:])
        return Looked(self.names, self.forms, *tables)

    def _look_at(self, names: list[str], numbers: dict[str, int], known: Looked | None) -> None:
        """Find out what the words stand for of which nobody knows yet."""
        import numpy as np

        first = 0 if known is None else len(known.meanings)
        words = names[first:]
        kinds = [kind_of(word) for word in words]
        facts = np.array([kind is Kind.NUMBER or kind is Kind.CODE for kind in kinds], dtype=bool)
        rare = [kind is Kind.WORD and not is_common(word) for kind, word in zip(kinds, words, strict=True)]
        self.mask = mask = numbers[MASK]
        meanings: Ints = np.fromiter(map(numbers.__getitem__, map(canonical, words)), np.int32, len(words))
        meanings[np.array([kind is Kind.FUNCTION for kind in kinds], dtype=bool)] = -1
        themselves = np.arange(first, first + len(words))
        hidden = facts | np.array(rare, dtype=bool)
        slots = hidden | np.array([kind is Kind.UNIT or kind is Kind.SIDE for kind in kinds], dtype=bool)
        found = (
            meanings,
            np.where(hidden, mask, meanings).astype(np.int32),
            np.where(facts, mask, themselves).astype(np.int32),
            np.where(slots, mask, themselves).astype(np.int32),
            (slots | np.array([bool(contrasts(word)) for word in words], dtype=bool)).astype(np.int32),
            _prefixes(words, kinds),
            np.array([kind is Kind.WORD for kind in kinds], dtype=np.int32) & ~np.array(rare, dtype=bool),
            np.fromiter(map(is_of_phrase, words), np.int32, len(words)),
        )
        none = np.empty(0, dtype=np.int32)
        before: Sequence[Ints] = (none,) * len(found) if known is None else known[2:]
        both = [np.concatenate(parts) for parts in zip(before, found, strict=True)]
        self.meanings: Ints = both[0]
        self.masked: Ints = both[1]
        self.without_facts: Ints = both[2]
        self.without_slots: Ints = both[3]
        self.fills: Ints = both[4]
        self.prefixes: Ints = both[5]
        self.common: Ints = both[6]
        self.of_phrase: Ints = both[7]

    def of(self, texts: Rows) -> Rows:
        """The words of several texts a row, one behind the other."""
        return _gathered_twice(self.rows, texts)

    def spelled_in(self, texts: Rows) -> Rows:
        """The same with their spelling."""
        return _gathered_twice(self.spelled, texts)


def _prefixes(words: Sequence[str], kinds: Sequence[Kind]) -> Ints:
    """A hash of the first letters of every word's meaning, -1 for a function word."""
    import numpy as np

    found = (
        -1 if kind is Kind.FUNCTION else zlib.crc32(canonical(word)[:LETTERS].encode("utf-8", "replace")) >> 2
        for word, kind in zip(words, kinds, strict=True)
    )
    return np.fromiter(found, np.int32, len(words))


def _generic(texts: _Texts, words: Words) -> Flags:
    """Which texts say nothing as a key: looked at are the keys whose first word begins such a key."""
    import numpy as np

    result: Flags = np.zeros(len(texts.texts), dtype=bool)
    keyed = distinct(texts.keys.values)
    keyed = keyed[words.rows.sizes[keyed] > 0]
    firsts, which = np.unique(words.rows.values[words.rows.starts[keyed]], return_inverse=True)
    openings = map(words.names.__getitem__, firsts.tolist())
    keyed = keyed[
        np.array([len(word) == 1 or word in GENERIC_OPENINGS for word in openings], dtype=bool)[which]
    ]
    result[keyed] = [is_generic(normalise(texts.texts[number])) for number in keyed.tolist()]
    return result


def _offers(texts: _Texts) -> Ints:
    """For every item a number: that of the first with the same options, its own where there are few."""
    import numpy as np

    options = sorted_rows([texts.options], len(texts.texts), distinct=True)
    places = np.arange(len(options.sizes))
    return np.where(options.sizes < LEAST_OPTIONS, places, row_numbers(options))


def _in_pieces(texts: Sequence[str], pieces: defaultdict[str, int]) -> Rows:
    """What stands between blanks in each text, as rows of numbers.

    To normalise and to split into words is the same for a text and for each of its pieces. Of the few other
    texts the words are marked, and so are those in lower case.
    """
    import numpy as np

    codes: list[Ints] = [np.empty(0, dtype=np.int32)]
    ends: list[Ints] = [np.zeros(1, dtype=np.int64)]
    end = pieces[_END]
    for start in range(0, len(texts), _AT_ONCE):
        block = [
            text if _UNLIKE.search(text) is None else _marked(text)
            for text in texts[start : start + _AT_ONCE]
        ]
        found = f" {_END} ".join([*block, ""]).split()
        numbers = np.fromiter(map(pieces.__getitem__, found), np.int32, len(found))
        is_end = numbers == end
        ends.append(np.cumsum(~is_end)[is_end] + ends[-1][-1])
        codes.append(numbers[~is_end])
    return Rows(np.concatenate(codes), np.concatenate(ends))


def _marked(text: str) -> str:
    """The words of a text, each with a mark before it, and with two what stands there in lower case."""
    words = [f" {_END}{word}" for word in tokens(normalise(text))]
    return "".join([*words, *(f" {_END}{_END}{form}" for form in _LOWER_CASE.findall(text))])


def _split(
    pieces: Iterable[str], shown: int, numbers: defaultdict[str, int], forms: defaultdict[str, int]
) -> tuple[Rows, Ints, Rows]:
    """The words of every piece, for each word a 1 if it does not stand in lower case, and the forms.

    What is in lower case is told of the first `shown` pieces only.
    """
    import numpy as np

    codes, starts = array("i"), array("q", [0])
    spelling = array("i")
    odd, odd_starts = array("i"), array("q", [0])
    for number, piece in enumerate(pieces):
        plain = piece.strip(_MARKS)
        if plain.isalpha() and plain.isascii():
            codes.append(numbers[plain.lower()])
            spelling.append(not (number < shown and plain.islower()))
        elif piece[0] != _END:
            found = tokens(normalise(piece))
            lower = _LOWER_CASE.findall(piece) if number < shown else ()
            codes.extend(map(numbers.__getitem__, found))
            spelling.extend(word not in lower for word in found)
            odd.extend(forms[form] for form in lower if form not in found)
        elif piece[1:2] != _END:
            codes.extend([numbers[piece[1:]]] if len(piece) > 1 else [])
            spelling.extend([1] if len(piece) > 1 else [])
        elif number < shown:
            odd.append(forms[piece[2:]])
        starts.append(len(codes))
        odd_starts.append(len(odd))
    return _as_rows(codes, starts), np.array(spelling, dtype=np.int32), _as_rows(odd, odd_starts)


def _whole(spelled: Sequence[Rows], others: Rows, size: int) -> tuple[Rows, Flags]:
    """The different words of some rows, and whether each stands in lower case in one that is `spelled`."""
    parts = [*spelled, Rows(2 * others.values + 1, others.starts)]
    both = sorted_rows(parts, 2 * size, distinct=True)
    # of both spellings that in lower case comes first
    found = filtered(both, are_new(Rows(both.values >> 1, both.starts)))
    return Rows(found.values >> 1, found.starts), (found.values & 1) == 0


def _by_frequency(words: Ints, names: list[str]) -> tuple[Ints, defaultdict[str, int]]:
    """New numbers of words, and of their names, the commonest first: what is rare has a large number.

    A meaning is as common as all words that have it together.
    """
    import numpy as np

    numbers = numbering()
    numbers.update(zip(names, range(len(names)), strict=True))
    meanings = np.fromiter(map(numbers.__getitem__, map(canonical, names)), np.int64, len(names))
    counts = np.bincount(words, minlength=len(numbers))
    order = np.argsort(
        -np.maximum(counts, np.bincount(meanings, counts[: len(names)], len(numbers))), kind="stable"
    )
    ranks = np.empty(len(order), dtype=np.int32)
    ranks[order] = np.arange(len(order))
    names = [*numbers]
    numbers.clear()
    numbers.update((names[number], rank) for rank, number in enumerate(order.tolist()))
    return ranks, numbers


def _rows(found: Iterable[Iterable[str]], numbers: defaultdict[str, int]) -> Rows:
    """Rows of things as rows of their numbers."""
    codes, starts = array("i"), array("q", [0])
    for one in found:
        codes.extend(map(numbers.__getitem__, one))
        starts.append(len(codes))
    return _as_rows(codes, starts)


def _as_rows(values: array[int], starts: array[int]) -> Rows:
    import numpy as np

    return Rows(np.array(values, dtype=np.int32), np.array(starts, dtype=np.int64))


def _gathered_twice(rows: Rows, numbers: Rows) -> Rows:
    """For rows of numbers of other rows: what those hold, one behind the other."""
    import numpy as np

    found = gathered(rows, numbers.values)
    return Rows(found.values, np.ascontiguousarray(found.starts[numbers.starts]))


def _kept(rows: Rows, meanings: Ints) -> Rows:
    """What every number of some rows stands for, without what stands for nothing (-1)."""
    values = meanings[rows.values]
    return filtered(Rows(values, rows.starts), values >= 0)


def _telling(keys: Rows, meanings: Ints) -> Rows:
    """The words of each key by meaning; its function words only where there is no other."""
    import numpy as np

    values = meanings[keys.values]
    has_meaning = np.repeat(any_of_each(values >= 0, keys.starts), keys.sizes)
    return filtered(
        Rows(np.where(has_meaning, values, keys.values), keys.starts), (values >= 0) | ~has_meaning
    )
