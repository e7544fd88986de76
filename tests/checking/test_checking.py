"""Select, run, locate, suppress: what `checking.lint` does with findings, shown with rules made for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from qbank import checking
from qbank.config import Settings
from qbank.diagnostics import Diagnostic, Finding, Related, Severity
from qbank.model.bank import Bank, BankRecord
from qbank.model.index import BankIndex
from qbank.model.item import Item, MultipleChoice, Option, Suppression, TrueFalse
from qbank.reading.bank import load_bank
from qbank.rule import Rule, SuppressionUse, describe, rule


@rule(Severity.ERROR)
def short_stem(item: Item, *, words: int = 3) -> Iterator[Finding]:
    """A stem of few words."""
    if len(item.stem.split()) < words:
        yield Finding(item.at("stem"), f"fewer than {words} words")


@rule(Severity.WARNING)
def lower_case_option(option: Option) -> Iterator[Finding]:
    """An option in lower case."""
    if option.text.islower():
        yield Finding(option.item.at("options", option.id), f"option {option.id} is in lower case")


@rule(Severity.INFO, enabled=False)
def any_item(item: MultipleChoice | TrueFalse, index: BankIndex) -> Iterator[Finding]:
    """Every item."""
    yield Finding(item.at("id"), f"one of {len(index.items)} items")


@rule(Severity.ERROR)
def duplicate_item_id(bank: Bank) -> Iterator[Finding]:
    """The second of two items, as the strong rule of that name."""
    first, second = bank.items[:2]
    yield Finding(second.at("id"), "strong", related=(Related(first.at("id")),))


@rule(Severity.WARNING)
def near_duplicate_item(bank: Bank) -> Iterator[Finding]:
    """Every pair of items, as the weak rule of that name."""
    for number, first in enumerate(bank.items):
        for second in bank.items[number + 1 :]:
            yield Finding(second.at("id"), f"weak {first.id}{second.id}", related=(Related(first.at("id")),))


@rule(Severity.WARNING)
def unused(use: SuppressionUse) -> Iterator[Finding]:
    """Every suppression that silenced nothing."""
    if not use.silenced:
        yield Finding(use.item.at("lint_ignore", use.number), f"{use.checked} {use.known} {use.expired}")


FAMILIES: dict[str, tuple[Callable[..., Iterable[Finding]], ...]] = {
    "stem": (short_stem,),
    "options": (lower_case_option,),
    "other": (any_item,),
    "identity": (duplicate_item_id, unused),
    "duplicates": (near_duplicate_item,),
}
RULES: dict[str, Rule] = {
    one.slug: one
    for family, functions in FAMILIES.items()
    for one in (describe(function.__name__, family, function) for function in functions)
}
OPTIONS = {"A": "Tibia", "B": "talus"}
ITEM = MultipleChoice(id="a", stem="Which bone?", options=OPTIONS, key="A", record=0)
OTHER = TrueFalse(id="b", stem="The talus is a bone.", key=True, record=1)
THIRD = TrueFalse(id="c", stem="The femur is a bone.", key=True, record=2)


def lint(*items: Item, today: str = "", **settings: Any) -> tuple[Diagnostic, ...]:
    bank = Bank(items=items or (ITEM,))
    return checking.lint(bank, settings=Settings(**settings), rules=RULES, today=today).diagnostics


def slugs(*items: Item, today: str = "", **settings: Any) -> list[str]:
    return [one.rule for one in lint(*items, today=today, **settings)]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"ignore": ("identity",)}, {"short-stem", "lower-case-option"}),
        ({"select": ("short-stem",)}, {"short-stem"}),
        ({"select": ("options",)}, {"lower-case-option"}),
        ({"select": ("stem", "lower-case-option")}, {"short-stem", "lower-case-option"}),
        ({"select": ("any-item",)}, {"any-item"}),
        ({"select": ("other",)}, set()),
        ({"select": ("other", "any-item")}, {"any-item"}),
        ({"select": ("stem", "options"), "ignore": ("short-stem",)}, {"lower-case-option"}),
        ({"select": ("stem", "options"), "ignore": ("options",)}, {"short-stem"}),
        ({"select": ("short-stem",), "ignore": ("stem",)}, {"short-stem"}),
        ({"select": ("stem", "options"), "severity": {"short-stem": "off"}}, {"lower-case-option"}),
        (
            {"ignore": ("identity",), "severity": {"any-item": "warning"}},
            {"short-stem", "lower-case-option", "any-item"},
        ),
    ],
)
def test_rules_are_chosen_by_slug_family_and_severity(settings: dict[str, Any], expected: set[str]) -> None:
    assert set(slugs(**{"ignore": ("duplicates",), **settings})) == expected


def test_a_severity_of_the_settings_replaces_that_of_the_rule() -> None:
    (plain,) = lint(select=("short-stem",))
    (changed,) = lint(select=("short-stem",), severity={"short-stem": "info"})
    assert (plain.severity, changed.severity) == (Severity.ERROR, Severity.INFO)
    assert msgspec.structs.replace(changed, severity=Severity.ERROR) == plain


def test_options_of_a_rule_come_from_the_settings() -> None:
    assert slugs(OTHER, select=("short-stem",)) == []
    (one,) = lint(OTHER, select=("short-stem",), rules={"short-stem": {"words": 9}})
    assert one.message == "fewer than 9 words"


def test_a_diagnostic_has_slug_family_and_pointer() -> None:
    (one,) = lint(select=("lower-case-option",))
    assert (one.rule, one.family, one.pointer) == ("lower-case-option", "options", "/options/B")


def ignoring(*entries: Suppression, item: MultipleChoice = ITEM) -> MultipleChoice:
    return msgspec.structs.replace(item, lint_ignore=entries)


def test_a_suppression_silences_its_rule_on_its_item_alone() -> None:
    entry = Suppression("short-stem", "quoted")
    same = msgspec.structs.replace(ITEM, id="z", record=1)
    assert slugs(ignoring(entry), select=("short-stem", "options")) == ["lower-case-option"]
    assert [one.message for one in lint(ignoring(entry), same, select=("short-stem",))] == [
        "fewer than 3 words"
    ]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-11-21", []),
        ("2026-11-22", []),
        ("2026-11-23", ["short-stem"]),
        ("", []),
    ],
)
def test_a_suppression_holds_until_its_last_day(today: str, expected: list[str]) -> None:
    entry = Suppression("short-stem", "for a time", until="2026-11-22")
    assert slugs(ignoring(entry), select=("short-stem",), today=today) == expected


def test_the_date_of_the_bank_decides_when_none_is_given() -> None:
    entry = Suppression("short-stem", "for a time", until="2026-11-22")
    bank = Bank(items=(ignoring(entry),), info=BankRecord(as_of="2027-01-01"))
    report = checking.lint(bank, settings=Settings(select=("short-stem",)), rules=RULES)
    assert [one.rule for one in report.diagnostics] == ["short-stem"]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (Suppression("short-stem", "used"), None),
        (Suppression("lower-case-option", "not checked"), "False True False"),
        (Suppression("no-such-rule", "unknown"), "False False False"),
        (Suppression("short-stem", "expired", until="2026-01-01"), "True True True"),
    ],
)
def test_rules_about_suppressions_learn_what_each_did(entry: Suppression, said: str | None) -> None:
    found = lint(ignoring(entry), select=("short-stem", "unused"), today="2026-11-22")
    assert [one.message for one in found if one.rule == "unused"] == ([said] if said else [])


def test_a_stronger_finding_silences_a_weaker_one_on_the_same_items() -> None:
    both = ("duplicate-item-id", "near-duplicate-item")
    assert [one.message for one in lint(ITEM, OTHER, THIRD, select=both)] == [
        "strong",
        "weak ac",
        "weak bc",
    ]
    alone = lint(ITEM, OTHER, THIRD, select=("near-duplicate-item",))
    assert [one.message for one in alone] == ["weak ab", "weak ac", "weak bc"]


BANK = """\
- id: z
  type: multiple-choice
  stem: Which bone?
  options: {A: tibia, B: talus}
  key: A
