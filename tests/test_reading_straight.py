"""Lines whose items are decoded without their trees: what is taken is what a close look takes."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from qbank.model.as_read import Head
from qbank.model.item import ITEM_TYPES, ItemBase, Status
from qbank.reading import bulk, json_text, schemas
from qbank.reading.json_items import ItemLines
from qbank.reading.json_lines import Batch
from qbank.reading.known_lines import KnownLines, digests_of
from qbank.reading.text import Unreadable

Pairs = list[tuple[str, Any]]

CHOICE: dict[str, Any] = {
    "id": "a-1",
    "type": "multiple-choice",
    "status": "active",
    "content_area": "x/y",
    "cognitive_level": "recall",
    "attributes": {"seconds": 60, "level": "B"},
    "stem": "Which \u00e9?",
    "options": {"A": "one", "B": "two"},
    "key": "B",
    "rationale": {"A": "No.", "B": "Yes."},
    "references": ["Book"],
    "tags": ["t", "u"],
}
PLAIN: list[dict[str, Any]] = [
    CHOICE,
    {"id": "a-2", "type": "essay", "stem": 'say "x"', "rubric": "r", "rationale": "w\\"},
    {"id": "a-3", "type": "true-false", "stem": "x", "key": True, "status": "draft", "shuffle": False},
    {
        "id": "a-4",
        "type": "multiple-response",
        "stem": "x",
        "options": {"A": "1", "B": "2"},
        "key": ["A"],
        "choose": 1,
        "points": 2.5,
    },
    {"id": "a-5", "type": "ordering", "stem": "x", "options": {"A": "1", "B": "2"}, "key": ["B", "A"]},
]
OTHERS: list[dict[str, Any]] = [
    {
        "id": "b-1",
        "type": "matching",
        "stem": "x",
        "prompts": {"P": "1"},
        "options": {"A": "1", "B": "2"},
        "key": {"P": "A"},
    },
    {
        "id": "b-2",
        "type": "numeric",
        "stem": "x",
        "key": {"value": 1.5, "tolerance": 1},
        "calculation": {"expression": "a", "variables": {"a": 1}, "tolerance": 0.5},
    },
    {"id": "b-3", "type": "short-answer", "stem": "x", "key": ["y"]},
    {
        **CHOICE,
        "id": "b-4",
        "fixed": ["A"],
        "stimulus": "s",
        "enemies": ["a-1"],
        "scoring": {"penalty": 1},
        "codes": [{"system": "s", "code": "c", "role": "key"}],
        "review": [{"by": "x", "date": "2026-11-22", "content_hash": "a" * 64}],
        "approval": {"by": "x", "date": "2026-11-22"},
        "lint_ignore": [{"rule": "r", "reason": "y", "until": "2027-01-01"}],
    },
]
DEFAULTS: Pairs = [
    *(("status", "active"), ("shuffle", True), ("author", ""), ("rationale", ""), ("attributes", {})),
    *((name, []) for name in ("references", "enemies", "codes", "tags", "review", "lint_ignore", "fixed")),
    *(("points", 1), ("scoring", {}), ("reuse", False), ("case_sensitive", False), ("rubric", "")),
    *(("record", -1), ("content_area", ""), ("stimulus", ""), ("cognitive_level", ""), ("stem", "")),
]
VALUES: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        1.0,
        2.5,
        -0.0,
        2**53,
        2**53 + 1,
        -(2**53),
        -(2**60),
        2**64,
        10**40,
        1e300,
    ),
    *("", " ", "A", "B", "a\n", "\n", "1a", "recall", "draft", "activ", "2026-11-22", "2026-02-30", "\u00e9"),
    *(
        "a" * 64,
        "a" * 65,
        "x/y",
        "x//y",
        "x/",
        "/".join("abcdefgh"),
        "/".join("abcdefghi"),
        '"',
        "\\",
        "\u2028",
    ),
    *([], [""], ["A"], ["A", "A"], ["A", "B"], ["A", 1], ["a", None], [[]], [{}], ["a-1", "a-1"]),
    *({}, {"A": "x"}, {"A": ""}, {"A": None}, {"A": 1}, {"A": "1", "B": "2"}, {"A": "1", "B": ""}, {"A": {}}),
    *({"A": "1", "B" * 17: "2"}, {"A": "1", "B\n": "2"}, {"A": "1", "1": "2"}, {"A": "1", "\u00e9": "2"}),
    *({"status": "active", "B": "x"}, {"author": ""}, {"x": True}, {"x": 2.5}, {"x": [1]}, {"x": 2**53 + 1}),
    *({"penalty": 0}, {"minimum": -1}, {"penalty": -1}, {"method": "x"}, {"value": None}, {"value": 2**60}),
    *(
        {"expression": "x", "variables": {"points": 1}},
        {"by": "x", "date": "2026-13-01"},
        {"by": "", "date": "x"},
    ),
    *(
        [{"system": "s", "code": "c", "role": "x"}],
        [{"system": "s"}],
        [{"rule": "r", "reason": "", "until": ""}],
    ),
]
NAMES = sorted(
    {name for one in (*PLAIN, *OTHERS) for name in one} | {name for name, _ in DEFAULTS} | {"x", "ID"}
)


def _pairs(value: Any) -> Any:
    """A tree whose objects are lists of pairs, which may have a key twice."""
    if isinstance(value, dict):
        return [(name, _pairs(part)) for name, part in value.items()]
    return [_pairs(part) for part in value] if isinstance(value, list) else value


@st.composite
def records(draw: st.DrawFn) -> Pairs:
    """An item as pairs: sound, or with up to two members changed, added, removed or repeated."""
    pairs: Pairs = list(draw(st.sampled_from(PLAIN * 2 + OTHERS)).items())
    values = st.sampled_from(VALUES)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(pairs) - 1))
        name, value = pairs[at]
        how = draw(st.sampled_from(["change", "add", "remove", "repeat", "repeat inside", "default", "move"]))
        if how == "change":
            pairs[at] = (name, draw(values))
        elif how == "add":
            pairs.insert(at, (draw(st.sampled_from(NAMES)), draw(values)))
        elif how == "remove" and len(pairs) > 1:
            pairs.pop(at)
        elif how == "repeat":
            pairs.insert(draw(st.integers(0, len(pairs))), (name, draw(st.just(value) | values)))
        elif how == "repeat inside" and isinstance(value, dict) and value:
            inner = list(value.items())
            inner.insert(draw(st.integers(0, len(inner))), (inner[0][0], draw(st.just(inner[0][1]) | values)))
            pairs[at] = (name, [(one, _pairs(part)) for one, part in inner])
        elif how == "default":
            pairs.insert(draw(st.integers(0, len(pairs))), draw(st.sampled_from(DEFAULTS)))
        elif how == "move":
            pairs.append(pairs.pop(at))
    return [(name, _pairs(value)) for name, value in pairs]


class _Style:
    """How JSON is typed: what stands around signs, and how texts and numbers are spelt."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.comma, self.colon = draw(
            st.sampled_from([(",", ":"), (", ", ": "), (" ,", " :"), (",\t", ":  ")])
        )
        self.ascii, self.draw = draw(st.booleans()), draw
        self.odd = draw(st.booleans()) and draw(st.booleans())

    def written(self, value: Any) -> str:
        if isinstance(value, list) and value and all(isinstance(one, tuple) for one in value):
            members = (f"{self.written(name)}{self.colon}{self.written(part)}" for name, part in value)
            return "{" + self.comma.join(members) + "}"
        if isinstance(value, list):
            return "[" + self.comma.join(map(self.written, value)) + "]"
        text = json.dumps(value, ensure_ascii=self.ascii)
        if self.odd and isinstance(value, str) and value and self.draw(st.integers(0, 4)) == 0:
            return '"' + "".join(f"\\u{ord(one):04x}" for one in value) + '"'
        if self.odd and isinstance(value, int | float) and not isinstance(value, bool):
            return self.draw(st.sampled_from([text, text + "e0", "-0" if not value else text]))
        return text


