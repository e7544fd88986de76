"""Parts of YAML files that are edited by themselves, so that large files cost what they hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qbank import api
from qbank.config import Settings
from qbank.editing.yaml_parts import parts
from qbank.reading import yaml_text
from tests.editing.test_fixing import TEXT, fixed

BLOCK = """# a bank
bank:
  id: x   # its id
items:
  # the first
  - id: x-1
    type: essay
    stem: " Why?"
  - id: x-2
    type: essay
    stem: |+
       Why is it?
stimuli:
- {id: s-1, title: A, text: " Who?",
   media: []}
-
  id: s-2
  title: B
  text: 'Who
    is it? '
# the end
"""
FLOW = """[  # all of them
  {id: x-1, type: essay, stem: " Why?"},   # one
  {id: x-2, type: essay,
stem: 'Who
  is it? '},
]
"""


def test_parts_of_a_mapping() -> None:
    found = parts(BLOCK)
    assert {pointer: part.prefix for pointer, part in found.items()} == {
        ("bank",): ("bank",),
        ("items", 0): (0,),
        ("items", 1): (0,),
        ("stimuli", 0): (0,),
        ("stimuli", 1): (0,),
    }
    pieces = [BLOCK[part.start : part.end] for part in found.values()]
    assert pieces[1] == '  - id: x-1\n    type: essay\n    stem: " Why?"\n'
    assert pieces[2].endswith("Why is it?\n")
    assert pieces[3] == '- {id: s-1, title: A, text: " Who?",\n   media: []}\n'
    assert pieces[4].endswith("# the end\n")


def test_parts_of_a_flow_list() -> None:
    assert [FLOW[part.start : part.end] for part in parts(FLOW).values()] == [
        '{id: x-1, type: essay, stem: " Why?"}',
        "{id: x-2, type: essay,\nstem: 'Who\n  is it? '}",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "[1, {a: b}]",
        "items: [1]",
        "items:\n- 1\n- &a {a: b}\n",
        "items:\n- &a {a: b}\n- *a\n",
        "[{a: b}",
        "items: - a",
        "items:\n- - a\n",
        "? {a: b}\n: [{a: b}]\n",
    ],
)
def test_what_does_not_stand_by_itself_is_no_part(text: str) -> None:
    for pointer, part in parts(text).items():
        assert yaml_text.parse(text[part.start : part.end]) is not None, pointer
    if "&" in text or text in ("", "a", "[1, {a: b}]", "[{a: b}", "items: [1]"):
        assert parts(text) == {}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("text", [BLOCK, FLOW])
def test_all_else_of_the_file_stays(text: str, line_end: str) -> None:
    wanted = text.replace('" W', '"W').replace("? '", "?'")
    assert wanted != text
    new = fixed(text.replace("\n", line_end).encode(), TEXT)
    assert new == wanted.replace("\n", line_end).encode()


@pytest.mark.parametrize("layout", ["flow", "items", "list"])
def test_the_work_grows_with_the_file(layout: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is parsed for some fixes is at most so many times the file, however many items there are."""
    read: list[int] = []
    true_parse = yaml_text.parse

    def parse(text: str) -> object:
        read.append(len(text))
        return true_parse(text)

    monkeypatch.setattr(yaml_text, "parse", parse)
    shares = []
    for count in (20, 80):
        items = [
            json.dumps({"id": f"x-{number}", "type": "essay", "stem": " Why?"}) for number in range(count)
        ]
        text = {
            "flow": f"[{', '.join(items)}]\n",
            "items": "".join(["items:\n", *(f"- {one}\n" for one in items)]),
            "list": "".join(f"- {one}\n" for one in items),
        }[layout]
        path = tmp_path / "items.yaml"
        path.write_text(text, encoding="utf-8")
        read.clear()
        result = api.fixed(path, settings=Settings(select=("stray-white-space",)))
        assert (result.fixed, result.refused) == (count, ())
        shares.append(sum(read) / len(text))
    assert shares[1] < 1.2 * shares[0]
