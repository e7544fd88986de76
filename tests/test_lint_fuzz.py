"""Lint never raises: shared banks, and what Hypothesis makes of real items, in all rules and reporters.

`tests/test_reading_fuzz.py` sends any bytes through reading; here the records are whole enough for rules to
look at them. `tests/fuzz/lint_bytes.py` does the same with a byte fuzzer.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank import api
from qbank.assembly.registry import constraint_kinds, objective_kinds
from qbank.checking import Report, lint
from qbank.config import Settings
from qbank.diagnostics import Severity
from qbank.reading.bank import load_bank
from qbank.reading.blueprint import load_blueprint
from qbank.reporters import reporters
from qbank.rule import all_rules
from tests.fuzz.mutations import banks, changed
from tests.fuzz.seeds import (
    FORMATS,
    ROOT,
    committed_items,
    committed_record,
    native,
    shared_folder,
    shared_records,
    written,
)
from tests.fuzz.soundness import assert_places_exist, assert_renders, every_rule

RULES = all_rules()
REPORTERS = reporters()
EVERY = every_rule(RULES)
ITEMS = committed_items("cmcs")
RECORD = committed_record("cmcs", "bank")
STIMULI = committed_record("cmcs", "stimuli")
SHARED = shared_folder()
WINDOW = 25


@pytest.fixture(autouse=True, scope="module")
def _rules_found_once() -> Iterator[None]:
    """All rules are looked for once: these tests check some thousand small banks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qbank.api.all_rules", functools.cache(all_rules))
        yield


@functools.cache
def _blueprint() -> Any:
    return load_blueprint(
        ROOT / "banks" / "cmcs" / "blueprints" / "practice.yaml", constraint_kinds(), objective_kinds()
    )


def checked(path: Path, blueprint: Any = None) -> Report:
    """The report of all rules about a bank; its places exist, and every reporter renders it."""
    report = api.lint(*load_bank(path), settings=EVERY, blueprint=blueprint)
    assert_places_exist(report, RULES)
    assert_renders(report, RULES, REPORTERS)
    return report


