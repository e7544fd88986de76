"""Fields get new values in their files: the records read as wanted, and everything else is as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank.editing.changes import Change, change
from qbank.editing.records import entries
from qbank.model.bank import Source
from qbank.reading.yaml_text import parse

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["no", "1.50", "a: b", "a # b", "- a", "a\n\nb", "x" * 150, "word " * 40, "'", '"', "é\t", "", "{a"]
)
VALUES = st.one_of(
    TEXTS,
    st.integers(-99, 99),
    st.booleans(),
    st.lists(TEXTS, max_size=3),
    st.dictionaries(st.sampled_from(["A", "B", "C", "no"]), TEXTS, max_size=3),
    st.lists(st.fixed_dictionaries({"system": TEXTS, "code": TEXTS}), max_size=2),
)
NAMES = ["stem", "options", "key", "rationale", "tags", "codes", "points", "review"]
FIELDS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6)


def _source(path: str, id: str, number: int) -> Source:
    return Source(path, path, "json" if path.endswith("json") else "yaml", "item", -1, -1, id, (number,))


def _changed(text: str, path: str, ids: list[str], changes: list[Change]) -> str:
    sources = [_source(path, id, number) for number, id in enumerate(ids)]
    made = change(changes, sources, lambda _path: text.encode())
    assert made.failures == ()
    return made.files[path].decode()


@given(st.lists(FIELDS, min_size=1, max_size=3), st.data())
def test_records_read_as_wanted(fields: list[dict[str, Any]], data: st.DataObject) -> None:
    before = [{"id": f"i-{number}", **one} for number, one in enumerate(fields)]
    number = data.draw(st.integers(0, len(before) - 1))
    new = data.draw(st.dictionaries(st.sampled_from(NAMES), VALUES | st.none(), min_size=1, max_size=4))
    wanted = [dict(one) for one in before]
    for name, value in new.items():
        if value is None:
            wanted[number].pop(name, None)
        else:
            wanted[number][name] = value
    ids = [str(one["id"]) for one in before]
    text = _changed(entries(before), "a.yaml", ids, [Change(number, new)])
    assert parse(text) == wanted
    for other, part in enumerate(entries(before).split("\n- id: ")):
        if other != number:
            assert part in text
    text = _changed(json.dumps(before, indent=1), "a.json", ids, [Change(number, new)])
    assert json.loads(text) == wanted


@pytest.mark.parametrize(
    ("before", "fields", "after"),
    [
        ("- id: a\n  key: B  # sure\n", {"key": "C"}, "- id: a\n  key: C  # sure\n"),
        ("- id: a\n  key: B  # sure\n", {"key": ["A", "B"]}, "- id: a\n  key: [A, B]  # sure\n"),
        ("- id: a\n  points: 2 # two\n", {"points": None}, "- id: a\n"),
        ("- id: a # x\n  tags: [b]\n", {"points": 2}, "- id: a # x\n  points: 2\n  tags: [b]\n"),
        ("- {id: a, key: B}\n", {"stem": "Why?"}, '- {id: a, stem: "Why?", key: B}\n'),
        (
            "- id: a\n  options:\n    # first\n    A: x\n    B: y # why\n",
            {"options": {"A": "x", "B": "z", "C": "q"}},
            "- id: a\n  options:\n    # first\n    A: x\n    B: z # why\n    C: q\n",
        ),
        ("- stem: x\n  id: a\n", {"stem": ["x", "z"]}, "- stem: [x, z]\n  id: a\n"),
        ("- id: a\n  stem: 'it''s'\n", {"stem": "it's so"}, "- id: a\n  stem: 'it''s so'\n"),
        (
            "- id: a\n  key: B\n", {"stem": "One\n\ntwo\n"},
            "- id: a\n  stem: |\n    One\n\n    two\n  key: B\n",
        ),
        ("- id: a\r\n  stem: b\r\n", {"points": 2}, "- id: a\r\n  stem: b\r\n  points: 2\r\n"),
    ],
)  # fmt: skip
def test_the_rest_keeps_its_layout(before: str, fields: dict[str, Any], after: str) -> None:
    assert _changed(before, "a.yaml", ["a"], [Change(0, fields)]) == after


def test_what_cannot_be_changed_is_told() -> None:
    text = "- &x {id: a, stem: b}\n- {id: c, stem: &y d, rationale: *y}\n- {id: e, stem: f}\n"
    sources = [_source("a.yaml", id, number) for number, id in enumerate("acg")]
    made = change(
        [Change(1, {"stem": "new"}), Change(2, {"stem": "new"})], sources, lambda _path: text.encode()
    )
    assert [(one.id, one.reason) for one in made.failures] == [
        ("c", "the value has an anchor, so it is also used elsewhere"),
        ("g", "the file has changed"),
    ]
    made = change([Change(0, {"stem": "new"})], sources, lambda _path: b"\xff")
    assert "not UTF-8" in made.failures[0].reason
