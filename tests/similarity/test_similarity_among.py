"""What is found among a few numbers is what is there."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qbank.similarity.among import Few

NUMBERS = st.one_of(st.integers(-5, 40), st.integers(-(2**40), 2**62))


@given(st.sets(NUMBERS, max_size=60), st.lists(NUMBERS, max_size=60), st.data())
def test_what_is_among_them_is_found(few: set[int], numbers: list[int], data: st.DataObject) -> None:
    sought = [
        *numbers,
        *data.draw(st.lists(st.sampled_from(sorted(few)), max_size=20) if few else st.just([])),
    ]
    ordered = Few(np.array(sorted(few), dtype=np.int64))
    found = ordered.found(np.array(sought, dtype=np.int64)).tolist()
    assert found == [place for place, number in enumerate(sought) if number in few]


@given(st.sets(st.integers(-(2**31), 2**31 - 1), max_size=60), st.lists(st.integers(-9, 9), max_size=60))
def test_so_are_numbers_of_32_bits(few: set[int], numbers: list[int]) -> None:
    ordered = Few(np.array(sorted(few), dtype=np.int32))
    found = ordered.found(np.array(numbers, dtype=np.int32)).tolist()
    assert found == [place for place, number in enumerate(numbers) if number in few]
