"""Records that fit every schema, and ways to spoil them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st


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


_OBJECTIVES: list[dict[str, Any]] = [
    {"kind": "random"},
    {"kind": "match_difficulty", "attribute": "p", "target": 0.7},
    {"kind": "maximum_information", "theta": [-1, 0.5]},
    {"kind": "maximin_information", "theta": [0]},
]
_BLUEPRINT: dict[str, Any] = {
    "id": "b",
    "title": "B",
    "edition": "2026",
    "bank": "..",
    "forms": 2,
    "length": 9,
    "roles": {"operational": 7, "pretest": 1, "external-anchor": 1},
    "pretest_from": ["pretest", "active"],
    "time_limit_minutes": 15,
    "cut_score": {"points": 5, "of": 8, "scale": "raw"},
    "eligible": {"status": ["active", "pretest"], "any": [{"tags": "x"}, {"p": {"minimum": 0.2}}]},
    "facts": [{"field": "length", "source": "a page", "certainty": "low", "note": "inferred"}],
    "constraints": [
        {
            "label": "a",
            "kind": "content",
            "where": {"role": "any"},
            "minimum": 1,
            "maximum": None,
            "each": "tags",
        },
        {"label": "b", "kind": "attribute_sum", "attribute": "words", "where": {}, "maximum": 4.5},
        {"label": "c", "kind": "enemies"},
        {"label": "d", "kind": "exclusion", "items": ["x"], "where": {"status": {"not": "draft"}}},
        {"label": "e", "kind": "inclusion", "items": ["y"]},
        {
            "label": "f",
            "kind": "item_set",
            "sets": {"minimum": 1},
            "items_per_set": {"maximum": 2},
            "whole": True,
        },
        {"label": "g", "kind": "key_balance", "share": {"minimum": 0.2, "maximum": 0.3}},
        {"label": "h", "kind": "length", "role": "any", "maximum": 9},
        {"label": "i", "kind": "overlap", "maximum": 0},
    ],
    "order": ["content_area", "seed"],
    "sections": [
        {
            "id": "s",
            "title": "S",
            "length": 9,
            "roles": {"operational": 7, "pretest": 1, "external-anchor": 1},
            "time_limit_minutes": 15,
            "order": [{"ramp": "p", "direction": "descending"}, {"apart": "tags"}, "shuffle"],
            "constraints": [{"label": "a", "kind": "content", "where": {"role": "any"}, "maximum": 3}],
        }
    ],
}
"""One row of each kind."""


def _assembly() -> dict[str, Any]:
    """What a run of one blueprint prints."""
    bounds = {"minimum": 1, "maximum": None, "values": [2, None], "slack": 0.5}
    group = {
        "blueprint": {"id": "b", "hash": "0" * 64, "title": ""},
        "objective": "random",
        "solver": {
            "name": "highs",
            "status": "optimal",
            "objective": 1.5,
            "bound": None,
            "gap": 0,
            "reproducible": True,
        },
        "forms": [
            {
                "id": "b-a",
                "items": 3,
                "roles": {"operational": 3},
                "sections": [{"id": "main", "items": 3}],
                "files": ["exports/b-a/b-a.form.json"],
            }
        ],
        "rows": [{"label": "r", "kind": "content", "target": "", **bounds}],
        "information": [{"theta": -1, "target": 2.5, "values": [2.4], "spread": None}],
    }
    finding = {"severity": "info", "kind": "k", "label": "", "message": "m", "hint": "", "items": ["i"]}
    return {
        "schema_version": 1,
        "status": "done",
        "seed": 1,
        "findings": [finding],
        "groups": [group, {**group, "solver": None, "forms": [], "rows": [], "information": []}],
        "overlap": {"forms": ["b-a", "b-b"], "shared": [[3, 0], [0, 3]]},
    }


def _version_map(audience: str) -> dict[str, Any]:
    """One item of one version."""
    keys = {"key": ["B"], "base_key": ["A"]} if audience == "staff" else {}
    option = {"letter": "A", "base_letter": "B", "id": "X"}
    item = {"position": 1, "base_position": 2, "item": "i", "section": "main", "options": [option], **keys}
    version = {"id": "b-a-v1", "number": 1, "seed": 0, "items": [item]}
    names = {"form": "b-a", "blueprint": "b", "bank": "", "audience": audience}
    return {"schema_version": 1, **names, "versions": [version]}


def _samples() -> dict[str, list[Any]]:
    """Valid records of every schema, to be spoilt."""
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
        "blueprint": [{**_BLUEPRINT, "objective": one} for one in _OBJECTIVES],
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
                "relaxed": {"recall": "9", "apart": "off"},
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
        **_output_samples(hashed),
    }


def _output_samples(hashed: str) -> dict[str, list[Any]]:
    change = {"kind": "option-text", "at": "A", "old": "x", "new": "y", "keyed": True}
    words = [{"op": "same", "text": "a"}, {"op": "old", "text": "x"}, {"op": "new", "text": "y"}]
    side = {"name": "main:b", "id": "b", "items": 1, "complete": True}
    item = {
        "id": "a",
        "fate": "changed",
        "old_id": "",
        "file": "items/a.yaml",
        "status": "active",
        "stem": "Why?",
        "approved": True,
        "approval": "2026-01-02 by me",
        "hit": True,
        "changes": [{**change, "words": words}, {"kind": "key", "old_text": "A x", "new_text": "no key"}],
    }
    stimulus = {"id": "s", "fate": "added", "old_id": "", "items": ["a"], "changes": []}
    summary = {"differences": 2, "hits": 1, "items": {"changed": 1}, "kinds": {"option-text": 1}}
    row = {"label": "one", "where": "role operational", "unit": "item", "supply": 4, "demand": 2, "forms": 1}
    return {
        "baseline": [
            {
                "schema_version": 1,
                "entries": [
                    {"rule": "key-missing", "hash": hashed, "item": "a", "count": 2},
                    {"rule": "unreadable-file", "hash": hashed, "file": "items/b.yaml"},
                ],
            }
        ],
        "assembly": [_assembly()],
        "version-map": [_version_map("staff"), _version_map("candidate")],
        "coverage": [
            {
                "schema_version": 1,
                "rows": [{**row, "needed": 2, "gap": 0, "ok": True}],
                "inventory": {
                    "forms": 2,
                    "carried": 1,
                    "bound": 1,
                    "first": ["length"],
                    "write": [{"count": 1, "unit": "item", "rows": ["length"], "like": "a"}],
                    "reproducible": True,
                },
            }
        ],
        "diff": [
            {
                "schema_version": 1,
                "old": side,
                "new": {**side, "complete": False},
                "bank": [{"kind": "as-of", "old": "2026-01-01", "new": "2026-02-01"}],
                "items": [item],
                "stimuli": [stimulus],
                "summary": summary,
            }
        ],
        "formats": [
            {
                "schema_version": 1,
                "formats": [
                    {
                        "name": "tiny",
                        "title": "Tiny",
                        "reads": True,
                        "writes": False,
                        "banks": True,
                        "audiences": ["staff"],
                        "dialects": {"canvas": "what is different"},
                        "item_types": ["essay"],
                        "carries": ["points"],
                        "lacks": ["tags"],
                        "notes": {"points": "how"},
                    }
                ],
            }
        ],
        "losses": [
            {
                "schema_version": 1,
                "export": "a",
                "formats": [
                    {
                        "format": "tiny",
                        "files": ["a.txt"],
                        "losses": [
                            {"record": "a-1", "field": "tags", "feature": "tags", "message": "no place"}
                        ],
                    }
                ],
                "refused": ["small"],
            }
        ],
        "import": [
            {
                "schema_version": 1,
                "source": "a.txt",
                "format": "tiny",
                "files": ["bank.yaml"],
                "new": ["a-1"],
                "unchanged": [],
                "different": [{"id": "a-2", "fields": ["key"]}],
                "renamed": {"1": "a-1"},
                "not_understood": [
                    {"message": "what", "where": "a.xml", "line": 3, "item": "a-1", "raw": "<x", "hint": ""}
                ],
                "told": ["stem = Question"],
                "changed": [{"id": "a-3", "fields": ["stem"]}],
                "kept": ["a-4"],
                "conflicts": [{"record": "a-5", "field": "stem", "sheet": "x", "bank": "y", "row": 2}],
                "deleted": ["a-6"],
                "gone": ["a-7"],
                "notes": [{"record": "a-8", "text": "look", "row": 3}],
            }
        ],
        "config": [
            {
                "select": ["key", "duplicate-item"],
                "ignore": ["orphan-stimulus"],
                "fail_on": "warning",
                "severity": {"negative-stem": "error", "key-longest": "off"},
                "rules": {"key-longest": {"ratio": 1.8, "words": 5}, "missing-review": {"always": True}},
                "profile": "draft",
                "baseline": "qbank-baseline.json",
                "overrides": [
                    {"paths": ["items/old/**"], "ignore": ["cues"]},
                    {"statuses": ["draft", "review"], "severity": {"negative-stem": "info"}},
                ],
            }
        ],
    }


def _file_samples(records: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Files of every form that reading knows."""
    items = [{name: value for name, value in one.items() if name != "attributes"} for one in records["item"]]
    whole = {name: records[name] for name in ("stimulus", "statistics")}
    bank = {"bank": records["bank"][0], "items": items[:2]}
    return {
        "item-file": [
            *(items[number : number + 2] for number in range(0, len(items), 2)),
            items[0],
            bank,
            {**bank, "stimuli": whole["stimulus"], "statistics": whole["statistics"]},
            {"items": items[3], "stimuli": None},
        ],
        "stimulus-file": [whole["stimulus"], whole["stimulus"][0]],
        "statistics-file": [whole["statistics"], whole["statistics"][0]],
    }


