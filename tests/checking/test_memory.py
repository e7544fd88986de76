"""What is remembered of earlier runs changes no report, and is forgotten when it should be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import msgspec
import pytest
from hypothesis import strategies as st

from qbank import api, checking, memory
from qbank.checking import lint
from qbank.config import Settings
from qbank.diagnostics import Append, Drop, Edit, Finding, Fix, Move, Put, Remove, Rename, Replace, Where
from qbank.memory.shapes import Remembered
from qbank.model.bank import Bank
from qbank.model.item import Item
from qbank.reading.bank import load_bank
from qbank.reading.json_items import ItemLines
from qbank.reading.json_lines import Batch
from qbank.rule import Scope, all_rules
from qbank.running import Runner, Said
from qbank.similarity import pairs


def line(id: str, stem: str, key: str, *options: str) -> dict[str, object]:
    return {
        "id": id,
        "type": "multiple-choice",
        "stem": stem,
        "options": dict(zip("ABC", options, strict=True)),
        "key": key,
    }


LINES = [
    line("a-1", "Which is not a bone?", "B", "Ulna", "Iris", "Tibia"),
    line("a-2", "The the bone is:", "A", "long ", "flat", "flat"),
    line("a-3", "Which is a bone?", "X", "Ulna", "Iris", "Lens"),
    line("a-4", "How many?", "A", "3", "1", "2"),
]


def written(folder: Path, lines: list[dict[str, object]]) -> Path:
    path = folder / "items.jsonl"
    path.write_bytes(msgspec.json.Encoder().encode_lines(lines))
    return path


def linted(path: Path, settings: Settings | None = None) -> checking.Report:
    bank, problems = api.load_bank(path, cached=True)
    return lint(bank, problems, settings=settings, cached=path)


@pytest.fixture(autouse=True)
def _small_banks_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_WORTH_REMEMBERING", 1)


def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many items each call of the rules about records alone looks at, as it happens."""
    counts: list[int] = []
    true_ask = Runner._ask

    def ask(self: Runner, items: list[Item], but: frozenset[str] = frozenset()) -> Iterator[Said]:
        if not but or "negative-stem" not in but:
            counts.append(len(items))
        return true_ask(self, items, but)

    monkeypatch.setattr(Runner, "_ask", ask)
    return counts


def test_a_second_run_says_the_same_and_asks_about_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, LINES)
    bank, problems = load_bank(path)
    plain = lint(bank, problems)
    assert len(plain.diagnostics) > 5
    counts = asked(monkeypatch)
    first, second = linted(path), linted(path)
    assert first == second == plain
    assert counts == [4]
    assert plain.fixes


WHERE = Where(7, ("options", "A"), offset=3)
EDITS: list[Edit] = [
    Put(WHERE, "femur"),
    Append(Where(7, ("enemies",)), "a-2"),
    Drop(Where(7, ("tags", 1))),
    Move(Where(7, ("options",)), ("B", "A")),
    Rename(Where(7, ("rationale",)), ("B", "A")),
    Remove(Where(7, ("fixed",))),
]


@pytest.mark.parametrize("is_safe", [True, False])
def test_a_fix_is_kept_whatever_texts_it_writes(is_safe: bool) -> None:
    finding = Finding(WHERE, "odd", hint="Mend it.", fix=Fix(tuple(EDITS), is_safe))
    kept = memory.remembered([("a-rule", finding)], 7)
    assert kept is not None
    (again,) = msgspec.msgpack.decode(msgspec.msgpack.encode(kept), type=tuple[Remembered, ...])
    assert again.of(7) == finding
    assert hash(again) == hash(kept[0])
    moved = again.of(9)
    assert moved.fix is not None
    assert {one.where.record for one in moved.fix.edits} == {9}


@pytest.mark.parametrize("edit", [Replace(WHERE, {"a": 1}), Put(Where(8, ("stem",)), "Why?")])
def test_a_fix_of_another_kind_is_not_kept(edit: Edit) -> None:
    finding = Finding(WHERE, "odd", fix=Fix((EDITS[0], edit)))
    assert memory.remembered([("a-rule", finding)], 7) is None


def test_a_bank_of_which_everything_is_known(tmp_path: Path) -> None:
    path = written(tmp_path, [LINES[0], LINES[2]])
    assert linted(path) == linted(path)


