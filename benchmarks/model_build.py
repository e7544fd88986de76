"""Building the program of 5,000 items and 5 forms: qbank's rows beside the same rows through PuLP.

All sides start from a bank and a blueprint in memory. qbank's side is `compile_blueprint` and its
`program()`: from there to the compressed matrix that HiGHS takes, information included. PuLP's side states
the same rows as its documentation writes them, with `lpSum` over the items that a row means; information
and groups of enemies it gets ready made. Besides, PuLP gets every row as ready lists of columns and
numbers, which no user has. Writing or solving a model counts for nobody. One blueprint has item sets and
enemies, one only plain rows. Printed are medians of CPU milliseconds of 3 runs with one thread, and the
ratios; under 40 to `lpSum` misses the target. PuLP is no dependency of qbank: install it with `pip install
pulp`. Run `python benchmarks/model_build.py [ITEMS FORMS]`.
"""

from __future__ import annotations

import gc
import importlib.util
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.large_runs import machine  # noqa: E402
from benchmarks.synthetic_banks import THETAS, blueprint, synthetic_bank  # noqa: E402
from qbank.assembly.compile import compile_blueprint  # noqa: E402
from qbank.assembly.constraints.content import Content  # noqa: E402
from qbank.assembly.constraints.item_set import ItemSet  # noqa: E402
from qbank.assembly.program import Program  # noqa: E402
from qbank.model.bank import Bank  # noqa: E402
from qbank.model.blueprint import Blueprint  # noqa: E402
from qbank.psychometrics.response import item_information  # noqa: E402

ITEMS, FORMS = 5_000, 5
RUNS = 3
TARGET = 40.0
Rows = list[tuple[list[int], list[float], float, float]]


def listed(program: Program) -> Rows:
    """The rows of a program as plain lists."""
    columns, values, starts = program.columns.tolist(), program.values.tolist(), program.starts.tolist()
    bounds = zip(program.lower.tolist(), program.upper.tolist(), strict=True)
    return [
        (columns[starts[row] : starts[row + 1]], values[starts[row] : starts[row + 1]], low, high)
        for row, (low, high) in enumerate(bounds)
    ]


def bounded(problem: Any, expression: Any, low: float | None, high: float | None) -> None:
    """A row with its bounds; PuLP's constraints have one side each."""
    if low is not None and low == high:
        problem += expression == low
        return
    if low is not None:
        problem += expression >= low
    if high is not None:
        problem += expression <= high


def by_sums(bank: Bank, by: Blueprint, information: list[list[float]], cliques: list[list[int]]) -> Any:
    """The rows of the blueprint as PuLP's documentation writes them, each an lpSum over its items."""
    import pulp  # type: ignore[import-not-found, import-untyped, unused-ignore]

    problem = pulp.LpProblem("forms", pulp.LpMaximize)
    items, forms = range(len(bank.items)), range(by.forms)
    stimuli = range(len(bank.stimuli))
    x = pulp.LpVariable.dicts("x", (items, forms), cat="Binary")
    t = pulp.LpVariable("t")
    problem += t
    for form in forms:
        bounded(problem, pulp.lpSum(x[item][form] for item in items), by.length, by.length)
        for theta in range(len(information[0])):
            problem += pulp.lpSum(information[item][theta] * x[item][form] for item in items) >= t
    for item in items:
        problem += pulp.lpSum(x[item][form] for form in forms) <= 1
    for row in by.constraints:
        if isinstance(row, Content):
            area, level = row.where.get("content_area"), row.where.get("cognitive_level")
            members = [
                number
                for number, item in enumerate(bank.items)
                if (area is None or item.content_area == area or item.content_area.startswith(f"{area}/"))
                and (level is None or item.cognitive_level == level)
            ]
            for form in forms:
                chosen = pulp.lpSum(x[item][form] for item in members)
                bounded(problem, chosen, row.minimum, row.maximum)
        elif isinstance(row, ItemSet):
            z = pulp.LpVariable.dicts("z", (stimuli, forms), cat="Binary")
            of: dict[str, list[int]] = {}
            for number, one in enumerate(bank.items):
                of.setdefault(one.stimulus, []).append(number)
            for number, stimulus in enumerate(bank.stimuli):
                for form in forms:
                    own, used = of[stimulus.id], z[number][form]
                    for item in own:
                        problem += x[item][form] <= used
                    chosen = pulp.lpSum(x[item][form] for item in own)
                    problem += chosen >= row.items_per_set.minimum * used
                    problem += chosen <= row.items_per_set.maximum * used
        else:
            for clique in cliques:
                for form in forms:
                    problem += pulp.lpSum(x[item][form] for item in clique) <= 1
    return problem


