"""Texts that patterns might trip over, and records of very many parts: time grows no faster than they do."""

from __future__ import annotations

import time

import pytest

from qbank.checking import lint
from qbank.config import Settings
from qbank.model.bank import Bank
from qbank.model.item import Item, MultipleChoice
from qbank.rule import all_rules

SIZE = 100_000
SECONDS = 4.0
"""CPU time for one text; a rule that takes time by the square of the size needs minutes."""
HOSTILE = [
    ("rationale-uses-letters", "\n"),
    ("rationale-uses-letters", " \n"),
    ("key-contradicted-by-rationale", "the answer is "),
    ("unsafe-markup", "<a "),
    ("unsafe-markup", "<!--"),
]


def item(text: str) -> Item:
    options = {"A": "the first", "B": f"another {text}", "C": "the last"}
    return MultipleChoice(
        id="a", stem=f"Which? {text}?", options=options, key="B", rationale=f"So {text} it is B."
    )


def taken(slug: str, items: tuple[Item, ...]) -> float:
    """The seconds of CPU time that one rule takes for some items."""
    rules = all_rules()
    started = time.process_time()
    lint(Bank(items=items), settings=Settings(select=(slug,)), rules=rules, screened=False)
    return time.process_time() - started


@pytest.mark.parametrize(("slug", "part"), HOSTILE)
def test_no_rule_takes_time_by_the_square_of_a_text(slug: str, part: str) -> None:
    assert taken(slug, (item(part * (SIZE // len(part))),)) < SECONDS


@pytest.mark.parametrize(
    ("slug", "option"),
    [
        ("contained-option", "insulin of kind {0}"),
        ("overlapping-ranges", "{0} to {0}5 mg"),
        ("opposites-cue", "increases the rate of {0}"),
        ("key-contradicted-by-rationale", "bone {0}"),
    ],
)
def test_no_rule_compares_thousands_of_options_with_each_other(slug: str, option: str) -> None:
    options = {f"O{number}": f"{option.format(number)}" for number in range(5000)}
    rationale = {id: f"Incorrect. The answer is {text}" for id, text in options.items()}
    one = MultipleChoice(id="a", stem="How much is enough?", options=options, key="O3", rationale=rationale)
    assert taken(slug, (one,)) < SECONDS
