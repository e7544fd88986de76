"""Long passages in common: none is missed, none is made up."""

from __future__ import annotations

from difflib import SequenceMatcher

from hypothesis import given, settings
from hypothesis import strategies as st

from qbank.similarity.passages import is_prose, shared_passages
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
