"""Which pairs of items are looked at: far fewer than all, and hardly any between items of large templates.

Items of a large template (30 or more whose stems differ in numbers and other facts only) are siblings by
definition. They are told of as a group: only the first of them is joined with other items, and what may
still be one question is found by hashes (equal content words; equal facts and key). The items of a crowd
(one template with words in its gaps) are joined by the words that are not the template's. So generated banks
are as fast as others. Every rule is handed the pairs only that may concern it by their outlines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from qbank.similarity.alike import Likeness
from qbank.similarity.columns import Columns
from qbank.similarity.crowds import Crowds
from qbank.similarity.decide import LEAST_ALIKE, PASTED_WORDS
from qbank.similarity.forms import Form
from qbank.similarity.groups import grouped, within
from qbank.similarity.join import similar_rows
from qbank.similarity.keyed import MANY, Alike, Telling, all_groups
from qbank.similarity.lookup import bitmaps_in, told_bits
from qbank.similarity.outlines import Outlines
from qbank.similarity.rows import Rows, distinct, filtered, gathered, only, repeated, row_numbers
from qbank.similarity.sketch import Sketches
from qbank.similarity.template import LEAST_WORDS

if TYPE_CHECKING:
    from qbank.similarity.columns import Flags
    from qbank.similarity.rows import Ints

Places = tuple[int, int]

Both = tuple["Ints", "Ints"]
"""Pairs by their places: of the earlier item, of the later one."""

Join = Callable[[str, "Flags", float, "Ints"], Both]
"""Gives the pairs of `similar_rows` for the wanted rows of a column (see `COLUMNS`)."""

Pair = Callable[[Telling, "Ints", Alike], Both]
"""Gives the alike pairs of the small groups of items, which have families."""

THRESHOLD = 0.6
"""The Jaccard similarity of words from which on two items are looked at."""

TEMPLATE_ITEMS = MANY
"""From this many items with one key on, stems that are equal but for facts and names are a template."""

LARGE_TEMPLATE_ITEMS = 300
"""From this many items on they are one whatever their keys."""

LEAST_FIXED = 3
"""So many words must be the same in all stems of a template of which names, units and sides differ too."""

_AT_ONCE = 1_000_000
"""How many pairs are looked at at once."""

TEMPLATES = 10
"""Of so many other templates the first item with the same facts is looked at."""


class Candidates:
    """The pairs of some items that may be alike, by their places among these items."""

    def __init__(
        self,
        sketches: Sketches,
        columns: Columns,
        join: Join | None = None,
        pair: Pair | None = None,
    ) -> None:
        self._sketches, self._columns = sketches, columns
        self._join, self._pair = join, pair
        self._words = columns.words

    @cached_property
    def pairs(self) -> Both:
        """Pairs (earlier, later) whose words are alike, each once, in order of the later item."""
        return self._sides(self._alike)

    @cached_property
    def keyed_pairs(self) -> Both:
        """Those that may agree in their keys, and pairs whose keys are alike although most words differ."""
        import numpy as np

        alike = self._where(self._outlines.may_agree)
        return self._sides(distinct(np.concatenate([alike, *self._same_key()])))

    @cached_property
    def contradicting_pairs(self) -> Both:
        """Those of `pairs` that may ask the same, keys apart."""
        return self._sides(self._where(self._outlines.may_contradict))

    @cached_property
    def sibling_pairs(self) -> Both:
        """Those of `pairs` that may have a template in common."""
        return self._sides(self._where(self._outlines.may_be_siblings))

    @cached_property
    def templates(self) -> list[list[int]]:
        """The items of every large template that stand by themselves, in order of the first."""
        import numpy as np

        found: dict[int, list[int]] = defaultdict(list)
        at, large = np.flatnonzero(self._is_templated), np.flatnonzero(self._crowd_templates >= 0)
        places = np.concatenate((at, self._crowds.members[large]))
        numbers = np.concatenate((self._templated[at], -1 - self._crowd_templates[large]))
        for place, number in zip(places.tolist(), numbers.tolist(), strict=True):
            if not self._sketches[place].item.stimulus:
                found[number].append(place)
        groups = [group for group in found.values() if len(group) >= TEMPLATE_ITEMS]
        return sorted(groups, key=lambda group: group[0])

    def differ_in_facts_only(self, group: Sequence[int]) -> bool:
        """Whether some stems differ in numbers and codes only, not also in names, units, sides, opposites."""
        return len({*self._fact_templates[[*group]].tolist()}) == 1

    @cached_property
    def _crowd_templates(self) -> Ints:
        """For every member of a crowd the number of its outline where many siblings have it, else -1."""
        import numpy as np

        crowds = self._crowds
        result: Ints = np.where(
            _common(crowds.outlines, crowds.are_templates, TEMPLATE_ITEMS), crowds.outlines, -1
        )
        return result

    @cached_property
    def _alike(self) -> Ints:
        import numpy as np

        found = [self._coded(self._same_gist()), self._coded(self._same_stem()), *self._same_facts()]
        found.extend(self._in_crowds())
        for name, wanted in self._sets():
            if self._join is not None:
                found.append(self._numbered(*self._join(name, wanted, THRESHOLD, self._families)))
                continue
            joined = similar_rows(only(self._columns.rows(name), wanted), THRESHOLD, self._families)
            found.extend(self._numbered(pairs.left, pairs.right) for pairs in joined)
        return distinct(np.concatenate(found))

    def _where(self, test: Callable[[Ints, Ints], Flags]) -> Ints:
        """The alike pairs that pass a test of their outlines, in blocks."""
        import numpy as np

        found = [self._alike[:0]]
        for start in range(0, len(self._alike), _AT_ONCE):
            pairs = self._alike[start : start + _AT_ONCE]
            found.append(pairs[test(pairs % len(self._sketches), pairs // len(self._sketches))])
        return np.concatenate(found)

    @cached_property
    def _outlines(self) -> Outlines:
        return Outlines(self._columns)

    def _coded(self, pairs: Iterable[Places]) -> Ints:
        import numpy as np

        left, right = np.array([*pairs], dtype=np.int64).reshape(-1, 2).T
        return self._numbered(left, right)

    def _numbered(self, left: Ints, right: Ints) -> Ints:
        """A number for each pair, by which they are in order of the later item."""
        return right * len(self._sketches) + left

    def _sides(self, pairs: Ints) -> Both:
        later = pairs // max(len(self._sketches), 1)
        return pairs - later * len(self._sketches), later

    def _sets(self) -> Iterator[tuple[str, Flags]]:
        """The columns that are joined, and which rows of each; of every large template only the first.

        They are the words of all texts, the content words of stem and key, the content words of a long stem.
        """
        yield "whole", self._stand_for_themselves
        yield "keyed", self._stand_for_themselves
        words = self._columns.told("content", Form(self._columns.words.meanings), Form.counts)
        yield "gists", self._stand_for_themselves & (words > LEAST_WORDS)

    @cached_property
    def _stand_for_themselves(self) -> Flags:
        """Every item but those of large templates, for which the first of the template stands."""
        import numpy as np

        templates, firsts = np.unique(self._templated, return_index=True)
        result: Flags = ~self._is_templated
        result[firsts[templates >= 0]] = True
        return result

    @cached_property
    def _fact_templates(self) -> Ints:
        """The number of the stem with a mask for each number and code, where many items have that."""
        form = Form(self._words.without_facts)
        return self._columns.numbers("fact templates", form, least=TEMPLATE_ITEMS)

    @cached_property
    def _templates(self) -> Ints:
        """The same of its content words with a mask for each number, code and rare word."""
        form = Form(self._words.masked, in_order=False)
        return self._columns.numbers("templates", form, least=TEMPLATE_ITEMS)

    @cached_property
    def _has_facts(self) -> Flags:
        """Which stems hold a number or code."""
        import numpy as np

        words = self._words
        known = len(words.without_facts)  # a word that is nothing but a meaning stands in no stem
        table = np.where(words.without_facts == words.themselves[:known], -1, 0)
        result: Flags = self._columns.told("facts", Form(table), Form.counts) > 0
        return result

    @cached_property
    def _keys(self) -> Ints:
        """For every item the number of its key."""
        return self._columns.numbers("keys", Form(self._words.themselves), "keys")

    @cached_property
    def _gists(self) -> Ints:
        """For every item the number of its content words, each as often as it is said."""
        return self._columns.numbers("gists", Form(self._words.meanings, in_order=False))

    @cached_property
    def _families(self) -> Ints:
        """For every item the number of its family, 0 for none: two of a family are not joined.

        The items of all crowds and of all large templates with numbers or codes are one family. Others
        are those of a template when its names and rare words do not count: many, or fewer that key the same.
        """
        import numpy as np

        count = len(self._sketches)
        result: Ints = np.zeros(count, dtype=np.int64)
        if count < TEMPLATE_ITEMS:
            return result
        result[self._is_templated] = 1
        templates = self._templates
        everywhere = np.ones(count, dtype=bool)
        large = _common(templates, everywhere, LARGE_TEMPLATE_ITEMS) & (result == 0)
        result[large] = 2 + templates[large]
        result[self._crowds.members] = 1
        keyed = self._keys * count + templates
        alike = ~self._columns.is_generic & _common(templates, everywhere, TEMPLATE_ITEMS)
        alike &= _common(keyed, alike, TEMPLATE_ITEMS) & (result == 0)
        result[alike] = 2 + count + keyed[alike]
        return _renumbered(result)

    def _same_gist(self) -> Iterator[Places]:
        """Items with the same content words in their stem: each with the first that has its key too.

        The firsts of two keys are paired too: one of them may be wrong.
        """
        seen: dict[tuple[object, ...], dict[object, int]] = defaultdict(dict)
        generic, keyed, gists = self._columns.is_generic, self._keys, self._gists
        for place in repeated(gists).tolist():
            one = self._sketches[place] if generic[place] else None
            keys = seen[int(gists[place]), one.options if one else ()]
            key: object = one.key if one else int(keyed[place])
            if key in keys:
                yield keys[key], place
            else:
                yield from ((first, place) for first in islice(keys.values(), TEMPLATE_ITEMS))
                keys[key] = place

    def _same_stem(self) -> Iterator[Places]:
        """Items with a long stem, with the first that has the same."""
        import numpy as np

        seen: dict[str, int] = {}
        long = np.flatnonzero(self._columns.stems.sizes >= PASTED_WORDS)
        # equal stems have the same words: only of those that have, the texts are compared
        for place in long[repeated(self._outlines.stems[long])].tolist():
            first = seen.setdefault(self._sketches[place].stem, place)
            if first != place:
                yield first, place

    def _same_facts(self) -> Iterator[Ints]:
        """Items of large templates with others of the same facts, and of the same key or rare words."""
        import numpy as np

        if not self._is_templated.any():
            return
        at = np.flatnonzero(self._has_facts)
        templates = np.where(self._is_templated[at], self._fact_templates[at], -1).tolist()
        facts, masked = map(row_numbers, self._columns.hidden(at))
        for numbers in (self._keys[at] * len(at) + facts, masked):
            pairs = _of_other_templates(at.tolist(), numbers.tolist(), templates)
            left, right = np.array([*pairs], dtype=np.int64).reshape(-1, 2).T
            yield self._numbered(*self._likeness.kept(left, right))

    def _in_crowds(self) -> Iterator[Ints]:
        """Items of crowds that are alike without the words of their template; and small groups of siblings.

        Of items with the same content words (and key) the first stands for all: see `_same_gist`.
        """
        import numpy as np

        crowds = self._crowds
        members = crowds.members
        if not len(members):
            return
        gists, keys = self._gists[members], self._keys[members]
        for rows, numbers in (
            (crowds.rests, gists),
            (crowds.keyed_rests, gists * len(self._sketches) + keys),
        ):
            firsts = np.sort(np.unique(numbers, return_index=True)[1])
            for pairs in similar_rows(gathered(rows, firsts), THRESHOLD, members[:0]):
                yield self._numbered(members[firsts[pairs.left]], members[firsts[pairs.right]])
        others = members[self._crowd_templates < 0]
        groups, _ = grouped(self._outlines.numbers[others], others)
        for left, right, _ in within(gathered(groups, np.flatnonzero(groups.sizes < TEMPLATE_ITEMS))):
            yield self._numbered(left, right)

    @cached_property
    def _crowds(self) -> Crowds:
        return Crowds(self._columns, ~self._is_templated)

    @cached_property
    def _is_templated(self) -> Flags:
        return self._templated >= 0

    @cached_property
    def _templated(self) -> Ints:
        """For every item of a large template with numbers or codes the number of the template, else -1.

        The template is a loose one where enough is left of it, or a very large one; else the one with other
        numbers and codes only.
        """
        import numpy as np

        has_facts, words = self._has_facts, self._words
        form = Form(words.without_slots)
        numbers = self._columns.numbers("loose templates", form, least=TEMPLATE_ITEMS)
        table = np.where(words.without_slots == words.mask, -1, 0)
        fixed = self._columns.told("fixed", Form(table), Form.counts)
        enough = has_facts & (fixed >= LEAST_FIXED)
        is_loose = _common(numbers, enough, TEMPLATE_ITEMS) | _common(
            numbers, has_facts, LARGE_TEMPLATE_ITEMS
        )
        is_strict = _common(self._fact_templates, has_facts, TEMPLATE_ITEMS)
        strict = np.where(is_strict, len(numbers) + self._fact_templates, -1)
        result: Ints = np.where(is_loose, numbers, strict)
        return result

    @cached_property
    def _likeness(self) -> Likeness:
        bitmaps = bitmaps_in(told_bits(self._columns, "gists")) if self._join is not None else ()
        return Likeness(self._columns.gists, LEAST_ALIKE, bitmaps)

    @cached_property
    def _telling_keys(self) -> Rows:
        """The words of the keys that say something by themselves."""
        import numpy as np

        keys = self._columns.keys
        return filtered(keys, np.repeat(~self._columns.is_generic, keys.sizes))

    def _same_key(self) -> Iterator[Ints]:
        """Items of two families whose keys share a word that tells and may agree; stems a little alike."""
        items = Telling(self._telling_keys, self._columns.gists, self._words.size)

        def alike(left: Ints, right: Ints) -> tuple[Ints, Ints]:
            apart = are_apart(self._families, left, right)
            left, right = self._likeness.likely(left[apart], right[apart])
            agree = self._outlines.may_agree(left, right)  # keys are shorter than stems
            left, right = left[agree], right[agree]
            reach = self._likeness.reach(left, right)
            return left[reach], right[reach]

        if self._pair is not None:
            yield self._numbered(*self._pair(items, self._families, alike))
            return
        for groups in all_groups(items):
            for left, right, _ in within(groups.rows):
                yield self._numbered(*alike(left, right))


def are_apart(families: Ints, left: Ints, right: Ints) -> Flags:
    """Which pairs are not of one family (0 is none)."""
    result: Flags = (families[left] == 0) | (families[left] != families[right])
    return result


def _of_other_templates(
    places: Sequence[int], numbers: Sequence[int], templates: Sequence[int]
) -> Iterator[Places]:
    """Every place with the first of each other template that has the same number.

    A place without a template (-1) is paired with places of templates only; each with ten at most.
    """
    firsts: dict[int, dict[int, int]] = defaultdict(dict)
    alone: dict[int, list[int]] = defaultdict(list)
    for place, number, template in zip(places, numbers, templates, strict=True):
        others = (first for other, first in firsts[number].items() if other != template)
        yield from ((first, place) for first in islice(others, TEMPLATES))
        if template >= 0:
            yield from ((first, place) for first in alone[number])
            firsts[number].setdefault(template, place)
        elif len(alone[number]) < TEMPLATES:
            alone[number].append(place)


def _common(numbers: Ints, counted: Flags, least: int) -> Flags:
    """Which of the counted places have a number that at least so many counted places have."""
    import numpy as np

    result: Flags = np.zeros(len(numbers), dtype=bool)
    at = np.flatnonzero(counted)
    result[at[repeated(numbers[at], least)]] = True
    return result


def _renumbered(families: Ints) -> Ints:
    """The same families with small numbers, 0 for none."""
    import numpy as np

    result: Ints = np.zeros(len(families), dtype=np.int64)
    at = np.flatnonzero(families)
    result[at] = 1 + np.unique(families[at], return_inverse=True)[1]
    return result
