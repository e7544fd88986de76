"""Every page `tests/constraints/<kind>.md` is run: it is the documentation and the test.

A page is prose with fenced blocks; the word after `yaml` says what a block is:

- ```` ```yaml bank ````: a list of items, or `{stimuli: […], items: […], statistics: […]}`, in the format
  of a bank. Only what matters is written: an item without `type` is multiple-choice, and one that needs a
  stem, options A to D and a key (A) gets them.
- ```` ```yaml blueprint ````: a blueprint; `id: page` and `objective: {kind: random}` may be left out.
- ```` ```yaml form ````: a form made by hand, as a list of items in order: an id, or `{item, role,
  option_order}`. A list of lists is several forms of one run, called page-a, page-b, …
- ```` ```yaml earlier ````: what was there before the run: `uses` (as a file for `--usage` counts them),
  `forms` (those of `--against`) and `references` (by path), each form as a list of items.
- ```` ```yaml expect ````: what must come out. After a blueprint: `assemble` (the status), `contains` (items
  of the first form), `order` (its first items, in order), `anchors` (its anchors), `messages` (all errors, in
  order), `hints` (theirs) and `warnings`. After a form: `audit` (the messages of all errors, in any order)
  and `infos`.

A block holds until the next of its name. The oracle must agree with every audit.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
import yaml

from qbank.assembly import assemble, audit, constraint_kinds, objective_kinds
from qbank.assembly.problems import errors
from qbank.diagnostics import Severity
from qbank.model import hashing
from qbank.model.bank import Bank, BankRecord
from qbank.model.blueprint import Blueprint, Constraint, Earlier, EarlierForm
from qbank.model.form import BankReference, BlueprintReference, Form, Placement, Section, SolverFacts
from qbank.model.item import Item
from qbank.model.statistics import Statistics
from qbank.model.stimulus import Stimulus
from tests import oracle

PAGES = Path(__file__).parent.parent / "constraints"
FENCE = re.compile(r"^```yaml (bank|blueprint|earlier|form|expect)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Case(NamedTuple):
    line: int
    expect: dict[str, Any]
    bank: Any
    blueprint: Any
    form: Any
    earlier: Any


def cases(page: Path) -> list[Case]:
    text, blocks, found = page.read_text(encoding="utf-8"), dict[str, Any](), list[Case]()
    for match in FENCE.finditer(text):
        name, content = match[1], yaml.safe_load(match[2])
        if name == "expect":
            line = text[: match.start()].count("\n") + 1
            given = (blocks["bank"], blocks["blueprint"], blocks.get("form"), blocks.get("earlier"))
            found.append(Case(line, content, *given))
        else:
            blocks[name] = content
            if name == "blueprint":
                blocks.pop("form", None)
    return found


def make_item(record: dict[str, Any]) -> Item:
    filled = {"type": "multiple-choice", "stem": "Which?", **record}
    if filled["type"] == "multiple-choice":
        filled.setdefault("options", {letter: f"text {letter}" for letter in "ABCD"})
        filled.setdefault("key", "A")
    return msgspec.convert(filled, Item)  # type: ignore[no-any-return]


def make_bank(block: Any) -> Bank:
    record = block if isinstance(block, dict) else {"items": block}
    return Bank(
        info=BankRecord(id="page-bank"),
        items=tuple(make_item(item) for item in record["items"]),
        stimuli=tuple(msgspec.convert(one, Stimulus) for one in record.get("stimuli", [])),
        statistics=tuple(msgspec.convert(one, Statistics) for one in record.get("statistics", [])),
    )


def make_constraint(record: dict[str, Any]) -> Constraint:
    return msgspec.convert(record, constraint_kinds()[record["kind"]])


def make_earlier(block: dict[str, Any] | None) -> Earlier:
    """What was there before; an item of an earlier form is operational unless `{item, role}` says it."""

    def form(id: str, entries: list[Any]) -> EarlierForm:
        records = [one if isinstance(one, dict) else {"item": one} for one in entries]
        return EarlierForm(id, {one["item"]: one.get("role", "operational") for one in records})

    given = block or {}
    return Earlier(
        given.get("uses", {}),
        tuple(form(id, entries) for id, entries in given.get("forms", {}).items()),
        {path: form(path, entries) for path, entries in given.get("references", {}).items()},
    )


def make_blueprint(block: dict[str, Any], earlier: Earlier | None = None) -> Blueprint:
    rest = {k: v for k, v in block.items() if k not in ("constraints", "objective")}
    objective = block.get("objective", {"kind": "random"})
    plain = msgspec.convert({"id": "page", "objective": {"kind": "Objective"}, **rest}, Blueprint)
    return msgspec.structs.replace(
        plain,
        constraints=tuple(make_constraint(record) for record in block["constraints"]),
        objective=msgspec.convert(objective, objective_kinds()[objective["kind"]]),
        hash="page",
        earlier=earlier or Earlier(),
    )


def make_forms(block: list[Any], bank: Bank, blueprint: Blueprint) -> list[Form]:
    lists = block if isinstance(block[0], list) else [block]
    items = {item.id: item for item in bank.items}
    stimuli = {stimulus.id: stimulus for stimulus in bank.stimuli}

    def placement(position: int, entry: Any) -> Placement:
        record = entry if isinstance(entry, dict) else {"item": entry}
        item = items[record["item"]]
        hashes = {
            "content_hash": hashing.content_hash(item, stimuli),
            "record_hash": hashing.record_hash(item),
        }
        return msgspec.convert({"position": position, **hashes, **record}, Placement)

    return [
        Form(
            id=f"page-{'abc'[number]}",
            title="",
            blueprint=BlueprintReference(blueprint.id, blueprint.hash),
            bank=BankReference(bank.id, ""),
            seed=1,
            solver=SolverFacts("hand", "made"),
            sections=(
                Section("main", placements=tuple(placement(n, one) for n, one in enumerate(entries, 1))),
            ),
            time_limit_minutes=blueprint.time_limit_minutes,
            cut_score=blueprint.cut_score,
        )
        for number, entries in enumerate(lists)
    ]


def broken_rows(forms: list[Form], bank: Bank, blueprint: Blueprint) -> list[str]:
    """What the oracle says of all forms together."""
    found: set[str] = set()
    plain = [msgspec.to_builtins(form) for form in forms]
    items = [msgspec.to_builtins(item) for item in bank.items]
    stimuli = [msgspec.to_builtins(one) for one in bank.stimuli]
    rows = msgspec.to_builtins(blueprint)
    stats = {one.item: msgspec.to_builtins(one) for one in bank.statistics}
    for number, form in enumerate(plain):
        found.update(oracle.judge(form, items, rows, plain[:number], stats, stimuli))
    return sorted(found)


PARAMETERS = [
    pytest.param(case, id=f"{page.stem}:{case.line}")
    for page in sorted(PAGES.glob("*.md"))
    for case in cases(page)
]


@pytest.mark.parametrize("case", PARAMETERS)
def test_page(case: Case) -> None:
    bank, blueprint = make_bank(case.bank), make_blueprint(case.blueprint, make_earlier(case.earlier))
    if "audit" in case.expect:
        forms = make_forms(case.form, bank, blueprint)
        everything = audit(forms, bank, blueprint)
        said = errors(everything)
        infos = sorted(one.message for one in everything if one.severity is Severity.INFO)
        assert infos == sorted(case.expect.get("infos", []))
        assert sorted(problem.message for problem in said) == sorted(case.expect["audit"])
        named = {problem.label or problem.kind for problem in said}
        assert named == set(broken_rows(forms, bank, blueprint))
        return
    result = assemble(bank, blueprint)
    assert result.status == case.expect["assemble"], result.findings
    said = errors(result.findings)
    if "messages" in case.expect:
        assert [problem.message for problem in said] == case.expect["messages"]
    if "hints" in case.expect:
        assert [problem.hint for problem in said] == case.expect["hints"]
    if "warnings" in case.expect:
        warned = [one.message for one in result.findings if one.severity is Severity.WARNING]
        assert warned == case.expect["warnings"]
    if result.forms:
        first = result.forms[0].placements
        order = case.expect.get("order", [])
        assert [one.item for one in first][: len(order)] == order
        if "anchors" in case.expect:
            assert sorted(one.item for one in first if one.anchor) == case.expect["anchors"]
        assert {p.item for p in result.forms[0].placements} >= set(case.expect.get("contains", []))
        assert broken_rows(list(result.forms), bank, blueprint) == []


def test_every_kind_has_a_page_with_both_halves() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == set(constraint_kinds())
    for page in PAGES.glob("*.md"):
        expects = [case.expect for case in cases(page)]
        assert any(expect.get("assemble") == "done" for expect in expects), page
        assert any(expect.get("audit") for expect in expects), page
        assert any(expect.get("assemble") in ("infeasible", "invalid") for expect in expects), page
