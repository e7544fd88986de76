"""Reading never raises on any bytes, takes no time for malicious ones, and knows where every value is."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qbank.assembly.registry import constraint_kinds, objective_kinds
from qbank.checking import lint
from qbank.diagnostics import Location, Pointer
from qbank.model.blueprint import BLUEPRINT_RECORD
from qbank.reading.bank import load_bank
from qbank.reading.blueprint import load_blueprint
from qbank.reading.collect import Reading
from qbank.reading.files import PathError
from qbank.reading.form import load_form
from qbank.reading.places import Places, locate

RECORD = b"id: demo\nitems: ['items/*']\nstimuli: ['stimuli/*']\nattributes: {n: {type: number}}\n"
NAMES = ("a.yaml", "a.json", "a.jsonl")
SECONDS = 1.0


@contextmanager
def _bank(files: dict[str, bytes]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for file, data in {"bank.yaml": RECORD, **files}.items():
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_bytes(data)
        yield root


def _read(root: Path) -> tuple[Reading, list[Location]]:
    """Read a bank and find the place of everything that was found."""
    reading = load_bank(root)
    places = Places(reading.bank.sources)
    found = []
    for problem in reading.problems:
        found.append(places(problem.finding.where))
        found += [places(one.where) for one in problem.finding.related]
    return reading, found


def _assert_survives(files: dict[str, bytes]) -> Reading:
    with _bank(files) as root:
        try:
            reading, places = _read(root)
        except PathError:  # only what the bank itself says when it is no bank
            return Reading(load_bank_of(b"[]"), ())
        for place in places:
            lines = (
                Path(place.file).read_bytes().count(b"\n") + Path(place.file).read_bytes().count(b"\r") + 1
            )
            assert 1 <= place.line <= lines
            assert place.column >= 1
        lint(reading.bank, reading.problems)
        return reading


def load_bank_of(data: bytes, name: str = "a.json") -> Any:
    """The bank of a single file."""
    with _bank({name: data}) as root:
        return load_bank(root / name).bank


# --- any bytes ------------------------------------------------------------------------------------------


@given(data=st.binary(max_size=400), name=st.sampled_from(NAMES))
def test_any_bytes_are_findings(data: bytes, name: str) -> None:
    _assert_survives({f"items/{name}": data})


@given(data=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_as_bank_record_stimuli_and_statistics(data: bytes) -> None:
    _assert_survives({"bank.yaml": data, "items/a.yaml": b"- {id: a, type: essay, stem: x}\n"})
    _assert_survives({"stimuli/a.yaml": data, "statistics.jsonl": data})


@given(data=st.binary(max_size=200))
@example(data=b"?")
@example(data=b"{1: 2, length: 3, where: {no: yes}}")
@example(data=b"[" * 1000)
def test_any_bytes_as_blueprint_or_form_are_an_answer(data: bytes) -> None:
    with _bank({"b.yaml": data, "b.json": data}) as root:
        for name in ("b.yaml", "b.json"):
            with suppress(PathError):
                load_blueprint(root / name, {}, {})
        with pytest.raises(PathError):
            load_form(root / "b.json")


# --- changed files --------------------------------------------------------------------------------------

ITEM: dict[str, Any] = {
    "id": "a-1",
    "type": "multiple-choice",
    "status": "active",
    "content_area": "x/y",
    "attributes": {"n": 1.5},
    "stem": "Which one is $x_1$?",
    "options": {"A": "one", "B": "two, or", "C": "thrée"},
    "key": "B",
    "rationale": {"A": "no", "B": "yes"},
    "references": ["a book"],
    "scoring": {"method": "per_option", "penalty": 0.25},
    "enemies": ["a-2"],
    "codes": [{"system": "icd10cm", "code": "0450"}],
    "lint_ignore": [{"rule": "key-longest", "reason": "so", "until": "2027-01-01"}],
}
OTHER: dict[str, Any] = {
    "id": "a-2",
    "type": "matching",
    "stem": "Match.",
    "prompts": {"P1": "x", "P2": "y"},
    "options": {"A": "1", "B": "2"},
    "key": {"P1": "A", "P2": "B"},
    "stimulus": "case",
}
YAML_SAMPLE = b"""# items
- id: a-1
  type: multiple-choice
  attributes: {n: 1.5}
  stem: >-
    Which one is
    $x_1$?
  options:
    A: 1.50
    B: "two, \\u00e9"
    C: 'three'
  key: no
  references: [a book, 0450]
