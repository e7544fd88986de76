"""Whatever happens to a bank between runs, a report with the cache is byte for byte that without it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import msgspec
import pytest
from hypothesis import strategies as st

from qbank import api, checking, memory
from qbank.cli.run import run
from qbank.config import Override, Settings
from qbank.parts import Parts

Entry = dict[str, Any]

STEMS = (
    "Which of these bones lies in the lower arm beside the ulna?",
    "Which of those bones lies in the lower arm beside the ulna?",
    "Which is not a bone of the lower arm?",
    "The the bone is:",
    "Which muscle bends the elbow of the arm that hurts?",
    "![an arm](media/arm.png) Which bone is broken?",
    "A patient is given 5 mg of a drug billed in units of 10 mg. How many units are billed?",
    "A patient is given 8 mg of a drug billed in units of 10 mg. How many units are billed?",
)
IGNORED = (None, "negative-stem", "doubled-word", "near-duplicate-item", "no-such-rule")
DAYS = ("", "2026-01-01", "2026-06-01", "2027-01-01")
SETTINGS: tuple[Settings | None, ...] = (
    None,
    Settings(ignore=("doubled-word",)),
    Settings(severity={"negative-stem": "error", "near-duplicate-item": "info"}),
    Settings(rules={"key-longest": {"ratio": 1.01, "words": 1}}),
    Settings(overrides=(Override(paths=("**/b.jsonl",), severity={"negative-stem": "off"}),)),
    Settings(select=("duplicates", "negative-stem")),
)
RECORDS = (
    {"id": "bank", "title": "One", "items": ["items/*"]},
    {"id": "bank", "title": "One", "items": ["items/*"], "require": ["rationale"]},
    {"id": "bank", "title": "One", "items": ["items/*"], "defaults": {"shuffle": False}},
)
FILES = ("a.jsonl", "b.jsonl", "c.yaml")


def entry(number: int, stem: int, key: int, ignored: int, until: int) -> Entry:
    """An item by some numbers; equal numbers make equal items."""
    found: Entry = {"id": f"i-{number}", "type": "multiple-choice", "stem": STEMS[stem % len(STEMS)]}
    first = "Radius " if stem % len(STEMS) == 3 else "Radius"
    found |= {"options": {"A": first, "B": "The femur of the leg", "C": "1"}, "key": "ABX"[key % 3]}
    rule = IGNORED[ignored % len(IGNORED)]
    if rule is not None:
        found["lint_ignore"] = [{"rule": rule, "reason": "so it is"}]
        if DAYS[until % len(DAYS)]:
            found["lint_ignore"][0]["until"] = DAYS[until % len(DAYS)]
    return found


class State:
    """A bank as it stands: items by file, the bank record, settings, the day, the spaces before a line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, list[Entry]] = {
            name: [entry(10 * at + number, 3 * at + number, number, at, number) for number in range(4)]
            for at, name in enumerate(FILES)
        }
        self.record, self.settings, self.day, self.spaces = 0, 0, 0, 0
        self.has_media = False
        self.fresh = 100

    def list(self, place: int) -> list[Entry]:
        """The items of a file."""
        names = sorted(self.files)
        return self.files[names[place % len(names)]]

    def write(self) -> None:
        """Write the bank anew."""
        shutil.rmtree(self.folder / "items", ignore_errors=True)
        (self.folder / "items").mkdir()
        (self.folder / "bank.yaml").write_text(json.dumps(RECORDS[self.record]), encoding="utf-8")
        for name, items in self.files.items():
            if name.endswith(".yaml"):
                text = json.dumps(items, indent=1 + self.spaces)
            else:
                lines = [" " * self.spaces + json.dumps(one) for one in items]
                text = "\n".join(["", *lines] if self.spaces else lines) + "\n"
            (self.folder / "items" / name).write_text(text, encoding="utf-8")
        media = self.folder / "media"
        shutil.rmtree(media, ignore_errors=True)
        if self.has_media:
            media.mkdir()
            (media / "arm.png").write_bytes(b"\x89PNG")

    def shown(self, cached: Path | None) -> tuple[str, object]:
        """The report as JSON, and the fixes."""
        bank, problems = api.load_bank(self.folder, cached=cached is not None)
        settings = SETTINGS[self.settings]
        report = checking.lint(bank, problems, settings=settings, today=DAYS[self.day], cached=cached)
        return api.render(report, "json"), report.fixes


def change(state: State, place: int, one: int, other: int) -> None:
    items = state.list(place)
    if items:
        items[one % len(items)] = {**entry(0, one, other, place, other), "id": items[one % len(items)]["id"]}


def insert(state: State, place: int, one: int, other: int) -> None:
    state.fresh += 1
    items = state.list(place)
    items.insert(one % (len(items) + 1), entry(state.fresh, one, other, other, place))


def delete(state: State, place: int, one: int, other: int) -> None:
    items = state.list(place)
    del items[one % 5 : one % 5 + 1 + other % 2]


def move(state: State, place: int, one: int, other: int) -> None:
    items = state.list(place)
    if items:
        state.list(other).append(items.pop(one % len(items)))


def copy(state: State, place: int, one: int, other: int) -> None:
    items = state.list(place)
    if items:
        state.list(other).insert(0, items[one % len(items)])


