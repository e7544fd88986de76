"""Blueprint files → Blueprint. The kinds of constraints and objectives are handed in by the caller."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from qbank.diagnostics import Finding, Location, Pointer, Related, Where
from qbank.discovery import did_you_mean
from qbank.model.bank import ReadProblem, Source
from qbank.model.blueprint import (
    BLUEPRINT_RECORD,
    Blueprint,
    Constraint,
    Earlier,
    EarlierForm,
    Objective,
    SectionPlan,
)
from qbank.model.form import as_earlier
from qbank.model.hashing import sha256
from qbank.reading import files, json_text, kept, schemas, typed, yaml_nodes, yaml_text
from qbank.reading.files import PathError, shown
from qbank.reading.form import load_form
from qbank.reading.text import Lines, Unreadable, decode

Kinds = Mapping[str, type[Any]]

ROW = "row"
"""The name that the schema of a row has in that of blueprints."""


class BlueprintReading(NamedTuple):
    """A blueprint (None when it could not be read), what was found, and where it was read."""

    blueprint: Blueprint | None
    problems: tuple[ReadProblem, ...]
    source: Source


def load_blueprint(path: str | Path, constraints: Kinds, objectives: Kinds) -> BlueprintReading:
    """Read a blueprint file (.yaml or .json).

    `constraints` and `objectives` map each known kind to its Struct. Raises PathError when the file
    cannot be read or is neither YAML nor JSON.
    """
    path = Path(path)
    form: Literal["json", "yaml"] = "json" if path.suffix == ".json" else "yaml"
    source = Source(shown(path), str(path), form, "blueprint", -1, -1)
    data = files.read_named(path)
    kept.keep(str(path), data)
    try:
        text = decode(data)
        tree = json_text.parse(data) if form == "json" else yaml_text.parse(text)
        if form == "json" and json_text.has_repeats(tree, data):
            raise Unreadable("an object has a key twice")
        if form == "yaml" and typed.has_odd_keys(tree):
            tree = yaml_text.with_text_keys(text)
    except Unreadable as error:
        return _repeated(path, data, error, source)
    if not isinstance(tree, dict):
        raise PathError(f"{shown(path)}: a blueprint is a mapping (name: value)")
    found = list(_typed(tree, text if form == "yaml" else None))
    found += _shape(tree, constraints, objectives)
    if any(one.rule == "schema-violation" for one in found):
        return BlueprintReading(None, tuple(found), source)
    blueprint = _convert(typed.with_whole_numbers(tree), constraints, objectives)
    references, missing = _references(blueprint, path)
    if missing:
        return BlueprintReading(None, (*found, *missing), source)
    earlier = Earlier(references=references)
    whole = msgspec.structs.replace(blueprint, path=str(path), hash=sha256(tree), earlier=earlier)
    return BlueprintReading(whole, tuple(found), source)


def _references(blueprint: Blueprint, path: Path) -> tuple[dict[str, EarlierForm], list[ReadProblem]]:
    """The form files that rows refer to, by the path they give, and those that cannot be read."""
    forms: dict[str, EarlierForm] = {}
    problems: list[ReadProblem] = []
    for number, row in enumerate(blueprint.constraints):
        way = getattr(row, "reference", "")
        if not isinstance(way, str) or not way or way in forms:
            continue
        try:
            forms[way] = as_earlier(load_form(path.parent / way))
        except PathError as error:
            told = f"the reference form cannot be read: {error}"
            hint = "Give the path of a form file, relative to the blueprint."
            problems.append(_violation(("constraints", number, "reference"), told, hint))
    return forms, problems


def blueprint_schema(constraints: Kinds, objectives: Kinds) -> dict[str, Any]:
    """The JSON Schema of blueprints over some kinds: the part of each kind comes from its Struct."""
    base = _base()
    constraint_parts = {kind: _inlined(struct) for kind, struct in sorted(constraints.items())}
    objective_parts = {kind: _inlined(struct) for kind, struct in sorted(objectives.items())}
    rows = {"type": "array", "items": {"$ref": f"#/$defs/{ROW}"}}
    return {
        **base,
        "$id": "urn:qbank:schema:blueprint",
        "properties": {
            **base["properties"],
            "constraints": rows,
            "objective": _by_kind(objective_parts, ["kind"]),
            "sections": _with_rows(base["properties"]["sections"], rows),
        },
        "$defs": {ROW: _by_kind(constraint_parts, ["kind", "label"])},
    }


def _with_rows(sections: dict[str, Any], rows: dict[str, Any]) -> dict[str, Any]:
    """The schema of sections with that of their rows."""
    section = sections["items"]
    properties = {**section["properties"], "constraints": rows}
    return {**sections, "items": {**section, "properties": properties}}


def _base() -> dict[str, Any]:
    """The blueprint schema without what it says about single kinds."""
    whole = schemas.schema("blueprint")
    kind = {"kind": {"type": "string"}}
    row = {"type": "object", "required": ["kind", "label"], "properties": kind}
    rows = {"type": "array", "items": row}
    return {
        **whole,
        "properties": {
            **whole["properties"],
            "constraints": rows,
            "objective": {"type": "object", "required": ["kind"], "properties": kind},
            "sections": _with_rows(whole["properties"]["sections"], rows),
        },
        "$defs": {},
    }


@functools.cache
def _base_check() -> schemas.Check:
    return schemas.compile_schema(_base())


def _by_kind(parts: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required,
        "properties": {"kind": {"enum": sorted(parts)}},
        "allOf": [
            {"if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]}, "then": part}
            for kind, part in parts.items()
        ],
    }


def _inlined(struct: type[Any]) -> dict[str, Any]:
    """The JSON Schema of a Struct without references, so that it can stand inside another schema."""
    whole = msgspec.json.schema(struct)
    definitions = whole.get("$defs", {})

    def inline(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                return inline(definitions[node["$ref"].rsplit("/", 1)[1]])
            return {
                name: inline(part)
                for name, part in node.items()
                if name not in ("$defs", "title", "default", "description")
            }
        return [inline(part) for part in node] if isinstance(node, list) else node

    part: dict[str, Any] = inline(whole)
    return part


def _shape(tree: dict[str, Any], constraints: Kinds, objectives: Kinds) -> list[ReadProblem]:
    unusable = typed.unusable(tree)
    if unusable is not None:
        return [_violation(*unusable)]
    found = [
        _violation(one.pointer, one.message, one.hint, one.part)
        for one in schemas.problems(_base_check(), tree)
    ]
    for place, rows in _row_lists(tree):
        found += _rows_shape(rows, place, constraints)
    objective = tree.get("objective")
    if isinstance(objective, dict):
        found += _kind_shape(objective, ("objective",), objectives, "objective")
        for number, part in enumerate(
            objective.get("of", ()) if isinstance(objective.get("of"), list) else ()
        ):
            if isinstance(part, dict):
                found += _kind_shape(part, ("objective", "of", number), objectives, "objective")
    return found


def _row_lists(tree: dict[str, Any]) -> Iterator[tuple[Pointer, list[Any]]]:
    """The lists of rows of a blueprint, each with its place: its own, and those of its sections."""
    if isinstance(tree.get("constraints"), list):
        yield ("constraints",), tree["constraints"]
    sections = tree.get("sections")
    for number, section in enumerate(sections if isinstance(sections, list) else []):
        if isinstance(section, dict) and isinstance(section.get("constraints"), list):
            yield ("sections", number, "constraints"), section["constraints"]


def _rows_shape(rows: list[Any], place: Pointer, constraints: Kinds) -> Iterator[ReadProblem]:
    """What is wrong with a list of rows: kinds, their fields, and labels that are there twice."""
    labels: dict[str, int] = {}
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            continue
        yield from _kind_shape(row, (*place, number), constraints, "constraint")
        label = row.get("label")
        if isinstance(label, str) and label in labels:
            first = Where(BLUEPRINT_RECORD, (*place, labels[label], "label"))
            yield ReadProblem(
                "schema-violation",
                Finding(
                    Where(BLUEPRINT_RECORD, (*place, number, "label")),
                    f"two rows are labelled {label!r}",
                    (Related(first, "first here"),),
                    "Give each row a label of its own.",
                ),
            )
        elif isinstance(label, str):
            labels[label] = number


def _kind_shape(
    row: dict[str, Any], pointer: tuple[str | int, ...], kinds: Kinds, what: str
) -> list[ReadProblem]:
    kind = row.get("kind")
    if not isinstance(kind, str):
        return []
    if kind not in kinds:
        return [
            _violation(
                (*pointer, "kind"), f"there is no {what} kind {kind!r}", did_you_mean(kind, dict(kinds))
            )
        ]
    struct: Any = kinds[kind]
    return [
        _violation((*pointer, *one.pointer), one.message, one.hint, one.part)
        for one in schemas.problems(_kind_check(struct), row)
    ]


@functools.cache
def _kind_check(struct: type[Any]) -> schemas.Check:
    return schemas.compile_schema(_inlined(struct))


def _typed(tree: dict[str, Any], text: str | None) -> list[ReadProblem]:
    """Texts as typed; `edition: 2026` is a text, and so is a label that YAML takes for a number."""
    if text is None:
        return []
    paths = typed.odd_scalars(tree, "blueprint", {})
    sections = tree.get("sections")
    for number, section in enumerate(sections if isinstance(sections, list) else []):
        if isinstance(section, dict):
            paths += [("sections", number, *path) for path in typed.odd_scalars(section, "section", {})]
    for place, rows in _row_lists(tree):
        for number, row in enumerate(rows):
            if isinstance(row, dict):
                paths += [(*place, number, *path) for path in typed.odd_scalars(row, "constraint", {})]
    return [
        ReadProblem(
            "coerced-scalar",
            Finding(
                Where(BLUEPRINT_RECORD, path),
                f"{raw} without quotes means {parsed} to YAML; it was read as {raw!r}",
                (),
                f'Write "{raw}" in quotes.',
            ),
        )
        for path, raw, parsed in typed.as_typed(tree, paths, text)
    ]


def _convert(tree: dict[str, Any], constraints: Kinds, objectives: Kinds) -> Blueprint:
    rest = {name: value for name, value in tree.items() if name not in _WITH_KINDS}
    objective: Objective = msgspec.convert(tree["objective"], objectives[tree["objective"]["kind"]])
    fields = {
        name: msgspec.convert(value, kind)
        for name, kind in _field_types().items()
        if (value := rest.get(name)) is not None
    }
    parts = {
        "constraints": _converted_rows(tree, constraints),
        "sections": tuple(_section(one, constraints) for one in tree.get("sections") or ()),
        "objective": objective,
    }
    return Blueprint(**{**fields, **parts})


_WITH_KINDS = ("constraints", "objective", "sections")


def _converted_rows(tree: dict[str, Any], constraints: Kinds) -> tuple[Constraint, ...]:
    return tuple(msgspec.convert(row, constraints[row["kind"]]) for row in tree.get("constraints") or ())


def _section(tree: dict[str, Any], constraints: Kinds) -> SectionPlan:
    rest = {name: value for name, value in tree.items() if name != "constraints" and value is not None}
    rows = _converted_rows(tree, constraints)
    return msgspec.structs.replace(msgspec.convert(rest, SectionPlan), constraints=rows)


def _field_types() -> dict[str, Any]:
    return {
        field.name: field.type
        for field in msgspec.structs.fields(Blueprint)
        if field.name not in (*_WITH_KINDS, "path", "hash", "earlier")
    }


def _repeated(path: Path, data: bytes, error: Unreadable, source: Source) -> BlueprintReading:
    text = data.decode("utf-8", "replace")
    again = yaml_nodes.repeated_key(text) if source.format == "yaml" else None
    if again is None:
        raise files.not_readable(path, error) from None
    lines = Lines(text)

    def at(offset: int) -> Location:
        return lines.location(source.file, offset)

    finding = Finding(
        at(again.second),
        f"the key {again.key!r} is there twice; only one of the two would count",
        (Related(at(again.first), "first here"),),
        "Remove one of them.",
    )
    return BlueprintReading(None, (ReadProblem("repeated-key", finding),), source)


def _violation(
    pointer: tuple[str | int, ...], message: str, hint: str = "", part: str = "value"
) -> ReadProblem:
    return ReadProblem("schema-violation", Finding(Where(BLUEPRINT_RECORD, pointer, part), message, (), hint))
