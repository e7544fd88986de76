"""What a text without a name is taken for: what reading finds in it, and never an error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank.reading.guess import named, suffix_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.dictionaries(st.text(), VALUES, max_size=3).map(lambda one: {"id": "a-1", **one})


@given(st.binary())
def test_any_bytes_are_taken_for_something(data: bytes) -> None:
    assert suffix_of(data) in {".yaml", ".json", ".jsonl", ""}


@given(st.lists(RECORDS, min_size=1), st.sampled_from(["\n", "\r\n", "\n\n"]))
def test_lines_of_objects_are_json_lines(records: list[dict[str, Any]], between: str) -> None:
    text = between.join(json.dumps(one) for one in records)
    assert suffix_of(text.encode()) == ".jsonl"
    assert suffix_of(f"\ufeff\n{text}\n".encode()) == ".jsonl"


@given(st.lists(RECORDS), st.sampled_from([None, 0, 2]), st.booleans())
def test_one_value_is_json(records: list[dict[str, Any]], indent: int | None, is_list: bool) -> None:
    tree = records if is_list else {"bank": {}, "items": records}
    assert suffix_of(json.dumps(tree, indent=indent).encode()) == ".json"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- id: a-1\n  stem: Why?\n",
        "- {id: a-1, stem: Why?}\n",
        "{items: [{id: a-1}]}\n",
        "[{id: a-1}]\n",
        '{"id": "a-1",\n"stem": Why?}\n',
        '[{id: "a-1", stem: \n',
        "items:\n- id: a-1\n",
        "# id, stem, key\n- id: a-1\n",
    ],
)
def test_all_else_is_yaml(text: str) -> None:
    assert suffix_of(text.encode()) == ".yaml"
    assert named(suffix_of(text.encode())) == "YAML"


@pytest.mark.parametrize(
    "text", ['{"id": "a-1",\n"stem": \n', '[\n {"id": "a-1", "st', '{"bank": {"id": "b"},\n"it']
)
def test_json_that_is_cut_off_is_json(text: str) -> None:
    assert suffix_of(text.encode()) == ".json"


def test_a_line_that_is_cut_off_is_one_of_json_lines() -> None:
    assert suffix_of(b'{"id": "a-1", "st\n{"id": "a-2"}\n') == ".jsonl"


@pytest.mark.parametrize("text", ["id,stem,key\n", "Nr;Question;A;B\n1;Why?;x;y\n", "id\tSTEM\tkey"])
def test_a_table_is_no_bank(text: str) -> None:
    assert suffix_of(text.encode()) == ""
