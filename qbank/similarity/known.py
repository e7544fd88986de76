"""What was found out about the items of a bank, kept for the next run, in which most of them are the same.

Kept are the columns of all items and what every pair that was looked at turned out to be. Of the next bank
only new items are split into words, and a pair of which both items were there is not looked at again. Which
pairs are candidates hangs on the whole bank and is found anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING, Any

import msgspec

from qbank.model.earlier import Earlier
from qbank.model.item import Item
from qbank.parts import Pieces, in_pieces
from qbank.similarity.among import among
from qbank.similarity.columns import COLUMNS, LEAST_OPTIONS, Columns, Looked, columns
from qbank.similarity.compact import Compact, compact
from qbank.similarity.forms import Forms, Kept
from qbank.similarity.groups import Paired
from qbank.similarity.join import similar_rows
from qbank.similarity.keyed import Alike, Telling
from qbank.similarity.lookup import commonest_first, pairs_with, told_bits
from qbank.similarity.regrouped import Before, Large, all_pairs, renewed_pairs
from qbank.similarity.renewed import (
    NONE,
    Packed,
    as_bytes,
    as_text,
    holding,
    moved,
    order,
    packed,
    renewed,
    texts_of,
)
from qbank.similarity.rows import Rows, filtered, gathered, only
from qbank.similarity.shingles import same_windows
from qbank.similarity.sketch import Sketch, Sketches
from qbank.similarity.vocabulary import Vocabulary, weighed_size
from qbank.similarity.windows import Windows, kept, renewed_windows

if TYPE_CHECKING:
    from qbank.similarity.renewed import Flags
    from qbank.similarity.rows import Ints

_NAME = "similar-items"
_MOST_NEW = 0.2
"""Where a larger part of the bank is new, all of it is looked at as new."""

_MOST_STALE = 1.5
"""So many times the words of a bank are kept at most, with those of items that are gone."""

_MOST_LOOKED_UP = 0.05
"""Where a larger part of the rows must be looked up, all are joined again."""

_COMMON = 30
"""A new word is common when so many items have it."""

_NOTHING, _UNKNOWN = -1, -2
"""Instead of the number of what was said of a pair."""


class _Verdicts(msgspec.Struct, array_like=True):
    """What pairs turned out to be: the places of both, the number of what was said (-1 for nothing), and
    what was said, as plain values.
    """

    left: memoryview = NONE
    right: memoryview = NONE
    said: memoryview = NONE
    values: list[Any] = []


class _Joined(msgspec.Struct, array_like=True):
    """The pairs of one join: the family of each item (-1 for one without a row), who is alike."""

    families: memoryview = NONE
    left: memoryview = NONE
    right: memoryview = NONE


class _Kept(msgspec.Struct, array_like=True):
    """What is kept.

    The words of the bank, odd forms in lower case, and what the words stand for; how many words there were
    when all was new; the rows of the columns; which words of `whole` stand in lower case, in how many items
    each word does, the odd forms of each item; for every item whether its key is generic, the hash of its
    options and what is told of the forms of its rows; how often words stand in stems and keys; the verdicts;
    the pairs of each join and of groups; who shares a window of so many words.
    """

    words: str = ""
    forms: list[str] = []
    tables: list[memoryview] = []
    used: int = 0
    rows: dict[str, Compact] = {}
    lower: memoryview = NONE
    lower_counts: memoryview = NONE
    odd: Packed = Packed()
    generic: memoryview = NONE
    offers: memoryview = NONE
    told: dict[str, Kept] = {}
    counts: tuple[memoryview, memoryview] = (NONE, NONE)
    verdicts: dict[str, _Verdicts] = {}
    joins: dict[str, _Joined] = {}
    paired: Paired = Paired()
    windows: dict[str, Windows] = {}


class Known:
    """The columns of a bank and what its pairs are, where most of it was known before."""

    def __init__(self, sketches: Sketches, earlier: Earlier) -> None:
        import numpy as np

        self._sketches = sketches
        data = earlier.recall(_NAME)
        before = _Kept() if data is None else msgspec.msgpack.decode(data, type=_Kept)
        names = texts_of(before.words)
        places = earlier.places if data is not None else np.full(len(earlier.digests), -1)
        many = np.count_nonzero(places < 0) > _MOST_NEW * len(places)
        if many or len(names) > _MOST_STALE * before.used:
            before, names, places = _Kept(), [], np.full(len(earlier.digests), -1)
        self._before, self._names, self._places = before, names, places
        self._verdicts: dict[str, _Verdicts] = {}
        self._counted: Vocabulary | None = None
        self._joins: dict[str, _Joined] = {}
        self._paired = Paired()
        self._windows: dict[str, Windows] = {}
        self._told = Forms(before.told, places)
        earlier.keep(_NAME, self._packed)

    @cached_property
    def columns(self) -> Columns:
        """The columns of all items."""
        import numpy as np

        before, places, fresh = self._before, self._places, self._fresh
        both = order(places, len(before.generic))
        rows = {
            column: self._compact[column].rows if before.rows else fresh.rows(column) for column in COLUMNS
        }
        generic = np.concatenate((np.frombuffer(before.generic, dtype=bool), fresh.is_generic))[both]
        offers = np.where(self._offers == 0, -1 - np.arange(len(places)), self._offers)
        return Columns(fresh.words, rows, generic, offers, self._told)

    @cached_property
    def lower_case(self) -> frozenset[str]:
        """The words that stand in lower case somewhere in a stem or option."""
        forms, words = self._fresh.words.forms, self._fresh.words.names
        counted = map(words.__getitem__, self._lower_counts.nonzero()[0].tolist())
        return frozenset((*counted, *compress(forms, _held(self._odd, len(forms)).tolist())))

    def joined(
        self, at: Ints, column: str, wanted: Flags, threshold: float, families: Ints
    ) -> tuple[Ints, Ints]:
        """The pairs of `similar_rows` for the wanted rows of a column, those of items at some places (`at`).

        A pair hangs on its two rows and on whether they are of one family. So the pairs of items are what
        they were that had a row then and have one now, and are of the family that theirs has become.
        """
        import numpy as np

        before, places, rows = (
            self._before.joins.get(column, _Joined()),
            self._places,
            self.columns.rows(column),
        )
        of = np.full(len(places), -1, dtype=np.int64)
        of[at] = np.where(wanted, families, -1)
        has_row = (of >= 0) & (rows.sizes > 0)
        now = np.where(has_row, of, -1).astype(np.int32)
        then = np.append(np.frombuffer(before.families, dtype=np.int32), np.int32(-1))  # for place -1
        known = _as_before(then[places], now)
        dirty = np.flatnonzero(has_row & ~known)
        bits = told_bits(self.columns, column)
        if len(dirty) > _MOST_LOOKED_UP * len(at):
            joined = similar_rows(only(rows, has_row), threshold, np.maximum(of, 0))
            blocks = [(one.left, one.right) for one in joined]
        else:
            found = moved(places, known, len(then))
            blocks = [_still(found, before)[0]]
            # words are numbered by how common they were; new ones may be commoner than their numbers tell
            ordered = commonest_first(rows, self._before.used, _COMMON)
            blocks.append(pairs_with(ordered, threshold, of, dirty, has_row, bits))
        blocks.append((at[:0], at[:0]))
        left, right = (np.concatenate(side) for side in zip(*blocks, strict=True))
        sides = (as_bytes(side.astype(np.int32)) for side in (left, right))
        self._joins[column] = _Joined(as_bytes(now), *sides)
        return np.searchsorted(at, left), np.searchsorted(at, right)

    def paired(self, at: Ints, items: Telling, families: Ints, alike: Alike) -> tuple[Ints, Ints]:
        """The alike pairs of the small groups of the items at some places of the bank."""
        import numpy as np

        before, places = self._before.paired, self._places[at]
        then = np.frombuffer(before.families, dtype=np.int32)
        known = _as_before(np.append(then, np.int32(-1))[places], families)
        if np.count_nonzero(known) < (1 - _MOST_LOOKED_UP) * len(known):
            blocks, large = all_pairs(items, alike)
        else:
            found = moved(places, known, len(then) + 1)
            gone = self._telling(np.flatnonzero((then >= 0) & (found[:-1] < 0)), items.size)
            pairs, still = _still(found, before)
            of, codes, counts = (
                np.frombuffer(one, dtype=np.int64) for one in (before.of, before.large, before.sizes)
            )
            was = Before(gone, pairs, of[still], Large(codes, counts))
            blocks, large = renewed_pairs(items, ~known, was, alike)
        blocks.append((at[:0], at[:0], at[:0]))
        left, right, of = (np.concatenate(side) for side in zip(*blocks, strict=True))
        kept = np.full(len(self._places), -1, dtype=np.int32)
        kept[at] = families
        sides = (at[left].astype(np.int32), at[right].astype(np.int32))
        self._paired = Paired(*map(as_bytes, (kept, *sides, of, *large)))
        return left, right

    def _telling(self, old: Ints, size: int) -> Telling:
        """What was compared of some items of the earlier bank."""
        import numpy as np

        gists, keys = (self._old(column).some(old) for column in ("gists", "keys"))
        is_generic = np.frombuffer(self._before.generic, dtype=bool)[old]
        return Telling(filtered(keys, np.repeat(~is_generic, keys.sizes)), gists, size)

    def same_windows(self, at: Ints, stems: Rows, least: int) -> set[tuple[int, int]]:
        """The pairs of `same_windows` for the stems of the items at some places of the bank (`at`)."""
        import numpy as np

        name, places = str(least), self._places[at]
        before = self._before.windows.get(name, Windows())
        if np.count_nonzero(before.are_new(places)) > _MOST_LOOKED_UP * len(at):
            pairs = same_windows(stems, least)
        else:
            pairs = renewed_windows(stems, least, before, places)
        self._windows[name] = kept(pairs, at, len(self._places))
        return pairs

    def judged(
        self,
        name: str,
        left: Ints,
        right: Ints,
        judge: Callable[[Sketch, Sketch], Any],
        counted: Vocabulary | None = None,
    ) -> Iterator[tuple[int, int, Any]]:
        """The pairs of which a judge says something, with that; he is not asked about those he judged before.

        What he says is a plain value. With `counted` it hangs on how rare the words of both items are, too.
        """
        import numpy as np

        before = self._before.verdicts.get(name, _Verdicts())
        which = self._judged_before(before, self._turned(counted), left, right)
        values: list[Any] = []
        found = np.full(len(left), _NOTHING, dtype=np.int32)
        asked = np.flatnonzero(which != _NOTHING)
        for place, number in zip(asked.tolist(), which[asked].tolist(), strict=True):
            one, other = int(left[place]), int(right[place])
            if number == _UNKNOWN:
                said = judge(self._sketches[one], self._sketches[other])
            else:
                said = before.values[number]
            if said:
                found[place] = len(values)
                values.append(said)
        sides = (as_bytes(left.astype(np.int32)), as_bytes(right.astype(np.int32)))
        self._verdicts[name] = _Verdicts(*sides, as_bytes(found), values)
        told = np.flatnonzero(found >= 0)
        return zip(left[told].tolist(), right[told].tolist(), values, strict=True)

    def _judged_before(self, before: _Verdicts, turned: Flags, left: Ints, right: Ints) -> Ints:
        """For each pair the number of what was said of it, `_NOTHING`, or `_UNKNOWN`."""
        import numpy as np

        count = len(self._places)
        sides = [np.frombuffer(side, dtype=np.int32) for side in (before.left, before.right)]
        size = max(int(side.max(initial=0)) for side in (*sides, self._places)) + 1
        now = moved(self._places, (self._places >= 0) & ~turned, size)
        one, other = (now[side] for side in sides)
        still = (one >= 0) & (other > one)
        codes = one[still] * count + other[still]
        order = np.argsort(codes, kind="stable")
        codes, said = codes[order], np.frombuffer(before.said, dtype=np.int32)[still][order]
        wanted = left.astype(np.int64) * count + right
        result: Ints = np.full(len(wanted), _UNKNOWN, dtype=np.int64)
        known = np.flatnonzero(among(wanted, codes))
        result[known] = said[np.searchsorted(codes, wanted[known])]
        return result

    def _turned(self, counted: Vocabulary | None) -> Flags:
        """Which items have a word that is not as rare as it was."""
        import numpy as np

        result: Flags = np.zeros(len(self._places), dtype=bool)
        if counted is None:
            return result
        before, words = self._before, self.columns.words
        self._counted = counted
        if weighed_size(len(before.generic)) != weighed_size(
            len(self._places)
        ):  # a word is rare by its share
            return ~result
        stems, keys = (
            _differ(np.frombuffer(old, dtype=np.int32), new, words.size)
            for old, new in zip(before.counts, counted.counts, strict=True)
        )
        is_turned = stems[words.meanings] & (words.meanings >= 0)
        counts = np.frombuffer(before.lower_counts, dtype=np.int32), self._lower_counts
        was_lower, is_lower = (np.minimum(one[: len(is_turned)], 1) for one in counts)
        is_turned |= _differ(was_lower, is_lower, len(is_turned))
        forms = self._fresh.words.forms  # those of before, and new ones
        were, are = (_held(rows, len(forms)) for rows in (before.odd.rows, self._odd))
        for form in map(forms.__getitem__, np.flatnonzero(were != are).tolist()):
            number = words.numbers.get(form, len(is_turned))
            if number < len(is_turned):
                is_turned[number] = True
        return holding(self.columns.stems, is_turned) | holding(self.columns.keys, keys)

    @cached_property
    def _fresh(self) -> Columns:
        """The columns of new items, by the numbers of all words."""
        import numpy as np

        before = self._before
        tables = [np.frombuffer(one, dtype=np.int32) for one in before.tables]
        known = Looked._make((self._names, before.forms, *tables)) if tables else None
        return columns([self._sketches.items[place] for place in self._new], known)

    @cached_property
    def _new(self) -> list[int]:
        new: list[int] = (self._places < 0).nonzero()[0].tolist()
        return new

    @cached_property
    def _odd(self) -> Rows:
        """The forms in lower case of every item that are none of its words."""
        return renewed(self._before.odd.rows, self._fresh.words.odd_forms(), self._places)

    @property
    def _lower(self) -> Rows:
        """For every word of `whole` whether it stands in lower case."""
        return renewed(self._lower_before, self._lower_fresh, self._places)

    @cached_property
    def _lower_before(self) -> Rows:
        import numpy as np

        starts = self._old("whole").starts
        flags = np.unpackbits(np.frombuffer(self._before.lower, dtype=np.uint8), count=int(starts[-1]))
        return Rows(flags.view(np.int8), starts)

    @property
    def _lower_fresh(self) -> Rows:
        import numpy as np

        assert self._fresh.is_lower is not None
        return Rows(self._fresh.is_lower.view(np.int8), self._fresh.whole.starts)

    @cached_property
    def _lower_counts(self) -> Ints:
        """For every word how many items have it in lower case in `whole`."""
        import numpy as np

        old = self._lower_before
        is_gone = np.ones(len(old.sizes), dtype=bool)
        is_gone[self._places[self._places >= 0]] = False
        gone = np.flatnonzero(is_gone)
        before = np.frombuffer(self._before.lower_counts, dtype=np.int32)
        result: Ints = np.zeros(self._fresh.words.size, dtype=np.int32)
        result[: len(before)] = before
        parts = (
            (1, self._fresh.whole, self._lower_fresh),
            (-1, self._old("whole").some(gone), gathered(old, gone)),
        )
        for sign, whole, flags in parts:
            result += sign * np.bincount(whole.values[flags.values > 0], minlength=len(result)).astype(
                np.int32
            )
        return result

    @cached_property
    def _compact(self) -> dict[str, Compact]:
        """The rows of all columns, as they are kept."""
        if not self._before.rows:
            return {column: compact(self.columns.rows(column)) for column in COLUMNS}
        return {
            column: self._old(column).renewed(self._fresh.rows(column), self._places) for column in COLUMNS
        }

    def _old(self, column: str) -> Compact:
        """The rows of a column of the earlier bank."""
        return self._before.rows.get(column, Compact())

    @cached_property
    def _offers(self) -> Ints:
        """For every item a hash of its options, 0 where it offers few."""
        import numpy as np

        new = np.array([_hashed(self._sketches.items[place]) for place in self._new], dtype=np.int64)
        old = np.frombuffer(self._before.offers, dtype=np.int64)
        result: Ints = np.concatenate((old, new))[order(self._places, len(old))]
        return result

    @property
    def _words(self) -> str:
        """The words of the bank: those that were known, and behind them the others."""
        return self._before.words + as_text(self.columns.words.names[len(self._names) :])

    def _packed(self) -> Pieces:
        import numpy as np

        words = self.columns.words.looked
        counted = self._counted
        kept = _Kept(
            self._words,
            words.forms,
            [*map(as_bytes, words[2:])],
            self._before.used or len(words.numbers),
            self._compact,
            as_bytes(np.packbits(self._lower.values.view(np.uint8))),
            as_bytes(self._lower_counts),
            packed(self._odd),
            as_bytes(self.columns.is_generic),
            as_bytes(self._offers),
            self._told.now,
            (NONE, NONE) if counted is None else (as_bytes(counted.counts[0]), as_bytes(counted.counts[1])),
            self._verdicts,
            self._joins,
            self._paired,
            self._windows,
        )
        return in_pieces(kept)


def _still(now: Ints, before: _Joined | Paired) -> tuple[tuple[Ints, Ints], Flags]:
    """The pairs of which both items are still there, by where they stand `now`; and which of all are."""
    import numpy as np

    one, other = (now[np.frombuffer(side, dtype=np.int32)] for side in (before.left, before.right))
    still = (one >= 0) & (other >= 0)
    one, other = one[still], other[still]
    return (np.minimum(one, other), np.maximum(one, other)), still


def _as_before(then: Ints, now: Ints) -> Flags:
    """Which items are of the family that theirs has become; -1 stands for an item without a row, 0 for none.

    A family has become the one in which most of its items are now, if that is no other's. Of two such items
    it is the same to be of one family then and now.
    """
    import numpy as np

    result: Flags = (then == 0) & (now == 0)
    at = np.flatnonzero((then > 0) & (now > 0))
    size = int(now.max(initial=0)) + 1
    codes, which, counts = np.unique(
        then[at].astype(np.int64) * size + now[at], return_inverse=True, return_counts=True
    )
    became: dict[int, int] = {}
    taken: set[int] = set()
    stable = np.zeros(len(codes), dtype=bool)
    for number in np.argsort(-counts, kind="stable").tolist():
        old, new = divmod(int(codes[number]), size)
        if old not in became and new not in taken:
            became[old] = new
            taken.add(new)
            stable[number] = True
    result[at] = stable[which]
    return result


def _differ(old: Ints, new: Ints, size: int) -> Flags:
    """Where two counts differ; what is past their ends is not counted."""
    import numpy as np

    both = np.zeros((2, size), dtype=np.int64)
    both[0, : len(old)], both[1, : len(new)] = old, new
    result: Flags = both[0] != both[1]
    return result


def _held(rows: Rows, size: int) -> Flags:
    """For every number whether some row holds it."""
    import numpy as np

    result: Flags = np.zeros(size, dtype=bool)
    result[rows.values] = True
    return result


def _hashed(item: Item) -> int:
    """A positive hash of what an item offers, 0 for less than three options."""
    texts = {*item.option_texts.values()}
    if len(texts) < LEAST_OPTIONS:
        return 0
    found = hashlib.blake2b("\0".join(sorted(texts)).encode("utf-8", "replace"), digest_size=8).digest()
    return (int.from_bytes(found) >> 2) + 1
