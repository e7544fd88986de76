"""A run that starts from what an earlier one worked out reports what a run without it does."""

from __future__ import annotations

import gc
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import hypothesis
import msgspec
import numpy as np
import pytest
from hypothesis import strategies as st

from qbank import api, checking, memory
from qbank.checking import lint
from qbank.config import Settings
from qbank.model.bank import Bank
from qbank.model.earlier import Earlier, joined, places_of
from qbank.model.item import Item
from qbank.reading.bank import load_bank
from qbank.reading.json_places import Spans
from qbank.running import Runner
from qbank.similarity import decide, known, pairs
from qbank.similarity.columns import Columns, Looked, columns
from qbank.similarity.known import Known
from qbank.similarity.pairs import SimilarItems
from qbank.similarity.sketch import Sketch

Entry = dict[str, Any]

NOUNS = (
    "Radius",
    "Clavicle",
    "Tibia",
    "femur",
    "Ibuprofen",
    "ibuprofen",
    "Heparin",
    "Mozart",
    "7 mg",
    "left",
)
STEMS = (
    "Which of {} lies in the lower arm beside the {}?",
    "Which of those {} lies within the lower arm beside {}?",
    "The forearm of a climber hurts near the {} *or* the {}; which bone is fractured?",
    "Which fractured bone of the climber hurts in the forearm, {} or {}?",
    "A patient with thrombosis of the {} vein receives {}. Which drug dissolves the thrombosis?",
    "Which fracture of climbers needs splinting soonest?",
    "Why is the {} fracture of climbers the one that needs splinting soonest, {} apart?",
)
TEMPLATED = "A patient receives {} mg of heparin billed in units of {} mg. How many units are billed?"


def entry(number: int, shape: int, one: int, other: int, key: int) -> Entry:
    """An item by some numbers; equal numbers make equal items."""
    first, second = NOUNS[one % len(NOUNS)], NOUNS[other % len(NOUNS)]
    found: Entry = {"id": f"i-{number}", "type": "multiple-choice"}
    if shape % 9 == 8:
        return {
            **found,
            "type": "numeric",
            "stem": f"How many {first} of 7 mg?",
            "key": {"value": key, "unit": "mg"},
        }
    stem = TEMPLATED.format(one, other) if shape % 9 == 7 else STEMS[shape % 9].format(first, second)
    options = {"A": first, "B": second + " *", "C": NOUNS[(one + other + 1) % len(NOUNS)]}
    return {**found, "stem": stem, "options": options, "key": "ABC"[key % 3]}


def bank() -> list[Entry]:
    """Sixty items, of which 31 are of one template: one less is no large template."""
    template = [entry(number, 7, number, number + 1, 0) for number in range(31)]
    return template + [entry(31 + number, number % 7, number, number // 2, number) for number in range(29)]


numbers = st.integers(0, 11)
edit = st.tuples(
    st.sampled_from(("change", "add", "remove", "move", "copy")),
    st.integers(0, 80),
    numbers,
    numbers,
    numbers,
    numbers,
)


def edited(lines: list[Entry], edits: list[tuple[str, int, int, int, int, int]], fresh: int) -> list[Entry]:
    """The lines after some edits; `fresh` is the first number that no item has."""
    lines = list(lines)
    for number, (what, place, *others) in enumerate(edits):
        place %= len(lines)
        if what == "change":
            lines[place] = {**entry(0, *others), "id": lines[place]["id"]}
        elif what == "add":
            lines.insert(place, entry(fresh + number, *others))
        elif what == "remove":
            del lines[place]
        elif what == "move":
            lines.append(lines.pop(place))
        else:
            lines.insert(place, lines[-1])
    return lines


SHORT = Settings(rules={"shared-passage": {"words": 6}})
"""With passages as short as the stems above."""


def written(path: Path, lines: list[Entry]) -> Path:
    path.write_bytes(msgspec.json.Encoder().encode_lines(lines))
    return path


def shown(path: Path, settings: Settings | None = None, cached: Path | None = None) -> tuple[str, object]:
    """The report as JSON, and the fixes."""
    read, problems = load_bank(path)
    report = lint(read, problems, settings=settings, cached=cached)
    return api.render(report, "json"), report.fixes


@pytest.fixture(autouse=True)
def _small_banks_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_WORTH_REMEMBERING", 1)
    monkeypatch.setattr(known, "_MOST_LOOKED_UP", 0.5)


@hypothesis.settings(
    deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture], max_examples=15
)
@hypothesis.given(rounds=st.lists(st.lists(edit, max_size=6), min_size=1, max_size=4))
def test_after_any_edits(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[tuple[str, int, int, int, int, int]]]
) -> None:
    path = tmp_path_factory.mktemp("edited") / "items.jsonl"
    lines = bank()
    for number, edits in enumerate([[], *rounds]):
        lines = edited(lines, edits, 1000 * (number + 1))
        written(path, lines)
        assert shown(path, SHORT, path) == shown(path, SHORT)


