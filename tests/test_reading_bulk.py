"""Reading in bulk, scalars known by their spelling, places found early: fast ways say what slow ones do."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qbank.diagnostics import Pointer
from qbank.reading import bulk, json_items, json_text, kept, typed, yaml_nodes
from qbank.reading.bank import load_bank
from qbank.reading.collect import Reading
from qbank.reading.json_places import Spans
from qbank.reading.places import Places
from qbank.reading.yaml_text import parse

ATTRIBUTES = (
    "attributes:\n"
    "  {s: {type: string}, i: {type: integer}, n: {type: number, values: [1, 2.5]}, d: {type: date}}\n"
)
RECORD = "id: demo\nitems: ['items.*']\nstimuli: ['stimuli.*']\n"
RECORDS = (
    RECORD,
    RECORD + ATTRIBUTES,
    RECORD + ATTRIBUTES + "defaults: {points: 2, scoring: {penalty: 1}}\n",
)


def _assert_alike(files: dict[str, str]) -> Reading:
    """That records read closely, one by one, are the same as those read in bulk, and so is what is found."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        fast = load_bank(folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bulk, "values", lambda *_: None)
            patch.setattr(json_items.ItemLines, "values", lambda *_: None)
            patch.setattr(typed, "_spellings", lambda _: {})
            slow = load_bank(folder)
        assert fast == slow
        assert repr(fast.bank.items) == repr(slow.bank.items)
        places = Places(fast.bank.sources)
        assert [places(one.finding.where) for one in fast.problems] == [
            places(one.finding.where) for one in slow.problems
        ]
    return fast


# --- records --------------------------------------------------------------------------------------------

ITEM: dict[str, Any] = {
    "id": "a-1",
    "type": "multiple-choice",
    "content_area": "x/y",
    "stem": "Which?",
    "options": {"A": "one", "B": "two"},
    "key": "B",
    "attributes": {"s": "x"},
}
OTHERS: list[dict[str, Any]] = [
    {
        "id": "a-2",
        "type": "multiple-response",
        "stem": "x",
        "options": {"A": "1", "B": "2"},
        "key": ["A"],
        "choose": 1,
    },
    {"id": "a-3", "type": "matching", "stem": "x", "prompts": {"P": "1"}, "options": {"A": "1", "B": "2"}},
    {"id": "a-4", "type": "numeric", "stem": "x", "key": {"value": 1.5}, "calculation": {"expression": "1"}},
    {"id": "a-5", "type": "true-false", "stem": "x", "key": True, "codes": [{"system": "s", "code": "c"}]},
]
VALUES = st.sampled_from(
    [
        *[
            None,
            True,
            0,
            1,
            2,
            -1,
            1.0,
            2.5,
            1.5,
            2**53,
            2**53 + 1,
            -(2**60),
            2**63,
            2**64,
            -(2**63) - 1,
            10**40,
        ],
        *[1e15, 1e16, 1e300, 0.1, "", "A", "2026-11-22", "recall", "é\u2028", "1", {}, [], ["A"], ["A", "A"]],
        *[
            {"s": 5},
            {"i": 5},
            {"i": 5.0},
            {"i": True},
            {"n": 1},
            {"n": 1.0},
            {"n": 2.5},
            {"n": 3},
            {"n": True},
        ],
        *[
            {"d": "x"},
            {"d": 2},
            {"other": 1},
            {"s": None},
            {"i": 2**64},
            {"value": 2**64},
            {"minimum": 1, "maximum": 2},
        ],
        *[
            {"method": "per_option", "penalty": 2},
            {"expression": "a", "variables": {"a": 1, "b": 2.5}},
            {"A": "x"},
        ],
    ]
)
NAMES = sorted(
    {name for one in (ITEM, *OTHERS) for name in one} | {"points", "scoring", "tags", "review", "x"}
)
ITEMS = st.builds(
    lambda item, changes: {**item, **changes},
    st.sampled_from([ITEM, *OTHERS]),
    st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=1),
)


