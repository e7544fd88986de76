"""`qbank baseline` and `qbank lint --baseline`: the past is silent, what is new speaks, it only shrinks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qbank import baseline
from qbank.checking import Report
from qbank.diagnostics import Diagnostic, Severity
from qbank.model.bank import Bank
from tests.cli.cli_help import Qbank, edit

FILE = Path("qbank-baseline.json")
KNEE = "how should the rider's knee be?"
NOT = "which of these is NOT right for the knee?"


@pytest.fixture
def flawed(demo: Path) -> Path:
    """The bank with a negative stem, a key that is no option, and a file that cannot be read."""
    riding = demo / "items" / "riding.yaml"
    edit(riding, KNEE, NOT)
    text = riding.read_text(encoding="utf-8")
    riding.write_text(text.replace("  key: C\n", "  key: X\n", 1), encoding="utf-8")
    (demo / "items" / "broken.yaml").write_text("- id: [", encoding="utf-8")
    return demo


def entries() -> list[dict[str, object]]:
    """What stands in the file."""
    tree = json.loads(FILE.read_text(encoding="utf-8"))
    assert tree["schema_version"] == 1
    return list(tree["entries"])


def test_the_past_is_silent(qbank: Qbank, flawed: Path) -> None:
    assert qbank("lint", "demo").code == 1
    ran = qbank("baseline", "demo")
    assert (ran.code, ran.out, ran.err) == (0, "", "qbank-baseline.json: 3 findings known\n")
    known = ("--baseline", str(FILE))
    ran = qbank("lint", "demo", *known, "--fail-on", "warning")
    assert (ran.code, ran.err) == (0, "info: 3 findings of the baseline qbank-baseline.json not shown\n")
    assert qbank("lint", "demo", *known, "--quiet").err == ""
    assert ran.out.startswith("no findings in ")
    assert qbank("lint", "demo").code == 1


def test_an_entry_is_item_rule_and_content_hash_or_file_rule_and_message(qbank: Qbank, flawed: Path) -> None:
    qbank("baseline", "demo")
    by_rule = {one["rule"]: one for one in entries()}
    assert set(by_rule) == {"negative-stem", "key-not-an-option", "unreadable-file"}
    assert set(by_rule["negative-stem"]) == {"rule", "hash", "item"}
    assert by_rule["unreadable-file"]["file"] == "demo/items/broken.yaml"
    assert len(FILE.read_text(encoding="utf-8").splitlines()) == 3 + 2


def test_a_changed_item_speaks_again_and_others_stay_silent(qbank: Qbank, flawed: Path) -> None:
    qbank("baseline", "demo")
    edit(flawed / "items" / "riding.yaml", NOT, NOT.replace("NOT right", "NOT quite right"))
    ran = qbank("lint", "demo", "--baseline", str(FILE), "--fail-on", "warning", "--format", "json")
    assert ran.code == 1
    assert [one["rule"] for one in json.loads(ran.out)["diagnostics"]] == ["negative-stem"]
    assert "info: 1 finding of the baseline qbank-baseline.json did not occur" in ran.err
    assert qbank("lint", "demo", "--baseline", str(FILE), "--quiet").err == ""


def test_rules_that_do_not_run_are_not_called_unused(qbank: Qbank, flawed: Path) -> None:
    qbank("baseline", "demo")
    told = qbank("lint", "demo", "--baseline", str(FILE), "--select", "stem").err
    assert told == "info: 1 finding of the baseline qbank-baseline.json not shown\n"


def test_it_only_ratchets_down(qbank: Qbank, flawed: Path) -> None:
    qbank("baseline", "demo")
    edit(flawed / "items" / "riding.yaml", NOT, NOT.replace("NOT right", "NOT quite right"))
    ran = qbank("baseline", "demo")
    assert "2 findings known (1 dropped)" in ran.err
    assert "1 finding not in it; --accept-new lets new ones in" in ran.err
    assert {one["rule"] for one in entries()} == {"key-not-an-option", "unreadable-file"}
    ran = qbank("baseline", "demo", "--accept-new")
    assert "3 findings known (1 new)" in ran.err
    before = FILE.read_bytes()
    assert qbank("baseline", "demo").code == 0
    assert FILE.read_bytes() == before
    (flawed / "items" / "broken.yaml").unlink()
    qbank("baseline", "demo")
    assert {one["rule"] for one in entries()} == {"key-not-an-option", "negative-stem"}


def test_the_configuration_names_it(qbank: Qbank, flawed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = flawed / "qbank.toml"
    config.write_text(f'baseline = "known.json"\n{config.read_text(encoding="utf-8")}', encoding="utf-8")
    ran = qbank("lint", "demo")
    assert ran.code == 3
    assert "known.json: there is no such file; `qbank baseline` writes a baseline" in ran.err
    assert qbank("baseline", "demo").code == 0
    assert (flawed / "known.json").is_file()
    assert qbank("lint", "demo").code == 0
    monkeypatch.chdir(flawed / "items")
    assert qbank("lint", "..").code == 0


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema_version": 9, "entries": []}', '{"schema_version": 1, "entries": [{}]}']
)
def test_a_file_that_is_no_baseline(qbank: Qbank, demo: Path, text: str) -> None:
    FILE.write_text(text, encoding="utf-8")
    for command in (("lint", "demo", "--baseline", str(FILE)), ("baseline", "demo")):
        ran = qbank(*command)
        assert (ran.code, ran.out) == (3, "")
        assert "qbank-baseline.json" in ran.err
    assert FILE.read_text(encoding="utf-8") == text


def test_one_more_of_the_same_is_new() -> None:
    entry = baseline.Entry("a", "", "negative-stem", "h")
    assert baseline.update({entry: 1}, {entry: 3}, accept_new=False) == baseline.Updated({entry: 1}, 0, 0, 2)
    assert baseline.update({entry: 3}, {entry: 1}, accept_new=False) == baseline.Updated({entry: 1}, 2, 0, 0)
    assert baseline.update({entry: 1}, {}, accept_new=True) == baseline.Updated({}, 1, 0, 0)
    assert baseline.update({}, {entry: 2}, accept_new=True) == baseline.Updated({entry: 2}, 0, 2, 0)


def test_items_that_share_an_id_and_several_banks(qbank: Qbank, flawed: Path) -> None:
    qbank("init", "other")
    riding = Path("other/items/riding.yaml")
    edit(riding, KNEE, NOT)
    text = riding.read_text(encoding="utf-8")
    start = text.index("- id:")
    again = text[start : text.index("- id:", start + 5)]
    riding.write_text(f"{text}\n{again}", encoding="utf-8")
    assert "duplicate-item-id" in qbank("lint", "demo", "other").out
    qbank("baseline", "demo", "other")
    ran = qbank("lint", "other", "demo", "--baseline", str(FILE), "--fail-on", "info")
    assert (ran.code, ran.out) == (0, "no findings in 29 items of 9 files\n")


def _skewed(count: int) -> str:
    items = (
        {
            "id": f"n-{n}",
            "type": "multiple-choice",
            "stem": f"Which of the words means {n} in the language of {n * 7919}?",
            "options": {"A": f"a{n}b", "B": f"c{n}d", "C": f"e{n}f", "D": f"g{n}h"},
            "key": "ABCD"[n % 4 if n % 5 == 0 else 0],
        }
        for n in range(count)
    )
    return "".join(f"{json.dumps(item)}\n" for item in items)


def test_what_is_said_of_a_whole_bank_is_known_whatever_it_counts(qbank: Qbank) -> None:
    whole = Path("whole.jsonl")
    whole.write_text(_skewed(200), encoding="utf-8")
    arguments = ("lint", "whole.jsonl", "--select", "key-position-skew", "--fail-on", "warning")
    first = qbank(*arguments)
    assert first.code == 1
    qbank("baseline", "whole.jsonl")
    whole.write_text(_skewed(220), encoding="utf-8")
    second = qbank(*arguments)
    assert second.out.splitlines()[0] != first.out.splitlines()[0]
    assert qbank(*arguments, "--baseline", str(FILE)).code == 0


@pytest.mark.parametrize(
    ("first", "second", "known"),
    [
        ("A 349, B 309 (chi-square 15.1, p = 0.0017)", "A 400, B 9 (chi-square 99, p < 0.0001)", True),
        ("1 item (47.8%) of 20 has it", "17 items (3 %) of 1,200 has it", True),
        ("no pattern matches items/a1.yaml", "no pattern matches items/a2.yaml", False),
        ("the data says nothing about 2026-11-22", "the data says nothing about 2027-11-22", False),
    ],
)
def test_numbers_of_a_message_do_not_count(first: str, second: str, known: bool) -> None:
    said = (Diagnostic("r", "f", Severity.ERROR, text, "", "a.yaml", 1, 1) for text in (first, second))
    one, two = baseline.entries(Report(tuple(said), 0, 1), Bank(), Path())
    assert (one == two) == known


@pytest.mark.parametrize("first", ["one line", "several"])
def test_what_is_known_does_not_hang_on_how_a_text_is_wrapped(qbank: Qbank, flawed: Path, first: str) -> None:
    """In a text of several lines two slips have places of their own; the content of the item is the same."""
    head = "- id: slips\n  type: essay\n  stem: "
    layouts = {
        "one line": f"{head}Where is the the arm and the the leg?\n",
        "several": f"{head}Where is the the arm\n    and the the leg?\n",
    }
    (second,) = (text for name, text in layouts.items() if name != first)
    path = flawed / "items" / "slips.yaml"
    select = ("--select", "doubled-word", "--baseline", str(FILE))
    path.write_text(layouts[first], encoding="utf-8")
    qbank("baseline", "demo")
    assert [one for one in entries() if one.get("item") == "slips" and "count" in one] == []
    path.write_text(second, encoding="utf-8")
    ran = qbank("lint", "demo", *select)
    assert ran.out.startswith("no findings in "), ran.out
    path.write_text(second.replace("leg", "the the leg"), encoding="utf-8")
    assert "doubled-word" in qbank("lint", "demo", *select).out
