"""Numbers as people write them: no digit is lost, and none is added."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank.formats.qti_common import xml
from qbank.tables.grid import number_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5.0, "5"),
        (0.1, "0.1"),
        (-2.0, "-2"),
        (999999999999999.0, "999999999999999"),
        (1e15, "1000000000000000"),
        (-9007199254740994.0, "-9007199254740994"),
        (9999999999999998.0, "9999999999999998"),
        (1e16, "1e+16"),
        (6.02e23, "6.02e+23"),
        (10**17 + 1, "100000000000000001"),
    ],
)
def test_a_number_is_written_as_people_do(value: float, text: str) -> None:
    assert number_text(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53).map(float))
def test_a_number_is_read_again_as_it_was(value: float) -> None:
    for text in (number_text(value), xml.number(value)):
        assert float(text) == value
        assert not text.endswith(".0")


@pytest.mark.parametrize("value", [math.inf, math.nan])
def test_what_is_no_number_is_written_as_well(value: float) -> None:
    assert number_text(value) == repr(value)


def test_a_whole_number_beyond_floats_is_written() -> None:
    assert number_text(10**400) == "1" + "0" * 400
