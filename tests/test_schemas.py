"""The schemas are sound, and the fast validator and the reference say the same of everything."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from qbank.assembly.registry import constraint_kinds, objective_kinds
from qbank.reading import reference, schemas
from qbank.reading.blueprint import blueprint_schema

ROOT = Path(__file__).parent.parent


def _said(errors: Any) -> set[tuple[str, str]]:
    """Every error as (path in the instance, keyword); the fast paths leave out names that are empty."""
    return {("/".join(str(step) for step in path if step != ""), keyword) for path, keyword in errors}


def _both(tree: dict[str, Any], value: Any) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    compiled = schemas.compile_schema(tree).validator
    fast = _said((error.instance_path, _keyword(error)) for error in compiled.iter_errors(value))
    slow = _said((one.pointer, one.keyword) for one in reference.violations(tree, value))
    assert compiled.is_valid(value) == (not fast)
    return fast, slow


def _keyword(error: Any) -> str:
    """The keyword of a fast error; a `false` schema has none, and a name's error is the name's."""
    kind = error.kind
    if type(kind).__name__ == "FalseSchema":
        return "false"
    return _keyword(kind.error) if kind.name == "propertyNames" else str(kind.name)


WHOLE: dict[str, dict[str, Any]] = {name: schemas.schema(name) for name in schemas.NAMES}
PARTS: dict[str, dict[str, Any]] = {
    **WHOLE,
    "stimulus": {**WHOLE["bank"]["$defs"]["stimulus"], "$defs": WHOLE["bank"]["$defs"]},
    "statistics": {**WHOLE["bank"]["$defs"]["statistics"], "$defs": WHOLE["bank"]["$defs"]},
}


def _items() -> list[dict[str, Any]]:
    shared = {
        "id": "a-1",
        "status": "active",
        "content_area": "one/two",
        "cognitive_level": "recall",
        "attributes": {"seconds": 60, "objective": "LO2"},
        "stem": "Which?",
        "rationale": {"A": "because"},
        "references": ["a book"],
        "points": 1.5,
        "scoring": {"method": "per_option", "penalty": 0.5, "minimum": -1},
        "shuffle": True,
        "stimulus": "case",
        "enemies": ["b"],
        "codes": [{"system": "icd10cm", "code": "S82.61XA", "role": "key", "expect": "billable"}],
        "tags": ["x", "y"],
        "calculation": {"expression": "a / b", "variables": {"a": 1, "b": 2.5}, "tolerance": 0},
        "author": "me",
        "review": [{"by": "automated", "date": "2026-11-22", "content_hash": "0" * 64}],
        "approval": {"by": "me", "date": "2024-02-29", "note": "fine"},
        "lint_ignore": [{"rule": "negative-stem", "reason": "so", "until": "2027-10-01"}],
    }
    options = {"A": "one", "B": "two", "C": "three"}
    kinds: list[dict[str, Any]] = [
        {"type": "multiple-choice", "options": options, "key": "A", "fixed": ["C"]},
        {"type": "multiple-response", "options": options, "key": ["A", "B"], "choose": 2},
        {"type": "true-false", "key": True},
        {
            "type": "matching",
            "options": options,
            "prompts": {"P1": "x", "P2": "y"},
            "key": {"P1": "A"},
            "reuse": True,
        },
        {"type": "ordering", "options": options, "key": ["C", "A", "B"]},
        {"type": "numeric", "key": {"value": 4, "tolerance": 0.5, "unit": "mg"}},
        {"type": "short-answer", "key": ["femur", "thigh bone"], "case_sensitive": False},
        {"type": "essay", "rubric": "Full marks for …"},
    ]
    return [{**shared, **kind} for kind in kinds]


def _samples() -> dict[str, list[Any]]:
    """Valid records of every schema, to be spoilt."""
    blueprint = yaml.safe_load((ROOT / "banks/cmcs/blueprints/practice.yaml").read_text(encoding="utf-8"))
    blueprint["edition"] = str(blueprint.get("edition", ""))
    hashed = "0" * 64
    return {
        "item": _items(),
        "bank": [
            {
                "id": "b",
                "title": "B",
                "language": "en",
                "licence": "MIT",
                "as_of": "2026-11-22",
                "items": ["items/**/*.yaml"],
                "stimuli": ["s.yaml"],
                "statistics": "statistics.jsonl",
                "content_areas": [{"id": "x", "title": "X", "children": [{"id": "y"}]}],
                "cognitive_levels": ["recall"],
                "attributes": {"seconds": {"type": "integer", "values": [1, True, 1.0, "a", None, [1]]}},
                "defaults": {"points": 1, "shuffle": True},
                "require": ["rationale"],
                "limits": {"stem_words": 200},
                "notice": "practice",
            }
        ],
        "stimulus": [
            {"id": "s", "title": "S", "text": "T", "media": [{"file": "a.png", "alt": "A", "licence": "MIT"}]}
        ],
        "statistics": [
            {
                "item": "a",
                "content_hash": hashed,
                "as_of": "2026-01-31",
                "n": 100,
                "p": 0.5,
                "r": -0.25,
                "options": {"A": {"share": 0.5, "r": 0.1}},
                "irt": {"model": "2PL", "D": 1.7, "a": 1, "b": 0, "c": 0.2, "se": {"a": 0.1}, "scale": "x"},
            }
        ],
        "blueprint": [blueprint],
        "form": [
            {
                "schema_version": 1,
                "id": "f-a",
                "title": "F",
                "blueprint": {"id": "f", "hash": hashed, "path": "../f.yaml"},
                "bank": {"id": "b", "hash": hashed},
                "seed": 1,
                "solver": {"name": "highs", "status": "optimal", "objective": 1.5, "gap": None},
                "time_limit_minutes": 90,
                "cut_score": {"points": 5, "of": 8, "scale": "raw"},
                "sections": [
                    {
                        "id": "s",
                        "title": "S",
                        "placements": [
                            {
                                "position": 1,
                                "item": "a-1",
                                "content_hash": hashed,
                                "record_hash": hashed,
                                "role": "pretest",
                                "anchor": False,
                                "option_order": ["B", "A"],
                            }
                        ],
                    }
                ],
            }
        ],
        "report": [
            {
                "schema_version": 1,
                "diagnostics": [
                    {
                        "rule": "key-missing",
                        "family": "key",
                        "severity": "error",
                        "message": "m",
                        "hint": "",
                        "file": "f",
                        "line": 1,
                        "column": 1,
                        "item": "a",
                        "pointer": "/key",
                        "related": [{"file": "f", "line": 1, "column": 2, "item": "b", "message": ""}],
                        "fixable": False,
                    }
                ],
                "summary": {"error": 1, "warning": 0, "info": 0, "items": 1, "files": 1},
            }
        ],
    }


SAMPLES = _samples()

ODD = st.sampled_from(
    [
        *[None, True, False, 0, 1, -1, 2, 1.0, 0.5, 1.7, -0.0, 2**53, 2**63, -(2**63), 2**64 - 1, 1e300],
        *["", "a", "A\n", "a\n", "\n", "é", "１", "a b", "a/b", "/a", "..", "x" * 65, "x" * 16, "x" * 17],
        *[
            "2026-11-22",
            "2026-11-22\n",
            "2026-02-29",
            "2026-13-01",
            "0000-01-01",
            "２０２６-11-22",
            "2026-1-1",
        ],
        *[
            "0" * 64,
            "0" * 63 + "g",
            "0" * 64 + "\n",
            "multiple-choice",
            "essay",
            "\U0001f600",
            "e\u0301",
            "\x00",
        ],
        *[[], {}, [1, 1.0], [1, True], ["a", "a"], ["a\n"], [[]], [{}, {}], {"a": 1}, {"A": "x", "a b": "y"}],
        *[{"value": 1}, {"minimum": 1}, {"A": None}, {"é": "x"}, {"1": "x"}, {"": ""}, {"A\n": "x"}],
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for step, part in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from _places(part, (*path, step))


@st.composite
def _spoilt(draw: st.DrawFn, name: str) -> Any:
    """A valid record with up to four values replaced, removed, renamed or added."""
    value = copy.deepcopy(draw(st.sampled_from(SAMPLES[name])))
    for _ in range(draw(st.integers(0, 4))):
        path = draw(st.sampled_from(sorted(_places(value), key=str)))
        if not path:
            continue
        parent = value
        for step in path[:-1]:
            parent = parent[step]
        step = path[-1]
        action = draw(st.sampled_from(["replace", "remove", "rename", "add"]))
        if action == "replace":
            parent[step] = copy.deepcopy(draw(ODD | JSON.filter(_finite)))
        elif action == "remove":
            del parent[step]
        elif isinstance(parent, dict):
            name_ = draw(
                st.sampled_from(["x", "id", "", "key", "é", "A\n", "options", "$ref"]) | st.text(max_size=3)
            )
            parent[name_] = (
                parent.pop(step) if action == "rename" else copy.deepcopy(draw(ODD | JSON.filter(_finite)))
            )
        else:
            parent.append(copy.deepcopy(draw(ODD)))
    return value


def _finite(value: Any) -> bool:
    if isinstance(value, float):
        return value not in (float("inf"), float("-inf"))
    if isinstance(value, dict):
        return all(map(_finite, value.values()))
    return all(map(_finite, value)) if isinstance(value, list) else True


@pytest.mark.parametrize("name", schemas.NAMES)
def test_a_schema_is_a_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(WHOLE[name])
    assert WHOLE[name]["$id"] == f"urn:qbank:schema:{name}"


@pytest.mark.parametrize("name", schemas.NAMES)
def test_a_schema_stays_in_the_dialect_on_which_validators_agree(name: str) -> None:
    def walk(node: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(node, dict):
            for key, value in node.items():
                yield key, value
                yield from walk(value)
        elif isinstance(node, list):
            for part in node:
                yield from walk(part)

    for keyword, value in walk(WHOLE[name]):
        assert keyword not in (
            "not",
            "multipleOf",
            "$dynamicRef",
            "unevaluatedProperties",
            "contentMediaType",
        )
        if keyword == "pattern" and isinstance(value, str):
            assert value.startswith("^")
            assert value.endswith("$")
            assert not re.search(r"\\[dwsbDWSB]", value)
            assert value.isascii()
        if keyword == "format" and isinstance(value, str):
            assert value == "date"
        if keyword == "$ref" and isinstance(value, str):
            assert value.startswith("#/$defs/"), "a reference never leaves its schema"


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_the_samples_are_valid(name: str) -> None:
    for sample in SAMPLES[name]:
        assert _both(PARTS[name], sample) == (set(), set())


@pytest.mark.parametrize("name", sorted(SAMPLES))
@given(data=st.data())
def test_the_fast_validator_and_the_reference_agree(name: str, data: st.DataObject) -> None:
    value = data.draw(_spoilt(name))
    fast, slow = _both(PARTS[name], value)
    assert fast == slow


@given(value=JSON.filter(_finite), name=st.sampled_from(sorted(PARTS)))
def test_they_agree_on_any_json(value: Any, name: str) -> None:
    fast, slow = _both(PARTS[name], value)
    assert fast == slow


def test_the_committed_blueprint_schema_is_current() -> None:
    assert WHOLE["blueprint"] == blueprint_schema(constraint_kinds(), objective_kinds()), (
        "run `python docs/generate.py`"
    )


def test_a_real_report_is_what_its_schema_says(tmp_path: Path) -> None:
    (tmp_path / "bank.yaml").write_text("id: demo\n", encoding="utf-8")
    (tmp_path / "items").mkdir()
    item = {
        "id": "a",
        "type": "multiple-choice",
        "stem": "Which?",
        "options": {"A": "x", "B": "x"},
        "key": "Z",
    }
    (tmp_path / "items" / "a.yaml").write_text(json.dumps([item, item]), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "qbank", "lint", str(tmp_path), "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert report["diagnostics"]
    assert _both(WHOLE["report"], report) == (set(), set())