def by_lists(rows: Rows, program: Program) -> Any:
    """The ready rows as a problem of PuLP, by the shortest way it has: no items are looked at."""
    import pulp

    problem = pulp.LpProblem("forms", pulp.LpMaximize)
    whole, lower = program.variables.integer.tolist(), program.variables.lower.tolist()
    upper = program.variables.upper.tolist()
    x: list[Any] = [
        pulp.LpVariable(f"x{one}", low, high, "Integer" if kind else "Continuous")
        for one, (low, high, kind) in enumerate(zip(lower, upper, whole, strict=True))
    ]
    cost = program.cost.tolist()
    problem += pulp.LpAffineExpression([(x[one], value) for one, value in enumerate(cost) if value])
    infinite = float("inf")
    for columns, values, low, high in rows:
        terms = [(x[column], value) for column, value in zip(columns, values, strict=True)]
        expression = pulp.LpAffineExpression(terms)
        bounded(problem, expression, *(one if abs(one) < infinite else None for one in (low, high)))
    return problem


def spent(*sides: Callable[[], object]) -> list[float]:
    """The median of CPU seconds of each side, the sides taking turns."""
    runs: list[list[float]] = []
    for _ in range(RUNS):
        runs.append([])
        for side in sides:
            gc.collect()  # nobody pays for what another has left behind
            started = time.process_time()
            side()
            runs[-1].append(time.process_time() - started)
    return [statistics.median(seconds) for seconds in zip(*runs, strict=True)]


def sides(rows: Rows) -> int:
    """How many constraints with one side each the rows are; those without any column say nothing."""
    infinite = float("inf")
    bounds = [(low, high) for columns, _, low, high in rows if columns]
    return sum(1 if low == high else (low > -infinite) + (high < infinite) for low, high in bounds)


def main(arguments: list[str]) -> int:
    """Print all sides and the ratios; 1 when one misses the target, 2 without PuLP."""
    if importlib.util.find_spec("pulp") is None:
        print("PuLP is not installed: pip install pulp, where qbank is installed too")
        return 2
    items, forms = (int(one) for one in arguments) if arguments else (ITEMS, FORMS)
    print(machine())
    bank, by = synthetic_bank(items), blueprint(forms)
    information = item_information([one.irt for one in bank.statistics], THETAS).tolist()
    number = {item.id: row for row, item in enumerate(bank.items)}
    found = {tuple(sorted((item.id, *item.enemies))) for item in bank.items if item.enemies}
    cliques = [[number[id] for id in clique] for clique in sorted(found)]
    plain = tuple(row for row in by.constraints if isinstance(row, Content))
    status = 0
    for name, one in (
        ("plain rows", msgspec.structs.replace(by, constraints=plain)),
        ("with item sets and enemies", by),
    ):
        program = compile_blueprint(bank, one, forms, 1).program()
        rows = listed(program)
        stated = len(by_sums(bank, one, information, cliques).constraints)
        if stated != sides(rows):
            raise ValueError(f"{stated} constraints, {sides(rows)} were meant")
        mine, theirs, lists = spent(
            partial(lambda one: compile_blueprint(bank, one, forms, 1).program(), one),
            partial(by_sums, bank, one, information, cliques),
            partial(by_lists, rows, program),
        )
        status |= theirs / mine < TARGET
        missed = "" if theirs / mine >= TARGET else f", MISSES {TARGET:g}"
        print(f"{items} x {forms}, {name} ({program.size}): qbank {mine * 1000:.0f} ms")
        print(f"  PuLP by lpSum {theirs * 1000:.0f} ms, {theirs / mine:.0f} times{missed}")
        print(f"  PuLP by ready lists {lists * 1000:.0f} ms, {lists / mine:.0f} times")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