@st.composite
def texts(draw: st.DrawFn) -> list[bytes]:
    """Some lines, all typed in one style."""
    style = _Style(draw)
    return [style.written(one).encode() for one in draw(st.lists(records(), min_size=1, max_size=4))]


def _batch(lines: list[bytes]) -> Batch:
    return Batch(b"\n".join(lines), lines, 0)


def _closely(line: bytes) -> ItemBase | None:
    """The item of a line by its tree; None when it is not sound."""
    try:
        tree = json_text.parse(line)
        if json_text.has_repeats(tree, line) or schemas.problems(schemas.check("item"), tree):
            return None
    except Unreadable:
        return None
    found = bulk.values("item", [tree], None, {})
    assert found is None or len(found) == 1
    return None if found is None else found[0]


def _assert_sound(lines: list[bytes], reader: ItemLines | None = None) -> list[ItemBase] | None:
    """That what is taken of some lines is what a close look finds there."""
    found = (reader or ItemLines()).values(_batch(lines))
    if found is not None:
        closely = [_closely(line) for line in lines]
        assert found == closely
        assert repr(found) == repr(closely)
    return found


@given(lines=texts())
def test_what_is_taken_is_what_a_close_look_takes(lines: list[bytes]) -> None:
    event("taken" if _assert_sound(lines) is not None else "left")