- &two
  id: a-2
  type: matching
  prompts: {P1: x, P2: 1:30}
  options: {A: 1e3, B: ~}
  key: {P1: A}
  tags: [*x, on]
- {id: a-3, type: essay, stem: "x", rubric: |}
"""
SAMPLES = {
    "a.yaml": [YAML_SAMPLE, json.dumps([ITEM, OTHER], indent=1).encode(), b"items:\n- id: a\n  stem: 5\n"],
    "a.json": [
        json.dumps([ITEM, OTHER]).encode(),
        json.dumps({"bank": {"id": "b"}, "stimuli": [{"id": "s"}], "items": [ITEM]}).encode(),
    ],
    "a.jsonl": [
        b"\n".join(
            json.dumps(one).encode()
            for one in ({"bank": {"id": "b"}}, {"stimulus": {"id": "s"}}, ITEM, OTHER)
        )
    ],
}
PIECES = (
    rb"""- |-|,|: |:|{|}|[|]|"|'|#| #|&a |*a|!!str |!x |? || >|%YAML 1.2|---|...|<<: *a|~|null|"""
    rb"""true|no|.nan|.inf|-.inf|1e999"""
    rb"""|0x1F|0o17|1_000|1:30|2026-11-22|id|id: |"id": |key: |options: |{"a": 1, "a": 2}|"""
    rb"""99999999999999999999999999|"""
    b"1e400|\\u0000|\\ud800|\\ud83d\\ude00|\x00|\x7f|\x85|\xc2\x85|\xe2\x80\xa8|\xef\xbb\xbf|\xff\xfe|\xed\xa0\x80|"
    b"\xf4\x90\x80\x80|\r|\r\n|\t|\n|\n\n|$ref|http://127.0.0.1:9/x|stem|items:|bank:|[[[[[[[[|{{{{{{{{|//"
).split(b"|")


@st.composite
def _changed(draw: st.DrawFn, name: str) -> bytes:
    data = draw(st.sampled_from(SAMPLES[name]))
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 12))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=3))
        match draw(st.sampled_from(["insert", "replace", "cut", "repeat", "move"])):
            case "insert":
                data = data[:at] + piece + data[at:]
            case "replace":
                data = data[:at] + piece + data[at + length :]
            case "cut":
                data = data[:at] + data[at + length :]
            case "repeat":
                data = data[:at] + data[max(0, at - 4 * length) : at] + data[at:]
            case "move":
                data = data[at:] + data[:at]
    return data


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_changed_files_are_findings(name: str, data: st.DataObject) -> None:
    _assert_survives({f"items/{name}": data.draw(_changed(name))})


STARTER = Path(__file__).parent.parent / "qbank" / "cli" / "starter" / "blueprints" / "practice.yaml"
SAMPLES["b.yaml"] = [STARTER.read_bytes()]


@given(data=_changed("b.yaml"))
def test_changed_blueprints_are_an_answer(data: bytes) -> None:
    with _bank({"b.yaml": data}) as root, suppress(PathError):
        reading = load_blueprint(root / "b.yaml", constraint_kinds(), objective_kinds())
        places = Places((), {BLUEPRINT_RECORD: reading.source})
        assert reading.blueprint is not None or reading.problems
        for problem in reading.problems:
            assert places(problem.finding.where).line >= 1


# --- one meaning ----------------------------------------------------------------------------------------

VALUES = st.sampled_from(
    [
        None,
        True,
        0,
        1,
        1.0,
        1.5,
        -1,
        2**53 + 1,
        2**64,
        1e300,
        "",
        "A",
        "2026-11-22",
        "é\u2028",
        'a": "b',
        "\\u0022:",
        *[[], {}, ["A"], {"A": "x"}, {"n": 5}, {"n": 2**63}, {"P1": "B"}, {"value": 2}, [{"by": "x"}]],
    ]
)
SPOILT = st.builds(
    lambda item, changes: {**item, **changes},
    st.sampled_from([ITEM, OTHER]),
    st.dictionaries(st.sampled_from([*ITEM, *OTHER, "unit", "choose"]), VALUES, max_size=2),
)


def _seen(root: Path) -> tuple[Any, Any]:
    reading = load_bank(root)
    items = [msgspec.structs.replace(item, record=0) for item in reading.bank.items]
    return items, [
        (one.rule, one.finding.message, getattr(one.finding.where, "pointer", ())) for one in reading.problems
    ]


