"""Four parallel forms of a published pool (TD-4), through qbank's own blueprint, beside straight HiGHS.

The pool is the science pool of TestDesign (choi-phd/TestDesign) under the folder that QBANK_TEST_DATA
names, with its rows C1 to C10: four forms of 30 items that share none, the largest difference of
information at theta -1.5, -0.5, 0.5 and 1.5 between any two forms as small as can be. `assemble` runs on
loaded values in a warm process with one thread, once with each of three seeds; printed are the differences,
the CPU seconds and their medians. A difference of at most 0.05 is due in 0.5 s, one of at most 0.0101 in 10
s; one run is held to both. Straight HiGHS gets the same rows as one program and SECONDS by the clock
(default: 10). Every form is judged by `qbank.assembly.audit` and by tests/oracle.py. Run `python
benchmarks/parallel_forms.py [SECONDS]`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.golden_optima import test_design, written  # noqa: E402
from benchmarks.large_runs import judged, machine  # noqa: E402
from qbank import api  # noqa: E402
from qbank.assembly.compile import compile_blueprint  # noqa: E402
from qbank.assembly.solvers import highs  # noqa: E402
from qbank.model.bank import Bank  # noqa: E402
from qbank.model.blueprint import Blueprint  # noqa: E402

SEEDS = (1, 2, 3)
THETAS = (-1.5, -0.5, 0.5, 1.5)
ROWS = {f"C{number}" for number in range(1, 11)}
COARSE, FINE = (0.05, 0.5), (0.0101, 10.0)
"""(difference, CPU seconds)."""


def instance(folder: Path) -> tuple[Bank, Blueprint]:
    """The pool and the blueprint, written as files and read back."""
    one = test_design("TD-4", "science", "0")
    rows = [row for row in one.blueprint["constraints"] if row["label"].split()[0] in ROWS]
    goal = {"kind": "parallel_information", "theta": list(THETAS)}
    one = msgspec.structs.replace(
        one, blueprint={**one.blueprint, "forms": 4, "constraints": rows, "objective": goal}
    )
    blueprint = api.load_blueprint(written(one, folder / "td4"))
    bank, problems = api.load_bank(api.bank_path(blueprint))
    if problems:
        raise ValueError("; ".join(problem.finding.message for problem in problems))
    return bank, blueprint


def main(arguments: list[str]) -> int:
    """Print the differences; 1 when a target is missed."""
    limit = float(arguments[0]) if arguments else 10.0
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        bank, blueprint = instance(Path(folder))
    api.assemble(bank, blueprint)  # warm
    found: list[tuple[float, float]] = []
    for seed in SEEDS:
        started = time.process_time()
        made = api.assemble(bank, blueprint, seed=seed)
        seconds = time.process_time() - started
        if made.solver is None or made.solver.objective is None:
            raise ValueError("; ".join(problem.message for problem in made.findings))
        found.append((made.solver.objective, seconds))
        right = judged(made.forms, bank, blueprint)
        print(f"assemble, seed {seed}: {made.solver.objective:.6f} in {seconds:.2f} s, {right}")
    difference, seconds = (statistics.median(one) for one in zip(*found, strict=True))
    passed = all(difference <= most and seconds <= due for most, due in (COARSE, FINE))
    print(f"median: {difference:.6f} in {seconds:.2f} s, {'passes' if passed else 'MISSES'}")
    program = compile_blueprint(bank, blueprint, blueprint.forms, 1).program()
    started = time.process_time()
    solution = highs.solve(program, seed=1, gap=0.0, time_limit=limit)
    seconds = time.process_time() - started
    reached = "no forms" if solution.objective is None else f"{solution.objective:.6f}"
    print(f"straight HiGHS: {reached} in {seconds:.2f} s ({program.size})")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
