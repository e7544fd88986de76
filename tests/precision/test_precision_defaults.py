"""The default severities follow the measured precision, as the rule catalogue's first paragraph says.

Under 20 labelled hits a rule is unmeasured and informs, unless it is right by definition. A measured one that
is right in under 0.90 informs or is off. Rules that judge a whole bank keep their severity: their test
statistic is the measure. The tables below stand here once more, so that the package cannot excuse itself.
"""

from __future__ import annotations

import pytest

from qbank.diagnostics import Severity
from qbank.precision import GOOD, LEAST, Standing, standing
from qbank.rule import Rule, all_rules
from tests.precision import summary

RULES = {slug: one for slug, one in all_rules().items() if one.home.startswith("qbank.")}
LABELS = summary.read_labels(summary.LABELS)
FAMILIES_BY_DEFINITION = ("schema", "identity", "key", "links", "text", "codes", "statistics")
BY_DEFINITION = (
    "duplicate-option",
    "overlapping-ranges",
    "duplicate-item",
    "contradicting-near-duplicate",
    "thin-cell",
    "empty-cell",
)
WHOLE_BANK = ("key-position-skew", "key-longest-rate")
TO_COME = ("statistics",)
"""Families that have no rules yet."""


def _by_definition(one: Rule) -> bool:
    return one.family in FAMILIES_BY_DEFINITION or one.slug in BY_DEFINITION


JUDGED = [slug for slug, one in RULES.items() if not _by_definition(one) and slug not in WHOLE_BANK]


@pytest.mark.parametrize("slug", JUDGED)
def test_a_rule_whose_precision_is_not_shown_informs_or_is_off(slug: str) -> None:
    one = RULES[slug]
    verdicts = [label.verdict for label in LABELS if label.rule == slug]
    n, right = len(verdicts), verdicts.count("right")
    shown = n >= 20 and 10 * right >= 9 * n
    assert shown or not one.enabled or one.severity is Severity.INFO, (
        f"{slug}: {right} of {n} labelled hits are right, so it is info or off, not {one.severity}"
    )


def test_most_rules_are_judged_and_some_are_shown() -> None:
    levels = {RULES[slug].severity for slug in JUDGED}
    assert levels == {Severity.INFO, Severity.WARNING}
    assert len(JUDGED) > 25


def test_what_is_excused_is_there() -> None:
    assert {*BY_DEFINITION, *WHOLE_BANK} <= set(RULES)
    assert {*FAMILIES_BY_DEFINITION} - {one.family for one in RULES.values()} <= {*TO_COME}


@pytest.mark.parametrize("slug", sorted(RULES))
def test_the_package_says_the_same(slug: str) -> None:
    one = RULES[slug]
    found = standing(slug, one.family)
    assert (found is Standing.BY_DEFINITION) == _by_definition(one)
    assert (found is Standing.OWN_TEST) == (slug in WHOLE_BANK)
    assert (found in (Standing.MEASURED, Standing.UNMEASURED)) == (slug in JUDGED)
    assert (LEAST, GOOD) == (20, 0.90)


@pytest.mark.parametrize("family", TO_COME)
def test_families_that_are_to_come_are_excused_too(family: str) -> None:
    assert standing("some-rule", family) is Standing.BY_DEFINITION
