"""A screen may let too much through, never too little: with and without, the same is found."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbank.checking import lint
from qbank.config import Settings
from qbank.model.bank import Bank, BankRecord
from qbank.model.item import Item, MultipleChoice, MultipleResponse
from qbank.reading.bank import load_bank
from qbank.rule import Scope, all_rules
from qbank.rules.stem._lead_in import _EMPHASIS
from qbank.running import Runner
from qbank.screening import Field, Words, mentions, whole
from qbank.screening.batch import Batch
from qbank.screening.scanner import Scanner

ROOT = Path(__file__).parents[2]
OF_ITEMS = tuple(
    slug for slug, one in all_rules().items() if one.scope in (Scope.ITEM, Scope.OPTION, Scope.TEXT)
)
EVERYTHING = Settings(select=OF_ITEMS)
# what rules look for, with what makes a search go wrong: odd blanks, marks, letters that fold
PIECES = (
    *("the", "The", "not", "NOT", "n't", "doesn’t", "Except", "least likely", "false", "incorreCt", "wrong"),
    *("always", "never", "in all cases", "without  exception", "patients", "usually", "often", "rarely"),
    *("all", "All\u00a0of", "of the above", "None of these", "both", "A and B", "A & B", "(A) or C", "I, II"),
    *(
        "you think",
        "in your opinion",
        "do\tyou feel",
        "select two",
        "Choose\nTHREE",
        "mark",
        "correct",
        "true",
    ),
    *(
        "increases",
        "decreases",
        "high",
        "low",
        "with",
        "without",
        "no",
        "5 mg",
        "10–20",
        "15-30",
        "3",
        "1,000",
    ),
    *(
        "is",
        "are",
        "a",
        "an",
        "called",
        "____",
        "....",
        "[ ]",
        "[blank]",
        "$x^2$",
        "$5",
        "**bold**",
        "`code`",
    ),
    *("(", ")", "[", "]", "{", "“", "”", "«", '"', "'", "’", "<b>", "</i>", "<script>", "](http://x)", "<3"),
    *("naïve naïve", "don’t don’t", "“the the", "nª nª", "µg", "\u0430pple", "Κappa", "TNFα", "\ufffd"),
    *("\u200b", "\u202e", "\x07", "\0", "\x0b", "\u2009", "\u202f", "İ", "ı", "faſe", "falſe", "ALWAY\u017f"),
    *("housewife", "the elderly", "male nurse", "commit suicide", "blacklist", "hypertension", "hypotension"),
    *(
        "Option A",
        "above",
        "the previous option",
        "Heart failure",
        "heart failure with oedema",
        "E11.9",
        "99213",
    ),
    *(".", ",", "?", ":", ";", "!", "-", "/", "...", " ", "  ", "\n", "\t", "et al. (2019)", "[12]"),
    *(
        "Which organ does no**t** swell?",
        "ex_cept_",
        "in<b>suli</b>n",
        "insulin",
        "a diabetic is",
        "diabeticſ",
    ),
    *("insulin and glucose", "insulin, glucose", "glucagon/insulin", "Which one? ", "Select two of these. "),
)
texts = st.builds(
    lambda gap, pieces: str(gap).join(pieces),
    st.sampled_from((" ", "", "  ", "\n")),
    st.lists(st.sampled_from(PIECES), max_size=8),
)


@st.composite
def items(draw: st.DrawFn, number: int) -> Item:
    """An item of pieces; two of its options are often alike."""
    options = draw(st.lists(texts, max_size=5))
    if options and number % 2:
        options.append(draw(st.sampled_from(options)) + draw(st.sampled_from(("", ".", " ", " and more"))))
    ids = "ABCDEF"[: len(options)]
    rationale = draw(st.one_of(texts, st.dictionaries(st.sampled_from("ABCX"), texts, max_size=3)))
    key: Any = draw(st.sampled_from([*ids, "X", None, ("A",), ("A", "B"), ()]))
    kind: Any = draw(st.sampled_from([MultipleChoice, MultipleChoice, MultipleResponse]))
    made: Item = kind(
        id=f"i{number}",
        stem=draw(texts),
        options=dict(zip(ids, options, strict=True)),
        key=key,
        rationale=rationale,
        references=tuple(draw(st.lists(texts, max_size=2))),
        content_area=draw(st.sampled_from(("", "anatomy", "anatmy"))),
        stimulus=draw(st.sampled_from(("", "", "case"))),
        record=number,
    )
    return made


@st.composite
def banks(draw: st.DrawFn) -> Bank:
    """A bank of a few such items, which may ask for more than it gets."""
    record = BankRecord(
        as_of="2026-11-22",
        require=draw(st.sampled_from(((), ("rationale", "references", "review", "option_rationale")))),
        limits=draw(st.sampled_from(({}, {"stem_words": 3, "grade": 2, "options": 4}))),
        cognitive_levels=draw(st.sampled_from(((), ("recall",)))),
    )
    return Bank(info=record, items=tuple(draw(items(number)) for number in range(draw(st.integers(1, 4)))))


@pytest.fixture(autouse=True, scope="module")
def _few_rules_are_screened_too() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qbank.running._FEW_RULES", 0)
        yield


def said(bank: Bank, screened: bool) -> list[tuple[str, str, str]]:
    found = lint(bank, settings=EVERYTHING, today="2026-11-22", screened=screened).diagnostics
    return [(one.rule, one.item, one.pointer) for one in found]


@given(banks())
@settings(max_examples=300)
def test_screens_lose_nothing(bank: Bank) -> None:
    assert said(bank, True) == said(bank, False)


@pytest.mark.parametrize("name", ["cmcs", "synthetic-arithmetic"])
def test_screens_lose_nothing_of_the_banks_that_ship(name: str) -> None:
    bank, problems = load_bank(ROOT / "banks" / name)
    assert not problems
    assert said(bank, True) == said(bank, False)


@pytest.mark.parametrize("name", ["medqa_us_test", "opentriviaqa_science_technology"])
def test_screens_lose_nothing_of_public_banks(name: str) -> None:
    folder = os.environ.get("QBANK_TEST_DATA")
    if not folder:
        pytest.skip("QBANK_TEST_DATA names no folder of public banks")
    lines = (Path(folder) / "banks" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    bank = Bank(items=tuple(public(json.loads(line), number) for number, line in enumerate(lines)))
    found = said(bank, True)
    assert found
    assert found == said(bank, False)


def public(line: dict[str, Any], number: int) -> Item:
    ids = "ABCDEFGHIJ"[: len(line["options"])]
    options = dict(zip(ids, line["options"], strict=True))
    return MultipleChoice(
        id=f"p{number}", stem=line["stem"], options=options, key=ids[line["key"]], record=number
    )


def test_most_rules_of_items_are_screened() -> None:
    """Every rule on by default names a screen, or every item would pay for it."""
    rules = all_rules()
    assert [slug for slug in OF_ITEMS if rules[slug].enabled and rules[slug].screen is None] == []


def test_options_of_a_rule_set_its_screen_aside() -> None:
    options = {"A": "one long text of many words", "B": "short one", "C": "another"}
    item = MultipleChoice(id="i", stem="Which?", options=options, key="A", record=0)
    bank, rules = Bank(items=(item,)), {"key-longest": all_rules()["key-longest"]}
    for ratio, expected in ((9.0, 0), (1.1, 1)):
        chosen = Settings(rules={"key-longest": {"ratio": ratio}})
        assert len(list(Runner(bank, rules, chosen).check())) == expected


def assert_said(slug: str, stem: str, options: dict[str, str], *, key: str = "A") -> None:
    """A rule speaks of an item, with screens as without."""
    bank = Bank(items=(MultipleChoice(id="i", stem=stem, options=options, key=key, record=0),))
    assert slug in {rule for rule, _, _ in said(bank, True)}
    assert said(bank, True) == said(bank, False)


@pytest.mark.parametrize(
    ("stem", "slug"),
    [
        ("Which nations have no____t adopted the metric system?", "negative-stem"),
        ("Which nations have n**o**t adopted the metric system?", "negative-stem"),
        ("Which nations don'<b>t</b> use the metric system?", "negative-stem"),
    ],
)
def test_emphasis_inside_a_word_hides_nothing(stem: str, slug: str) -> None:
    options = {"A": "Liberia", "B": "Kenya", "C": "Ghana"}
    assert_said(slug, stem, options)


def test_asterisks_of_two_kinds_are_not_taken_together() -> None:
    options = {"A": "one", "B": "two", "C": "three"}
    stem = "Which of *these* is **bold?"
    assert_said("unbalanced-markup", stem, options)


def test_a_key_in_bold_stands_out_among_other_marks() -> None:
    options = {"A": "**one** of them", "B": "two of __ them", "C": "three <3 of them", "D": "some ** of them"}
    assert_said("format-cue", "Which?", options)


def test_a_capital_that_folds_into_ascii_is_a_capital() -> None:
    options = {"A": "İzmir town", "B": "İnegol town", "C": "İznik town", "D": "in the town"}
    assert_said("format-cue", "Which?", options, key="D")


def test_an_echo_behind_emphasis_inside_a_word_is_heard() -> None:
    options = {"A": "Xylometazoline spray", "B": "A saline rinse", "C": "Steam"}
    stem = "Which spray is of xylo**metazoline**?"
    assert_said("clang-cue", stem, options)


MARKED = st.lists(
    st.sampled_from(
        (
            "no",
            "t",
            "n",
            "'t",
            "’t",
            "ex",
            "cept",
            "é",
            "*",
            "**",
            "_",
            "__",
            "<b>",
            "</em>",
            "<i>",
            "<",
            " ",
            ".",
        )
    ),
    max_size=9,
).map("".join)


@given(MARKED)
@settings(max_examples=500)
def test_a_word_that_only_emphasis_parts_is_known(stem: str) -> None:
    """A word that is there without emphasis was there before, or the stem is known to be broken."""
    bank = Bank(items=(MultipleChoice(id="i", stem=stem),))
    if 0 not in Batch(bank, bank.items, Scanner([])).broken:
        assert [word for word in RUN.findall(_EMPHASIS.sub("", stem)) if word not in stem] == []


RUN = re.compile(r"[^\W_'’]+|[^\W_]*['’][^\W_]*")
WORDS_IN_A_ROW = st.builds(
    lambda pairs: "".join(f"{word}{gap}" for word, gap in pairs),
    st.lists(
        st.tuples(
            st.sampled_from(
                ("the", "The", "they", "an", "a", "don't", "'the", "the'", "x1", "no-no", "é", "Éa")
            ),
            st.sampled_from(
                (" ", " ", "  ", "\n", " \n ", "\t", " " * 12, ", ", "-", ".", "’", "\u00a0", "")
            ),
        ),
        max_size=8,
    ),
)


@given(st.lists(WORDS_IN_A_ROW, min_size=1, max_size=4))
@settings(max_examples=300)
def test_a_doubled_word_is_not_overlooked(stems: list[str]) -> None:
    bank = Bank(items=tuple(MultipleChoice(id=f"i{n}", stem=one, record=n) for n, one in enumerate(stems)))
    rules = {"doubled-word": all_rules()["doubled-word"]}
    found = [
        [one.finding for one in Runner(bank, rules, Settings(), screened=screened).check()]
        for screened in (True, False)
    ]
    assert found[0] == found[1]


# -- words ----------------------------------------------------------------------------------------------


def holding(condition: Words, *stems: str, options: tuple[tuple[str, ...], ...] = ()) -> list[int]:
    given_options = options or ((),) * len(stems)
    bank = Bank(
        items=tuple(
            MultipleChoice(id=f"i{at}", stem=stem, options=dict(zip("ABCDEF", some, strict=False)))
            for at, (stem, some) in enumerate(zip(stems, given_options, strict=True))
        )
    )
    return [int(one) for one in Batch(bank, bank.items, Scanner([condition])).holding(condition)]


def test_words_are_found_in_their_field_only() -> None:
    condition = mentions("not", fields=Field.OPTIONS)
    assert holding(condition, "not", "x", options=(("a",), ("a knot",))) == [1]


def test_whole_words_have_edges() -> None:
    condition = mentions(*whole(["no"]), fields=Field.STEM)
    assert holding(condition, "know", "no", "a No.", "no-one", "nobody", "(no)") == [1, 2, 3, 5]


def test_a_blank_is_any_white_space() -> None:
    condition = mentions("all of", fields=Field.STEM)
    assert holding(condition, "All of", "all\nof", "all\tof", "all\u00a0of", "all\u2009of", "allof") == [
        0,
        1,
        2,
        3,
        4,
    ]


def test_every_option_and_several() -> None:
    options = (("a, b", "c, d"), ("a, b", "c"), ("a, b", "c", "d, e"), ())
    every = mentions(",", fields=Field.OPTIONS, every=True)
    two = mentions(",", fields=Field.OPTIONS, least=2)
    assert holding(every, *"wxyz", options=options) == [0]
    assert holding(two, *"wxyz", options=options) == [0, 2]


def test_a_tail_is_counted_in_characters() -> None:
    condition = mentions("not", fields=Field.STEM, tail=5)
    assert holding(condition, "is it not", "not here", "not é", "not éé", "it is not so") == [0, 2]


def test_a_lone_surrogate_and_a_nul_do_no_harm() -> None:
    condition = mentions("never", fields=Field.STEM)
    assert holding(condition, "\ud800 never", "a\0never", "\0") == [0, 1]


def test_a_batch_of_nothing() -> None:
    condition = mentions("never")
    assert holding(condition) == []
    essay = msgspec.convert({"type": "essay", "id": "e", "stem": ""}, type=Item)
    bank = Bank(items=(essay,))
    assert said(bank, True) == said(bank, False)
