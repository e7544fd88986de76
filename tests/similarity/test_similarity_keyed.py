"""The alike pairs of items that share a word of the key: with what an earlier run found, and without."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbank.similarity import keyed
from qbank.similarity.keyed import Telling, alike_pairs, all_groups
from qbank.similarity.regrouped import Before, Large, all_pairs, renewed_pairs
from qbank.similarity.rows import encoded, sorted_rows

Ints = np.ndarray[Any, np.dtype[np.signedinteger[Any]]]
Item = tuple[frozenset[int], frozenset[int]]

WORDS = 4
ITEM = st.tuples(
    st.frozensets(st.integers(0, 1), max_size=2), st.frozensets(st.integers(0, WORDS - 1), max_size=2)
)


def telling(items: Sequence[Item]) -> Telling:
    """The items as rows; the numbers of the words are the words."""
    sides = []
    for side in (0, 1):
        every = [[*map(str, range(WORDS))], *([*map(str, sorted(one[side]))] for one in items)]
        rows = encoded(every)
        sides.append(sorted_rows([type(rows)(rows.values[WORDS:], rows.starts[1:] - WORDS)], WORDS))
    keys, gists = sides
    return Telling(keys, gists, WORDS)


def found(blocks: Iterable[tuple[Ints, Ints, Ints]]) -> set[tuple[int, int, int]]:
    """All pairs with their groups."""
    return {one for block in blocks for one in zip(*(side.tolist() for side in block), strict=True)}


def are_alike(one: Item, other: Item) -> bool:
    return len(one[1] ^ other[1]) < 4


def expected(items: Sequence[Item], many: int) -> tuple[set[tuple[int, int, int]], dict[int, int]]:
    """The same by brute force, and the sizes of groups of both words that are too large."""
    result, large = set(), {}
    for key in range(WORDS):
        group = [place for place, item in enumerate(items) if key in item[0]]
        parts = {key: group}
        if len(group) >= many:
            parts = {
                (key + 1) * 2**31 + word: [place for place in group if word in items[place][1]]
                for word in range(WORDS)
            }
        for code, part in parts.items():
            if len(part) < many:
                pairs = itertools.combinations(part, 2)
                result |= {(*pair, code) for pair in pairs if are_alike(*(items[place] for place in pair))}
            else:
                large[code] = len(part)
    return result, large


def sizes(large: Large) -> dict[int, int]:
    """The sizes of groups by their codes."""
    return dict(zip(large.codes.tolist(), large.sizes.tolist(), strict=True))


def among(items: Sequence[Item]) -> keyed.Alike:
    """The judge of some items."""

    def alike(left: Ints, right: Ints) -> tuple[Ints, Ints]:
        pairs = {*zip(left.tolist(), right.tolist(), strict=True)}
        kept = sorted(pair for pair in pairs if are_alike(*(items[place] for place in pair)))
        sides = np.array(kept, dtype=np.int64).reshape(-1, 2).T
        return sides[0], sides[1]

    return alike


@settings(deadline=None, max_examples=300)
@given(
    before=st.lists(ITEM, max_size=14),
    new=st.lists(ITEM, max_size=14),
    gone=st.sets(st.integers(0, 13)),
    many=st.integers(3, 6),
    data=st.data(),
)
def test_known_pairs_and_looked_up_ones_are_all(
    before: list[Item], new: list[Item], gone: set[int], many: int, data: st.DataObject
) -> None:
    stay = [place for place in range(len(before)) if place not in gone]
    # where each stands now: old and new items anywhere, in any order
    order = data.draw(st.permutations(range(len(stay) + len(new))))
    at = np.argsort(np.array(order, dtype=np.int64))
    unsorted = [*(before[place] for place in stay), *new]
    items = [unsorted[place] for place in order]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyed, "MANY", many)
        was = telling(before)
        old = found(one for groups in all_groups(was) for one in alike_pairs(groups, among(before)))
        pairs, large = all_pairs(was, among(before))
        assert (old, sizes(large)) == (found(pairs), sizes(large)) == expected(before, many)
        places = {place: int(at[number]) for number, place in enumerate(stay)}
        kept = [(places[a], places[b], of) for a, b, of in sorted(old) if a in places and b in places]
        one, other, of = np.array(kept, dtype=np.int64).reshape(-1, 3).T
        removed = was.of(np.array(sorted(gone & {*range(len(before))}), dtype=np.int64))
        is_new = np.array(order, dtype=np.int64) >= len(stay)
        known = Before(removed, (np.minimum(one, other), np.maximum(one, other)), of, large)
        pairs, large = renewed_pairs(telling(items), is_new, known, among(items))
        assert (found(pairs), sizes(large)) == expected(items, many)
