"""What an editor shows beside a row of a blueprint: kinds by their docstrings, fields by the texts here."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

_Tree = dict[str, Any]

_WHERE = (
    "Which items, as field: test, all of which must hold. A test is a value, a list (any of these), "
    "{minimum, maximum}, {present: true} or {not: test}. role says which slots count; any: [where, …] is "
    "the only disjunction."
)
FIELDS: Mapping[str, str] = {
    "attribute": "A field with numbers: of the item, of the bank, or derived, such as words.",
    "each": "Every value of this field by itself: its items are bounded, or are a group.",
    "earlier": "The most items that a form may share with each form of --against.",
    "earlier_share": "The same as a share of the form's length.",
    "field": "The field of which a form has one value only.",
    "item": "The id of an item.",
    "items": "Ids of items.",
    "items_per_set": "How many items of each set.",
    "label": "What messages call the row; each row has its own.",
    "like": "Fields: of each of their values the block has the share that the form has.",
    "like_rows": "Labels of content rows: of their items the block has the share that the form has.",
    "maximum": "At most so many.",
    "minimum": "At least so many.",
    "number": "How many items the block has.",
    "of": "Objectives, the most important first.",
    "position": "Where in the form, from 1; negative numbers count from the end.",
    "ratio": "How many times as many items as another row counts, such as {to: LABEL, minimum: 0.5}.",
    "reference": "Path of a form file, relative to this file, whose curve is the target.",
    "role": "Which slots count: operational, pretest, external-anchor or any.",
    "sets": "How many sets.",
    "share": "Bounds on a share from 0 to 1, such as {minimum: 0.2, maximum: 0.3}.",
    "stimulus": "Which stimuli, by their attributes, id, words, characters and media (number of files).",
    "sum": "Bounds on the sum of a number of the form's stimuli, such as {attribute: words, maximum: 900}.",
    "target": "The number to come near to; for abilities one for each theta.",
    "theta": "The abilities that count.",
    "to": "The label of the row to compare with.",
    "tolerance": "How far from the target, or from the best value, is near enough.",
    "weight": "Makes the row soft: the price of every unit by which it is broken; before the objective, the "
    "sum of these prices is made as small as can be.",
    "where": _WHERE,
    "whole": "Every eligible item of a stimulus or none.",
}
"""Field of a row or an objective → what it is; a field that is not here has no text."""

_PARTS = {
    "constraints": "Rows with bounds; each has a label of its own and a kind.",
    "sections": "Rows that count the items of the section only; labels are unique inside it.",
    "objective": "What is best among the forms that meet every row.",
}


def with_texts(tree: _Tree, constraints: Mapping[str, type], objectives: Mapping[str, type]) -> _Tree:
    """A blueprint schema with a text for each kind and each field; it accepts what it accepted."""
    properties = tree["properties"]
    texts = {
        "constraints": {**properties["constraints"], "description": _PARTS["constraints"]},
        "objective": {
            **_kinds(properties["objective"], objectives),
            "description": _PARTS["objective"],
        },
    }
    eligible = {**properties["eligible"], "description": f"{_ELIGIBLE} {_WHERE}"}
    sections = properties["sections"]
    parts = sections["items"]["properties"]
    parts = {**parts, "constraints": {**parts["constraints"], "description": _PARTS["sections"]}}
    texts["sections"] = {**sections, "items": {**sections["items"], "properties": parts}}
    rows = {name: _kinds(part, constraints) for name, part in tree["$defs"].items()}
    return {**tree, "properties": {**properties, "eligible": eligible, **texts}, "$defs": rows}


_ELIGIBLE = "Which items may be used at all; those of status active or pretest when nothing is said."


def _kinds(node: _Tree, kinds: Mapping[str, type]) -> _Tree:
    parts = [
        {**part, "then": _kind(part["then"], kinds[part["if"]["properties"]["kind"]["const"]])}
        for part in node["allOf"]
    ]
    return {**node, "allOf": parts}


def _kind(node: _Tree, kind: type) -> _Tree:
    told = " ".join((inspect.getdoc(kind) or "").split())
    return {**_fields(node, {**FIELDS, "kind": told}), "description": told}


def _fields(node: _Tree, texts: Mapping[str, str]) -> _Tree:
    """An object schema whose members have their texts; members of members, too."""
    if "properties" not in node:
        return node
    parts = {name: _fields(part, texts) for name, part in node["properties"].items()}
    told = {name: {"description": texts[name]} if texts.get(name) else {} for name in parts}
    return {**node, "properties": {name: {**part, **told[name]} for name, part in parts.items()}}