def rename(state: State, place: int, one: int, other: int) -> None:
    name = sorted(state.files)[place % len(state.files)]
    new = f"{'abxz'[one % 4]}{other % 2}{Path(name).suffix}"
    if new not in state.files:
        state.files[new] = state.files.pop(name)


def settings(state: State, place: int, one: int, other: int) -> None:
    state.settings = one % len(SETTINGS)


def day(state: State, place: int, one: int, other: int) -> None:
    state.day = one % len(DAYS)


def record(state: State, place: int, one: int, other: int) -> None:
    state.record = one % len(RECORDS)


def media(state: State, place: int, one: int, other: int) -> None:
    state.has_media = not state.has_media


def spaces(state: State, place: int, one: int, other: int) -> None:
    state.spaces = one % 3


def nothing(state: State, place: int, one: int, other: int) -> None:
    """The bank stays as it is."""


EDITS: tuple[Callable[[State, int, int, int], None], ...] = (
    change,
    insert,
    delete,
    move,
    copy,
    rename,
    settings,
    day,
    record,
    media,
    spaces,
    nothing,
)
numbers = st.integers(0, 11)
histories = st.lists(
    st.lists(st.tuples(st.sampled_from(EDITS), numbers, numbers, numbers), max_size=4), min_size=1, max_size=5
)


@pytest.fixture(autouse=True)
def _small_banks_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_WORTH_REMEMBERING", 1)


@hypothesis.settings(
    deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture], max_examples=20
)
@hypothesis.given(history=histories)
def test_after_any_history(
    tmp_path_factory: pytest.TempPathFactory,
    history: list[list[tuple[Callable[[State, int, int, int], None], int, int, int]]],
) -> None:
    state = State(tmp_path_factory.mktemp("bank"))
    for edits in ([], *history, []):
        for edit, place, one, other in edits:
            edit(state, place, one, other)
        state.write()
        assert state.shown(state.folder) == state.shown(None)


def test_the_bank_says_what_is_kept(tmp_path: Path) -> None:
    """Else the property above would hold of reports without a finding."""
    state = State(tmp_path)
    state.write()
    found = {one["rule"] for one in json.loads(state.shown(None)[0])["diagnostics"]}
    assert {"doubled-word", "missing-media", "unused-suppression"} <= found
    assert {"sibling-items", "contradicting-near-duplicate", "duplicate-item"} <= found
    state.day = 3
    assert "expired-suppression" in state.shown(None)[0]
    state.settings = 4
    assert "b.jsonl" in state.shown(None)[0]


@pytest.mark.parametrize("part", ["bank", "part"])
def test_damage_anywhere_counts_for_nothing(tmp_path: Path, part: str) -> None:
    """One bit is enough to change a word of a report, were it not seen."""
    state = State(tmp_path)
    state.write()
    plain = state.shown(None)
    state.shown(state.folder)
    file = sorted((tmp_path / memory.FOLDER).glob("*.msgpack" if part == "bank" else "*.part"))[0]
    whole = file.read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 25)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        if part == "part":
            delete(state, 1, 0, 0)
            state.write()
            assert state.shown(state.folder) == state.shown(None)
        else:
            assert state.shown(state.folder) == plain


def commands(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The code and the output of a command with the cache, which are those without it."""
    capsys.readouterr()
    code = run(["lint", *arguments, "--format", "json", "--jobs", "1"])
    out = capsys.readouterr().out
    assert run(["lint", *arguments, "--format", "json", "--jobs", "1", "--no-cache"]) == code
    assert capsys.readouterr().out == out
    return code, out


def test_several_banks_a_baseline_and_fixes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (State(tmp_path / name) for name in ("one", "other"))
    for state in (one, other):
        state.folder.mkdir()
        state.write()
    monkeypatch.chdir(tmp_path)
    both = ("one", "other", "--today", "2026-11-22")
    first = commands(*both, capsys=capsys)
    assert commands(*both, capsys=capsys) == first
    assert run(["baseline", "one", "--baseline", "known.json"]) == 0
    insert(one, 0, 2, 0)
    change(other, 1, 3, 1)
    for state in (one, other):
        state.write()
    with_baseline = commands("one", "--baseline", "known.json", "--today", "2026-11-22", capsys=capsys)
    assert with_baseline != commands(*both, capsys=capsys)
    del other.files["c.yaml"]
    other.write()
    before = commands("other", capsys=capsys)
    run(["lint", "other", "--fix", "--unsafe-fixes"])
    assert commands("other", capsys=capsys) != before


def test_each_bank_of_a_folder_has_a_memory_of_its_own(tmp_path: Path) -> None:
    lines = [entry(number, number, number, 0, 0) for number in range(6)]
    for _ in range(2):
        for name in ("one.jsonl", "two.jsonl"):
            path = tmp_path / name
            path.write_bytes(
                msgspec.json.Encoder().encode_lines(lines if name == "one.jsonl" else lines[::-1])
            )
            bank, problems = api.load_bank(path)
            assert checking.lint(bank, problems, cached=path) == checking.lint(bank, problems)
    kept = {file.name.partition("-")[0] for file in (tmp_path / memory.FOLDER).glob("*.msgpack")}
    assert len(kept) == 2
    assert Parts(tmp_path / "none-such.msgpack").get("anything") is None
