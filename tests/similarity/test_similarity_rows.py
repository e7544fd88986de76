"""Numbers in order, and those that come several times, are what plain Python says."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank.similarity import rows
from qbank.similarity.rows import repeated, stable_order

SMALL = st.integers(-3, 3)
KINDS = st.sampled_from([np.int32, np.int64])
WIDE = {np.int32: (-(2**31), 2**31 - 1), np.int64: (-(2**63), 2**63 - 1)}


@given(KINDS, st.sampled_from([0, 1 << 18]), st.data())
def test_order_and_repetition(kind: type[Any], many: int, data: st.DataObject) -> None:
    least, most = WIDE[kind]
    middle = st.integers(max(least, -(2**40)), min(most, 2**40))
    values = data.draw(st.lists(st.one_of(SMALL, middle, st.sampled_from([least, most])), max_size=30))
    numbers = np.array(values, dtype=kind)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "_MANY", many)
        order = stable_order(numbers).tolist()
        times = data.draw(st.integers(1, 4))
        found = repeated(numbers, times).tolist()
    assert order == sorted(range(len(values)), key=values.__getitem__)
    counts = Counter(values)
    assert found == [place for place, value in enumerate(values) if counts[value] >= times]


@given(st.lists(st.one_of(st.integers(0, 3), st.integers(0, 2**64 - 1)), max_size=30))
def test_hashes_are_put_in_order(values: list[int]) -> None:
    order = stable_order(np.array(values, dtype=np.uint64)).tolist()
    assert order == sorted(range(len(values)), key=values.__getitem__)
