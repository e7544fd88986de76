"""Mistakes that an attack on `qbank lint`, its reporters and its configuration found."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from qbank.checking import Report, lint
from qbank.cli.run import run
from qbank.cli.streams import emit
from qbank.config import Settings
from qbank.diagnostics import Diagnostic, Severity
from qbank.discovery import closest, did_you_mean
from qbank.markup import broken_math, unsafe
from qbank.reading.bank import load_bank
from qbank.reporters import reporters
from qbank.reporters.contract import Rendering
from qbank.rule import all_rules

ITEM = "- id: bone-1\n  type: true-false\n  stem: The talus is a bone.\n  key: true\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_an_output_that_is_no_plain_file_is_written_to_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=emit, args=("told", str(pipe)), daemon=True)
    writer.start()
    assert pipe.read_text(encoding="utf-8") == "told"
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", ["json", "sarif"])
def test_a_file_name_that_is_no_utf8(name: str) -> None:
    one = Diagnostic("key-missing", "key", Severity.ERROR, "m", "", "b\udce4d/items.yaml", 1, 1)
    assert json.loads(reporters()[name](Report((one,), 1, 1), Rendering()))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("qbank.toml", '[rules.key-longest]\nratio = "x"\n', "ratio is 'x'; write a number"),
        ("qbank.toml", 'select = "key"\n', "select must be a list"),
        ("qbank.toml", 'fail_on = "warn"\n', "use error, warning or info"),
        ("pyproject.toml", "[tool]\nqbank = 3\n", "write [tool.qbank]"),
    ],
)
def test_mistakes_of_the_configuration_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, words: str
) -> None:
    (tmp_path / "items.yaml").write_text(ITEM, encoding="utf-8")
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert run(["lint", str(tmp_path / "items.yaml")]) == 3
    assert words in capsys.readouterr().err


def test_a_stranger_s_pyproject_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "items.yaml").write_text(ITEM, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("tool = 3\n", encoding="utf-8")
    assert run(["lint", str(tmp_path / "items.yaml")]) == 0


def test_a_bank_named_twice_is_checked_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bank.yaml").write_text("id: demo\nitems: [items.yaml]\n", encoding="utf-8")
    (tmp_path / "items.yaml").write_text(ITEM, encoding="utf-8")
    assert run(["lint", str(tmp_path), f"{tmp_path}/", str(tmp_path / "bank.yaml")]) == 0
    assert "in 1 item of 2 files" in capsys.readouterr().out


def test_a_name_that_is_too_long_is_no_bug(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "a" * 300]) == 3
    assert "too long" in capsys.readouterr().err


# --- time grew with the square of a length ------------------------------------------------------------

SECONDS = 4.0


def _choice(number: int = 1, **fields: Any) -> dict[str, Any]:
    options = {"A": "the talus", "B": "the tibia", "C": "the femur"}
    item = {"id": f"item-{number}", "type": "multiple-choice", "stem": "Which bone?", "options": options}
    return {**item, "key": "A", **fields}


def _linted(items: list[dict[str, Any]], folder: Path) -> Report:
    """The report of all rules, made in little time."""
    path = folder / "items.json"
    path.write_text(json.dumps(items), encoding="utf-8")
    bank, problems = load_bank(path)
    rules = all_rules()
    every = Settings(select=tuple(rules))
    lint(load_bank_of(folder), settings=every, rules=rules)  # so that imports do not count
    started = time.process_time()
    report = lint(bank, problems, settings=every, rules=rules)
    assert time.process_time() - started < SECONDS
    return report


def load_bank_of(folder: Path) -> Any:
    """A bank of one item whose texts make rules import what they need."""
    path = folder / "small.json"
    path.write_text(json.dumps([_choice(stem="$x$ <b>![a](b)</b>")]), encoding="utf-8")
    return load_bank(path).bank


NEVER_CLOSED = {
    "formulas": " $a" * 20_000,
    "formulas with a sign": "$" + "=" * 60_000 + "\n(",
    "displayed formulas": "$$a\n" * 15_000,
    "a gap": "[" + " " * 60_000,
    "comments": "<!-- -" * 20_000,
    "sections": "<![CDATA[ ]" * 20_000,
    "lists in lists": "- " * 40_000,
    "code": "`a " * 40_001,
    "quotations": "usually “" * 10_000,
    "single quotations": "always ‘x " * 10_000,
    "thousands": "1," * 60_000,
    "quotation marks": "' " * 17_000 + "x",
    "backticks": '"' + "`" * 33_001 + '"',
    "full stops": "." * 60_000 + "x",
    "tabs": "\t" * 60_000 + "x\u00a0y",
    "blanks": "a" + " " * 60_000 + "b (",
    "brackets": "(" * 60_000,
}


@pytest.mark.parametrize("name", sorted(NEVER_CLOSED))
def test_what_is_opened_ever_again_takes_no_time(name: str, tmp_path: Path) -> None:
    text = NEVER_CLOSED[name]
    options = {"A": text, "B": "2", "C": "3"}
    report = _linted([_choice(stem=text), _choice(2, options=options)], tmp_path)
    assert "text-too-long" in {one.rule for one in report.diagnostics}


def test_an_option_of_blanks_takes_no_time(tmp_path: Path) -> None:
    options = {f"A{number}": f"about{' ' * 53}x{number % 10}" for number in range(500)}
    assert _linted([_choice(options=options, key="A0")], tmp_path).items == 1


def test_options_that_name_letters_take_no_time(tmp_path: Path) -> None:
    options = {f"A{number}": "A,   " * 7 + "A,  ?" for number in range(500)}
    assert _linted([_choice(options=options, key="A0")], tmp_path).items == 1


@pytest.mark.parametrize("field", ["enemies", "stimulus"])
def test_many_unknown_names_take_no_time(field: str, tmp_path: Path) -> None:
    wrong = [f"itme-{number}" for number in range(1000)]
    values = [[one] if field == "enemies" else one for one in wrong]
    report = _linted([_choice(number, **{field: one}) for number, one in enumerate(values)], tmp_path)
    unknown = "unknown-enemy" if field == "enemies" else "unknown-stimulus"
    assert sum(one.rule == unknown for one in report.diagnostics) == 1000


def test_of_many_names_the_one_that_is_a_slip_away_is_meant() -> None:
    names = {f"item-{number}": number for number in range(1000)}
    assert closest("itme-5", names) == "item-5"
    assert closest("item--5", names) == "item-5"
    assert closest("item5", names) == "item-5"
    assert closest("itex-5", names) == "item-5"
    assert closest("items five", names) == ""
    assert closest("itme-5", names, but="item-5") == ""
    assert did_you_mean("itme-5", names) == "Did you mean item-5?"
    assert did_you_mean("x" * 200_000, names) == ""
    assert did_you_mean("b", {"a": 1, "c": 2}, but="c") == "Known: a."


def test_a_list_may_not_start_with_any_number() -> None:
    text = "9" * 5000 + ". <script>x</script> $\\frac{1}$"
    assert [what for _, what in unsafe(text)] == ["script"]
    assert [what for _, what in broken_math(text)] == ["an argument is missing"]


def test_more_raw_html_than_is_read_is_told() -> None:
    assert [what for _, what in unsafe("<div>" + "x" * 40_000)] == ["too much HTML in one piece"]


def test_a_fraction_over_two_lines_is_a_number(tmp_path: Path) -> None:
    options = {"A": "5\n1/2 mg", "B": "3\n1/2 mg", "C": "4 1/2 mg", "D": "1 mg"}
    report = _linted([_choice(0, options=options)], tmp_path)
    assert "numeric-options-unordered" in {one.rule for one in report.diagnostics}
