"""Schemas for editors that know only draft-07: they accept what the 2020-12 ones and reading accept."""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from qbank.api import load_bank, read_blueprint
from qbank.model.bank import ReadProblem
from qbank.reading import reference, schemas, yaml_text
from qbank.reading.dialects import DRAFT_07, NotInDraft07, draft07
from qbank.reading.editor_schema import editor_schema
from qbank.reading.text import Unreadable
from tests.schema_samples import JSON, ODD, SAMPLES, finite, spoilt

ROOT = Path(__file__).parent.parent
TREES = {name: schemas.schema(name) for name in schemas.NAMES}
DRAFTS = {name: draft07(tree) for name, tree in TREES.items()}
EDITORS = {name: editor_schema(tree, name) for name, tree in TREES.items()}
ALL = [*DRAFTS.values(), *EDITORS.values()]
BY_ID = {tree["$id"]: tree for tree in (*TREES.values(), *ALL)}
IDS = [tree["$id"].removeprefix("urn:qbank:schema:") for tree in ALL]

NEWER = frozenset(
    {
        *("$defs", "$anchor", "$recursiveRef", "$recursiveAnchor", "$dynamicRef", "$dynamicAnchor"),
        *("$vocabulary", "prefixItems", "unevaluatedItems", "unevaluatedProperties", "deprecated"),
        *("dependentRequired", "dependentSchemas", "minContains", "maxContains", "contentSchema"),
    }
)
"""Keywords that came with 2019-09 and 2020-12."""

FILES = {
    "bank": ("banks/*/bank.yaml", "qbank/cli/starter/bank.yaml"),
    "blueprint": ("banks/*/blueprints/*.yaml", "qbank/cli/starter/blueprints/*.yaml"),
    "item-file": ("banks/*/items/**/*.yaml", "qbank/cli/starter/items/*.yaml"),
    "stimulus-file": ("banks/*/stimuli/*.yaml", "qbank/cli/starter/stimuli/*.yaml"),
    "form": ("exports/*/*.form.json",),
}
"""Schema → the committed files that are held against it."""


def _committed() -> Iterator[tuple[str, Path]]:
    for name, patterns in FILES.items():
        for pattern in patterns:
            found = sorted(ROOT.glob(pattern))
            assert found or "stimuli" in pattern, pattern
            yield from ((name, path) for path in found)