def test_with_other_settings_and_after_them(tmp_path: Path) -> None:
    path = written(tmp_path / "items.jsonl", bank())
    chosen = Settings(rules={"cue-between-items": {"shared": 1, "part": 0.1}})
    for lines in (bank(), bank()[1:], bank()[:-1]):
        written(path, lines)
        for settings in (None, chosen):
            assert shown(path, settings, path) == shown(path, settings)


def test_the_bank_says_what_is_kept(tmp_path: Path) -> None:
    """Else the property above would hold of reports without a finding."""
    path = written(tmp_path / "items.jsonl", bank())
    found, _ = shown(path, SHORT)
    rules = {one["rule"] for one in msgspec.json.decode(found)["diagnostics"]}
    assert {"cue-between-items", "near-duplicate-item", "shared-passage", "sibling-items"} <= rules


def test_only_new_items_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "items.jsonl", bank())
    shown(path, cached=path)
    written(path, edited(bank(), [("change", 40, 2, 3, 4, 1)], 1000))
    plain = shown(path)
    split: list[int] = []

    def counted(items: Sequence[Item], words: Looked | None) -> Columns:
        split.append(len(items))
        return columns(items, words)

    monkeypatch.setattr(known, "columns", counted)
    assert shown(path, cached=path) == plain
    assert split == [1]