def test_a_changed_item_is_looked_at_again_and_another_place_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    linted(written(tmp_path, LINES))
    changed = [LINES[3], {**LINES[2], "stem": "Which is NOT a bone?"}, LINES[0]]
    path = written(tmp_path, changed)
    bank, problems = load_bank(path)
    plain = lint(bank, problems)
    counts = asked(monkeypatch)
    assert linted(path) == plain
    assert counts == [1]


def test_known_lines_are_not_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    linted(written(tmp_path, LINES))
    path = written(tmp_path, [LINES[1], {**LINES[2], "stem": "Which is a bone"}, LINES[3], LINES[0]])
    looked_at: list[int] = []
    true_check = ItemLines._are_sound

    def check(self: ItemLines, batch: Batch, items: list[Item]) -> bool:
        looked_at.append(len(items))
        return true_check(self, batch, items)

    monkeypatch.setattr(ItemLines, "_are_sound", check)
    found = api.load_bank(path, cached=True)
    assert looked_at == [1]
    assert found == load_bank(path)
    assert looked_at == [1, 4]


def test_lines_of_other_code_are_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, LINES)
    linted(path)
    assert len(memory.known_lines(path)) == len(LINES)
    monkeypatch.setattr(memory, "code", lambda *_: "other")
    assert memory.known_lines(path) == []


def test_of_a_path_that_cannot_be_no_line_is_known(tmp_path: Path) -> None:
    for name in ("none.jsonl", "no folder/items.jsonl", "n" * 5000):
        assert memory.known_lines(tmp_path / name) == []


def test_a_changed_item_is_no_item_of_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, LINES)
    linted(path)
    bank, problems = api.load_bank(path, cached=True)
    items = [msgspec.structs.replace(item, stem="Which is not the the bone?") for item in bank.items]
    changed = msgspec.structs.replace(bank, items=tuple(items))
    assert lint(changed, problems, cached=path) == lint(changed, problems)


def test_other_settings_have_a_memory_of_their_own(tmp_path: Path) -> None:
    path = written(tmp_path, LINES)
    linted(path)
    chosen = Settings(rules={"key-longest": {"ratio": 1.01, "words": 1}})
    bank, problems = load_bank(path)
    assert linted(path, chosen) == lint(bank, problems, settings=chosen)
    assert len(list((tmp_path / memory.FOLDER).glob("*.msgpack"))) == 2


def test_few_signatures_are_kept(tmp_path: Path) -> None:
    path = written(tmp_path, LINES)
    for number in range(7):
        linted(path, Settings(rules={"key-longest": {"ratio": 2.0 + number}}))
    assert len(list((tmp_path / memory.FOLDER).glob("*.msgpack"))) == 4


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x93\x01\x02", b"not this"])
@pytest.mark.parametrize("files", ["*.msgpack", "*.part"])
def test_a_broken_memory_counts_for_nothing(tmp_path: Path, content: bytes, files: str) -> None:
    path = written(tmp_path, LINES)
    before = linted(path)
    for file in (tmp_path / memory.FOLDER).glob(files):
        file.write_bytes(content)
    assert linted(path) == before


def test_other_code_has_another_signature(tmp_path: Path) -> None:
    rules = {"negative-stem": all_rules()["negative-stem"]}
    foreign = tmp_path / "elsewhere.py"
    source = "def negative_stem(item):\n    return []\n"
    hashes = set()
    for text in (source, source + "# changed\n"):
        foreign.write_text(text, encoding="utf-8")
        scope: dict[str, Any] = {}
        exec(compile(text, str(foreign), "exec"), scope)
        function = scope["negative_stem"]
        one = rules["negative-stem"].calling(function)
        hashes.add(memory.code({"negative-stem": one}))
    assert len(hashes) == 2


