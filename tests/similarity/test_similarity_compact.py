"""Rows that are kept in half the room are what they were, whatever becomes of them in the next bank."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank.similarity import rows
from qbank.similarity.compact import Compact, compact
from qbank.similarity.renewed import listed
from qbank.similarity.rows import Rows

numbers = st.sampled_from([0, 1, 9, 0xFFFF, 0x10000, 0x12345, 2**31 - 1])
lists = st.lists(st.lists(numbers, max_size=4), max_size=12)


def as_lists(rows: Rows) -> list[list[int]]:
    return [rows.values[one:end].tolist() for one, end in itertools.pairwise(rows.starts.tolist())]


@given(lists, lists, st.randoms(use_true_random=False), st.sampled_from([0, 4]))
def test_rows_after_edits(
    before: list[list[int]], fresh: list[list[int]], draw: random.Random, least: int
) -> None:
    kept = compact(listed(before))
    staying = [place for place in range(len(before)) if draw.random() < 0.8]
    if draw.random() < 0.5:
        draw.shuffle(staying)
    assert as_lists(kept.some(np.array(staying, dtype=np.int64))) == [before[place] for place in staying]
    places = [*staying]
    for _ in fresh:
        places.insert(draw.randint(0, len(places)), -1)
    new = iter(fresh)
    expected = [next(new) if place < 0 else before[place] for place in places]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "_LEAST_RUN", least)
        found = kept.renewed(listed(fresh), np.array(places, dtype=np.int64))
    assert as_lists(found.rows) == expected
    assert found.rows.values.dtype == np.int32
    assert found == compact(listed(expected))


def test_nothing_is_kept_of_no_bank() -> None:
    found = Compact().renewed(listed([[1], [], [2, 3]]), np.array([-1, -1, -1]))
    assert as_lists(found.rows) == [[1], [], [2, 3]]
