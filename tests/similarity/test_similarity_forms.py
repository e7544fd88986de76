"""Forms of rows of words: found by brute force, and after any edits of a bank told as if all were new."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qbank.similarity.forms import Form, Forms, Kept, equal_numbers
from qbank.similarity.renewed import listed
from qbank.similarity.rows import Rows, gathered, repeated

WORDS = 8
MASK = 2

rows = st.lists(st.integers(0, WORDS - 1), max_size=5)
tables = st.lists(st.integers(-1, 3), min_size=WORDS, max_size=WORDS)


def form(table: Sequence[int], in_order: bool, once: bool, hidden: Sequence[int] = ()) -> Form:
    """A form in which hidden words stand for the mask."""
    is_hidden = np.isin(np.arange(WORDS), hidden)
    found = np.where(is_hidden, MASK, np.array(table, dtype=np.int32))
    return Form(found, is_hidden, in_order, MASK if once else None)


def expected(one: Form, row: Sequence[int]) -> list[int]:
    found = [number for word in row if (number := int(one.table[word])) >= 0]
    if one.once is not None:
        runs = ((number, len([*run])) for number, run in itertools.groupby(found))
        found = [number for number, size in runs for _ in range(1 if number == one.once else size)]
    return found if one.in_order else sorted(found)


def as_lists(found: Rows) -> list[list[int]]:
    ends = itertools.pairwise(found.starts.tolist())
    return [found.values[start:end].tolist() for start, end in ends]


@given(st.lists(rows, max_size=12), tables, st.booleans(), st.booleans())
def test_forms_are_those_of_brute_force(
    lists: list[list[int]], table: list[int], in_order: bool, once: bool
) -> None:
    one, items = form(table, in_order, once), listed(lists)
    forms = [expected(one, row) for row in lists]
    assert as_lists(one.of(items)) == forms
    assert one.counts(items).tolist() == [sum(table[word] >= 0 for word in row) for row in lists]
    for prints in (one.prints(items), np.zeros(len(lists), dtype=np.int64)):  # equal prints prove nothing
        found = equal_numbers(prints, lambda places: one.of(gathered(items, places)))
        assert found.tolist() == [forms.index(row) for row in forms]


@given(
    st.lists(st.lists(rows, max_size=8), min_size=1, max_size=4),
    st.lists(st.tuples(st.lists(st.integers(0, WORDS)), st.randoms(use_true_random=False)), min_size=4),
    tables,
    st.booleans(),
)
def test_what_is_told_after_edits_is_what_is_told_of_new_items(
    rounds: list[list[list[int]]],
    edits: list[tuple[list[int], random.Random]],
    table: list[int],
    in_order: bool,
) -> None:
    """Items stay, move, go and come; words become hidden, and are so no more."""
    before: dict[str, Kept] = {}
    old: list[list[int]] = []
    for fresh, (hidden, draw) in zip(rounds, edits, strict=False):
        one = form(table, in_order, True, hidden)
        staying = [(place, row) for place, row in enumerate(old) if draw.random() < 0.7]
        both = [*staying, *((-1, row) for row in fresh)]
        draw.shuffle(both)
        places = np.array([place for place, _ in both], dtype=np.int64)
        old = [row for _, row in both]
        forms, items = Forms(before, places), listed(old)
        assert forms.told("prints", one, items, Form.prints).tolist() == one.prints(items).tolist()
        assert forms.told("counts", one, items, Form.counts).tolist() == one.counts(items).tolist()
        before = forms.now


@given(st.lists(st.integers(-3, 3)))
def test_numbers_that_come_twice(numbers: list[int]) -> None:
    places = [place for place, number in enumerate(numbers) if numbers.count(number) > 1]
    assert repeated(np.array(numbers, dtype=np.int64)).tolist() == places