@given(before=texts(), lines=texts())
def test_what_was_read_before_changes_nothing(before: list[bytes], lines: list[bytes]) -> None:
    reader = ItemLines()
    _assert_sound(before, reader)
    _assert_sound(lines, reader)


def test_sound_items_are_taken() -> None:
    for one in (*PLAIN, *OTHERS):
        for separators in ((",", ":"), (", ", ": ")):
            for ascii in (True, False):
                line = json.dumps(one, separators=separators, ensure_ascii=ascii).encode()
                assert _assert_sound([line] * 3) is not None, line


COMMON = [one for one in DEFAULTS if one[0] not in ("fixed", "reuse", "case_sensitive", "rubric")][:13]


@pytest.mark.parametrize("name", [name for name, _ in COMMON])
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_items_with_defaults_written_out_are_taken(name: str, separators: tuple[str, str]) -> None:
    extra = dict(COMMON)[name]
    lines = [
        json.dumps({**one, name: extra} if number % 3 else one, separators=separators).encode()
        for number, one in enumerate(PLAIN * 2)
    ]
    assert _assert_sound(lines) is not None


ODD = [
    '{"id":"a","type":"essay","stem":"x","status":"active","status":"draft"}',
    '{"id":"a","type":"essay","stem":"x","status":"draft","status":"active"}',
    '{"id":"a","type":"essay","stem":"x","status":"active","status":"active"}',
    '{"id":"a","type":"essay","stem":"x","status":"active","status": "active"}',
    '{"id":"a","type":"essay","stem":"x","attributes":{"status":"active"},"tags":["a"],"tags":["abcdefgh"]}',
    '{"id":"a","type":"essay","stem":"x","attributes":{"status":"active"},"x":"abcdefghijk"}',
    '{"id":"a","type":"essay","stem":"x","attributes":{"x\\"status":"active"},"x":"abcdefghijk"}',
    '{"id":"a","type":"essay","stem":"x","scoring":{"penalty":0,"minimum":0,"method":"per_pair"},"x":1}',
    '{"id":"a","type":"essay","stem":"x","fixed":[]}',
    '{"id":"a","type":"essay","stem":"x","key":null}',
    '{"id":"a","type":"essay","stem":"x","record":7}',
    '{"id":"a","type":"essay","stem":"x","record":-1}',
    '{"id":"a","type":"essay","stem":"x","author":null}',
    '{"id":"a","type":"essay","stem":"\\u0022\\u0022","stem":"x"}',
    '{"id":"a","type":"essay","stem":"\\u0022\\u0022","key":null}',
    '{"id":"a","type":"essay","stem":"\\ud800"}',
    '{"id":"a","type":"essay","stem":"x","tags":["a","a"]}',
    '{"id":"a","type":"essay","stem":"x","tags":["a",""]}',
    '{"id":"a","type":"essay","stem":"x","references":[""]}',
    '{"id":"a","type":"essay","stem":"x","points":-1}',
    '{"id":"a","type":"essay","stem":"x","points":9007199254740993}',
    '{"id":"a","type":"essay","stem":"x","content_area":"/x"}',
    '{"id":"a","type":"essay","stem":"x","enemies":["/x"]}',
    '{"id":"a","type":"essay","stem":"x","enemies":["x","x"]}',
    '{"id":"a","type":"essay","stem":"x","stimulus":"/x"}',
    '{"id":"a","type":"essay","stem":"x","codes":[{"system":"s","code":"c","role":"x"}]}',
    '{"id":"a","type":"essay","stem":"x","review":[{"by":"x","date":"2026-02-30"}]}',
    '{"id":"a","type":"essay","stem":"x","approval":{"by":"x","date":"20261122"}}',
    '{"id":"a","type":"essay","stem":"x","lint_ignore":[{"rule":"","reason":"x"}]}',
    '{"id":"a","type":"essay","stem":"x","calculation":{"expression":""}}',
    '{"id":"a","type":"essay","stem":"x","attributes":{"x":[1]}}',
    '{"id":"a","type":"essay","stem":"x","attributes":{"x":9007199254740993}}',
    '{"id":"a","type":"essay","stem":"x","attributes":{"1":2}}',
    '{"id":"a","type":"essay","stem":"x","rationale":{"A":""}}',
    '{"id":"a","type":"essay","stem":"x","rationale":{"A B":"x"}}',
    '{"id":"a\\nb","type":"essay","stem":"x"}',
    '{"id":"","type":"essay","stem":"x"}',
    '{"id":"a","type":"essay","stem":""}',
    '{"id":"a","type":"essay"}',
    '{"type":"essay","stem":"x"}',
    '{"id":"a","stem":"x"}',
    '{"id":"a","type":"multiple-choice","stem":"x"}',
    '{"id":"a","type":"multiple-choice","stem":"x","options":{"A":"1","A":"2"}}',
    '{"id":"a","type":"multiple-choice","stem":"x","options":{"A":"1"}}',
    '{"id":"a","type":"multiple-choice","stem":"x","options":{"A":"1","B":""}}',
    '{"id":"a","type":"multiple-choice","stem":"x","options":{"A":"1","B\\n":"2"}}',
    '{"id":"a","type":"multiple-choice","stem":"x","options":{"A":"1","B":"2"},"fixed":["A","A"]}',
    '{"id":"a","type":"numeric","stem":"x","key":{"value":null,"minimum":1,"maximum":2}}',
    '{"id":"a","type":"multiple-response","stem":"x","options":{"A":"1","B":"2"},"choose":0}',
    '{"id":"a","type":"multiple-response","stem":"x","options":{"A":"1","B":"2"},"choose":null}',
    "",
    "[]",
    "1",
    "[" * 2000,
    '{"id":"a","type":"essay","stem":"x"}{"id":"b","type":"essay","stem":"x"}',
    '{"id":"a","type":"essay","stem":"x"} {"id":"b","type":"essay","stem":"x"}',
]
FINE = '{"id":"f","type":"essay","stem":"x"}'