@given(
    records=st.lists(SPOILT, max_size=4),
    separators=st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")]),
)
def test_json_lines_and_json_mean_the_same(records: list[Any], separators: tuple[str, str]) -> None:
    record = {"bank.yaml": RECORD.replace(b"attributes", b"defaults: {points: 2}\nattributes")}
    lines = [json.dumps(one, separators=separators).encode() for one in records]
    for more in ({}, record):
        with (
            _bank({**more, "items/a.jsonl": b"\n".join(lines)}) as first,
            _bank({**more, "items/a.json": b"[" + b",".join(lines) + b"]"}) as second,
        ):
            assert _seen(first) == _seen(second)


@pytest.mark.parametrize(
    "line",
    [
        b'{"id":"a","type":"essay","stem":"x","stem":"y"}',
        b'{"id":"a","type":"essay","stem" : "x","stem":"y"}',
        b'{"id":"a","type":"essay","stem":"x","stem":"\\u0022:"}',
        b'{"id":"a","type":"essay","stem":"x","stem":"\\"\\u003a"}',
        b'{"id":"a","type":"essay","stem":"x","st\\u0065m":"y"}',
        b'{"id":"a","type":"essay","stem":"x","attributes":{"n":1,"n":1}}',
    ],
)
def test_no_repeated_key_is_missed(line: bytes) -> None:
    for name, data in (("a.jsonl", line), ("a.json", b"[" + line + b"]")):
        with _bank({f"items/{name}": data}) as root:
            reading, _ = _read(root)
        said = [one.rule for one in reading.problems]
        assert [one for one in said if one != "idle-pattern"] == ["repeated-key"]
        assert reading.bank.items == ()


def test_whole_numbers_may_have_a_point() -> None:
    item = {
        "id": "a",
        "type": "multiple-response",
        "stem": "x",
        "options": {"A": "1", "B": "2"},
        "choose": 2.0,
    }
    assert load_bank_of(json.dumps([item]).encode()).items[0].choose == 2
    assert load_bank_of(json.dumps(item).encode(), "a.jsonl").items[0].choose == 2
    blueprint = b"{id: b, length: 9.0, forms: 1.0, objective: {kind: random}}"
    with _bank({"b.yaml": blueprint}) as root:
        read = load_blueprint(root / "b.yaml", constraint_kinds(), objective_kinds()).blueprint
    assert read is not None
    assert (read.length, read.forms) == (9, 1)


# --- malicious files ------------------------------------------------------------------------------------


def _alias_bomb(levels: int = 9, more: bytes = b"") -> bytes:
    lines = [b"- a: &a [x, x, x, x, x, x, x, x, x]"]
    for level in range(levels):
        name, before = bytes([98 + level]), bytes([97 + level])
        lines.append(b"  " + name + b": &" + name + b" [" + b", ".join([b"*" + before] * 9) + b"]")
    return b"\n".join(lines) + b"\n" + more