def _parsed(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else yaml_text.parse(text)


def _accepts(tree: dict[str, Any], value: Any) -> bool:
    """Whether a schema accepts a value; both validators must say the same."""
    slow, fast = _validators(tree["$id"])
    said = bool(slow.is_valid(value))
    assert said == fast.is_valid(value)
    return said


@functools.cache
def _validators(identity: str) -> tuple[Any, Any]:
    """jsonschema and jsonschema-rs for a schema, each in the schema's own dialect."""
    tree = BY_ID[identity]
    dates = jsonschema.FormatChecker(formats=())
    dates.checks("date")(reference._is_date)
    slow, fast = (
        (jsonschema.Draft7Validator, jsonschema_rs.Draft7Validator)
        if tree["$schema"] == DRAFT_07
        else (jsonschema.Draft202012Validator, jsonschema_rs.Draft202012Validator)
    )
    exact = jsonschema.validators.extend(slow, {"pattern": reference._pattern})  # type: ignore[no-untyped-call]
    return exact(tree, format_checker=dates), fast(tree, validate_formats=True, offline=True)


# --- the dialect ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tree", ALL, ids=IDS)
def test_it_is_a_draft_07_schema(tree: dict[str, Any]) -> None:
    assert tree["$schema"] == "http://json-schema.org/draft-07/schema#"
    jsonschema.Draft7Validator.check_schema(tree)


@pytest.mark.parametrize("tree", ALL, ids=IDS)
def test_it_is_whole_in_itself_and_holds_nothing_newer(tree: dict[str, Any]) -> None:
    for node in _nodes(tree):
        assert not NEWER & set(node)
        if "$ref" in node:
            assert list(node) == ["$ref"], "draft-07 looks at nothing beside a reference"
            place, _, name = node["$ref"].rpartition("/")
            assert place == "#/definitions"
            assert name in tree["definitions"]
        if node is not tree:
            assert "$id" not in node
            assert "$schema" not in node


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _nodes(part)
    elif isinstance(value, list):
        for part in value:
            yield from _nodes(part)


def test_ids_are_all_different() -> None:
    assert len(BY_ID) == len(TREES) + len(ALL)


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        (
            {"prefixItems": [{"type": "string"}], "items": False},
            {"items": [{"type": "string"}], "additionalItems": False},
        ),
        ({"prefixItems": [True]}, {"items": [True]}),
        ({"items": {"$ref": "#"}}, {"items": {"$ref": "#"}}),
        ({"dependentRequired": {"a": ["b"]}}, {"dependencies": {"a": ["b"]}}),
        ({"dependentSchemas": {"a": {"required": ["b"]}}}, {"dependencies": {"a": {"required": ["b"]}}}),
        (
            {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"a": {"minProperties": 3}}},
            {"dependencies": {"a": {"allOf": [{"required": ["b"]}, {"minProperties": 3}]}}},
        ),
        (
            {"$ref": "#/$defs/a", "description": "d", "allOf": [{"minLength": 2}], "$defs": {"a": True}},
            {
                "description": "d",
                "allOf": [{"$ref": "#/definitions/a"}, {"minLength": 2}],
                "definitions": {"a": True},
            },
        ),
        ({"properties": {"$defs": {"enum": ["$defs"]}}}, {"properties": {"$defs": {"enum": ["$defs"]}}}),
        ({"const": {"prefixItems": 1}}, {"const": {"prefixItems": 1}}),
    ],
)
def test_what_is_renamed(tree: dict[str, Any], said: dict[str, Any]) -> None:
    assert draft07(tree) == {"$schema": DRAFT_07, **said}
    if "$ref" not in json.dumps(tree.get("items", "")):
        for value in (
            "a",
            "ab",
            [],
            ["a"],
            ["a", 1],
            [1],
            {},
            {"a": 1},
            {"a": 1, "b": 2},
            {"a": 1, "b": 2, "c": 3},
        ):
            new = jsonschema.Draft202012Validator(tree).is_valid(value)
            assert jsonschema.Draft7Validator(draft07(tree)).is_valid(value) == new, value


@pytest.mark.parametrize(
    "tree",
    [
        {"unevaluatedProperties": False},
        {"properties": {"a": {"minContains": 2, "contains": True}}},
        {"$ref": "other.schema.json"},
        {"$ref": "#/properties/a"},
        {"$dynamicRef": "#a"},
        {"allOf": [{"$id": "urn:x"}]},
    ],
)
def test_what_draft_07_cannot_say_is_refused(tree: dict[str, Any]) -> None:
    with pytest.raises(NotInDraft07):
        draft07(tree)


def test_a_schema_is_left_as_it_was() -> None:
    before = json.dumps(TREES)
    for name, tree in TREES.items():
        draft07(tree)
        editor_schema(tree, name)
    assert json.dumps(TREES) == before


# --- both dialects say the same ---------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "path"), [*_committed()])
def test_the_committed_files_are_accepted(name: str, path: Path) -> None:
    value = _parsed(path)
    assert _accepts(EDITORS[name], value)
    assert _accepts(DRAFTS[name], value) == _accepts(TREES[name], value)


