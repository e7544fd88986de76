"""Options that are taken apart together combine what each combines alone."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from qbank.rules.cues.convergence_cue import _elements

PARTS = re.compile(r"[,;/+&]|\b(?:and|plus|with)\b")
PIECES = (
    "and",
    "And",
    "plus",
    "WITH",
    "within",
    ",",
    ";",
    "/",
    "+",
    "&",
    ".",
    "..",
    " ",
    "\n",
    "a",
    "E11.9",
    "ς",
    "İ",
)
options = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


def alone(text: str) -> frozenset[str]:
    parts = PARTS.split(text.strip().rstrip(".").casefold())
    return frozenset(part.strip() for part in parts if part.strip())


@given(st.lists(options, min_size=1, max_size=5))
def test_options_are_taken_apart_each_for_itself(texts: list[str]) -> None:
    assert _elements(texts) == [alone(text) for text in texts]


def test_a_nul_parts_no_option() -> None:
    assert len(_elements(["a\0b, c", "d"])) == 2
