"""The join finds exactly the pairs that brute force finds."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbank.similarity import lookup, meeting
from qbank.similarity import rows as rows_of_numbers
from qbank.similarity.join import Pair, similar_pairs
from qbank.similarity.lookup import bits_of, commonest_first, pairs_with
from qbank.similarity.rows import encoded, sorted_rows

SETS = st.lists(st.frozensets(st.sampled_from("abcdefghijklmnop"), max_size=10), max_size=25)
THRESHOLDS = st.sampled_from([0.3, 0.5, 0.6, 2 / 3, 0.75, 0.9, 1.0])


def brute_force(sets: list[frozenset[str]], threshold: float) -> set[Pair]:
    found = set()
    for right, two in enumerate(sets):
        for left, one in enumerate(sets[:right]):
            union = len(one | two)
            if one and two and len(one & two) >= threshold * union - 1e-9:
                found.add(Pair(left, right, len(one & two), union))
    return found


@settings(derandomize=True, max_examples=400, deadline=None)
@given(SETS, THRESHOLDS)
def test_the_join_agrees_with_brute_force(sets: list[frozenset[str]], threshold: float) -> None:
    found = list(similar_pairs(sets, threshold))
    assert len(found) == len(set(found))
    assert set(found) == brute_force(sets, threshold)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(SETS, st.integers(1, 40))
def test_nothing_is_lost_when_little_fits_in_memory(sets: list[frozenset[str]], at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows_of_numbers, "_AT_ONCE", at_once)
        found = list(similar_pairs(sets, 0.6))
    assert len(found) == len(set(found))
    assert set(found) == brute_force(sets, 0.6)


def test_texts_of_many_sizes_with_frequent_and_rare_words() -> None:
    draw = random.Random(7)
    words = [f"w{number}" for number in range(300)]
    sets = [
        frozenset(draw.choices(words, weights=[1 / (n + 1) for n in range(300)], k=draw.randint(1, 40)))
        for _ in range(150)
    ]
    sets += [frozenset([*list(one)[1:], "new"]) for one in sets]
    assert set(similar_pairs(sets, 0.6)) == brute_force(sets, 0.6)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(SETS, THRESHOLDS)
def test_without_counting_of_bits_the_result_is_the_same(
    sets: list[frozenset[str]], threshold: float
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr("numpy.bitwise_count", raising=False)  # as in numpy 1
        assert set(similar_pairs(sets, threshold)) == brute_force(sets, threshold)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(SETS, THRESHOLDS, st.integers(1, 40))
def test_sets_of_a_frequent_word_are_compared_as_tables(
    sets: list[frozenset[str]], threshold: float, rows: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(meeting, "_MANY_MATCHES", 1e-9)
        patch.setattr(meeting, "_MOST_ROWS", rows)
        patch.setattr(meeting, "_HELD", 3 * rows)
        found = list(similar_pairs(sets, threshold))
    assert len(found) == len(set(found))
    assert set(found) == brute_force(sets, threshold)


@pytest.mark.parametrize("threshold", [0.3, 0.6, 0.9])
def test_tables_of_sets_of_all_sizes_and_families(threshold: float) -> None:
    draw = random.Random(11)
    words = [f"w{number}" for number in range(400)]
    sets = [frozenset(draw.sample(words, size)) for size in range(1, 320, 2)]
    sets += [one - {draw.choice([*one])} | {"new"} for one in sets]
    families = [draw.choice([0, 0, 0, 1, 2]) for _ in sets]
    wanted = {
        pair
        for pair in brute_force(sets, threshold)
        if not families[pair.left] or families[pair.left] != families[pair.right]
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(meeting, "_MANY_MATCHES", 1e-9)
        found = list(similar_pairs(sets, threshold, families))
    assert len(found) == len(set(found))
    assert set(found) == wanted
    assert len(wanted) > 50


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.integers(0, 2**32), THRESHOLDS, st.integers(20, 200))
def test_sets_with_more_words_than_the_bitmap_has_bits(seed: int, threshold: float, most: int) -> None:
    draw = random.Random(seed)
    words = [f"w{number}" for number in range(400)]
    sets = [frozenset(draw.sample(words, draw.randint(1, most))) for _ in range(8)]
    for one in sets[:]:
        without = draw.randint(0, len(one) // 2)
        sets.append(frozenset([*sorted(one)[without:], *draw.sample(words, draw.randint(0, without))]))
    assert set(similar_pairs(sets, threshold)) == brute_force(sets, threshold)


def test_the_sets_may_come_one_by_one_and_hold_words_twice() -> None:
    (pair,) = similar_pairs(iter([["a", "b", "b"], ["b", "c", "a"]]), 0.6)
    assert pair == Pair(0, 1, 2, 3)


@pytest.mark.parametrize("sets", [[], [frozenset()], [frozenset(), frozenset()], [frozenset("ab")]])
def test_too_little_to_pair(sets: list[frozenset[str]]) -> None:
    assert list(similar_pairs(sets, 0.6)) == []


@pytest.mark.parametrize("threshold", [0, -1, 1.5])
def test_a_threshold_that_makes_no_sense_is_refused(threshold: float) -> None:
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        list(similar_pairs([frozenset("a")], threshold))


def test_a_pair_knows_its_similarity() -> None:
    (pair,) = similar_pairs([frozenset("abc"), frozenset("abcd")], 0.6)
    assert pair == Pair(0, 1, 3, 4)
    assert pair.similarity == 0.75


@settings(derandomize=True, max_examples=200, deadline=None)
@given(SETS, st.data())
def test_sets_of_one_family_are_not_paired(sets: list[frozenset[str]], data: st.DataObject) -> None:
    families = data.draw(st.lists(st.integers(0, 2), min_size=len(sets), max_size=len(sets)))
    wanted = {
        pair
        for pair in brute_force(sets, 0.6)
        if families[pair.left] == 0 or families[pair.left] != families[pair.right]
    }
    found = list(similar_pairs(sets, 0.6, families))
    assert len(found) == len(set(found))
    assert set(found) == wanted


@settings(derandomize=True, max_examples=300, deadline=None)
@given(SETS, THRESHOLDS, st.data())
def test_the_pairs_of_some_sets_are_those_of_the_join(
    sets: list[frozenset[str]], threshold: float, data: st.DataObject
) -> None:
    families = data.draw(st.lists(st.integers(0, 2), min_size=len(sets), max_size=len(sets)))
    wanted = [number for number in range(len(sets)) if data.draw(st.booleans())]
    kept = data.draw(st.lists(st.booleans(), min_size=len(sets), max_size=len(sets)))
    every = {
        one[:2] for one in similar_pairs(sets, threshold, families) if kept[one.left] and kept[one.right]
    }
    some = {pair for pair in every if not {*pair}.isdisjoint(wanted)}
    rising = sorted_rows([encoded(sets)], 100)
    ranked = commonest_first(rising, data.draw(st.integers(0, 10)), data.draw(st.integers(1, 4)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lookup, "_AT_ONCE", data.draw(st.sampled_from([5, 500_000])))
        patch.setattr(lookup, "_MOST_LISTED", data.draw(st.sampled_from([0, 1 << 23])))
        first, later = pairs_with(
            ranked,
            threshold,
            np.array(families, dtype=np.int64),
            np.array(wanted, dtype=np.int64),
            np.array(kept, dtype=bool),
            bits_of(rising),
        )
    assert sorted(zip(first.tolist(), later.tolist(), strict=True)) == sorted(some)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(SETS, st.integers(0, 10), st.integers(1, 4))
def test_what_many_rows_have_comes_first(sets: list[frozenset[str]], first: int, least: int) -> None:
    """Else nothing would be missed, but few rows would no longer be looked up fast."""
    rows = sorted_rows([encoded(sets)], 100)
    counts = Counter(rows.values.tolist())
    common = {number for number, count in counts.items() if number >= first and count >= least}
    found = commonest_first(rows, first, least)
    assert found.rows is rows
    lists = [rows.values[start:end].tolist() for start, end in itertools.pairwise(rows.starts.tolist())]
    turned = found.turned
    for place, (start, end) in zip(
        found.apart.tolist(), itertools.pairwise(turned.starts.tolist()), strict=True
    ):
        lists[place] = turned.values[start:end].tolist()
    before = [sorted(one, key=lambda number: (number not in common, number)) for one in lists]
    assert lists == before
    assert found.apart.tolist() == [place for place, one in enumerate(lists) if not common.isdisjoint(one)]
