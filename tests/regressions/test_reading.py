"""Mistakes that an attack on the reading of banks found."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qbank import lint, load_bank
from qbank.reporters import reporters
from qbank.reporters.contract import Rendering

ITEM = "- id: bone-1\n  type: true-false\n  stem: The talus is a bone.\n  key: true\n"


def bank(folder: Path, items: str = ITEM, record: str = "id: demo\nitems: [items/*.yaml]\n") -> Path:
    (folder / "items").mkdir()
    (folder / "bank.yaml").write_text(record, encoding="utf-8")
    (folder / "items" / "a.yaml").write_text(items, encoding="utf-8")
    return folder


def said(folder: Path) -> list[tuple[str, int, int, str]]:
    found, problems = load_bank(folder)
    return [(one.rule, one.line, one.column, one.message) for one in lint(found, problems).diagnostics]


def test_a_link_out_of_the_bank_is_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret\n", encoding="utf-8")
    folder = tmp_path / "bank"
    folder.mkdir()
    bank(folder)
    (folder / "items" / "b.yaml").symlink_to(tmp_path / "secret")
    found, problems = load_bank(folder)
    text = reporters()["text"](lint(found, problems), Rendering())
    assert "this is a link" in text
    assert "secret" not in text


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_in_a_bank_is_not_waited_for(tmp_path: Path) -> None:
    bank(tmp_path)
    os.mkfifo(tmp_path / "items" / "b.yaml")
    found, problems = load_bank(tmp_path)
    assert "not a plain file" in reporters()["text"](lint(found, problems), Rendering())


def test_patterns_that_match_nothing_are_no_clean_bank(tmp_path: Path) -> None:
    bank(tmp_path, record="id: demo\nitems: [itms/*.yaml]\n")
    assert [(rule, line) for rule, line, _, _ in said(tmp_path)] == [("unreadable-file", 2)]


def test_an_empty_bank_record_is_a_finding(tmp_path: Path) -> None:
    bank(tmp_path, record="")
    assert [rule for rule, _, _, _ in said(tmp_path)] == ["schema-violation"]


def test_an_item_with_a_broken_id_is_not_reported_as_missing(tmp_path: Path) -> None:
    other = ITEM.replace("bone-1", "bone-2").replace("talus", "cuboid") + "  enemies: [bone-1]\n"
    bank(tmp_path, ITEM.replace("bone-1", "bone 1") + other)
    assert [rule for rule, _, _, _ in said(tmp_path)] == ["schema-violation"]


@pytest.mark.parametrize(
    ("typed", "column", "words"),
    [('stem: "The talus', 9, "begins here and never ends"), ("stem:The talus", 3, "a colon and a space")],
)
def test_what_is_not_ended_is_shown_where_it_begins(
    tmp_path: Path, typed: str, column: int, words: str
) -> None:
    bank(tmp_path, ITEM.replace("stem: The talus", typed) + ITEM.replace("bone-1", "bone-2"))
    ((rule, line, at, message),) = said(tmp_path)
    assert (rule, line, at) == ("unreadable-file", 3, column)
    assert words in message


def test_a_whole_bank_may_be_called_bank_json(tmp_path: Path) -> None:
    file = tmp_path / "bank.json"
    file.write_text('[{"id": "a", "type": "essay", "stem": "Why?"}]', encoding="utf-8")
    bank, problems = load_bank(file)
    assert (problems, [item.id for item in bank.items]) == ((), ["a"])


@pytest.mark.parametrize("number", [2**64, -(2**63) - 1, 10**40])
def test_a_number_of_more_than_64_bits_is_refused_in_json_lines_too(tmp_path: Path, number: int) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(f'{{"id": "a", "type": "essay", "stem": "x", "attributes": {{"n": {number}}}}}')
    found, problems = load_bank(file)
    assert [one.finding.message for one in problems] == ["this number is too large"]
    assert found.items == ()
    assert found.unreadable == {"a"}


def test_a_bank_of_one_yaml_file_may_hold_statistics(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(
        "items:\n- {id: a, type: essay, stem: x}\nstatistics:\n- {item: a, n: 5}\n- {item: 1.50}\n"
    )
    found, problems = load_bank(file)
    assert [(one.item, one.n) for one in found.statistics] == [("a", 5)]
    assert [one.rule for one in problems] == ["coerced-scalar", "schema-violation"]


def test_a_line_feed_of_old_macs_is_no_line_of_json_lines(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(
        b'{"id": "a", "type": "essay",\r "stem": "x"}\n{"id": "b", "type": "essay", "stem": 5}\n'
    )
    found, problems = load_bank(file)
    text = reporters()["text"](lint(found, problems), Rendering())
    assert '2 | {"id": "b"' in text


def test_an_alias_to_an_anchor_of_another_entry_is_what_it_names(tmp_path: Path) -> None:
    one = "- id: {id}\n  type: multiple-choice\n  stem: {stem}\n  options: {options}\n  key: B\n"
    text = one.format(id="a", stem="How much is it?", options="&mine\n    A: 1.5\n    B: 1.50\n    1: x")
    text += one.format(id="b", stem="How much was it?", options="*mine")
    file = tmp_path / "a.yaml"
    file.write_text(text.replace("1: x", "C: 2.5"), encoding="utf-8")
    found, problems = load_bank(file)
    assert [item.option_texts for item in found.items] == [{"A": "1.5", "B": "1.50", "C": "2.5"}] * 2
    assert [one.rule for one in problems] == ["coerced-scalar"] * 2
    file.write_text(text, encoding="utf-8")  # a name that is a number
    found, problems = load_bank(file)
    assert {one.finding.message for one in problems if one.rule == "schema-violation"} == {
        "'1' cannot be a name in options"
    }


UNKNOWN = [
    ("a.yaml", "bank: {id: x}\nitmes:\n- {id: a, type: essay, stem: Why?}\n", 2, "items"),
    ("a.yaml", "itmes:\n- {id: a, type: essay, stem: Why?}\n", 1, "items"),
    ("a.json", '{"items": [], "stimulus": [{"id": "s"}]}', 1, "stimuli"),
    ("a.jsonl", '{"bank": {"id": "x"}}\n{"stimulos": {"id": "s", "text": "x"}}\n', 2, "stimulus"),
]


@pytest.mark.parametrize(("name", "text", "line", "meant"), UNKNOWN)
def test_an_unknown_part_of_a_bank_is_no_item(
    tmp_path: Path, name: str, text: str, line: int, meant: str
) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    found, problems = load_bank(file)
    ((rule, hint),) = [(one.rule, one.finding.hint) for one in problems]
    assert (rule, hint) == ("schema-violation", f"Did you mean {meant}?")
    assert [one.line for one in lint(found, problems).diagnostics] == [line]
    assert not found.complete


def test_a_record_with_one_field_is_no_bank(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("- {stem: Why?}\n", encoding="utf-8")
    assert "the record has no 'id'" in [one.finding.message for one in load_bank(file).problems]
    file.write_text("stem: Why?\n", encoding="utf-8")
    assert "the record has no 'id'" in [one.finding.message for one in load_bank(file).problems]


def test_two_content_areas_of_one_path_are_a_finding(tmp_path: Path) -> None:
    areas = "content_areas:\n- id: a\n  children: [{id: b}, {id: c}, {id: b}]\n- id: b\n- id: a\n"
    bank(tmp_path, record="id: demo\nitems: [items/*.yaml]\n" + areas)
    assert [(rule, line, column) for rule, line, column, _ in said(tmp_path)] == [
        ("schema-violation", 5, 37),
        ("schema-violation", 7, 7),
    ]


def test_items_of_another_vendor_are_told_what_they_lack(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"id": "a", "stem": "Which bone?", "options": ["talus", "tibia"], "key": 0}\n')
    hints = [one.finding.hint for one in load_bank(file).problems]
    assert any(hint.startswith("One of multiple-choice, multiple-response, ") for hint in hints)
    assert any("{A: the first, B: the second}" in hint for hint in hints)
