"""Licensed titles are found in a bank, and shown nowhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank import rule
from qbank.checking import lint
from qbank.config import Settings
from qbank.domains.medcode.fingerprints import LEAST, LicensedTitles, fingerprint
from qbank.model.bank import Bank, BankRecord
from qbank.model.item import MultipleChoice
from qbank.model.stimulus import Stimulus

TITLE = "Removal of a very large lantern, each additional moon"
SENTENCE = f"Which code reports this: {TITLE.upper()}?"
WORDS = st.lists(
    st.sampled_from(["moon", "lantern", "cloud", "ferry", "amber", "quiet", "seven"]), max_size=12
)


@pytest.mark.parametrize(
    "text",
    [TITLE, SENTENCE, "removal  of a very\nlarge lantern (each additional moon).", f"**{TITLE}**"],
)
def test_a_title_is_found_whatever_case_and_signs(text: str) -> None:
    assert LicensedTitles([("10000", fingerprint(TITLE))]).find(text) == ("10000",)


@pytest.mark.parametrize(
    "text", ["", "removal of a very large lantern", "Removal of a very large lamp, each moon"]
)
def test_a_part_or_other_words_are_not_it(text: str) -> None:
    assert LicensedTitles([("10000", fingerprint(TITLE))]).find(text) == ()


def test_few_words_are_ordinary_language() -> None:
    assert fingerprint("Office visit, new") == ""
    assert not LicensedTitles([("10000", fingerprint("Office visit, new"))])


def test_a_fingerprint_tells_nothing_of_the_text() -> None:
    assert not any(word in fingerprint(TITLE) for word in TITLE.casefold().split() if len(word) > 1)


@given(WORDS, WORDS, WORDS)
def test_it_finds_what_a_plain_search_finds(before: list[str], title: list[str], after: list[str]) -> None:
    titles = LicensedTitles([("10000", fingerprint(" ".join(title)))])
    assert titles.find(" ".join([*before, *title, *after])) == (("10000",) if len(title) >= LEAST else ())


@given(WORDS, WORDS)
def test_it_finds_nothing_else(text: list[str], title: list[str]) -> None:
    titles = LicensedTitles([("10000", fingerprint(" ".join(title)))])
    holds = any(text[at : at + len(title)] == title for at in range(len(text)))
    assert bool(titles.find(" ".join(text))) == (holds and len(title) >= LEAST)


def test_the_rule_names_place_and_code_and_never_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = rule.all_rules()
    titles = LicensedTitles([("10000", fingerprint(TITLE)), ("10001", fingerprint("A lamp of another moon"))])
    monkeypatch.setitem(rule._PROVIDERS, LicensedTitles, lambda _: titles)
    item = MultipleChoice(
        id="copied",
        stem=SENTENCE,
        options={"A": "10000", "B": TITLE},
        key="A",
        rationale={"A": "It is so."},
        references=("A book", f"A book: {TITLE}"),
    )
    record = Stimulus(id="record", title="A note", text=f"The surgeon wrote: {TITLE}.")
    bank = Bank(info=BankRecord(id="copied"), items=(item,), stimuli=(record,), declared=True)
    found = lint(bank, settings=Settings(select=("licensed-text",)), rules=rules).diagnostics
    assert sorted(one.message for one in found) == [
        "option B of copied holds the licensed title of CPT 10000",
        "reference 2 of copied holds the licensed title of CPT 10000",
        "the stem of copied holds the licensed title of CPT 10000",
        "the text of record holds the licensed title of CPT 10000",
    ]
    assert not any(word in f"{one.message} {one.hint}" for one in found for word in ("lantern", "moon"))
