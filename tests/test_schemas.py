"""The schemas are sound, and the fast validator and the reference say the same of everything."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank.assembly.registry import constraint_kinds, objective_kinds
from qbank.reading import reference, schemas
from qbank.reading.blueprint import blueprint_schema
from qbank.reading.blueprint_texts import with_texts
from qbank.reading.config_schema import config_schema
from qbank.reading.file_schemas import file_schemas
from qbank.rule import all_rules
from tests.schema_samples import JSON, SAMPLES, finite, spoilt


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
    value = data.draw(spoilt(name))
    fast, slow = _both(PARTS[name], value)
    assert fast == slow


@given(value=JSON.filter(finite), name=st.sampled_from(sorted(PARTS)))
def test_they_agree_on_any_json(value: Any, name: str) -> None:
    fast, slow = _both(PARTS[name], value)
    assert fast == slow


def test_the_generated_schemas_are_current() -> None:
    kinds = constraint_kinds(), objective_kinds()
    made = {
        "blueprint": with_texts(blueprint_schema(*kinds), *kinds),
        "config": config_schema(all_rules()),
        **file_schemas(schemas.schema),
    }
    assert [name for name, tree in made.items() if WHOLE[name] != tree] == [], "run `python docs/generate.py`"


def _members(node: Any) -> Iterator[tuple[str, Any]]:
    """Every member of every object of a schema, but for those that only repeat one to narrow it."""
    if isinstance(node, dict):
        yield from node.get("properties", {}).items()
        for keyword, part in node.items():
            if keyword not in ("if", "allOf", "anyOf"):
                yield from _members(part)
    elif isinstance(node, list):
        for part in node:
            yield from _members(part)


@pytest.mark.parametrize("name", schemas.NAMES)
def test_editors_have_a_text_for_every_field(name: str) -> None:
    silent = [field for field, part in _members(WHOLE[name]) if "description" not in part]
    options = [option for rule in all_rules().values() for option in rule.options]
    assert set(silent) <= ({"kind"} if name == "blueprint" else set(options) if name == "config" else set())


@pytest.mark.parametrize(
    ("part", "kinds"), [("constraints", constraint_kinds), ("objective", objective_kinds)]
)
def test_editors_have_a_text_for_every_kind_of_row(part: str, kinds: Callable[[], dict[str, type]]) -> None:
    whole = WHOLE["blueprint"]
    node = whole["$defs"]["row"] if part == "constraints" else whole["properties"][part]
    for branch in node["allOf"]:
        kind = branch["if"]["properties"]["kind"]["const"]
        said = {name: one.get("description") for name, one in branch["then"]["properties"].items()}
        assert said["kind"] == " ".join((inspect.getdoc(kinds()[kind]) or "").split())
        assert all(said.values()), f"{kind}: qbank/reading/blueprint_texts.py lacks a text: {said}"
