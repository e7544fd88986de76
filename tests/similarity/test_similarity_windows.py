"""The texts that share a window of words after any edits are those that are found when all are new."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qbank.similarity.renewed import listed
from qbank.similarity.shingles import same_windows
from qbank.similarity.windows import Windows, kept, renewed_windows

TEXTS = st.lists(st.lists(st.integers(0, 2), max_size=9), max_size=9)


@settings(deadline=None, max_examples=400)
@given(TEXTS, TEXTS, st.integers(1, 5), st.randoms(use_true_random=False))
def test_after_any_edits(
    before: list[list[int]], fresh: list[list[int]], least: int, draw: random.Random
) -> None:
    """Texts stay, move, go and come, and some items have no text that counts, before or after."""
    counted = [place for place in range(len(before)) if draw.random() < 0.8]
    found = same_windows(listed([before[place] for place in counted]), least)
    was = kept(found, np.array(counted, dtype=np.int64), len(before))
    staying = [place for place in range(len(before)) if draw.random() < 0.7]
    if draw.random() < 0.3:
        draw.shuffle(staying)
    now = [(place, before[place]) for place in staying]
    for text in fresh:
        now.insert(draw.randint(0, len(now)), (-1, text))
    texts, places = listed([text for _, text in now]), np.array([place for place, _ in now], dtype=np.int64)
    assert was.are_new(places).tolist() == [place not in counted for place in places.tolist()]
    assert renewed_windows(texts, least, was, places) == same_windows(texts, least)


def test_of_no_bank_all_is_new() -> None:
    texts = listed([[1, 2], [1, 2], [2, 3]])
    assert renewed_windows(texts, 2, Windows(), np.array([-1, -1, -1])) == {(0, 1)}