@given(items=st.lists(ITEMS, min_size=1, max_size=6), record=st.sampled_from(RECORDS))
def test_records_in_bulk_are_those_read_closely(items: list[Any], record: str) -> None:
    lines = "\n".join(map(json.dumps, items))
    for name, text in (
        ("items.json", json.dumps(items)),
        ("items.yaml", json.dumps(items)),
        ("items.jsonl", lines),
    ):
        _assert_alike({"bank.yaml": record, name: text})


ODD = (
    '{"s": 5} {"s": true} {"s": null} {"d": 2} {"d": ""} {"o": 1} {"n": 3} {"n": true} {"n": 1.0} {"n": 2.5} '
    '{} {"n": "1"} {"i": 5.0} {"i": true} {"i": 18446744073709551616} {"i": "5"} {"i": 9007199254740993}'
)


@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize("attributes", re.findall("{.*?}", ODD))
def test_attributes_in_bulk_are_those_read_closely(attributes: str, record: str) -> None:
    items = [OTHERS[3], {**ITEM, "attributes": json.loads(attributes)}]
    for name, text in (("items.yaml", json.dumps(items)), ("items.jsonl", "\n".join(map(json.dumps, items)))):
        _assert_alike({"bank.yaml": record, name: text})


@given(
    lines=st.lists(
        st.sampled_from(
            [
                json.dumps(ITEM),
                json.dumps(ITEM, separators=(",", ":")),
                json.dumps(OTHERS[0], separators=(" , ", " : ")) + "\r",
                *[
                    "",
                    "  ",
                    '{"stimulus": {"id": "s"}}',
                    '{"id": "b"',
                    json.dumps(ITEM) + json.dumps(OTHERS[1]),
                ],
                '{"id": "c", "type": "essay", "stem": "x", "stem": "y"}',
                '{"id": "c", "type": "essay", "stem": "x", "stem": "\\u0022:\\u0022"}',
                '{"id": "c", "type": "essay", "stem": "\\u0022:\\u0022"}',
                "[" * 600 + "]" * 600,
                "[]",
                "1",
            ]
        ),
        max_size=6,
    ),
    size=st.sampled_from([1, 100, 2**14]),
    few=st.integers(1, 3),
    end=st.sampled_from(["", "\n", "\n\n"]),
)
def test_lines_in_batches_are_those_read_one_by_one(lines: list[str], size: int, few: int, end: str) -> None:
    text = "\n".join(lines) + end
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qbank.reading.json_lines._BYTES", size)
        patch.setattr("qbank.reading.json_lines._FEW", few)
        reading = _assert_alike({"bank.yaml": RECORD, "items.jsonl": text})
    read = [text[one.start : one.end] for one in reading.bank.sources if one.format == "json"]
    remaining = iter(lines)
    assert all(one in remaining for one in read), "a source is not a line, or not in the order of lines"
    assert {item.id for item in reading.bank.items} == {
        one["id"] for one in map(_if_json, read) if {"id", "type"} <= one.keys()
    }


def _if_json(line: str) -> dict[str, Any]:
    """The object of a line; {} when it is none."""
    try:
        tree = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return tree if isinstance(tree, dict) else {}


def test_stimuli_and_statistics_in_bulk_are_those_read_closely() -> None:
    stimuli = [
        {"id": "s", "media": [{"file": "items.json"}]},
        {"id": "t", "attributes": {"n": 2**64}},
        {"id": 5},
    ]
    numbers = [{"item": "a-1", "n": 5, "p": 0.5}, {"item": "a-1", "n": 5.0}, {"item": "a-1", "n": -1}]
    files = {"stimuli.json": json.dumps(stimuli), "statistics.jsonl": "\n".join(map(json.dumps, numbers))}
    reading = _assert_alike({"bank.yaml": RECORD, "items.json": json.dumps([ITEM]), **files})
    assert [one.id for one in reading.bank.stimuli] == ["s"]
    assert len(reading.bank.stimuli[0].media[0].sha256) == 64
    assert [one.n for one in reading.bank.statistics] == [5, 5]


# --- scalars as typed -----------------------------------------------------------------------------------

