"""Every rule has a page, every page a rule, and every case on a page is true."""

from __future__ import annotations

from pathlib import Path

import pytest

from qbank.rule import all_rules
from tests.rules.pages import Case, all_pages, run

PAGES = all_pages()
RULES = {slug: rule for slug, rule in all_rules().items() if rule.home.startswith("qbank.")}
CASES = [case for page in PAGES.values() for case in page.cases]


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert {slug: page.family for slug, page in PAGES.items()} == {
        slug: rule.family for slug, rule in RULES.items()
    }


@pytest.mark.parametrize("slug", sorted(PAGES))
def test_a_page_says_what_why_and_source_and_has_cases_of_both_kinds(slug: str) -> None:
    page = PAGES[slug]
    assert page.title == f"# {slug}"
    assert "Source:" in page.prose
    assert {case.fires for case in page.cases} == {True, False}
    assert len({case.title for case in page.cases}) == len(page.cases)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.slug}: {case.title}" for case in CASES])
def test_case(case: Case, tmp_path: Path) -> None:
    assert run(case, tmp_path) == list(case.expected)


@pytest.mark.parametrize("slug", sorted(RULES))
def test_a_rule_explains_itself(slug: str) -> None:
    doc = RULES[slug].doc
    first, _, rest = doc.partition("\n")
    assert first.endswith(".")
    assert "Source:" in rest
