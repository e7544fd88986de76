"""The alike items of a bank, found once for all rules that ask for them."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from qbank.model.bank import Bank
from qbank.model.earlier import Earlier
from qbank.model.item import Item, Matching
from qbank.similarity.candidates import Both, Candidates
from qbank.similarity.columns import Columns, columns
from qbank.similarity.contradict import Contradiction, contradiction
from qbank.similarity.decide import Decision, Verdict, decide
from qbank.similarity.kinds import Kind
from qbank.similarity.known import Known
from qbank.similarity.passages import longest_passage, row
from qbank.similarity.rows import repeated
from qbank.similarity.shingles import same_windows
from qbank.similarity.sketch import Sketch, Sketches
from qbank.similarity.template import Slot, slots
from qbank.similarity.vocabulary import Vocabulary

if TYPE_CHECKING:
    from qbank.similarity.rows import Flags, Ints

_PlainDecision = tuple[str, tuple[str, ...]]

Judge = Callable[[Sketch, Sketch], Any]
"""Says of two items what they are to each other, as a plain value; what is false says nothing."""


class AlikePair:
    """Two alike items, the earlier one first, and what they are to each other."""

    __slots__ = ("decision", "earlier", "later")

    def __init__(self, earlier: Sketch, later: Sketch, decision: Decision) -> None:
        self.earlier, self.later, self.decision = earlier, later, decision


class Contradictory(NamedTuple):
    """Two items that ask the same and key what cannot both be right."""

    earlier: Sketch
    later: Sketch
    keys: Contradiction


class Siblings(NamedTuple):
    """Two items of one template, and the facts in which their stems differ."""

    earlier: Sketch
    later: Sketch
    slots: tuple[Slot, ...]


class SharedPassage(NamedTuple):
    """Two items whose stems have a long run of words in common."""

    earlier: Sketch
    later: Sketch
    words: int


class SimilarItems:
    """Groups of items with the same content, and alike pairs among the first of each group."""

    def __init__(self, bank: Bank, earlier: Earlier | None = None) -> None:
        self._earlier = earlier
        self.sketches = Sketches(bank.items)

    @cached_property
    def groups(self) -> list[list[Sketch]]:
        """Two or more items that ask the same with the same options (keys apart), in order of the first."""
        return sorted((one for one in self._same if len(one) > 1), key=lambda group: group[0].number)

    @cached_property
    def _same(self) -> list[list[Sketch]]:
        """The same groups, and what stands alone of items of which the words of the stem tell too little."""
        stems: dict[str, list[Sketch]] = {}
        for place in (~self._have_stems_alone).nonzero()[0].tolist():
            one = self.sketches[place]
            stems.setdefault(one.stem, []).append(one)
        return [group for same in stems.values() for group in _same_content(same)]

    @cached_property
    def _have_stems_alone(self) -> Flags:
        """For each item whether no other has the words of its stem, where the words are known."""
        import numpy as np

        result = np.zeros(len(self.sketches), dtype=bool)
        if self._known is not None:
            stems = self._known.columns.stems
            result = stems.sizes > 0
            result[repeated(self._known.columns.equal_stems)] = False
        return result

    @cached_property
    def pairs(self) -> list[AlikePair]:
        """Pairs that ask the same in other words or share a pasted stem, in order of the later item."""
        known = self._known
        if known is None:
            vocabulary = Vocabulary(self.sketches, self._columns)
        else:
            vocabulary = Vocabulary(self.sketches, self._columns, known.lower_case)

        def alike(earlier: Sketch, later: Sketch) -> _PlainDecision | None:
            found = decide(earlier, later, vocabulary, siblings=False)
            wanted = found.verdict in (Verdict.REWORDED, Verdict.PASTED_STEM)
            return (found.verdict.value, found.differing) if wanted else None

        return [
            AlikePair(earlier, later, Decision(Verdict(found[0]), None, tuple(found[1])))
            for earlier, later, found in self._judged(
                "alike", self._candidates.keyed_pairs, alike, vocabulary
            )
        ]

    @cached_property
    def contradictions(self) -> list[Contradictory]:
        """Pairs that ask the same and cannot both be keyed right, in order of the later item."""
        pairs = self._candidates.contradicting_pairs
        return [
            Contradictory(earlier, later, Contradiction(*keys))
            for earlier, later, keys in self._judged("contradictions", pairs, contradiction)
        ]

    @cached_property
    def siblings(self) -> list[Siblings]:
        """Pairs of one template, in order of the later item; of large templates see `templates`."""
        alike = {(pair.earlier.number, pair.later.number) for pair in self.pairs}
        return [
            Siblings(earlier, later, tuple(Slot(Kind(kind), *texts) for kind, *texts in found))
            for earlier, later, found in self._judged(
                "siblings", self._candidates.sibling_pairs, _plain_slots
            )
            if (earlier.number, later.number) not in alike
        ]

    def _judged(
        self, name: str, pairs: Both, judge: Judge, counted: Vocabulary | None = None
    ) -> Iterator[tuple[Sketch, Sketch, Any]]:
        """The pairs of first items of which a judge says something, with that; asked is about new ones."""
        firsts = self._firsts
        if self._known is not None:
            left, right = (self._first_numbers[side] for side in pairs)
            found = self._known.judged(name, left, right, judge, counted)
            return ((self.sketches[one], self.sketches[other], said) for one, other, said in found)
        sides = zip(*(map(firsts.__getitem__, side.tolist()) for side in pairs), strict=True)
        return ((one, other, said) for one, other in sides if (said := judge(one, other)))

    @cached_property
    def templates(self) -> list[list[Sketch]]:
        """The items of every large template whose stems differ in numbers and other facts only."""
        return [[self._firsts[place] for place in group] for group in self._candidates.templates]

    @cached_property
    def loose_templates(self) -> frozenset[int]:
        """Which of `templates` (from 0 on) differ in names, units, sides or opposites too."""
        groups = self._candidates.templates
        return frozenset(
            number for number, group in enumerate(groups) if not self._candidates.differ_in_facts_only(group)
        )

    def passages(self, least: int) -> list[SharedPassage]:
        """Pairs of items whose stems share at least so many words on end, in order of the later item."""
        import numpy as np

        stems = self._columns.stems

        def words(first: Sketch, later: Sketch) -> int:
            """How many words they share."""
            one, other = row(stems, first.number), row(stems, later.number)
            return len(longest_passage(first.stem_tokens, later.stem_tokens, one, other, least))

        texts = self._first_columns.stems
        if self._known is None:
            places = same_windows(texts, least)
        else:
            places = self._known.same_windows(self._first_numbers, texts, least)
        pairs = sorted(places, key=lambda pair: (pair[1], pair[0]))
        first, later = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        return [SharedPassage(*found) for found in self._judged(f"passages {least}", (first, later), words)]

    @cached_property
    def _firsts(self) -> Sketches:
        """The first item of every group, and the items that stand alone."""
        return self.sketches.of(self._first_numbers)

    @cached_property
    def _first_numbers(self) -> Ints:
        """Their places in the bank."""
        stand = self._have_stems_alone.copy()
        stand[[group[0].number for group in self._same]] = True
        return stand.nonzero()[0]

    @cached_property
    def _known(self) -> Known | None:
        """What was found out in an earlier run; None where nothing is remembered."""
        is_remembered = self._earlier is not None and len(self._earlier.digests) == len(self.sketches)
        return Known(self.sketches, self._earlier) if self._earlier is not None and is_remembered else None

    @cached_property
    def _columns(self) -> Columns:
        return columns(self.sketches.items) if self._known is None else self._known.columns

    @cached_property
    def _first_columns(self) -> Columns:
        everything = len(self._firsts) == len(self.sketches)
        return self._columns if everything else self._columns.of(self._first_numbers)

    @cached_property
    def _candidates(self) -> Candidates:
        known = self._known
        if known is None:
            return Candidates(self._firsts, self._first_columns)
        hooks = (functools.partial(one, self._first_numbers) for one in (known.joined, known.paired))
        return Candidates(self._firsts, self._first_columns, *hooks)


def _plain_slots(earlier: Sketch, later: Sketch) -> list[tuple[str, str, str]]:
    return [(slot.kind.value, slot.one, slot.other) for slot in slots(earlier, later)]


def _same_content(sketches: list[Sketch]) -> list[list[Sketch]]:
    """Groups of equal content among items with the same stem; items without any text are in none."""
    first, *others = sketches
    if first.stem and all(_is_copy(first.item, one.item) for one in others):
        return [sketches]
    found: dict[tuple[object, ...], list[Sketch]] = {}
    for one in sketches:
        if one.stem or one.options or one.prompts:
            found.setdefault(one.content, []).append(one)
    return list(found.values())


def _is_copy(one: Item, other: Item) -> bool:
    """Whether two items have the same content, letter by letter."""
    both = ((item.type, item.stem, item.option_texts, item.stimulus) for item in (one, other))
    return operator.eq(*both) and not isinstance(one, Matching)
