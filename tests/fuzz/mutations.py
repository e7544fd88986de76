"""Changes of records that authors and programs make by mistake, and some that nobody makes."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import strategies as st

from qbank.diagnostics import Pointer
from qbank.rule import all_rules
from tests.fuzz.seeds import HOSTILE, Record

WRONG: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 1.0, 1.5, 2**53 + 1, 2**63, 10**30, 1e308, -1e-308),
    *(
        "",
        " ",
        "A",
        "Z",
        "true",
        "2026-11-22",
        "0000-00-00",
        "../x",
        "multiple-choice",
        "matching",
        "numeric",
    ),
    *([], {}, ["A"], ["A", "A"], [None], {"A": "x"}, {"": ""}, {"P1": "A"}, {"value": 1e308, "tolerance": 2}),
    *({"minimum": 2, "maximum": 1}, [[["A"]]], [{"rule": "key-longest", "reason": "so"}]),
    {"expression": "x ** y ** 9", "variables": {"x": 9.0, "y": 9.0}},
)
KEYS = (
    "",
    " ",
    "A",
    "a",
    "5",
    "stem ",
    "options",
    "B\n",
    "\u0130",
    "\ud800",
    "\0",
    "~",
    "/",
    "a/b",
    "k" * 80,
)
TYPES = ("multiple-response", "true-false", "matching", "ordering", "numeric", "short-answer", "essay")
FIELDS = (
    *("key", "fixed", "scoring", "stimulus", "enemies", "codes", "calculation", "review", "approval", "tags"),
    *("lint_ignore", "rationale", "references", "points", "prompts", "choose", "rubric", "status", "author"),
)
MANY = 60


def pointers(value: Any, at: Pointer = ()) -> Iterator[Pointer]:
    """The paths of all values of a tree below its root, in order."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in parts:
        yield (*at, step)
        yield from pointers(part, (*at, step))


def get(tree: Any, pointer: Pointer) -> Any:
    """The value at a path."""
    for step in pointer:
        tree = tree[step]
    return tree


def put(tree: Any, pointer: Pointer, value: Any) -> None:
    """Put a value at a path."""
    get(tree, pointer[:-1])[pointer[-1]] = value


@st.composite
def spliced(draw: st.DrawFn, text: str) -> str:
    """A text with a hostile piece in it, at its ends more often than inside, once or many times."""
    piece = draw(st.sampled_from(HOSTILE))
    at = draw(st.sampled_from([0, len(text)]) | st.integers(0, len(text)))
    times = draw(st.sampled_from([1, 1, 1, 2, 30]))
    return text[:at] + piece * times + text[at + draw(st.sampled_from([0, 0, 1, len(text)])) :]


@st.composite
def changed(draw: st.DrawFn, record: Record, most: int = 4) -> Record:
    """A record after one to `most` changes."""
    record = copy.deepcopy(record)
    for _ in range(draw(st.integers(1, most))):
        paths = list(pointers(record))
        texts = [path for path in paths if isinstance(get(record, path), str)]
        kind = draw(
            st.sampled_from(["text", "text", "text", "drop", "copy", "swap", "retype", "name", "many", "set"])
        )
        if kind == "text" and texts:
            path = draw(st.sampled_from(texts))
            put(record, path, draw(spliced(get(record, path))))
        elif kind in ("drop", "retype") and paths:
            path = draw(st.sampled_from(paths))
            if kind == "drop":
                del get(record, path[:-1])[path[-1]]
            else:
                put(record, path, copy.deepcopy(draw(st.sampled_from(WRONG))))
        elif kind in ("copy", "swap") and paths:
            _exchange(record, draw(st.sampled_from(paths)), draw(st.sampled_from(paths)), kind == "swap")
        else:
            _added(record, kind, draw)
    return record


def _exchange(record: Record, one: Pointer, other: Pointer, both: bool) -> None:
    """Copy a value to another place, or swap the two, unless one holds the other."""
    first, second = copy.deepcopy(get(record, one)), copy.deepcopy(get(record, other))
    shorter = min(len(one), len(other))
    if one[:shorter] != other[:shorter]:
        put(record, other, first)
        if both:
            put(record, one, second)


def _added(record: Record, kind: str, draw: st.DrawFn) -> None:
    """Add to a record: a strange name, another type, a field, or so many options."""
    if kind == "name":
        record[draw(st.sampled_from(KEYS))] = copy.deepcopy(draw(st.sampled_from(WRONG)))
    elif kind == "many":
        pieces = st.sampled_from(["same", "5 mg", "10-20", "all of the above", *HOSTILE])
        texts = draw(st.lists(pieces, min_size=1, max_size=6))
        count = draw(st.integers(1, MANY))
        record["options"] = {f"O{number}": texts[number % len(texts)] for number in range(count)}
        record["key"] = draw(st.sampled_from(["O0", ["O0", "O1"], "A", {"P1": "O0"}]))
    elif kind == "set":
        record["type"] = draw(st.sampled_from(TYPES))
    else:
        field = draw(st.sampled_from(FIELDS))
        record[field] = copy.deepcopy(draw(st.sampled_from(WRONG)))


@st.composite
def banks(draw: st.DrawFn, items: Sequence[Record], record: Record, stimuli: Sequence[Record]) -> list[Any]:
    """A bank as [items, bank record or None, stimuli], most of it changed somewhere."""
    first = draw(st.integers(0, len(items) - 1))
    chosen = [copy.deepcopy(one) for one in items[first : first + draw(st.integers(1, 3))]]
    chosen = [draw(changed(one)) if draw(st.integers(0, 3)) else one for one in chosen]
    if draw(st.booleans()):  # the same once more, so that items meet their like
        again = draw(changed(chosen[0], most=1))
        again["id"] = draw(st.sampled_from([again.get("id"), "other-1", "OTHER-1"]))
        chosen.append(again)
    for one in chosen:
        if draw(st.integers(0, 5)) == 0:
            rules = draw(st.lists(st.sampled_from([*all_rules(), "no-such-rule"]), max_size=3))
            one["lint_ignore"] = [{"rule": rule, "reason": "so"} for rule in rules]
    cases = [draw(changed(one)) if draw(st.booleans()) else one for one in stimuli[: draw(st.integers(0, 2))]]
    chosen_record = draw(st.sampled_from([None, record, "changed"]))
    return [chosen, draw(changed(record)) if chosen_record == "changed" else chosen_record, cases]