def test_committed_statistics_are_accepted() -> None:
    lines = [
        json.loads(line)
        for path in sorted(ROOT.glob("banks/*/statistics.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert lines
    for tree in (TREES, DRAFTS, EDITORS):
        assert _accepts(tree["statistics-file"], lines)


@pytest.mark.parametrize("name", schemas.NAMES)
def test_the_samples_are_accepted(name: str) -> None:
    for sample in SAMPLES[name]:
        assert _accepts(DRAFTS[name], sample)
        assert _accepts(EDITORS[name], sample)


@pytest.mark.parametrize("name", schemas.NAMES)
@given(data=st.data())
def test_both_dialects_accept_and_reject_the_same(name: str, data: st.DataObject) -> None:
    value = data.draw(spoilt(name) | JSON.filter(finite) | ODD)
    assert _accepts(DRAFTS[name], value) == _accepts(TREES[name], value)


# --- an editor and reading say the same of a YAML file ----------------------------------------------------


@st.composite
def _yaml_file(draw: st.DrawFn, name: str) -> str:
    """The text of a YAML file, sound or spoilt, in which numbers are written as people write them."""
    value = draw(spoilt(name) | st.sampled_from(SAMPLES[name]))
    assume(not (name == "item-file" and isinstance(value, dict) and "statistics" in value))
    assume(_is_written_plainly(value))
    unshared = json.loads(json.dumps(value))  # PyYAML would write what is shared once, and name it
    return yaml.safe_dump(unshared, allow_unicode=True, sort_keys=False)


def _is_written_plainly(value: Any) -> bool:
    """No number with an exponent, no -0.0, and no list of texts with a number and its text, or 1 and 1.0."""
    if isinstance(value, float):
        text = yaml.safe_dump(value)
        return "e" not in text and not text.startswith("-0.0")
    if isinstance(value, dict):
        return all(_is_written_plainly(part) for name, part in value.items() if name != "values")
    if isinstance(value, list):
        scalars = [one for one in value if isinstance(one, str | int | float)]
        texts = {str(one).lower() for one in scalars}
        equal = {json.dumps(float(one)) if type(one) in (int, float) else json.dumps(one) for one in scalars}
        return len(texts) == len(equal) and all(map(_is_written_plainly, value))
    return True


def _has_sound_shape(problems: tuple[ReadProblem, ...]) -> bool:
    return not any(one.rule in ("schema-violation", "repeated-key") for one in problems)


def _tree(text: str) -> Any:
    try:
        return yaml_text.parse(text)
    except Unreadable:
        assume(False)


def _read(folder: str, files: dict[str, str], entry: str) -> tuple[ReadProblem, ...]:
    for name, text in files.items():
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load_bank(Path(folder) / entry).problems


ITEM = "- {id: a, type: essay, stem: Why?}\n"


@given(text=_yaml_file("item-file"))
def test_item_files(text: str) -> None:
    tree = _tree(text)
    with tempfile.TemporaryDirectory() as folder:
        problems = _read(folder, {"items.yaml": text}, "items.yaml")
    assert _accepts(EDITORS["item-file"], tree) == _has_sound_shape(problems), text


@given(text=_yaml_file("stimulus-file"))
def test_stimulus_files(text: str) -> None:
    tree = _tree(text)
    files = {"bank.yaml": "id: b\n", "items/a.yaml": ITEM, "stimuli/s.yaml": text}
    with tempfile.TemporaryDirectory() as folder:
        problems = _read(folder, files, "")
    assert _accepts(EDITORS["stimulus-file"], tree) == _has_sound_shape(problems), text


@given(text=_yaml_file("bank"))
def test_bank_files(text: str) -> None:
    tree = _tree(text)
    with tempfile.TemporaryDirectory() as folder:
        problems = _read(folder, {"bank.yaml": text, "items/a.yaml": ITEM}, "")
    assert _accepts(EDITORS["bank"], tree) == _has_sound_shape(problems), text


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


@given(text=_yaml_file("blueprint"))
def test_blueprint_files(text: str) -> None:
    tree = _tree(text)
    rows = tree.get("constraints")
    labels = (
        [str(row.get("label")) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    )
    assume(len(set(labels)) == len(labels))  # no schema can say that labels differ
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blueprint.yaml"
        path.write_text(text, encoding="utf-8")
        reading = read_blueprint(path)
    assert _accepts(EDITORS["blueprint"], tree) == (reading.blueprint is not None), text


@pytest.mark.parametrize(
    ("old", "new", "accepted"),
    [
        ("id: my-bank-practice", "edition: 2026\nid: my-bank-practice", True),
        ("id: my-bank-practice", "id: 2026", False),
        ("label: enemies apart", "label: 7", True),
        ("label: enemies apart", "label: [7]", False),
        ("attribute: words", "attribute: 7", True),
        ("where: {role: any}, maximum: 400", "where: 7, maximum: 400", False),
        ("maximum: 400", "maximum: '400'", False),
        ("kind: enemies", "kind: 7", False),
        ("bank: ..", "order: [seed, 7]", True),
        ("bank: ..", "pretest_from: [7]", False),
    ],
)
def test_texts_of_a_blueprint(old: str, new: str, accepted: bool, tmp_path: Path) -> None:
    plan = ROOT / "qbank" / "cli" / "starter" / "blueprints" / "practice.yaml"
    text = plan.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "blueprint.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert (read_blueprint(path).blueprint is not None) is accepted
    assert _accepts(EDITORS["blueprint"], _parsed(path)) is accepted


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("", True),
        ("[]\n", True),
        (ITEM, True),
        ("id: a\ntype: essay\nstem: Why?\n", True),
        ("items: {id: a, type: essay, stem: Why?}\n", True),
        ("{bank: {id: b}, items: [], stimuli: []}\n", True),
        ("{bank: {id: b}}\n", True),
        ("items:\n", True),
        ("{}\n", False),
        ("text\n", False),
        ("bank:\n", False),
        ("{bank: {id: b}, itmes: []}\n", False),
        ("- - {id: a, type: essay, stem: Why?}\n", False),
        ("- {id: a, type: essay, stem: 5}\n", True),
        ("- {id: 5, type: essay, stem: Why?}\n", False),
        ("- {id: true, type: essay, stem: no}\n", True),
        ("- {id: a, type: essay, stem: Why?, content_area: 1/2}\n", True),
        ("- {id: a, type: essay, stem: Why?, content_area: 12}\n", True),
        ("- {id: a, type: essay, stem: Why?, content_area: -12}\n", False),
        ("- {id: a, type: essay, stem: }\n", False),
        ("- {id: a, type: essay, stem: [x]}\n", False),
        ("- {id: a, type: essay, stem: Why?, codes: [{system: cpt, code: 99213}]}\n", True),
        ("- {id: a, type: essay, stem: Why?, shuffle: yes}\n", False),
        ("- {id: a, type: multiple-choice, stem: Why?, options: {A: 1, B: 2.50}, key: A}\n", True),
        ("- {id: a, type: multiple-choice, stem: Why?, options: {A: true, B: false}, key: A}\n", True),
        ("- {id: a, type: multiple-choice, stem: Why?, options: {A: , B: 2}, key: A}\n", False),
        ("- {id: a, type: numeric, stem: Why?, key: {value: 4, unit: 5}}\n", False),
        ("- {id: a, type: short-answer, stem: Why?, key: [4, four]}\n", True),
        ("- {id: a, type: true-false, stem: Why?, key: 4}\n", False),
        ("- {id: a, type: essay, stem: Why?, calculation: {expression: 4}}\n", False),
        ("- {id: a, type: essay, stem: Why?, review: [{by: 7, date: 2026-11-22}]}\n", True),
        ("- {id: a, type: essay, stem: Why?, review: [{by: me, date: 20261122}]}\n", False),
    ],
)
def test_forms_of_an_item_file(text: str, accepted: bool, tmp_path: Path) -> None:
    problems = _read(str(tmp_path), {"items.yaml": text}, "items.yaml")
    assert _has_sound_shape(problems) is accepted
    assert _accepts(EDITORS["item-file"], _tree(text)) is accepted


def test_a_file_that_reading_takes_and_the_strict_schema_does_not() -> None:
    value = [{"id": "a", "type": "essay", "stem": "Why?", "codes": [{"system": "cpt", "code": 99213}]}]
    assert not _accepts(TREES["item-file"], value)
    assert not _accepts(DRAFTS["item-file"], value)
    assert _accepts(EDITORS["item-file"], value)


def test_editors_offer_no_truth_values_where_a_text_is_meant() -> None:
    """Editors complete `true` and `false` wherever `type` names boolean, but not for an `if`."""
    for name in ("stem", "author"):
        assert set(EDITORS["item"]["properties"][name]) == {"description", "if", "else"}
