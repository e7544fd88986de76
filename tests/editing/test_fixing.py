"""Fixes on random banks: the flaw goes, every other value, comment and byte stays."""

from __future__ import annotations

import functools
import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from qbank import api
from qbank.config import Settings
from qbank.editing.rounds import Fixed
from qbank.editing.texts import Text
from qbank.editing.trees import CannotEdit
from qbank.model.bank import Source
from qbank.rule import all_rules
from tests.editing.strategies_editing import Written, json_texts, shuffled_numbers, yaml_texts

FEW = settings(max_examples=max(settings().max_examples // 2, 1))
TEXT = ("stray-white-space", "invisible-character")


@pytest.fixture(autouse=True, scope="module")
def _rules_found_once() -> Iterator[None]:
    """All rules are looked for once: these tests check some thousand small banks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qbank.api.all_rules", functools.cache(all_rules))
        yield


def fixed(data: bytes, select: Sequence[str], name: str = "bank.yaml", unsafe: bool = False) -> bytes:
    """A file after fixing; that fixing it again changes nothing is checked besides."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name.replace("bank", "items")
        path.write_bytes(data)
        chosen = Settings(select=tuple(select))
        result = _once(path, chosen, unsafe)
        assert not result.refused
        assert _once(path, chosen, unsafe) == Fixed()
        return path.read_bytes()


def _once(path: Path, chosen: Settings, unsafe: bool) -> Fixed:
    result = api.fixed(path, settings=chosen, unsafe=unsafe)
    assert api.write_fixed(result) == ()
    return result


def between_the_same(pieces: Sequence[str], text: str) -> bool:
    """Whether a text is the pieces of a file with other values for every second of them."""
    pattern = "".join(re.escape(one) if number % 2 == 0 else "(.*?)" for number, one in enumerate(pieces))
    return re.fullmatch(pattern, text, re.DOTALL) is not None


def comments(text: str) -> list[str]:
    """The comments of a YAML text of this module, where # starts nothing else."""
    return re.findall(r"# .*", text)


@FEW
@given(yaml_texts(), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_texts_in_yaml(written: Written, line_end: str, bom: bool) -> None:
    start = b"\xef\xbb\xbf" if bom else b""
    new = fixed(start + written.text.replace("\n", line_end).encode(), TEXT)
    assert new.startswith(start)
    text = new.removeprefix(start).decode()
    assert text.count("\n") == (text.count("\r\n") if line_end == "\r\n" else text.count("\n"))
    text = text.replace("\r\n", "\n")
    assert yaml.safe_load(text) == written.wanted
    assert between_the_same(written.pieces, text)


@FEW
@given(json_texts())
def test_texts_in_json(written: Written) -> None:
    text = "[" + written.text.replace("}\n\n{", "},\n{") + "]\n"
    new = fixed(text.encode(), TEXT, "bank.json").decode()
    assert json.loads(new) == written.wanted
    pieces = [one.replace("}\n\n{", "},\n{") for one in written.pieces]
    assert between_the_same(["[" + pieces[0], *pieces[1:-1], pieces[-1] + "]\n"], new)


@FEW
@given(json_texts(), st.sampled_from([b"", b"{broken\n", b"\xff\xfe is no text\n"]))
def test_texts_in_json_lines(written: Written, first: bytes) -> None:
    lines = [one.replace("\n    ", "") for one in written.pieces]
    new = fixed(first + "".join(lines).encode(), TEXT, "bank.jsonl")
    assert new.startswith(first)
    text = new.removeprefix(first).decode()
    assert [json.loads(line) for line in text.split("\n") if line] == written.wanted
    assert between_the_same(lines, text)


ENEMIES = {
    "flow": "  enemies: [{}]  # e{}\n",
    "spaced": "  enemies: [ {} ]  # e{}\n",
    "block": "  enemies:   # e{1}\n  - {0}\n",
    "indented": "  enemies:   # e{1}\n    # first\n    - {0}  # one\n",
}


@FEW
@given(st.data())
def test_enemies_in_yaml(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 6))
    text, named = "# head\n", {}
    for number in range(count):
        others = [one for one in range(count) if one != number]
        enemies = data.draw(st.lists(st.sampled_from(others), unique=True, max_size=3))
        named[number] = [f"x-{one}" for one in enemies]
        style = data.draw(st.sampled_from(list(ENEMIES)))
        joint = ", " if style in ("flow", "spaced") else "\n  - " if style == "block" else "\n    - "
        written = ENEMIES[style].format(joint.join(named[number]), number) if enemies else ""
        last = data.draw(
            st.sampled_from(["  key: true", "  key: true # t", "  key: true\n  rationale: |\n    A.\n"])
        )
        if not enemies and data.draw(st.booleans()):
            text += f"- {{id: x-{number}, type: true-false, stem: 'Is it?', key: true}}  # flow {number}\n"
        else:
            text += (
                f"- id: x-{number}\n  type: true-false\n{written}  stem: Is it?\n{last}\n# after {number}\n"
            )
    old = yaml.safe_load(text)
    new = fixed(text.encode(), ["one-sided-enemy"]).decode()
    tree = yaml.safe_load(new)
    assert comments(new) == comments(text)
    for number, (before, after) in enumerate(zip(old, tree, strict=True)):
        assert {**before, "enemies": 0} == {**after, "enemies": 0}
        got = after.get("enemies", [])
        assert got[: len(named[number])] == named[number]
        back = [f"x-{one}" for one in range(count) if f"x-{number}" in named[one]]
        assert sorted(got) == sorted({*named[number], *back})


@FEW
@given(st.data())
def test_enemies_in_json(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 5))
    tree: list[dict[str, Any]] = []
    for number in range(count):
        others = [f"x-{one}" for one in range(count) if one != number]
        enemies = data.draw(st.lists(st.sampled_from(others), unique=True, max_size=3))
        tree.append({"id": f"x-{number}", "type": "true-false", "stem": "Is it?", "key": True})
        written: bool = data.draw(st.booleans())
        if enemies or written:
            tree[-1]["enemies"] = enemies
    indent = data.draw(st.sampled_from([None, 1, 4]))
    lines = data.draw(st.booleans())
    text = "".join(json.dumps(one) + "\n" for one in tree) if lines else json.dumps(tree, indent=indent)
    name = "bank.jsonl" if lines else "bank.json"
    new = fixed(text.encode(), ["one-sided-enemy"], name).decode()
    got = [json.loads(line) for line in new.splitlines()] if lines else json.loads(new)
    # written as the rest of the file is written
    if all(one.get("enemies") for one in tree) or indent is None:
        again = "".join(json.dumps(one) + "\n" for one in got) if lines else json.dumps(got, indent=indent)
        assert new == again
    for before, after in zip(tree, got, strict=True):
        assert {**before, "enemies": 0} == {**after, "enemies": 0}
        back = [one["id"] for one in tree if before["id"] in one.get("enemies", ())]
        assert sorted(after.get("enemies", [])) == sorted({*before.get("enemies", []), *back})


@FEW
@given(st.data())
def test_numbers_in_order(data: st.DataObject) -> None:
    count = data.draw(st.integers(3, 6))
    numbers = shuffled_numbers(data.draw(st.integers(0, 10**6)), count)
    ids = [chr(65 + number) for number in range(count)]
    keyed = data.draw(st.lists(st.sampled_from(ids), unique=True, min_size=1))
    explained = data.draw(st.lists(st.sampled_from(ids), unique=True))
    kept = data.draw(st.lists(st.sampled_from(ids), unique=True))
    values = {id: f"{number} weeks" for id, number in zip(ids, numbers, strict=True)}
    why = {id: f"It takes {values[id]}." for id in explained}
    record = {
        "id": "x-1",
        "type": "multiple-response",
        "stem": "How long does it take?",
        "options": values,
        "key": keyed,
        **({"rationale": why} if why else {}),
        **({"fixed": kept} if kept else {}),
    }
    form = data.draw(st.sampled_from(["yaml", "flow", "json"]))
    if form == "json":
        new: Any = json.loads(fixed(json.dumps([record], indent=2).encode(), [RULE], "bank.json"))[0]
    else:
        text = _block(record, data) if form == "yaml" else f"- {json.dumps(record)}  # flow\n"
        edited = fixed(text.encode(), [RULE], unsafe=False).decode()
        assert sorted(comments(edited)) == sorted(comments(text))
        new = yaml.safe_load(edited)[0]
    assert list(new["options"]) == ids
    assert list(new["options"].values()) == [f"{number} weeks" for number in sorted(numbers)]
    meant = new["options"]
    assert {meant[id] for id in new["key"]} == {values[id] for id in keyed}
    assert {meant[id] for id in new.get("fixed", ())} == {values[id] for id in kept}
    assert {meant[id]: said for id, said in new.get("rationale", {}).items()} == {
        values[id]: said for id, said in why.items()
    }
    assert sorted(new) == sorted(record)


RULE = "numeric-options-unordered"


def _block(record: dict[str, Any], data: st.DataObject) -> str:
    """An item in block style, each option and rationale in a style of its own, with a comment."""
    styles = st.sampled_from(["{}  # c{n}", "'{}'   # c{n}", '"{}" # c{n}', ">-\n      {}", "|-\n      {}\n"])
    lines = ["- id: x-1", "  type: multiple-response  # t", f"  stem: {record['stem']}"]
    for name in ("options", "rationale"):
        if name in record:
            lines.append(f"  {name}:  # {name}")
            for number, (id, value) in enumerate(record[name].items()):
                lines.append(f"    {id}: " + data.draw(styles).replace("{n}", str(number)).format(value))
                lines += [f"    # between {number}"] * data.draw(st.integers(0, 1))
    lines += [f"  {name}: [{', '.join(record[name])}]" for name in ("key", "fixed") if name in record]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_comment_goes_with_its_option(line_end: str) -> None:
    text = """- id: x-1
  type: multiple-choice
  stem: How long does it take?
  options:
    # the longest first
    A: "20 weeks"   # Gray 2016
    B: 1 week
    C: '6 weeks' # guess
  # that was all
  key: C # sure
"""
    new = """- id: x-1
  type: multiple-choice
  stem: How long does it take?
  options:
    # the longest first
    A: 1 week
    B: '6 weeks' # guess
    C: "20 weeks"   # Gray 2016
  # that was all
  key: B # sure
"""
    made = fixed(text.replace("\n", line_end).encode(), [RULE])
    assert made.decode() == new.replace("\n", line_end)
    assert fixed(made, [RULE]) == made


@pytest.mark.parametrize(
    "rationale",
    [
        "Option B is too short.",
        "B is too short.",
        "It takes long; A is wrong.",
        "The first option is too short.",
        "(C) counts twice.",
        "Only options 1 and 2 are long.",
    ],
)
def test_an_order_that_a_text_speaks_of_is_not_safe(rationale: str) -> None:
    text = f"""- id: x-1
  type: multiple-choice
  stem: How long does it take?
  options: {{A: 20 weeks, B: 1 week, C: 6 weeks}}
  key: C
  rationale: {rationale}
"""
    assert fixed(text.encode(), [RULE]).decode() == text
    assert "A: 1 week, B: 6 weeks, C: 20 weeks" in fixed(text.encode(), [RULE], unsafe=True).decode()


def test_an_article_is_no_letter() -> None:
    text = """- id: x-1
  type: multiple-choice
  stem: A fracture of the heel bone heals. How long does it take?
  options: {A: 20 weeks, B: 1 week, C: 6 weeks}
  key: C
"""
    assert "key: B" in fixed(text.encode(), [RULE]).decode()


SUPPRESSED = """- id: x-1
  type: multiple-choice
  stem: Which bone is the heel bone?
  options: {A: Talus, B: Calcaneus, C: Cuboid}
  key: B
"""


@pytest.mark.parametrize(
    ("entries", "left"),
    [
        ("  lint_ignore: [{rule: negative-stem, reason: x}]  # c\n  points: 1\n", "  points: 1\n"),
        ("  lint_ignore:\n  - {rule: negative-stem, reason: x}\n  points: 1\n", "  points: 1\n"),
        ("  lint_ignore:\n  - rule: negative-stem\n    reason: x\n  # c\n", "  # c\n"),
        (
            "  lint_ignore:\n  - {rule: negative-stem, reason: x}\n"
            "  # c\n  - {rule: key-longest, reason: y} # d\n",
            "  lint_ignore:\n  # c\n  - {rule: key-longest, reason: y} # d\n",
        ),
        (
            "  lint_ignore: [{rule: key-longest, reason: y}, {rule: negative-stem, reason: x} ] # c\n",
            "  lint_ignore: [{rule: key-longest, reason: y} ] # c\n",
        ),
        (
            "  lint_ignore: [{rule: negative-stem, reason: y}, {rule: key-longest, reason: x} ] # c\n",
            "  lint_ignore: [{rule: key-longest, reason: x} ] # c\n",
        ),
        (
            "  lint_ignore:\n" + "  - {rule: negative-stem, reason: x}\n" * 7 + "  tags: [a]\n",
            "  tags: [a]\n",
        ),
    ],
)
def test_unused_suppressions(entries: str, left: str) -> None:
    select = ["unused-suppression", "negative-stem"]
    assert fixed((SUPPRESSED + entries).encode(), select).decode() == SUPPRESSED + entries
    assert fixed((SUPPRESSED + entries).encode(), select, unsafe=True).decode() == SUPPRESSED + left


def test_mixed_line_ends_stay() -> None:
    text = """- id: x-1\r
  type: essay\r
  stem: "{0}Why?{0}"\r
  rationale: "It\r
    is.{0}"
  points: 2\r
# end
"""
    assert fixed(text.format(" ").encode(), TEXT) == text.format("").encode()


def test_an_anchor_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "items.yaml"
    text = """- {id: x-1, type: essay, stem: &s " Why? "}
- {id: x-2, type: essay, stem: *s}
- {id: x-3, type: essay, stem: " Who?"}
"""
    path.write_text(text, encoding="utf-8")
    result = api.fixed(path, settings=Settings(select=TEXT))
    assert (result.refused[0].item, result.refused[0].rule) == ("x-1", "stray-white-space")
    assert "anchor" in result.refused[0].reason
    api.write_fixed(result)
    assert path.read_text(encoding="utf-8").startswith('- {id: x-1, type: essay, stem: &s " Why? "}\n')


@pytest.mark.parametrize(
    "shared",
    ["options: &o {A: 3 weeks, B: 1 week, C: 2 weeks}", "options: &o {A: 1 week, B: '2 weeks ', C: 3 weeks}"],
)
def test_a_shared_value_spoils_no_other_fix_of_the_file(tmp_path: Path, shared: str) -> None:
    path = tmp_path / "items.yaml"
    text = f"""- id: x-1
  type: multiple-choice
  stem: How long does it take?
  {shared}
  key: A
- id: x-2
  type: multiple-choice
  stem: How long will it take?
  options: *o
  key: A
- {{id: x-3, type: essay, stem: " Who?"}}
"""
    path.write_text(text, encoding="utf-8")
    result = api.fixed(path, settings=Settings(select=(*TEXT, RULE)))
    assert {(one.item, one.reason) for one in result.refused} == {
        ("x-1", "the value has an anchor, so it is also used elsewhere"),
        ("x-2", "it uses an alias (*name) of a value that stands elsewhere"),
    }
    api.write_fixed(result)
    assert path.read_text(encoding="utf-8") == text.replace('" Who?"', '"Who?"')


BROKEN = [
    "{id: x-3, type: essay, stem: Who",
    "id: x-3\n\ttype: essay",
    "a: \x07",
    'id: x-3\n  stem: " Why?',
    "id: x-3\n  stem: [a, b",
    "{id: x-3, id: x-4, stem: ' Why?'}",
    "{id: x-3, stem: !tag ' Why?'}",
    "{id: x-3, stem: *nobody }",
]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("broken", BROKEN)
def test_beside_a_broken_item_the_sound_ones_are_fixed(broken: str, line_end: str) -> None:
    text = f"""- {{id: x-1, type: essay, stem: " Why?"}}  # one
- {broken}
- id: x-2
  type: essay
  stem: |
    Who\u200b is it?
""".replace("\n", line_end)
    wanted = text.replace('" Why?"}', '"Why?"}', 1).replace("\u200b", "")
    assert fixed(text.encode(), TEXT) == wanted.encode()


def test_an_item_that_violates_the_schema_is_left_alone() -> None:
    text = """- {id: x-1, type: essay, stem: " Why?"}
- {id: x-2, type: essay, stem: " Who?", points: many}
"""
    assert fixed(text.encode(), TEXT) == text.replace('" Why?"', '"Why?"').encode()


def test_a_broken_file_that_would_be_sound_otherwise_is_left_alone() -> None:
    """What is written must be read as the parts of the broken file were, not as something new."""
    source = Source("items.yaml", "items.yaml", "yaml", "item", -1, -1, "x-1", (0,))
    text = Text(b"- id: x-1\n- id: [\n", source)
    broken = msgspec.structs.replace(source, pointer=(1,))
    text.replace(text.part(broken), "- id: x-2\n")
    with pytest.raises(CannotEdit, match="would read otherwise"):
        text.result()


def test_an_edit_that_makes_entries_of_a_broken_file_is_refused() -> None:
    source = Source("items.yaml", "items.yaml", "yaml", "item", -1, -1, "x-1", (0,))
    text = Text(b"- id: x-1\n- id: [\n", source)
    text.replace(text.part(source), "- id: x-1\n- id: x-2\n")
    with pytest.raises(CannotEdit, match="mend that first"):
        text.result()


ITEMS = [
    f'{{"id": "x-{number}", "type": "essay", "stem": "{stem}"}}' for number, stem in enumerate((" A?", " B?"))
]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("items.yaml", f"[{', '.join(ITEMS)}]\n"),
        ("items.yaml", "[\n  {},\n  {}\n]\n".format(*ITEMS)),
        ("items.yaml", "bank: {{id: x}}\nitems:\n- {}\n- {}\n".format(*ITEMS)),
        ("items.yaml", "bank:\n  id: x\nitems:\n  - {}\n  # two\n  - {}\n".format(*ITEMS)),
        ("items.yaml", f"items: [{', '.join(ITEMS)}]\n"),
        ("items.json", f"[{', '.join(ITEMS)}]\n"),
        ("items.jsonl", f'{{"items": [{", ".join(ITEMS)}]}}\n'),
        ("items.jsonl", f'{{"bank": {{"id": "x"}}, "items": [{", ".join(ITEMS)}]}}\n\n'),
    ],
)
def test_items_of_one_part_of_a_file_are_all_fixed(name: str, text: str) -> None:
    assert fixed(text.encode(), TEXT, name) == text.replace(" A?", "A?").replace(" B?", "B?").encode()


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "items.yaml"
    path.write_text('- {id: x-1, type: essay, stem: " Why? "}\n', encoding="utf-8")
    result = api.fixed(path, settings=Settings(select=TEXT))
    path.write_text("# mine\n", encoding="utf-8")
    assert api.write_fixed(result) == (str(path),)
    assert path.read_text(encoding="utf-8") == "# mine\n"


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("5\u00a0\u00a0mm", "5 mm"),
        ("5\u00a0mm", "5\u00a0mm"),
        ("end\u00a0.", "end."),
        ("two\u00a0 words", "two words"),
        ("two\x0bwords", "two words"),
        ("two\x0b\x0bwords", "two words"),
        ("two \x0bwords", "two words"),
        ("wo\u200brd\ufeff", "word"),
        ("👩\u200d⚕ \u200b", "👩\u200d⚕"),
        ("می\u200cخواهم ", "می\u200cخواهم"),
        (" \u200b", "\u200b"),
    ],
)
def test_what_becomes_of_a_text(dirty: str, clean: str) -> None:
    text = json.dumps([{"id": "x-1", "type": "essay", "stem": dirty}])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items.json"
        path.write_text(text, encoding="utf-8")
        api.write_fixed(api.fixed(path, settings=Settings(select=TEXT)))
        assert json.loads(path.read_text(encoding="utf-8"))[0]["stem"] == clean