- id: a
  type: multiple-choice
  stem: Which bone?
  options: {A: tibia, B: talus}
  key: A
"""


def test_diagnostics_are_sorted_by_place_and_told_once(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml"):
        (tmp_path / name).write_text(BANK, encoding="utf-8")
    (tmp_path / "bank.yaml").write_text("id: demo\nitems: [b.yaml, a.yaml]\n", encoding="utf-8")
    bank, problems = load_bank(tmp_path)
    settings = Settings(select=("stem", "options"))
    twice = checking.lint(bank, (*problems, *problems), settings=settings, rules=RULES).diagnostics
    keys = [(Path(one.file).name, one.line, one.column, one.rule) for one in twice]
    assert keys == sorted(keys)
    assert keys[:3] == [
        ("a.yaml", 3, 9, "short-stem"),
        ("a.yaml", 4, 16, "lower-case-option"),
        ("a.yaml", 4, 26, "lower-case-option"),
    ]
    assert len(keys) == len(set(keys)) == 12
    assert twice == checking.lint(bank, problems, settings=settings, rules=RULES).diagnostics


SCRIPT = """
import sys
from qbank import checking
from qbank.reading.bank import load_bank
bank, problems = load_bank(sys.argv[1])
print(checking.lint(bank, problems).diagnostics)
"""


def test_the_same_bank_gives_the_same_diagnostics_whatever_the_hash_seed(tmp_path: Path) -> None:
    items = BANK.replace("B: talus", "B: tibia, C: All of the above").replace("key: A", "key: [A, X, Y]")
    (tmp_path / "items.yaml").write_text(items + items, encoding="utf-8")
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(tmp_path / "items.yaml")],
            env={"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in range(4)
    }
    assert len(outputs) == 1
    assert "key-not-an-option" in outputs.pop()


def test_findings_alike_but_for_their_related_places_keep_the_order_of_their_rule() -> None:
    @rule(Severity.INFO)
    def twins(bank: Bank) -> Iterator[Finding]:
        """Many findings that differ in their related places only."""
        for number in range(20):
            related = (Related(bank.items[0].at("options", str(number)), str(number)),)
            yield Finding(bank.items[0].at("id"), "alike", related=related)

    rules = {"twins": describe("twins", "other", twins)}
    report = checking.lint(Bank(items=(ITEM,)), rules=rules)
    assert [one.related[0].message for one in report.diagnostics] == [str(number) for number in range(20)]


def test_progress_ends_with_the_number_of_items() -> None:
    seen: list[tuple[int, int]] = []
    checking.lint(Bank(items=(ITEM, OTHER)), rules=RULES, progress=lambda *counts: seen.append(counts))
    assert seen[-1] == (2, 2)


def test_a_report_counts_by_severity() -> None:
    settings = Settings(select=("stem", "options"))
    report = checking.lint(Bank(items=(ITEM,)), settings=settings, rules=RULES)
    assert (report.count(Severity.ERROR), report.count(Severity.WARNING)) == (1, 1)
    assert [one.rule for one in report.at_least(Severity.ERROR)] == ["short-stem"]
    assert report.items == 1