TYPED = """
1.50 1.5 15e-1 0x1F 31 +31 0o37 0b11111 true True TRUE false False no 5 -5 -0 0 +0 00 0450 1_000 1:30 .5 0.5
5. 1e3 1000 1000.0 .inf -.Inf .nan ~ null 'True' "5" 99999999999999999999 2026-11-22 0X1F 0x1g 1e5x --5 -.5
+.5e+1
"""
TOKENS = st.sampled_from(TYPED.split()) | st.text("0123456789+-.eExob_:aAfFTtrue", min_size=1, max_size=6)


@given(tokens=st.lists(TOKENS, min_size=6, max_size=6), flow=st.booleans())
@example(tokens=["True", "true", "x", "5", "5", "5"], flow=False)
@example(tokens=["31", "0x1F", "x", "5", "5", "5"], flow=True)
def test_a_scalar_known_by_its_spelling_is_the_one_that_was_typed(tokens: list[str], flow: bool) -> None:
    a, b, stem, area, s, i = tokens
    options = f"{{A: {a}, B: {b}}}" if flow else f"\n    A: {a}\n    B: {b}  # {area} {stem}"
    text = (
        f"- id: a\n  type: multiple-choice\n  stem: {stem}\n  content_area: {area}\n  options: {options}\n"
        f"  attributes: {{s: {s}, i: {i}}}\n  tags: [x, {a},{b}]\n"
        f"- {{id: b, type: essay, stem: {a} or {b}}}\n"
    )
    _assert_alike({"bank.yaml": RECORDS[1], "items.yaml": text})


# --- repeated keys --------------------------------------------------------------------------------------

JSON = st.recursive(
    st.integers() | st.none() | st.text('a"\\:\u00e9\n ', max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2) | st.lists(st.tuples(st.text('a"\\: ', max_size=2), inner), max_size=3)
    ),
    max_leaves=6,
)


def _written(value: Any, draw: st.DataObject) -> str:
    """A JSON text; a list of pairs is an object, which may have a key twice."""
    if isinstance(value, list) and value and all(isinstance(one, tuple) for one in value):
        members = (f"{_written(name, draw)}{_space(draw)}:{_written(part, draw)}" for name, part in value)
        return "{" + f"{_space(draw)},".join(members) + "}"
    if isinstance(value, list):
        return "[" + f",{_space(draw)}".join(_written(one, draw) for one in value) + "]"
    if isinstance(value, str) and draw.draw(st.booleans()):
        return '"' + "".join(f"\\u{ord(one):04x}" for one in value) + '"'
    return json.dumps(value, ensure_ascii=draw.draw(st.booleans()))


def _space(draw: st.DataObject) -> str:
    return draw.draw(st.sampled_from(["", " ", "\n "]))


def _repeats(value: Any) -> bool:
    if not isinstance(value, list):
        return False
    names = [one[0] for one in value if isinstance(one, tuple)]
    parts = [one[1] if isinstance(one, tuple) else one for one in value]
    return len(names) != len(set(names)) or any(map(_repeats, parts))


@given(value=JSON, data=st.data())
def test_a_repeated_key_is_found_whatever_else_the_text_holds(value: Any, data: st.DataObject) -> None:
    text = _written(value, data).encode()
    assert json_text.has_repeats(json_text.parse(text), text) == _repeats(value)


@pytest.mark.parametrize(
    ("text", "repeats"),
    [
        (r'{"a": 1, "a": 2, "b": "\u0022\u0022"}', True),
        (r'{"a": 1, "b": "\u0022\u0022"}', False),
        (r'{"a": 1, "\u0061": 2}', True),
        (r'{"a": [{"b": 1}, {"b": 1}], "c": {"a": "\"a\":"}}', False),
    ],
)
def test_escaped_quotes_hide_no_repeated_key(text: str, repeats: bool) -> None:
    assert json_text.has_repeats(json_text.parse(text.encode()), text.encode()) == repeats


# --- places ---------------------------------------------------------------------------------------------

SAMPLE = """- id: &x a
  options: {A: 1, B: [x, {c: *x}], ? [k] : v}
  list:
  - one
  -
  - a: |
      text
    b:
  empty:
- *x
"""