SAMPLES = _samples()
SAMPLES |= _file_samples(SAMPLES)
"""Schema (or kind of record) → sound records."""

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
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for step, part in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from places(part, (*path, step))


@st.composite
def spoilt(draw: st.DrawFn, name: str) -> Any:
    """A valid record with up to four values replaced, removed, renamed or added."""
    value = copy.deepcopy(draw(st.sampled_from(SAMPLES[name])))
    for _ in range(draw(st.integers(0, 4))):
        path = draw(st.sampled_from(sorted(places(value), key=str)))
        if not path:
            continue
        parent = value
        for step in path[:-1]:
            parent = parent[step]
        step = path[-1]
        action = draw(st.sampled_from(["replace", "remove", "rename", "add"]))
        if action == "replace":
            parent[step] = copy.deepcopy(draw(ODD | JSON.filter(finite)))
        elif action == "remove":
            del parent[step]
        elif isinstance(parent, dict):
            name_ = draw(
                st.sampled_from(["x", "id", "", "key", "é", "A\n", "options", "$ref"]) | st.text(max_size=3)
            )
            parent[name_] = (
                parent.pop(step) if action == "rename" else copy.deepcopy(draw(ODD | JSON.filter(finite)))
            )
        else:
            parent.append(copy.deepcopy(draw(ODD)))
    return value


def finite(value: Any) -> bool:
    if isinstance(value, float):
        return value not in (float("inf"), float("-inf"))
    if isinstance(value, dict):
        return all(map(finite, value.values()))
    return all(map(finite, value)) if isinstance(value, list) else True