DEEP = 200_000
BAD_ITEM = b'{"id": "a", "type": "essay", "stem": 5}'
MALICIOUS: dict[str, tuple[str, bytes]] = {
    "alias bomb": ("a.yaml", _alias_bomb()),
    "alias bomb with a repeated key": ("a.yaml", _alias_bomb(more=b"  a: 1\n")),
    "alias of itself": ("a.yaml", b"- &a [*a]\n"),
    "merge bomb": (
        "a.yaml",
        b"- &a {a: 1}\n"
        + b"".join(b"- &%c {<<: [*%c, *%c], k: 1}\n" % (98 + n, 97 + n, 97 + n) for n in range(22)),
    ),
    "flow lists": ("a.yaml", b"[" * DEEP),
    "flow lists, closed": ("a.yaml", b"[" * DEEP + b"]" * DEEP),
    "flow mappings": ("a.yaml", b"{a: " * DEEP),
    "flow lists after a tag": ("a.yaml", b"!x " + b"[" * DEEP),
    "flow lists after a repeated key": ("a.yaml", b"- {a: 1, a: " + b"[" * DEEP),
    "block lists": ("a.yaml", b"- " * DEEP),
    "complex keys": ("a.yaml", b"? " * DEEP),
    "indentation": ("a.yaml", b"\n".join(b" " * n + b"a:" for n in range(1200))),
    "lists in JSON": ("a.json", b"[" * DEEP),
    "lists in JSON, closed": ("a.json", b"[" * DEEP + b"]" * DEEP),
    "objects in JSON": ("a.json", b'{"a":' * DEEP + b"1" + b"}" * DEEP),
    "just too deep in JSON": ("a.json", b"[" * 600 + b"]" * 600),
    "just too deep in JSON Lines": ("a.jsonl", b'{"a":' * 900 + b"1" + b"}" * 900),
    "a value nested too deeply": (
        "a.json",
        b'[{"id": "a", "type": "essay", "stem": "x", "key": ' + b"[" * 100 + b"]" * 100 + b"}]",
    ),
    "NaN": ("a.yaml", b"- {id: a, type: essay, stem: x, points: .nan}\n"),
    "infinity": ("a.yaml", b"- {id: a, type: essay, stem: x, points: -.inf}\n"),
    "NaN in JSON": ("a.json", b'[{"id": "a", "type": "essay", "stem": "x", "points": NaN}]'),
    "a float out of range": ("a.json", b'[{"id": "a", "type": "essay", "stem": "x", "points": 1e999}]'),
    "a number of 40 digits": (
        "a.json",
        b'[{"id": "a", "type": "essay", "stem": "x", "attributes": {"n": 1' + b"0" * 40 + b"}}]",
    ),
    "a number of 400,000 digits": (
        "a.json",
        b'[{"id": "a", "type": "essay", "stem": "x", "points": 1' + b"0" * 400_000 + b"}]",
    ),
    "a number of 40 digits in YAML": (
        "a.yaml",
        b"- {id: a, type: essay, stem: x, attributes: {n: 1" + b"0" * 40 + b"}}",
    ),
    "a text of 400,000 digits": ("a.yaml", b"- {id: a, type: essay, stem: " + b"1" * 400_000 + b"}"),
    "a lone surrogate": ("a.json", b'[{"id": "a", "type": "essay", "stem": "\\ud800"}]'),
    "a lone surrogate in YAML": ("a.yaml", b'- {id: a, type: essay, stem: "\\ud800"}'),
    "an encoded surrogate": ("a.json", b'[{"id": "a", "type": "essay", "stem": "\xed\xa0\x80"}]'),
    "a Python tag": ("a.yaml", b"- id: !!python/object/apply:os.system [exit 1]\n"),
    "NUL": ("a.yaml", b"- id: a\x00\n"),
    "NUL in JSON": ("a.json", b'[{"id": "a\x00"}]'),
    "UTF-16": ("a.yaml", "- id: a\n".encode("utf-16")),
    "UTF-16 in JSON": ("a.json", "[]".encode("utf-16")),
    "UTF-32": ("a.jsonl", '{"id": "a"}'.encode("utf-32")),
    "two documents": ("a.yaml", b"- id: a\n---\n- id: b\n"),
    "a repeated key": ("a.yaml", b"- id: a\n  type: essay\n  id: b\n  stem: x\n"),
    "a repeated key in JSON": ("a.json", b'[{"id": "a", "type": "essay", "stem": "x", "\\u0069d": "b"}]'),
    "a repeated key in JSON Lines": ("a.jsonl", b'{"id": "a", "type": "essay", "stem": "x", "id": "b"}'),
    "keys that are no texts": ("a.yaml", b"{bank: {id: x}, 5: {true: 3}, items: [{1: 2, '1': 3}]}"),
    "a remote reference": (
        "a.json",
        b'[{"$ref": "http://127.0.0.1:9/x", "id": "a", "type": "essay", "stem": "x"}]',
    ),
    "a schema of its own": (
        "a.json",
        b'[{"$schema": "http://127.0.0.1:9/x", "$id": "http://127.0.0.1:9/y", "id": "a"}]',
    ),
    "one long line": ("a.yaml", b"- {id: a, stem: " + b"x " * 400_000),
    "many quotes": ("a.json", b'["' + b'\\"' * 400_000),
    "many broken items": ("a.yaml", b"- id: a\n  stem: foo: bar\n" * 8000),
    "broken at its end": ("a.yaml", b"x:\n" + b"- id: a\n  stem: foo\n" * 25_000 + b'- "\n'),
    "many odd scalars": ("a.yaml", b"- {id: a, type: essay, stem: 1.50}\n" * 8000),
    "many bad items in JSON": ("a.json", b"[" + b",".join([BAD_ITEM] * 8000) + b"]"),
    "many bad items in JSON Lines": ("a.jsonl", b"\n".join([BAD_ITEM] * 8000)),
    "many bad items in a mapping": (
        "a.yaml",
        b"items:\n" + b"- {id: a, type: essay, stem: x, y: 5}\n" * 5000,
    ),
    "exclamation marks": ("a.yaml", b"- {id: a, type: essay, stem: x !}\n" * 12_000),
}
IDLE = "idle-pattern"
"""Said of the other kinds of files that the bank of these tests names."""