@pytest.mark.parametrize("line", ODD)
def test_odd_lines_are_left_to_a_close_look(line: str) -> None:
    for lines in ([line], [line, FINE], [FINE, FINE, FINE, line]):
        assert _assert_sound([one.encode() for one in lines]) is None


@pytest.mark.parametrize(
    "number",
    [
        *('"points":1', '"points":0', '"points":-1', '"points":1e5', '"points":100', '"points":1e400'),
        '"scoring":{"penalty":0,"minimum":0}',
    ],
)
@pytest.mark.parametrize("lost", range(6, 30))
def test_what_is_lost_is_not_made_up_for_by_numbers_written_longer(number: str, lost: int) -> None:
    longer = f'{{"id":"f","type":"essay","stem":"x",{number}}}'.encode()
    line = f'{{"id":"a","type":"essay","stem":"x","":{"1" * (lost - 4)}}}'.encode()
    for count in (1, 2, 3, 4, 6, 7):
        assert _assert_sound([longer] * count + [line]) is None


def test_an_item_on_two_lines_and_two_on_one_are_not_taken_for_one_on_each() -> None:
    lines = [b'{"id":"a","type":"essay",', b'"stem":"x"}{"id":"b","type":"essay","stem":"x"}']
    assert ItemLines().values(_batch(lines)) is None