def test_one_item_more_has_few_pairs_judged_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It changes how often common words stand in the bank by one, which weighs nothing."""
    lines = [entry(number, number % 7, number // 7, number % 10, number) for number in range(600)]
    path = written(tmp_path / "items.jsonl", lines)
    judged: list[tuple[str, str]] = []

    def counted(earlier: Sketch, later: Sketch, *more: Any, **options: Any) -> decide.Decision:
        judged.append((earlier.item.id, later.item.id))
        return decide.decide(earlier, later, *more, **options)

    monkeypatch.setattr(pairs, "decide", counted)
    shown(path, cached=path)
    first = len(judged)
    lines.insert(
        300, entry(1000, 4, 3, 7, 1) | {"stem": lines[0]["stem"] + " Choose the most important one."}
    )
    written(path, lines)
    judged.clear()
    report = shown(path, cached=path)
    again = len(judged)
    assert report == shown(path)
    assert first > 100
    assert again < first / 10


@pytest.mark.parametrize(
    ("changed", "concerned"),
    [
        ({"options": {"A": "Radius", "B": "tibia", "C": "mozart"}}, lambda one: "Mozart" in one.item.stem),
        ({"key": "B"}, lambda one: "tibia" in one.key_tokens),
        ({"stem": "Which thrombosis is this?"}, lambda one: "thrombosis" in one.stem_tokens),
    ],
)
def test_a_word_that_is_no_name_any_more_or_stands_in_another_key_or_stem(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    changed: Entry,
    concerned: Callable[[Sketch], bool],
) -> None:
    """Pairs of other items that have it are judged anew, though neither of the two has changed."""
    other: Entry = {"id": "other", "type": "multiple-choice", "stem": "Who wrote this?", "key": "A"}
    other["options"] = {"A": "Radius", "B": "tibia", "C": "none"}
    path = written(tmp_path / "items.jsonl", [*bank(), other])
    shown(path, cached=path)
    judged: set[tuple[str, str]] = set()
    expected: set[tuple[str, str]] = set()

    def counted(one: Sketch, two: Sketch, *others: Any, **options: Any) -> decide.Decision:
        judged.add((one.item.id, two.item.id))
        if concerned(one) or concerned(two):
            expected.add((one.item.id, two.item.id))
        return decide.decide(one, two, *others, **options)

    monkeypatch.setattr(pairs, "decide", counted)
    written(path, [*bank(), other | changed])
    plain = shown(path)
    every = {*judged}
    judged.clear()
    assert shown(path, cached=path) == plain
    assert expected
    assert expected <= judged < every


@pytest.mark.parametrize("broken", [b"", b"\x80", b"no such thing", b"0" * 40])
def test_what_is_broken_counts_for_nothing(tmp_path: Path, broken: bytes) -> None:
    path = written(tmp_path / "items.jsonl", bank())
    shown(path, cached=path)
    files = list((tmp_path / memory.FOLDER).glob("*.part"))
    assert len(files) > 1
    for file in files:
        file.write_bytes(broken or file.read_bytes()[:-1])
    written(path, bank()[1:])
    assert shown(path, cached=path) == shown(path)


@hypothesis.given(st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 4)), max_size=12))
def test_items_of_the_family_that_theirs_has_become(families: list[tuple[int, int]]) -> None:
    then, now = (np.array(side, dtype=np.int64) for side in zip(*families, (-1, -1), strict=True))
    same = known._as_before(then, now)
    for one, other in itertools.combinations(np.flatnonzero(same).tolist(), 2):
        assert (then[one] == then[other] > 0) == (now[one] == now[other] > 0)
    assert not same[(then < 0) | (now < 0) | ((then == 0) != (now == 0))].any()
    assert same[(then == 0) & (now == 0)].all()


@hypothesis.given(st.lists(st.integers(0, 5), max_size=12), st.lists(st.integers(0, 5), max_size=12))
def test_the_first_of_equal_items_is_where_the_first_was(old: list[int], now: list[int]) -> None:
    """Whatever the digests: some begin alike, or end alike, and are found in another way."""
    for digests in (
        [bytes([one]) * 16 for one in range(6)],
        [bytes([*[9] * 7, one] * 2) for one in range(6)],
    ):
        before = {one: [place for place, other in enumerate(old) if other == one] for one in range(6)}
        expected = [before[one].pop(0) if before[one] else -1 for one in now]
        kept = joined([digests[one] for one in old])
        assert places_of([digests[one] for one in now], kept).tolist() == expected


def test_digests_that_only_begin_alike_are_not_equal() -> None:
    one, other = b"12345678" + b"a" * 8, b"12345678" + b"b" * 8
    assert places_of([one], other).tolist() == [-1]
    assert places_of([one], joined([one, other])).tolist() == [0]


def test_places_are_those_of_the_run_that_kept_something() -> None:
    digests = [bytes([number]) * 16 for number in range(5)]
    first = Earlier(digests[:4])
    assert first.places.tolist() == [-1] * 4
    first.keep("something", lambda: (b"1",))
    second = Earlier(
        [digests[2], digests[4], digests[0]], {name: b"".join(make()) for name, make in first.made.items()}
    )
    assert second.recall("something") == b"1"
    assert (second.places.tolist(), second.new) == ([2, -1, 0], [1])
    assert Earlier((), {"something": b"1"}).places.tolist() == []


def test_places_are_those_of_the_text_as_it_stands(tmp_path: Path) -> None:
    """A record that is written in another way is the same record, at other columns."""
    path = written(tmp_path / "items.jsonl", bank())
    shown(path, cached=path)
    spaced = [msgspec.json.format(msgspec.json.encode(one), indent=-1) for one in bank()]
    turned = [msgspec.json.encode(dict(reversed(one.items()))) for one in bank()]
    for lines in (spaced, turned, [b"", *spaced]):
        path.write_bytes(b"\n".join([*(b"  " + line for line in lines), b""]))
        plain = shown(path)
        assert shown(path, cached=path) == plain == shown(path, cached=path)


def test_places_that_are_known_are_not_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "items.jsonl", bank())
    before = shown(path, cached=path)
    monkeypatch.delattr(Spans, "offset")
    assert shown(path, cached=path) == before


def test_a_run_leaves_no_circle_that_keeps_its_bank(tmp_path: Path) -> None:
    """In a program that stays, a bank in a circle waits for a collection of garbage that may never come."""

    def alive() -> list[object]:
        return [one for one in gc.get_objects() if isinstance(one, Bank | Known | SimilarItems | Runner)]

    path = tmp_path / "items.jsonl"
    gc.collect()
    before = len(alive())
    gc.disable()
    try:
        for lines in (bank(), bank(), bank()[1:]):
            shown(written(path, lines), cached=path)
            shown(path)
        assert len(alive()) == before
    finally:
        gc.enable()


def test_a_file_that_is_gone_is_missed_though_nothing_else_changed(tmp_path: Path) -> None:
    lines = [*bank(), {**entry(99, 0, 1, 2, 0), "rationale": "See ![it](it.png)."}]
    path = written(tmp_path / "items.jsonl", lines)
    picture = tmp_path / "it.png"
    for is_there in (True, False, True):
        picture.write_bytes(b"") if is_there else picture.unlink()
        report = shown(path, cached=path)
        assert report == shown(path)
        assert ("there is no file it.png" in report[0]) is not is_there