HARMLESS = ("a number of 40 digits in YAML", "a text of 400,000 digits", "exclamation marks")


@pytest.mark.parametrize("name", sorted(MALICIOUS))
def test_a_malicious_file_is_a_finding_and_takes_no_time(name: str) -> None:
    file, data = MALICIOUS[name]
    good = b"- {id: good, type: essay, stem: x}\n"
    with _bank({f"items/{file}": data, "items/z.yaml": good}) as root:
        _read(root)  # so that imports do not count
        started = time.process_time()
        reading, _ = _read(root)
        assert time.process_time() - started < SECONDS
        rules = {problem.rule for problem in reading.problems} - {IDLE}
        assert rules or name in HARMLESS
        assert rules <= {"schema-violation", "unreadable-file", "repeated-key", "coerced-scalar"}
        assert "good" in {item.id for item in reading.bank.items}


def test_texts_that_only_look_odd_are_read() -> None:
    items = load_bank_of(
        b"- {id: a, type: essay, stem: 'half-open [0, 1) {x'}\n" * 3
        + b"".join(b"- id: b%d\n  type: essay\n  stem: see [%d\n" % (n, n) for n in range(1500)),
        "a.yaml",
    ).items
    assert len(items) == 1503


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte-order mark"])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
def test_byte_order_marks_and_line_ends_do_not_matter(prefix: bytes, ending: bytes) -> None:
    text = b"- id: a\n  type: essay\n  stem: x\n  keys: 1\n"
    with _bank({"items/a.yaml": prefix + text.replace(b"\n", ending)}) as root:
        reading, places = _read(root)
    told = [
        (place.line, place.column)
        for problem, place in zip(reading.problems, places, strict=True)
        if problem.rule != IDLE
    ]
    assert told == [(4, 3)]
    assert reading.bank.unreadable == {"a"}


# --- paths ----------------------------------------------------------------------------------------------


def test_links_out_of_the_bank_are_findings() -> None:
    with _bank({"items/z.yaml": b"- {id: good, type: essay, stem: x}\n"}) as root, _bank({}) as other:
        (other / "secret.yaml").write_bytes(b"- {id: secret, type: essay, stem: x}\n")
        (root / "items" / "a.yaml").symlink_to(other / "secret.yaml")
        (root / "items" / "nowhere.yaml").symlink_to(other / "nothing.yaml")
        (root / "items" / "loop.yaml").symlink_to(root / "items" / "loop.yaml")
        (root / "stimuli").symlink_to(other)
        reading, _ = _read(root)
    assert {item.id for item in reading.bank.items} == {"good"}
    assert {problem.rule for problem in reading.problems} == {"unreadable-file"}
    assert len(reading.problems) >= 4


@pytest.mark.parametrize(
    "pattern",
    ["../*.yaml", "items/../../*.yaml", "/etc/*", "..", "~/*", "C:/*", "\\\\server\\x", " ", "a\0b"],
)
def test_patterns_out_of_the_bank_read_nothing(pattern: str) -> None:
    record = json.dumps({"id": "demo", "items": [pattern], "statistics": f"../{pattern.strip('/')}"}).encode()
    with _bank({"bank.yaml": record, "items/a.yaml": b"- {id: a, type: essay, stem: x}\n"}) as root:
        (root.parent / "outside.yaml").write_bytes(b"- {id: outside, type: essay, stem: x}\n")
        reading, _ = _read(root)
        (root.parent / "outside.yaml").unlink()
    assert {item.id for item in reading.bank.items} <= {"a"}
    assert reading.problems or pattern in ("~/*", "a\0b")  # these name nothing that exists