@given(count=st.integers(1, 40), odd=st.sets(st.integers(0, 39), max_size=3), other=st.sampled_from(OTHERS))
@example(count=1, odd={0}, other=OTHERS[0])
def test_items_that_their_types_do_not_judge_may_stand_anywhere(
    count: int, odd: set[int], other: dict[str, Any]
) -> None:
    rows = [other if at in odd else CHOICE for at in range(count)]
    assert _assert_sound([json.dumps(one).encode() for one in rows]) is not None
    wrong = {**other, "enemies": ["a", "a"]}
    rows = [wrong if at in odd else CHOICE for at in range(count)]
    found = _assert_sound([json.dumps(one).encode() for one in rows])
    assert (found is None) == bool(odd & set(range(count)))


def test_the_schema_asks_what_is_asked_of_items_without_their_trees() -> None:
    """A schema that asks more of an item must be followed in json_items."""
    name = {"pattern": "^[A-Za-z][A-Za-z0-9_]{0,15}$"}
    texts = {"type": "object", "propertyNames": name, "additionalProperties": {"$ref": "#/$defs/text"}}
    area = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
    whole = schemas.schema("item")
    asked = {
        field: {keyword: value for keyword, value in one.items() if keyword not in ("description", "default")}
        for field, one in whole["properties"].items()
    }
    assert whole["$defs"]["text"] == {"type": "string", "minLength": 1}
    assert asked.pop("type")["enum"] == [*ITEM_TYPES]
    assert asked.pop("status")["enum"] == [*get_args(Status)]
    assert {field: asked[field] for field in PLAINLY} == {
        "id": {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9._-]{0,63}$"},
        "content_area": {"type": "string", "pattern": f"^{area}(/{area}){{0,7}}$"},
        "cognitive_level": {"type": "string", "minLength": 1},
        "attributes": {
            "type": "object",
            "propertyNames": {"pattern": "^[A-Za-z][A-Za-z0-9_]{0,63}$"},
            "additionalProperties": {"type": ["string", "integer", "number", "boolean"]},
        },
        "stem": {"type": "string", "minLength": 1},
        "options": {**texts, "minProperties": 2},
        "key": {},
        "choose": {"type": "integer", "minimum": 1},
        "rubric": {"type": "string"},
        "rationale": {"anyOf": [{"type": "string"}, texts]},
        "references": {"type": "array", "items": {"$ref": "#/$defs/text"}},
        "points": {"type": "number", "minimum": 0},
        "shuffle": {"type": "boolean"},
        "tags": {"type": "array", "items": {"$ref": "#/$defs/text"}, "uniqueItems": True},
        "author": {"type": "string"},
    }
    unjudged = (
        "calculation case_sensitive codes enemies fixed lint_ignore prompts review reuse scoring stimulus"
    )
    assert asked.keys() - set(PLAINLY) == {*unjudged.split(), "approval"}


PLAINLY = (
    *("id", "content_area", "cognitive_level", "attributes", "stem", "options", "key", "choose", "rubric"),
    *("rationale", "references", "points", "shuffle", "tags", "author"),
)


def _straight(line: bytes) -> bool:
    """Whether a line is taken without a close look."""
    return ItemLines().values(_batch([line])) is not None


def _whole(lines: list[bytes], found: list[Any]) -> list[Any]:
    """What was found in lines, with all of the items of which the heads alone were read."""
    whole = [
        bulk.item(line) if isinstance(one, Head) else one for line, one in zip(lines, found, strict=True)
    ]
    for one, other in zip(found, whole, strict=True):
        assert [getattr(one, name) for name in Head.__struct_fields__] == [
            getattr(other, name) for name in Head.__struct_fields__
        ]
    return whole


@given(lines=texts(), known=st.lists(st.booleans(), min_size=8))
def test_lines_beside_known_ones_are_looked_at_as_alone(lines: list[bytes], known: list[bool]) -> None:
    """Known may be only what was taken before; then nothing else is taken because of it."""
    taken = [line for line, is_known in zip(lines, known, strict=False) if is_known and _straight(line)]
    found = ItemLines(KnownLines(digests_of(taken))).values(_batch(lines), digests_of(lines))
    if found is not None:
        assert _whole(lines, found) == [_closely(line) for line in lines]


