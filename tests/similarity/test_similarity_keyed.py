"""The alike pairs of items that share a word of the key: with what an earlier run found, and without."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbank.similarity import keyed
from qbank.similarity.join import encoded, sorted_rows
from qbank.similarity.keyed import Before, Telling, alike_pairs, all_groups, renewed_pairs

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


@settings(deadline=None, max_examples=300)
@given(
    before=st.lists(ITEM, max_size=14),
    now=st.lists(ITEM, max_size=14),
    gone=st.sets(st.integers(0, 13)),
    many=st.integers(3, 6),
)
def test_known_pairs_and_looked_up_ones_are_all(
    before: list[Item], now: list[Item], gone: set[int], many: int
) -> None:
    stay = [place for place in range(len(before)) if place not in gone]
    items = [*(before[place] for place in stay), *now]

    def among(texts: Sequence[Item]) -> keyed.Alike:
        def alike(left: Ints, right: Ints) -> tuple[Ints, Ints]:
            pairs = {
                (one, other)
                for one, other in zip(left.tolist(), right.tolist(), strict=True)
                if (len(texts[one][1] ^ texts[other][1])) < 4
            }
            sides = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2).T
            return sides[0], sides[1]

        return alike

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyed, "MANY", many)
        was = telling(before)
        old = found(one for groups in all_groups(was) for one in alike_pairs(groups, among(before)))
        places = {place: number for number, place in enumerate(stay)}
        kept = [(places[a], places[b], of) for a, b, of in sorted(old) if a in places and b in places]
        left, right, of = np.array(kept, dtype=np.int64).reshape(-1, 3).T
        removed = was.of(np.array(sorted(gone & {*range(len(before))}), dtype=np.int64))
        is_new = np.arange(len(items)) >= len(stay)
        renewed = renewed_pairs(telling(items), is_new, Before(removed, (left, right), of), among(items))
        every = [one for groups in all_groups(telling(items)) for one in alike_pairs(groups, among(items))]
        assert found(renewed) == found(every)