def test_folders_pipes_and_media_out_of_the_bank() -> None:
    stimuli = b'- {id: s, text: x, media: [{file: ../../etc/passwd}, {file: /etc/passwd}, {file: "a\\0b"}]}\n'
    with _bank({"stimuli/s.yaml": stimuli}) as root:
        (root / "items" / "x.yaml").mkdir(parents=True)
        (root / "items" / "x.json").mkdir()
        if hasattr(os, "mkfifo"):
            os.mkfifo(root / "items" / "pipe.yaml")
        reading, _ = _read(root)
    assert [problem.finding.message for problem in reading.problems] == ["this is not a plain file"]
    assert [media.sha256 for media in reading.bank.stimuli[0].media] == ["", "", ""]


@pytest.mark.parametrize(
    "name", ["nothing", "nothing.yaml", "x" * 5000, "a\0b", "folder", "file.txt", "folder.yaml", "bank.yaml"]
)
def test_a_named_path_that_cannot_be_read_is_a_path_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "file.txt").write_text("x", encoding="utf-8")
    with pytest.raises(PathError):
        load_bank(tmp_path / name)


# --- places ---------------------------------------------------------------------------------------------


class _Writer:
    """Writes trees as text and remembers where it wrote each value and key."""

    def __init__(self) -> None:
        self.text = ""
        self.values: dict[Pointer, int] = {}
        self.keys: dict[Pointer, int] = {}

    def put(self, text: str) -> None:
        self.text += text

    def json(self, value: Any, pointer: Pointer, space: Callable[[], str]) -> None:
        self.values[pointer] = len(self.text)
        if isinstance(value, dict):
            self.put("{" + space())
            for number, (name, part) in enumerate(value.items()):
                self.put(("," + space()) if number else "")
                self.keys[(*pointer, name)] = len(self.text)
                self.put(self.written(name) + ": " + space())
                self.json(part, (*pointer, name), space)
            self.put(space() + "}")
        elif isinstance(value, list):
            self.put("[" + space())
            for number, part in enumerate(value):
                self.put(("," + space()) if number else "")
                self.json(part, (*pointer, number), space)
            self.put(space() + "]")
        else:
            self.put(self.written(value))

    def written(self, value: Any) -> str:
        """A scalar or name; characters above U+FFFF stay as they are, for YAML knows no pairs of \\u."""
        escaped = len(self.text) % 2 == 0 and all(ord(character) < 0x10000 for character in str(value))
        return json.dumps(value, ensure_ascii=escaped)

    def block(
        self, value: Any, pointer: Pointer, indent: int, in_line: bool, noise: Callable[[], str]
    ) -> None:
        """A value in block style; the writer stands where it may begin."""
        pad = "\n" + " " * indent
        if isinstance(value, dict) and value:
            for number, (name, part) in enumerate(value.items()):
                self.put("" if number == 0 and in_line else noise() + pad)
                if number == 0:
                    self.values[pointer] = len(self.text)
                self.keys[(*pointer, name)] = len(self.text)
                self.put(_name(name) + ":")
                self.part(part, (*pointer, name), indent, noise)
        elif isinstance(value, list) and value:
            for number, part in enumerate(value):
                self.put("" if number == 0 and in_line else noise() + pad)
                if number == 0:
                    self.values[pointer] = len(self.text)
                self.put("- ")
                self.block(part, (*pointer, number), indent + 2, True, noise)
        else:
            self.scalar(value, pointer, indent)

    def part(self, value: Any, pointer: Pointer, indent: int, noise: Callable[[], str]) -> None:
        if isinstance(value, dict | list) and value:
            self.block(value, pointer, indent + 2, False, noise)
        else:
            self.put(" ")
            self.scalar(value, pointer, indent + 2)

    def scalar(self, value: Any, pointer: Pointer, indent: int) -> None:
        self.values[pointer] = len(self.text)
        if isinstance(value, str) and value.isascii() and value.isalpha() and len(value) > 6:
            self.put("|-\n" + " " * indent + value)
        elif isinstance(value, str) and value.isascii() and value.isalpha():
            self.put(value if len(value) % 2 else f"'{value}'")
        else:
            self.put(json.dumps(value, ensure_ascii=False))


def _name(name: str) -> str:
    return name if name.isascii() and name.isalpha() else json.dumps(name, ensure_ascii=False)


# what YAML allows unescaped; no lone surrogate, no line break that YAML knows and JSON does not escape
TEXT = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff\ufffe\uffff"
    )
    | st.sampled_from("\n\t\"\\:,[]{}#&*!|>'%@-? é\U0001f600"),
    max_size=12,
).filter(lambda text: all(ord(c) & 0xFFFE != 0xFFFE for c in text))
LEAF = (
    TEXT | st.integers(-1000, 1000) | st.booleans() | st.none() | st.sampled_from(["word", "longword", "id"])
)
TREE = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
RECORD_TREE = st.dictionaries(TEXT, TREE, max_size=4).map(lambda tree: {"id": "a", **tree})
RECORDS = st.lists(RECORD_TREE, min_size=1, max_size=4)


