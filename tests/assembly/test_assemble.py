"""Assembly end to end on small banks: ids, order, options, audits, coverage, conflicts, determinism."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbank.assembly import Status, assemble, audit, constraint_kinds, coverage, objective_kinds
from qbank.assembly.constraints._cliques import clique_cover
from qbank.assembly.decode import form_letters
from qbank.assembly.mistakes import check
from qbank.assembly.ordering import balanced, keeps_written_order, shuffled
from qbank.diagnostics import Severity
from qbank.model.bank import Bank, BankRecord, ContentArea
from qbank.model.blueprint import Blueprint, CutScore
from qbank.model.form import Form
from qbank.model.item import Item
from qbank.model.statistics import Irt, Statistics
from qbank.model.stimulus import Stimulus

Json = dict[str, Any]


def item(id: str, **record: Any) -> Item:
    options = {letter: f"text {letter}" for letter in "ABCD"}
    filled = {"id": id, "type": "multiple-choice", "stem": "Which?", "options": options, "key": "A", **record}
    return msgspec.convert(filled, Item)  # type: ignore[no-any-return]


def bank_of(*items: Item, **more: Any) -> Bank:
    return Bank(info=BankRecord(id="bank"), items=items, **more)


def blueprint_of(*rows: Json, length: int, objective: Json | None = None, **more: Any) -> Blueprint:
    goal = objective or {"kind": "random"}
    kinds = constraint_kinds()
    return Blueprint(
        id="paper",
        length=length,
        constraints=tuple(msgspec.convert(row, kinds[row["kind"]]) for row in rows),
        objective=msgspec.convert(goal, objective_kinds()[goal["kind"]]),
        **more,
    )


def exam_bank() -> Bank:
    """120 items in four areas with case sets, enemies and fixed options: enough for two forms."""
    areas = ("icd10cm/rules", "icd10cm/z", "claims/payers", "anatomy/bone")
    items = [
        item(
            f"{area.replace('/', '-')}-{n:02d}",
            content_area=area,
            status="pretest" if n % 5 == 4 else "active",
            cognitive_level=("recall", "application", "analysis")[n % 3],
            key="ABCD"[n % 4],
            shuffle=n % 7 != 0,
            fixed=["D"] if n % 11 == 0 else [],
            stimulus=f"case-{n // 3}" if area == "icd10cm/rules" and n < 12 else "",
            enemies=[f"claims-payers-{n + 1:02d}"] if area == "claims/payers" and n % 4 == 0 else [],
            attributes={"seconds": 40 + n},
        )
        for area in areas
        for n in range(30)
    ]
    outline = tuple(
        ContentArea(top, children=tuple(ContentArea(a.split("/")[1]) for a in areas if a.startswith(top)))
        for top in ("icd10cm", "claims", "anatomy")
    )
    record = BankRecord(id="exam", content_areas=outline)
    return Bank(info=record, items=tuple(items), stimuli=tuple(Stimulus(id=f"case-{n}") for n in range(4)))


def exam_blueprint(forms: int = 2) -> Blueprint:
    return blueprint_of(
        {"label": "icd", "kind": "content", "where": {"content_area": "icd10cm", "role": "operational"},
         "minimum": 12, "maximum": 12},
        {"label": "claims", "kind": "content", "where": {"content_area": "claims", "role": "any"},
         "minimum": 8, "maximum": 8},
        {"label": "recall", "kind": "content", "where": {"cognitive_level": "recall", "role": "any"},
         "minimum": 8, "maximum": 12},
        {"label": "cases", "kind": "item_set", "sets": {"minimum": 2, "maximum": 2},
         "items_per_set": {"minimum": 3}},
        {"label": "apart", "kind": "enemies"},
        {"label": "time", "kind": "attribute_sum", "attribute": "seconds", "where": {"role": "any"},
         "maximum": 1700},
        {"label": "keys", "kind": "key_balance", "share": {"minimum": 0.2, "maximum": 0.3}},
        length=30,
        roles={"operational": 25, "pretest": 5},
        cut_score=CutScore(points=18, of=25),
        forms=forms,
        title="Paper",
    )  # fmt: skip


def test_an_exam_with_everything() -> None:
    bank, blueprint = exam_bank(), exam_blueprint()
    result = assemble(bank, blueprint, seed=7)
    assert result.status is Status.DONE, result.findings
    assert [form.id for form in result.forms] == ["paper-a", "paper-b"]
    assert result.forms[0].title == "Paper, form A"
    assert result.solver is not None
    assert result.solver.reproducible
    assert audit(result.forms, bank, blueprint) == ()
    areas = [bank_item(bank, p.item).content_area for p in result.forms[0].placements]
    assert areas == sorted(areas, key=list(bank.info.area_titles()).index)


def bank_item(bank: Bank, id: str) -> Item:
    return next(one for one in bank.items if one.id == id)


def test_seeds_give_different_forms() -> None:
    bank, blueprint = exam_bank(), exam_blueprint(1)
    chosen = [{p.item for p in assemble(bank, blueprint, seed=seed).forms[0].placements} for seed in (1, 2)]
    assert chosen[0] != chosen[1]


SCRIPT = """
import hashlib, msgspec
from tests.assembly.test_assemble import exam_bank, exam_blueprint
from qbank.assembly import assemble
print(hashlib.sha256(msgspec.json.encode(assemble(exam_bank(), exam_blueprint(), seed=3).forms)).hexdigest())
"""


def test_hash_seeds_change_nothing() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(filter(None, sys.path))},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_the_package_and_its_kinds_load_without_numpy_and_highspy() -> None:
    script = (
        "import sys, qbank.assembly as a; a.constraint_kinds(); a.objective_kinds();"
        "a.coverage; a.audit; a.assemble;"
        "print([m for m in ('numpy', 'highspy') if m in sys.modules])"
    )
    path = ":".join(filter(None, sys.path))
    run = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, env={"PYTHONPATH": path}
    )
    assert run.stdout.strip() == "[]"


def test_form_letters() -> None:
    assert [form_letters(n) for n in (0, 25, 26, 51, 52, 701, 702)] == [
        "a",
        "z",
        "aa",
        "az",
        "ba",
        "zz",
        "aaa",
    ]


@pytest.mark.parametrize(
    ("texts", "kept"),
    [
        (("5", "10", "20"), True),
        (("10 mg", "20 mg", "40 mg"), True),
        (("1 day", "2 days", "30 days"), True),
        (("$1,000", "$2,000", "$10,000"), True),
        (("1/4", "1/2", "3/4"), True),
        (("24", "25", "57", "59"), True),
        (("-1.5", "0", "1.5"), True),
        (("20", "10", "40"), False),
        (("10 mg", "2 g", "40 g"), False),
        (("99213", "99214", "99215"), False),
        (("0250", "0360", "0450"), False),
        (("I10", "I11.0", "I13.0"), False),
        (("one", "two"), False),
        (("5", "5", "6"), False),
    ],
)
def test_numbers_in_ascending_order_keep_it(texts: tuple[str, ...], kept: bool) -> None:
    one = item("a", options=dict(zip("ABCD", texts, strict=False)))
    assert keeps_written_order(one) is kept
    if kept:
        assert all(shuffled(one, seed, "f") == tuple(one.option_texts) for seed in range(5))


def test_ordering_items_never_present_their_answer() -> None:
    one = item("a", type="ordering", key=["A", "B", "C", "D"])
    assert all(shuffled(one, seed, "f") != ("A", "B", "C", "D") for seed in range(200))


@settings(derandomize=True, database=None, deadline=None, max_examples=200)
@given(st.dictionaries(st.integers(0, 9), st.sets(st.integers(1, 4), min_size=1), max_size=7), st.data())
def test_balanced_finds_a_balance_whenever_there_is_one(choices: dict[int, set[int]], data: Any) -> None:
    from itertools import product

    options = {str(id): tuple(sorted(places)) for id, places in choices.items()}
    now = {id: places[0] for id, places in options.items()}
    limits = {}
    for place in range(1, 5):
        low = data.draw(st.integers(0, 2))
        limits[place] = (low, data.draw(st.integers(low, 4)))

    def holds(places: tuple[int, ...]) -> bool:
        return all(low <= places.count(place) <= high for place, (low, high) in limits.items())

    after = balanced(now, options, limits)
    assert all(after[id] in options[id] for id in options)
    assert holds(tuple(after.values())) == any(holds(one) for one in product(*options.values()))


@settings(derandomize=True, database=None, deadline=None, max_examples=200)
@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1])))
def test_cliques_cover_exactly_the_pairs(pairs: set[tuple[int, int]]) -> None:
    graph: dict[int, set[int]] = {}
    for a, b in pairs:
        graph.setdefault(a, set()).add(b)
        graph.setdefault(b, set()).add(a)
    cliques = clique_cover(graph)
    assert {(a, b) for clique in cliques for a in clique for b in clique if a < b} == pairs
    for clique in cliques:
        assert not any(set(clique) <= graph[node] for node in graph)


def test_audit_sees_what_changed() -> None:
    bank, blueprint = exam_bank(), exam_blueprint(1)
    form = assemble(bank, blueprint).forms[0]
    first, second, third, fourth = (p.item for p in form.placements[-4:])
    changed = tuple(
        msgspec.structs.replace(one, stem="Which one?")
        if one.id == first
        else msgspec.structs.replace(one, author="somebody")
        if one.id == second
        else msgspec.structs.replace(one, status="retired")
        if one.id == third
        else one
        for one in bank.items
        if one.id != fourth
    )
    problems = audit([form], msgspec.structs.replace(bank, items=changed), blueprint)
    said = {(p.kind, p.severity, p.items) for p in problems}
    assert ("content_hash", Severity.ERROR, (first,)) in said
    assert ("record_hash", Severity.INFO, (second,)) in said
    assert ("eligible", Severity.ERROR, (third,)) in said
    assert ("unknown_item", Severity.ERROR, (fourth,)) in said


def tampered(form: Form, at: int, **change: Any) -> Form:
    placements = tuple(
        msgspec.structs.replace(p, **change) if p.position == at else p for p in form.placements
    )
    section = msgspec.structs.replace(form.sections[0], placements=placements)
    return msgspec.structs.replace(form, sections=(section,))


def test_audit_sees_tampering() -> None:
    bank, blueprint = exam_bank(), exam_blueprint(1)
    form = assemble(bank, blueprint).forms[0]
    cases: list[tuple[Form, str]] = [
        (tampered(form, 1, position=2), "position"),
        (tampered(form, 1, item=form.placements[1].item), "repeated_item"),
        (tampered(form, 1, option_order=("A", "B", "C", "C")), "option_order"),
        (tampered(form, 1, role="external-anchor"), "role"),
        (msgspec.structs.replace(form, time_limit_minutes=1.0), "time_limit"),
        (msgspec.structs.replace(form, cut_score=None), "cut_score"),
    ]
    for changed, kind in cases:
        assert kind in {problem.kind for problem in audit([changed], bank, blueprint)}, kind


def test_coverage_counts_what_all_forms_need() -> None:
    rows = {row.label: row for row in coverage(exam_bank(), exam_blueprint(), forms=3)}
    assert (rows["pretest"].supply, rows["pretest"].needed, rows["pretest"].ok) == (24, 15, True)
    assert (rows["cases"].supply, rows["cases"].needed, rows["cases"].gap) == (4, 6, 2)
    assert rows["icd"].where == "content_area icd10cm, role operational"


def test_a_short_row_is_told_with_its_enemies() -> None:
    items = [item(f"x{n}", content_area="x", enemies=["x1", "x2"] if n == 0 else []) for n in range(4)]
    items += [item("x8", content_area="x", status="retired"), item("y", content_area="y")]
    row = {"label": "all x", "kind": "content", "where": {"content_area": "x"}, "minimum": 4}
    blueprint = blueprint_of(row, {"label": "apart", "kind": "enemies"}, length=4)
    result = assemble(bank_of(*items), blueprint)
    assert result.status is Status.INFEASIBLE
    short = next(problem for problem in result.findings if problem.label == "all x")
    assert short.message == (
        '"all x" needs 4; 5 items in the bank, 1 not eligible (1 retired), 4 eligible, at most 3 can stand '
        "together because of enemies (x0 – x1 and x0 – x2)"
    )
    assert short.hint == "Write 1 item or lower the row to 3."


def test_rows_that_contradict_are_the_only_ones_named() -> None:
    items = [item(f"{a}{n}", content_area=a) for a in "xyz" for n in range(4)]
    rows = [
        {"label": a, "kind": "content", "where": {"content_area": a}, "minimum": low}
        for a, low in (("x", 3), ("y", 3), ("z", 0))
    ]
    result = assemble(bank_of(*items), blueprint_of(*rows, length=5))
    assert result.findings[0].message == (
        'these rows cannot hold together: "length" (exactly 5); "x" (at least 3: content_area x); '
        '"y" (at least 3: content_area y)'
    )
    assert "the least change that makes a form possible: 1 " in result.findings[1].message


def test_mistakes_in_the_blueprint_are_all_told() -> None:
    row = {"label": "twice", "kind": "content", "where": {"role": "any"}, "minimum": 1}
    blueprint = blueprint_of(
        row, row, {**row, "label": "typo", "where": {"role": "pretset"}}, length=2, order=("content_aera",),
        roles={"operational": 1, "pretest": 1},
    )  # fmt: skip
    said = [(problem.kind, problem.pointer, problem.hint) for problem in check(bank_of(item("a")), blueprint)]
    assert ("order", ("order", 0), "Did you mean content_area?") in said
    assert ("content", ("constraints", 2, "where", "role"), "Did you mean pretest?") in said
    assert [pointer for _, pointer, _ in said if pointer[-1] == "label"] == [("constraints", 1, "label")]
    ill = msgspec.structs.replace(blueprint, eligible={"statsu": "active"})
    assert assemble(bank_of(item("a")), ill).status is Status.INVALID


def rated(id: str, **irt: Any) -> Statistics:
    return Statistics(item=id, p=0.5, irt=Irt(model="2PL", **irt))


def test_objectives_say_what_lacks_and_mix_no_scales() -> None:
    items = [item(f"i{n}") for n in range(4)]
    aims: Json = {"kind": "maximin_information", "theta": [0.0]}
    two = tuple(rated(f"i{n}", b=float(n)) for n in range(2))
    blueprint = blueprint_of(length=2, objective=aims)
    result = assemble(bank_of(*items, statistics=two), blueprint)
    assert result.status is Status.DONE
    assert {p.item for p in result.forms[0].placements} == {"i0", "i1"}
    assert [problem.message for problem in result.findings] == [
        "2 of 4 eligible operational items have no item response parameters: i2 and i3"
    ]
    mixed = (*two, rated("i2", b=0.0, scale="other"), rated("i3", b=0.0, D=1.7))
    result = assemble(bank_of(*items, statistics=mixed), blueprint)
    assert result.status is Status.INVALID
    assert "on several scales" in result.findings[0].message
    result = assemble(bank_of(*items), blueprint_of(length=2, objective={"kind": "match_difficulty"}))
    assert result.status is Status.INVALID


def test_mistakes_in_objectives_are_told() -> None:
    bank = bank_of(item("a", attributes={"seconds": 20}), item("b"))
    parts = [
        {"kind": "minimum_sum", "attribute": "secnds"},
        {"kind": "lexicographic", "of": []},
        {"kind": "random", "seed": 1},
        {"kind": "minimax_information", "theta": [0.0], "target": []},
    ]
    goal = {"kind": "lexicographic", "of": parts, "tolerance": 2}
    said = {p.pointer: p.message for p in check(bank, blueprint_of(length=1, objective=goal))}
    assert said[("objective", "tolerance")] == "the objective lexicographic has a tolerance outside 0 to 1"
    assert said[("objective", "of", 0, "attribute")].startswith("the objective sums 'secnds'")
    assert said[("objective", "of", 1, "kind")].endswith("cannot take the kind 'lexicographic'")
    assert "unknown field `seed`" in said[("objective", "of", 2)]
    assert said[("objective", "of", 3, "target")] == "the objective names 0 targets for 1 thetas"


def test_the_shortest_form_leaves_out_what_has_no_time() -> None:
    bank = bank_of(*(item(f"i{n}", attributes={"seconds": 10 * n} if n else {}) for n in range(4)))
    goal = {"kind": "minimum_sum", "attribute": "seconds"}
    result = assemble(bank, blueprint_of(length=2, objective=goal))
    assert [p.item for p in result.forms[0].placements if p.item != "i2"] == ["i1"]
    assert [problem.message for problem in result.findings] == [
        "1 eligible item of 4 without a number for seconds: i0"
    ]
    assert assemble(bank, blueprint_of(length=4, objective=goal)).status is Status.INVALID


def test_a_later_objective_takes_what_an_earlier_one_may_give() -> None:
    times = {"quick": 10, "slower": 11, "slow": 20}
    bank = Bank(
        info=BankRecord(id="bank"),
        items=tuple(item(id, attributes={"seconds": time}) for id, time in times.items()),
        statistics=tuple(rated(id, b=b) for id, b in (("quick", 2.0), ("slower", 1.0), ("slow", 0.0))),
    )
    of = [{"kind": "minimum_sum", "attribute": "seconds"}, {"kind": "maximum_information", "theta": [0.0]}]
    taken = {
        tolerance: assemble(
            bank,
            blueprint_of(length=1, objective={"kind": "lexicographic", "of": of, "tolerance": tolerance}),
        )
        for tolerance in (0.0, 0.1, 0.99)
    }
    found = {tolerance: run.forms[0].placements[0].item for tolerance, run in taken.items()}
    assert found == {0.0: "quick", 0.1: "slower", 0.99: "slower"}
    assert any(line.startswith("objective 1: 10.0") for line in taken[0.0].log)


def test_a_bank_without_any_item_for_a_role_is_infeasible() -> None:
    result = assemble(bank_of(item("a", status="pretest")), blueprint_of(length=1))
    assert result.status is Status.INFEASIBLE
    assert result.findings[0].label == "length"


def test_no_time_gives_no_form() -> None:
    result = assemble(exam_bank(), exam_blueprint(), time_limit=0.0)
    assert result.status in (Status.TIME_LIMIT_WITHOUT_FORM, Status.TIME_LIMIT_WITH_FORM)
    assert result.solver is not None
    assert not result.solver.reproducible
    with pytest.raises(ValueError, match="forms must be 1 or more"):
        assemble(exam_bank(), exam_blueprint(), forms=0)


def test_progress_hears_the_log() -> None:
    heard: list[str] = []
    result = assemble(bank_of(item("a"), item("b")), blueprint_of(length=1), progress=heard.append)
    assert tuple(heard) == result.log
    assert heard[-1] == "every audit passed"
