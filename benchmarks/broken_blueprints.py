"""Explanations of broken blueprints: do they name the right rows and the exact shortfall, and how fast.

`broken/cases.py` makes the blueprints from a seed: ten kinds, banks of 60 to 5,000 items and more.
Whoever makes one knows the rows at fault and the shortfall; a program that knows nothing of qbank proves both
first. An explanation is right when its errors quote the labels of exactly those rows, state the shortfall
as data and as a number in a sentence (for sums, the least that is possible), and, for too many forms, how
many the bank carries. Then the cheapest
repairs that it offers are applied, and the blueprint must become possible. The ratio is CPU seconds of
`assemble` on the broken blueprint, explanation included, by those of `assemble` on the repaired one: the
fastest of 3 runs each, loaded values in a warm process. Targets: all right, a ratio of 2 at most.
Run `python benchmarks/broken_blueprints.py [--no-proof] [SIZE…]`; the exit code is 1 when a target is missed.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.broken.cases import SIZES, Case, bank_of, blueprint_of, cases, faults
from qbank.assembly import Assembled, Problem, Status, assemble
from qbank.assembly.problems import errors, number
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint

RUNS = 3
TARGET = 2.0


def wrong(case: Case, result: Assembled) -> list[str]:
    """What is wrong with an explanation; nothing when it names the right rows and the exact shortfall."""
    if result.status is not Status.INFEASIBLE:
        return [f"the run ended as {result.status}"]
    said = errors(result.findings)
    text = " ".join(f"{one.message}. {one.hint}" for one in result.findings)
    found = []
    if named(said) != set(case.rows):
        found.append(f"names {sorted(named(said))}, not {sorted(case.rows)}")
    missing = [one.missing for one in said if one.missing is not None]
    if missing != [case.missing]:
        found.append(f"misses {missing}, not {case.missing}")
    told = [number(case.missing)] if case.best is None else [number(case.best)]
    if not all(re.search(rf"(?<![\w.]){re.escape(one)}(?!\w|\.\d)", text) for one in told):
        found.append(f"does not say {told[0]}")
    if case.carried is not None and f"carries {case.carried or 'no'} form" not in text:
        found.append(f"does not say that {case.carried} forms are carried")
    return [f"{one}: {text}" for one in found]


def named(problems: Iterable[Problem]) -> set[str]:
    """The labels of rows that sentences quote; `forms` is the label of what a run of several asks for."""
    quoted = {label for one in problems for label in re.findall(r'"([^"]+)"', one.message)}
    return quoted - {"forms"}


def seconds(bank: Bank, blueprint: Blueprint) -> tuple[float, Assembled]:
    """CPU seconds of a run, the fastest of three, and its result."""
    spent = []
    for _ in range(RUNS):
        start = time.process_time()
        result = assemble(bank, blueprint)
        spent.append(time.process_time() - start)
    return min(spent), result


def main(arguments: list[str]) -> int:
    """Prove, run and compare every case; print a line for each kind."""
    sizes = tuple(int(one) for one in arguments if one.isdigit()) or SIZES
    right: dict[str, list[bool]] = defaultdict(list)
    ratios: dict[str, list[float]] = defaultdict(list)
    for case in cases(sizes):
        proved = [] if "--no-proof" in arguments else faults(case)
        bank = bank_of(case)
        repaired = blueprint_of(case.repaired)
        assemble(bank, repaired)
        feasible, done = seconds(bank, repaired)
        broken, result = seconds(bank, blueprint_of(case.blueprint))
        said = [*(f"not proved: {one}" for one in proved), *wrong(case, result)]
        if done.status is not Status.DONE:
            said.append(f"the repaired blueprint ends as {done.status}")
        for one in said:
            print(f"{case.kind}, {case.name}: {one}")
        if broken > TARGET * feasible or "--all" in arguments:
            print(f"{case.kind}, {case.name}: {broken:.3f} s, feasible {feasible:.3f} s")
        right[case.kind].append(not said)
        ratios[case.kind].append(broken / feasible)
    print(f"{'kind':<22}{'right':>9}{'median':>9}{'worst':>9}")
    for kind, verdicts in right.items():
        told = f"{sum(verdicts)}/{len(verdicts)}"
        print(f"{kind:<22}{told:>9}{statistics.median(ratios[kind]):>9.2f}{max(ratios[kind]):>9.2f}")
    verdicts = [one for several in right.values() for one in several]
    every = [one for several in ratios.values() for one in several]
    worst = max(every)
    told = f"{sum(verdicts)}/{len(verdicts)}"
    print(f"{'all':<22}{told:>9}{statistics.median(every):>9.2f}{worst:>9.2f}")
    return 0 if all(verdicts) and worst <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
