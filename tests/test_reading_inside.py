"""A finding about a part of a YAML text of several lines points at the line and column of that part."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from qbank.api import lint, load_bank
from qbank.config import Settings
from qbank.reading import yaml_units
from qbank.reading.places import locate
from qbank.reading.yaml_units import written_at

WORDS = st.text(alphabet="abc'\"\\:#-é\u2009💡", min_size=1, max_size=6)
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=6).map(" ".join), min_size=1, max_size=5).map("\n".join)
STYLES = st.sampled_from([None, "'", '"', "|", ">"])


@given(TEXTS, STYLES, st.sampled_from([20, 40, 1000]), st.booleans())
def test_every_character_is_found(
    tmp_path_factory: pytest.TempPathFactory, text: str, style: str | None, width: int, windows: bool
) -> None:
    record = {"id": "a-1", "type": "essay", "stem": f"{text}."}
    written = yaml.dump([record], default_style=style, width=width, allow_unicode=True, sort_keys=False)
    path = tmp_path_factory.mktemp("inside") / "items.yaml"
    path.write_bytes(written.replace("\n", "\r\n" if windows else "\n").encode())
    bank, problems = load_bank(path)
    assert not problems
    stem = bank.items[0].stem
    source = bank.sources[bank.items[0].record]
    start = locate(source, ("stem",))
    lines = written.split("\n")
    sure = 0
    for at, character in enumerate(stem):
        place = locate(source, ("stem",), inside=at)
        if place != start and not character.isspace():
            there = lines[place.line - 1][place.column - 1 :]
            assert there.startswith((character, "\\"))
            sure += 1
    if style in ("|", ">") and "\n" in stem:
        assert sure == sum(not one.isspace() for one in stem)


@pytest.mark.parametrize(
    ("raw", "style", "text", "offset", "at"),
    [
        ("|\n  one\n  two\n", "|", "one\ntwo\n", 0, 4),
        ("|\n  one\n  two\n", "|", "one\ntwo\n", 4, 10),
        ("|\n  one\n  two\n", "|", "one\ntwo\n", 8, None),
        ("|\n  one\n  two\n", "|", "one\ntwo\n", -1, None),
        ("|2\n   one\n", "|", " one\n", 1, 6),
        (">\n  one\n  two\n", ">", "one two\n", 4, 10),
        (">2\n   one\n  two\n", ">", " one\ntwo\n", 5, 12),
        ("> # 2 lines\n  one\n  two\n", ">", "one two\n", 4, 20),
        ("&a1 >-\n  one\n  two\n", ">", "one two", 4, 15),
        (">\n  one\n\n  two\n", ">", "one\ntwo\n", 4, 11),
        ("one\n  two", "", "one two", 4, 6),
        ("'it''s\n  two'", "'", "it's two", 5, 9),
        ('"o\\x6ee\\\n  two"', '"', "onetwo", 3, 11),
        ("one two", "", "one two", 4, None),
        ("|\n  one\n  two\n", "|", "other\n", 2, None),
        ("*one", "*", "one\ntwo", 4, None),
    ],
)
def test_where_a_character_is_written(raw: str, style: str, text: str, offset: int, at: int | None) -> None:
    assert written_at(raw, style, text, offset) == at


RULES = [
    ("doubled-word", "has has", 0),
    ("biased-language", "for all mankind", 8),
    ("unbalanced-markup", "a (bone", 2),
    ("unbalanced-markup", "a **bone** or **two", 14),
    ("unbalanced-markup", "a <b>bone", 2),
    ("unbalanced-markup", "a `bone", 2),
    ("stray-quotation-mark", 'a bone"', 6),
    ("invisible-character", "bo\u200bne", 2),
    ("bidi-control", "5 \u202emg", 2),
    ("replacement-character", "bo\ufffdne", 2),
    ("mixed-script-word", "a b\u043ene", 2),
    ("stray-white-space", "a\u00a0bone", 1),
    ("stray-white-space", "5\u00a0mg a\u00a0bone", 6),
    ("broken-math", r"a $\frac{1}$ b", 2),
    ("unsafe-markup", "a <script>x</script>", 2),
    ("undefined-abbreviation", "the QXZ", 4),
    ("undefined-abbreviation", "the 1QXZ QXZ", 9),
]


@pytest.mark.parametrize(("rule", "line", "column"), RULES)
@pytest.mark.parametrize("style", ["|", ">"])
def test_a_rule_about_texts_tells_the_place(
    tmp_path: Path, rule: str, line: str, column: int, style: str
) -> None:
    path = tmp_path / "items.yaml"
    path.write_text(
        f"- id: a-1\n  type: essay\n  stem: {style}\n    It stands here.\n    Here, {line}\n    it ends.\n",
        encoding="utf-8",
    )
    bank, problems = load_bank(path)
    found = lint(bank, problems, settings=Settings(select=(rule,))).diagnostics
    assert [(one.rule, one.line, one.column) for one in found] == [(rule, 5, 11 + column)]


@pytest.mark.parametrize(
    ("rule", "stem", "place"),
    [
        ("negative-stem", "A man falls.\n    Which bone is NOT broken?", (4, 5)),
        ("blank-inside-stem", "A man falls.\n    The bone ____ is in the arm of a man.", (4, 14)),
    ],
)
def test_a_rule_about_stems_tells_the_place(
    tmp_path: Path, rule: str, stem: str, place: tuple[int, int]
) -> None:
    written = ((f"|-\n    {stem}", place), (" ".join(stem.split()), (2, 9)))
    for text, (line, column) in written:
        path = tmp_path / "items.yaml"
        rest = "id: a-1\n  options: {A: x, B: y}\n  key: A"
        path.write_text(f"- type: multiple-choice\n  stem: {text}\n  {rest}\n", encoding="utf-8")
        bank, problems = load_bank(path)
        (found,) = lint(bank, problems, settings=Settings(select=(rule,))).diagnostics
        assert (found.line, found.column) == (line, column)


@pytest.mark.parametrize(
    ("raw", "style", "text"),
    [
        ("a{blanks}b\n  c", "", "a{blanks}b c"),
        ("'a{blanks}b\n  c'", "'", "a{blanks}b c"),
        ('"a{blanks}b\n  c"', '"', "a{blanks}b c"),
        (">\n{folds}", ">", "{folded}"),
    ],
)
def test_no_text_takes_time_by_its_square(raw: str, style: str, text: str) -> None:
    """By the square of it each of these took half a minute."""
    much = {"blanks": " " * 200_000, "folds": "  a b\n\n" * 100_000, "folded": "a b\n" * 100_000}
    started = time.process_time()
    assert written_at(raw.format(**much), style, text.format(**much), 1) is not None
    assert time.process_time() - started < 5


def test_a_text_with_many_findings_is_taken_apart_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    true_units = yaml_units.units

    def units(raw: str, style: str, old: str) -> list[yaml_units.Unit]:
        asked.append(len(raw))
        return true_units(raw, style, old)

    monkeypatch.setattr(yaml_units, "units", units)
    path = tmp_path / "items.yaml"
    lines = "".join(f"    the the word {number}\n" for number in range(300))
    path.write_text(f"- id: a-1\n  type: essay\n  stem: |\n{lines}", encoding="utf-8")
    bank, problems = load_bank(path)
    found = lint(bank, problems, settings=Settings(select=("doubled-word",))).diagnostics
    assert [(one.line, one.column) for one in found] == [(number, 5) for number in range(4, 304)]
    assert len(asked) == 1


def test_many_places_in_a_text_are_found_in_the_time_of_one(tmp_path: Path) -> None:
    """When each of them cost what the text costs, these took a quarter of a minute."""
    path = tmp_path / "items.yaml"
    lines = "".join(f"    the word {number:05}\n" for number in range(40_000))
    path.write_text(f"- id: a-1\n  type: essay\n  stem: |\n{lines}", encoding="utf-8")
    bank, _ = load_bank(path)
    started = time.process_time()
    places = [locate(bank.sources[0], ("stem",), inside=15 * number) for number in range(40_000)]
    assert time.process_time() - started < 5
    assert [(one.line, one.column) for one in places] == [(number, 5) for number in range(4, 40_004)]