def _paths(value: Any, pointer: Pointer = ()) -> list[Pointer]:
    """The paths of a tree, and of some parts that it lacks."""
    if isinstance(value, dict):
        return [
            pointer,
            (*pointer, "?"),
            *(p for name in value for p in _paths(value[name], (*pointer, name))),
        ]
    if isinstance(value, list):
        return [
            pointer,
            (*pointer, 9),
            *(p for at, part in enumerate(value) for p in _paths(part, (*pointer, at))),
        ]
    return [pointer, (*pointer, 0)]


def _json_paths(value: Any, pointer: Pointer = ()) -> list[Pointer]:
    """The paths of a JSON value, and of some parts that it lacks."""
    parts: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        parts = list(value.items())
    elif isinstance(value, list):
        parts = list(enumerate(value))
    found = [path for step, part in parts for path in _json_paths(part, (*pointer, step))]
    return [pointer, (*pointer, "?"), (*pointer, 99), (*pointer, -1), *found]


@given(value=JSON, data=st.data(), before=st.sampled_from(["", " ", "\n\u00e9[1] "]))
def test_a_place_in_json_is_that_of_a_reader_of_every_token(
    value: Any, data: st.DataObject, before: str
) -> None:
    text = _written(value, data)
    start = len(before.encode())
    spans = Spans((before + text + "]").encode(), start, start + len(text.encode()))
    for pointer in _json_paths(json.loads(text)):
        for part in ("value", "key"):
            place = len(text[: json_text.offset(text, pointer, part)].encode())
            assert spans.offset(pointer, part) == start + place, (pointer, part)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_places_far_into_long_lines_are_exact(ending: str, mark: str, tmp_path: Path) -> None:
    record = {"id": "a", "type": "essay", "stem": "\u00e9\U0001f600" * 3000, "x": 1}
    text = (
        mark
        + "["
        + ending
        + f",{ending} ".join(json.dumps(record, ensure_ascii=False) for _ in range(2))
        + "]"
    )
    (tmp_path / "a.json").write_bytes(text.encode())
    reading = load_bank(tmp_path / "a.json")
    found = [Places(reading.bank.sources)(one.finding.where) for one in reading.problems]
    column = text.index('"x"') - text.index('{"id"') + 1
    assert [(one.line, one.column) for one in found] == [(2, column), (3, column + 1)]


@pytest.mark.parametrize("part", ["value", "key"])
def test_a_place_found_before_the_end_is_the_place(part: str) -> None:
    text = SAMPLE.replace(", ? [k] : v", "")
    for pointer in _paths(parse(text)):
        yaml_nodes._composer.cache_clear()
        early = yaml_nodes.offset(text, pointer, part)
        assert yaml_nodes.root(text) is not None
        assert yaml_nodes.offset(text, pointer, part) == early, pointer


def test_a_key_that_is_a_list_does_not_end_the_search() -> None:
    yaml_nodes._composer.cache_clear()
    assert yaml_nodes.offset(SAMPLE, (0, "empty"), "key") == SAMPLE.index("empty")


# --- kept files -----------------------------------------------------------------------------------------


def test_files_are_kept_up_to_a_size_and_the_last_bank_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MAX_KEPT_BYTES", 100)
    for number in range(3):
        (tmp_path / f"{number}.yaml").write_text(f"- {{id: a{number}, type: essay, stem: {'x' * 60}}}\n")
        load_bank(tmp_path / f"{number}.yaml")
    assert [kept.kept(str(tmp_path / f"{number}.yaml")) is None for number in range(3)] == [
        True,
        False,
        False,
    ]


def test_a_file_that_was_only_looked_at_is_looked_at_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one\n")
    first = kept.document(str(path))
    assert kept.document(str(path)) is first
    path.write_text("another\n")
    assert kept.document(str(path)).lines.line(1) == "another"


def test_places_are_those_of_what_was_read_though_the_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("- {id: a, type: essay, stem: x}\n- {id: b, type: essay}\n")
    reading = load_bank(path)
    path.write_text("")
    assert Places(reading.bank.sources)(reading.problems[0].finding.where).line == 2