def test_code_is_read_again_only_when_it_was_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = tmp_path / "elsewhere.py"
    foreign.write_text("def negative_stem(item):\n    return []\n", encoding="utf-8")
    scope: dict[str, Any] = {}
    exec(compile(foreign.read_text(encoding="utf-8"), str(foreign), "exec"), scope)
    rule = all_rules()["negative-stem"].calling(scope["negative_stem"])
    first = memory.code({rule.slug: rule}, tmp_path)
    read: list[Path] = []
    true_read = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        read.append(path)
        return true_read(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    assert memory.code({rule.slug: rule}, tmp_path) == first
    assert read == [tmp_path / "code-elsewhere"]
    (tmp_path / "code-elsewhere").write_bytes(b"broken" * 8)
    assert memory.code({rule.slug: rule}, tmp_path) == first
    foreign.write_text("def negative_stem(item):\n    return ()\n", encoding="utf-8")
    assert memory.code({rule.slug: rule}, tmp_path) != first


def test_a_folder_that_cannot_be_written_is_let_alone(tmp_path: Path) -> None:
    path = written(tmp_path, LINES)
    (tmp_path / memory.FOLDER).write_text("a file where the folder would be", encoding="utf-8")
    bank, problems = load_bank(path)
    assert linted(path) == lint(bank, problems)


def test_the_folder_keeps_itself_out_of_git_and_of_the_bank(tmp_path: Path) -> None:
    linted(written(tmp_path, LINES))
    assert (tmp_path / memory.FOLDER / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert len(load_bank(tmp_path / "items.jsonl")[0].items) == len(LINES)


def test_a_small_bank_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_WORTH_REMEMBERING", 1000)
    linted(written(tmp_path, LINES))
    assert not (tmp_path / memory.FOLDER).exists()


def test_no_rule_that_is_remembered_looks_at_more_than_a_record() -> None:
    """A rule that asks for the bank, its index or its words may say something else tomorrow."""
    rules = all_rules()
    alone = Runner(Bank(), rules, Settings())._of_record_alone
    assert {"negative-stem", "duplicate-option", "missing-rationale", "doubled-word"} <= alone
    assert alone.isdisjoint({"clang-cue", "unknown-stimulus", "changed-since-approval", "missing-review"})
    assert all(rules[slug].scope in (Scope.ITEM, Scope.OPTION, Scope.TEXT) for slug in alone)


STEMS = (
    "Which of these bones lies in the lower arm beside the ulna?",
    "Which of those bones lies in the lower arm beside the ulna?",
    "A patient is given 5 mg of a drug billed in units of 10 mg. How many units are billed?",
    "A patient is given 8 mg of a drug billed in units of 10 mg. How many units are billed?",
    "Which is not a bone?",
    "The the bone is:",
)

edits = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(STEMS), st.sampled_from("ABX"), st.booleans()), max_size=6
)


@hypothesis.settings(
    deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture], max_examples=12
)
@hypothesis.given(rounds=st.lists(edits, min_size=1, max_size=4))
def test_after_any_edits_the_report_is_that_of_a_run_without_memory(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[tuple[int, str, str, bool]]]
) -> None:
    folder = tmp_path_factory.mktemp("edited")
    lines = [line(f"i-{number}", stem, "A", "Radius", "Femur", "1") for number, stem in enumerate(STEMS)]
    for edited in ([], *rounds, rounds[-1]):
        for place, stem, key, at_the_end in edited:
            lines[place] = line(str(lines[place]["id"]), stem, key, "Radius", "Femur", "1")
            if at_the_end:
                lines.append(lines.pop(place))
        path = written(folder, lines)
        bank, problems = load_bank(path)
        assert linted(path) == lint(bank, problems)


def test_of_an_unchanged_bank_no_pairs_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(
        tmp_path, [line(f"i-{n}", stem, "A", "Radius", "Femur", "1") for n, stem in enumerate(STEMS)]
    )
    first = linted(path)
    assert {"sibling-items", "near-duplicate-item"} <= {one.rule for one in first.diagnostics}
    assert first.fixes
    monkeypatch.setattr(pairs.SimilarItems, "__init__", None)
    second = linted(path)
    assert second == first
    assert second.fixes == first.fixes


def test_where_a_text_is_at_fault_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "items.yaml"
    path.write_text(
        "- id: a-1\n  type: essay\n  stem: |\n    One bone.\n    Here the the bone.\n    And QXZ.\n",
        encoding="utf-8",
    )
    settings = Settings(select=("doubled-word", "undefined-abbreviation"))
    first = linted(path, settings)
    found = {one.rule: (one.line, one.column) for one in first.diagnostics}
    assert found == {"doubled-word": (5, 10), "undefined-abbreviation": (6, 9)}
    assert linted(path, settings) == first
