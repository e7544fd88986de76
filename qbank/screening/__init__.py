"""Which items a rule need not look at: cheap conditions on many items at once.

A rule that fires on one item in a hundred should not be called for the other ninety-nine. Beside the
rule stands its *screen*: a condition without which the rule cannot fire, judged for a `Batch` of some
thousand items in one pass. A screen may let too much through, never too little: the rule itself still
decides. The tests lint the same banks with and without screens and compare.

- `mentions(…)`: literal words, found for all rules together by one Aho-Corasick pass;
- `present("stimulus")`: items that have the field;
- `options_alike`, `option_count(…)` and their like: the options among themselves, as arrays;
- any function of a `Batch` that gives the numbers of the items to look at.
"""

from __future__ import annotations

from qbank.screening.fields import (
    asked_for,
    doubled_words,
    having,
    limited,
    longer_than,
    marked,
    present,
    stem_ends,
    undeclared_area,
    undeclared_level,
)
from qbank.screening.options import (
    all_numeric,
    contained_options,
    echoing_key,
    key_exceeds,
    key_stands_out,
    longest_exceeds,
    one_head,
    option_count,
    options_alike,
    unusually_keyed,
)
from qbank.screening.words import Field, Screen, Words, mentions, whole

__all__ = [
    "Field",
    "Screen",
    "Words",
    "all_numeric",
    "asked_for",
    "contained_options",
    "doubled_words",
    "echoing_key",
    "having",
    "key_exceeds",
    "key_stands_out",
    "limited",
    "longer_than",
    "longest_exceeds",
    "marked",
    "mentions",
    "one_head",
    "option_count",
    "options_alike",
    "present",
    "stem_ends",
    "undeclared_area",
    "undeclared_level",
    "unusually_keyed",
    "whole",
]
