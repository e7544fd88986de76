"""Long passages in common: none is missed, none is made up."""

from __future__ import annotations

from difflib import SequenceMatcher

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qbank.similarity.passages import is_prose, shared_passages
from qbank.similarity.renewed import listed
from qbank.similarity.shingles import may_share, same_windows
from qbank.similarity.tokens import tokens

TEXTS = st.lists(st.lists(st.sampled_from("abc"), max_size=14), max_size=7)


def has_window(one: list[str], other: list[str], least: int) -> bool:
    found = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
    return found.size >= least


@settings(derandomize=True, max_examples=300, deadline=None)
@given(TEXTS, st.integers(1, 9))
def test_every_text_with_a_passage_of_an_earlier_one_is_found(texts: list[list[str]], least: int) -> None:
    found = list(shared_passages(texts, least))
    for later, text in enumerate(texts):
        earlier = [first for first in range(later) if has_window(texts[first], text, least)]
        told = [one.first for one in found if one.later == later]
        assert set(told) <= set(earlier)
        assert bool(told) == bool(earlier)
        if earlier:
            assert min(told) == min(earlier)
    for one in found:
        assert len(one.words) >= least


def test_a_run_of_laboratory_values_is_no_prose() -> None:
    assert is_prose(tokens("the patient comes to the clinic because of a sore throat since 3 days"))
    assert not is_prose(tokens("na + 139 meq / l k + 4.3 meq / l cl 100 meq / l"))


@given(st.lists(st.lists(st.integers(0, 3), max_size=9), max_size=8), st.integers(1, 5), st.data())
def test_texts_that_may_share_a_window_are_found_by_runs(
    texts: list[list[int]], least: int, data: st.DataObject
) -> None:
    """All that share one with a wanted text; and with them every pair of a wanted one is found."""
    flags = data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    rows, wanted = listed(texts), np.array(flags, dtype=bool)
    found = may_share(rows, least, wanted)
    windows = [{tuple(one[at : at + least]) for at in range(len(one) - least + 1)} for one in texts]
    for place, one in enumerate(windows):
        if any(one & other for other, is_wanted in zip(windows, flags, strict=True) if is_wanted):
            assert found[place]
    pairs = {pair for pair in same_windows(rows, least) if wanted[[*pair]].any()}
    assert pairs <= same_windows(rows, least, found)