def _expected(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _assert_places(file: str, data: bytes, writer: _Writer, records: list[Any]) -> None:
    with _bank({f"items/{file}": data}) as root:
        reading = load_bank(root)
        sources = [one for one in reading.bank.sources if one.path.endswith(file)]
        assert len(sources) == len(records)
        for number, source in enumerate(sources):
            for known, part in ((writer.values, "value"), (writer.keys, "key")):
                for pointer, offset in known.items():
                    if pointer[:1] == (number,):
                        place = locate(source, pointer[1:], part)
                        assert (place.line, place.column) == _expected(writer.text, offset), (pointer, part)


@given(records=RECORDS, data=st.data())
@example(records=[{"a": {"a": 1}}, {"é": ["x", {"b": None}]}], data=None)
def test_places_in_json_are_exact(records: list[Any], data: st.DataObject | None) -> None:
    spaces = (
        iter(data.draw(st.lists(st.sampled_from(["", " ", "\n", "\t", "\n  "]), max_size=30)))
        if data
        else iter("")
    )
    writer = _Writer()
    writer.json(records, (), lambda: next(spaces, ""))
    _assert_places("a.json", writer.text.encode(), writer, records)
    _assert_places("a.json", b"\xef\xbb\xbf" + writer.text.replace("\n", "\r\n").encode(), writer, records)


@given(records=RECORDS, blank=st.sampled_from(["\n", "\n\n", "\n \n"]))
def test_places_in_json_lines_are_exact(records: list[Any], blank: str) -> None:
    writer = _Writer()
    for number, record in enumerate(records):
        writer.json(record, (number,), lambda: " ")
        writer.put(blank)
    _assert_places("a.jsonl", writer.text.encode(), writer, records)
    _assert_places("a.jsonl", b"\xef\xbb\xbf" + writer.text.replace("\n", "\r\n").encode(), writer, records)


@given(records=RECORDS, data=st.data())
def test_places_in_flow_style_are_exact(records: list[Any], data: st.DataObject) -> None:
    spaces = iter(
        data.draw(st.lists(st.sampled_from(["", " ", "\n  ", "\n\n   ", " # note\n  "]), max_size=30))
    )
    writer = _Writer()
    writer.json(records, (), lambda: next(spaces, " "))
    _assert_places("a.yaml", writer.text.encode(), writer, records)
    _assert_places("a.yaml", b"\xef\xbb\xbf" + writer.text.replace("\n", "\r\n").encode(), writer, records)


@given(records=RECORDS, data=st.data())
def test_places_in_block_style_are_exact(records: list[Any], data: st.DataObject) -> None:
    noises = iter(data.draw(st.lists(st.sampled_from(["", "\n", "\n# - note", "\n\n"]), max_size=20)))
    writer = _Writer()
    writer.put(data.draw(st.sampled_from(["# items", "", "---"])))
    writer.block(records, (), 0, False, lambda: next(noises, ""))
    writer.put(data.draw(st.sampled_from(["", "\n"])))
    _assert_places("a.yaml", writer.text.encode(), writer, records)
    _assert_places("a.yaml", b"\xef\xbb\xbf" + writer.text.replace("\n", "\r\n").encode(), writer, records)


def test_places_with_anchors_and_texts_that_look_like_items_are_exact() -> None:
    text = (
        "- id: &name a\n"
        '  stem: "one\n'
        '- two"\n'
        "  tags: [x, *name, 1.50]\n"
        "- id: &name b\n"
        "  tags: *name\n"
        "  author: *name\n"
        "  keys: 1\n"
    )
    with _bank({"items/a.yaml": text.encode()}) as root:
        sources = load_bank(root).bank.sources[1:]
        first, second = sources
        assert locate(first, ("tags", 1)) == Location(locate(first).file, 4, 13)
        assert locate(first, ("tags", 2)) == Location(locate(first).file, 4, 20)
        assert locate(second, ("author",)) == Location(locate(first).file, 7, 11)
        assert locate(second, ("keys",), "key") == Location(locate(first).file, 8, 3)