def checked_bytes(data: bytes, format: str, blueprint: Any = None) -> Report:
    """The report about a bank of one file."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / f"items.{format}"
        path.write_bytes(data)
        return checked(path, blueprint)


# --- changed items --------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
@given(bank=banks(ITEMS, RECORD, STIMULI), planned=st.booleans())
def test_changed_items_are_findings(format: str, bank: list[Any], planned: bool) -> None:
    items, record, stimuli = bank
    checked_bytes(written(format, items, record, stimuli), format, _blueprint() if planned else None)


CUTS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9)), max_size=3)
PIECES = st.sampled_from([b"", b"\n", b"\r", b'"', b"\\ud800", b"\xff", b"{", b"- ", b"\xe2\x80\xa8"])


def _damaged(data: st.DataObject, text: bytes, cuts: Sequence[tuple[float, int]]) -> bytes:
    """A file with some bytes cut out and others put there."""
    for share, length in cuts:
        at = int(share * len(text))
        text = text[:at] + data.draw(PIECES) + text[at + length :]
    return text


@given(data=st.data(), format=st.sampled_from(FORMATS), cuts=CUTS)
def test_changed_items_in_a_damaged_file_are_findings(
    data: st.DataObject, format: str, cuts: Sequence[tuple[float, int]]
) -> None:
    items, record, stimuli = data.draw(banks(ITEMS, RECORD, STIMULI))
    checked_bytes(_damaged(data, written(format, items, record, stimuli), cuts), format)


@given(data=st.data(), format=st.sampled_from(("yaml", "json")))
def test_changed_statistics_are_findings(data: st.DataObject, format: str) -> None:
    items = committed_items("synthetic-arithmetic")[:3]
    numbers = {"item": items[0]["id"], "n": 100, "p": 0.5, "irt": {"model": "2PL", "D": 1.7, "a": 1, "b": 0}}
    statistics = [data.draw(changed(numbers)), data.draw(changed({**numbers, "item": "nobody"}))]
    record = committed_record("synthetic-arithmetic", "bank")
    checked_bytes(written(format, items, record, (), statistics), format)


@given(bank=banks(ITEMS, RECORD, STIMULI))
def test_screens_lose_nothing_of_changed_items(bank: list[Any]) -> None:
    items, record, stimuli = bank
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "items.json"
        path.write_bytes(written("json", items, record, stimuli))
        read, problems = load_bank(path)
        with_screens, without = (
            lint(read, problems, settings=EVERY, rules=RULES, screened=screened) for screened in (True, False)
        )
    assert with_screens == without


# --- fixes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
@given(bank=banks(ITEMS, RECORD, STIMULI), unsafe=st.booleans())
def test_a_fixed_bank_reads_again_with_no_new_error(format: str, bank: list[Any], unsafe: bool) -> None:
    items, record, stimuli = bank
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / f"items.{format}"
        path.write_bytes(written(format, items, record, stimuli))
        before = checked(path)
        result = api.fixed(path, unsafe=unsafe, settings=EVERY)
        assert api.write_fixed(result) == ()
        after = checked(path)
        assert _errors(after) <= _errors(before)
        assert bool(result.changes) == bool(result.fixed)
        assert api.fixed(path, unsafe=unsafe, settings=EVERY).changes == ()


@given(data=st.data(), format=st.sampled_from(FORMATS), cuts=CUTS)
def test_what_cannot_be_fixed_in_a_damaged_file_is_refused(
    data: st.DataObject, format: str, cuts: Sequence[tuple[float, int]]
) -> None:
    items = [{"id": f"x-{n}", "type": "essay", "stem": f" Why is {n} odd? "} for n in range(4)]
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / f"items.{format}"
        path.write_bytes(_damaged(data, written(format, items, None, []), cuts))
        result = api.fixed(path, settings=Settings(select=("text",)))
        assert all(one.reason for one in result.refused)
        assert api.write_fixed(result) == ()
        assert api.fixed(path, settings=Settings(select=("text",))).changes == ()


def _errors(report: Report) -> set[tuple[str, str]]:
    return {(one.rule, one.item) for one in report.diagnostics if one.severity is Severity.ERROR}


# --- the shared banks -----------------------------------------------------------------------------------

needs_shared = pytest.mark.skipif(
    SHARED is None, reason="QBANK_TEST_DATA is not set: it names the folder of the shared test data"
)
FILES = sorted(path.name for path in SHARED.glob("banks/*.jsonl")) if SHARED is not None else []


@needs_shared
@pytest.mark.parametrize("file", FILES)
def test_every_file_of_the_shared_banks(file: str) -> None:
    assert SHARED is not None
    path = SHARED / "banks" / file
    count = len(path.read_bytes().splitlines())
    assert checked(path).items == count


@needs_shared
@pytest.mark.parametrize("file", FILES)
def test_every_shared_bank_in_the_native_format(file: str) -> None:
    assert SHARED is not None
    records = shared_records(SHARED)[file]
    report = checked_bytes(written("jsonl", [native(one) for one in records], RECORD), "jsonl")
    assert report.items == len(records)
    assert not {one.rule for one in report.diagnostics} & {"schema-violation", "unreadable-file"}


@needs_shared
@pytest.mark.parametrize("file", FILES)
@given(data=st.data(), format=st.sampled_from(FORMATS))
def test_changed_parts_of_the_shared_banks_are_findings(file: str, data: st.DataObject, format: str) -> None:
    assert SHARED is not None
    records = shared_records(SHARED)[file]
    first = data.draw(st.integers(0, len(records) - WINDOW))
    items = [native(one) for one in records[first : first + WINDOW]]
    for number in data.draw(st.lists(st.integers(0, WINDOW - 1), min_size=1, max_size=6)):
        items[number] = data.draw(changed(items[number]))
    checked_bytes(written(format, items, data.draw(st.sampled_from([None, RECORD]))), format)