def test_known_lines_take_the_others_of_their_batch_along() -> None:
    lines = [json.dumps(one).encode() for one in PLAIN]
    odd = json.dumps({**CHOICE, "options": {}}).encode()
    reader = ItemLines(KnownLines(digests_of(lines[1:])))
    found = reader.values(_batch(lines), digests_of(lines))
    assert found is not None
    assert [isinstance(one, Head) for one in found] == [False, *[True] * (len(lines) - 1)]
    assert _whole(lines, found) == [_closely(line) for line in lines]
    assert reader.values(_batch([*lines, odd]), digests_of([*lines, odd])) is None


names = st.text("abcdefghijklmnopqrstuvwxyz", max_size=1)


@given(known=st.lists(names, max_size=30), batches=st.lists(st.lists(names, max_size=20), max_size=4))
def test_lines_that_are_not_known_are_all_told(known: list[str], batches: list[list[str]]) -> None:
    lines = KnownLines(digests_of(one.encode() for one in known))
    for batch in batches:
        odd = {number for number, one in enumerate(batch) if one not in known}
        told = lines.fresh(digests_of(one.encode() for one in batch))
        assert odd <= set(told)
        assert len(set(told) - odd) <= max(2, len(batch) // 8)


@pytest.mark.parametrize(("taken_out", "put_in"), [(0, 0), (1, 0), (0, 1), (1, 1), (90, 0), (0, 90), (3, 5)])
def test_after_lines_were_put_in_or_taken_out_the_others_are_found_in_order(
    taken_out: int, put_in: int
) -> None:
    before = digests_of(str(number).encode() for number in range(400))
    new = digests_of(f"new {number}".encode() for number in range(put_in))
    now = [*before[:100], *new, *before[100 + taken_out :]]
    lines = KnownLines(before)
    told = [
        now[start + number]
        for start in range(0, len(now), 50)
        for number in lines.fresh(now[start : start + 50])
    ]
    assert set(told) >= set(new)
    assert lines._at == len(before)


def test_a_reader_that_takes_nothing_gives_up_and_one_that_takes_most_does_not() -> None:
    vain, useful = ItemLines(), ItemLines()
    for _ in range(250):
        assert vain.values(_batch([b"{}"] * 4)) is None
        assert useful.values(_batch([b"{}"] * 4)) is None
        assert useful.values(_batch([FINE.encode()] * 4)) is not None
    assert (vain.hopeful, useful.hopeful) == (False, True)


@given(st.lists(st.tuples(st.integers(5, 30), st.sampled_from(["came", "went", "other"])), max_size=8))
def test_lines_that_came_or_went_do_not_make_the_others_unknown(changes: list[tuple[int, str]]) -> None:
    known = [f"line {number}" for number in range(400)]
    now, odd, at = list(known), set[str](), 0
    for number, (skipped, kind) in enumerate(changes):
        at += skipped
        now[at : at + (kind != "came")] = [] if kind == "went" else [f"new {number}"]
        odd.add(known[at] if kind == "went" else f"new {number}")
    lines = KnownLines(digests_of(one.encode() for one in known))
    told = {now[one] for one in lines.fresh(digests_of(one.encode() for one in now))}
    new = {one for one in odd if one.startswith("new")}
    assert new <= told
    assert len(told - new) <= sum(kind == "went" for _, kind in changes)
    assert "_places" not in vars(lines)


def test_lines_that_are_asked_for_again_stand_where_they_stood() -> None:
    known = digests_of(str(number).encode() for number in range(100))
    lines = KnownLines(known)
    assert lines.fresh(known[:40]) == []
    assert lines.fresh([*known[40:60], b"broken"]) == [20]
    lines.again()
    assert lines.fresh(known[40:60]) == []
    assert lines.fresh([b"broken"]) == [0]
    lines.again()
    assert lines.fresh(known[60:]) == []
    assert "_places" not in vars(lines)
