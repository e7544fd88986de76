"""Large runs on synthetic banks: how near to the bound, in how many CPU seconds and how much memory.

The banks are those of `synthetic_banks.py`, with item sets and enemies; forms of 90 items that share none,
the least information over forms and theta -1, 0 and 1 as great as can be. The bound is the one that
`assemble` states, that of the tight linear program of all forms added up (`qbank/assembly/scale/bound.py`
says why no run can be better). Each run is a process of its own that makes the bank, assembles 1,000 x 1 to
warm up, and then assembles three times, with seeds 1, 2 and 3. Printed are the median of CPU seconds of
`assemble` on the loaded bank (checks, rows, search, forms with hashes, and the audit of each), the worst
gap, and the peak of memory less the peak with the bank loaded. Everything has one thread. The forms of the
first seed are judged by `qbank.assembly.audit` and by tests/oracle.py, outside the time. `--straight
SECONDS` gives straight HiGHS the same rows as one program, for so long (5,000 x 5 and 100,000 x 1 only: the
other programs do not fit). Run `python benchmarks/large_runs.py [--straight SECONDS] [SIZE…]`, a size being
ITEMSxFORMS.
"""

from __future__ import annotations

import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.synthetic_banks import blueprint, synthetic_bank  # noqa: E402
from qbank.assembly import assemble, audit  # noqa: E402
from qbank.assembly.compile import compile_blueprint  # noqa: E402
from qbank.assembly.problems import errors  # noqa: E402
from qbank.assembly.solvers import highs  # noqa: E402
from qbank.model.bank import Bank  # noqa: E402
from qbank.model.blueprint import Blueprint  # noqa: E402
from qbank.model.form import Form  # noqa: E402
from tests import oracle  # noqa: E402

SEEDS = (1, 2, 3)
MIB = 1024 * 1024


class Size(NamedTuple):
    """A run: the gap at which the search may stop, and what it must reach."""

    items: int
    forms: int
    gap: float
    most_gap: float
    seconds: float
    mib: float = 1024.0


SIZES = {
    "5000x5": Size(5_000, 5, 1e-4, 0.003, 2.0),
    "10000x20": Size(10_000, 20, 1e-4, 0.005, 3.0),
    "100000x1": Size(100_000, 1, 1e-3, 0.001, 4.0),
    "100000x10": Size(100_000, 10, 1e-4, 0.005, 5.0),
    "100000x100": Size(100_000, 100, 1e-4, 0.005, 30.0),
}
STRAIGHT = ("5000x5", "100000x1")


def machine() -> str:
    """What it runs on."""
    model = platform.processor() or platform.machine()
    cpus = Path("/proc/cpuinfo")
    if cpus.is_file():
        names = [line.split(":")[1].strip() for line in cpus.read_text().splitlines() if "model name" in line]
        model = f"{names[0]}, {len(names)} cores" if names else model
    return f"{platform.system()}, {model}, Python {platform.python_version()}; one thread"


def peak() -> float:
    """The most memory (MiB) that this process has had so far."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / MIB if sys.platform == "darwin" else most / 1024


def judged(forms: Sequence[Form], bank: Bank, by: Blueprint) -> str:
    """What the audit and the oracle say of forms, in words."""
    broken = [problem.message for problem in errors(audit(forms, bank, by))]
    used = {placement.item for form in forms for placement in form.placements}
    items = [msgspec.to_builtins(item) for item in bank.items if item.id in used]
    stats = {one.item: msgspec.to_builtins(one) for one in bank.statistics if one.item in used}
    sets = {item.stimulus for item in bank.items if item.id in used}
    stimuli = [msgspec.to_builtins(one) for one in bank.stimuli if one.id in sets]
    rows = msgspec.to_builtins(by)
    written = [msgspec.to_builtins(form) for form in forms]
    for number, form in enumerate(written):
        broken += oracle.judge(form, items, rows, written[:number], stats, stimuli)
    return f"BROKEN: {broken[:3]}" if broken else "audit and oracle find nothing"


def run(name: str, straight: float) -> bool:
    """Measure one size in this process and print a line; whether it passes."""
    size = SIZES[name]
    bank = synthetic_bank(size.items)
    by = blueprint(size.forms)
    assemble(synthetic_bank(1_000), blueprint(1), gap=0.01)
    loaded = peak()
    seconds, gaps = [], []
    forms: tuple[Form, ...] = ()
    line = ""
    for seed in SEEDS:
        started = time.process_time()
        made = assemble(bank, by, seed=seed, gap=size.gap)
        seconds.append(time.process_time() - started)
        if made.solver is None or made.solver.gap is None:
            raise ValueError("; ".join(problem.message for problem in made.findings))
        gaps.append(made.solver.gap)
        forms = forms or made.forms
        line = line or f"{made.solver.objective:.4f}, bound {made.solver.bound:.4f}"
    taken = peak() - loaded
    right = judged(forms, bank, by)
    spent = statistics.median(seconds)
    passed = max(gaps) <= size.most_gap and spent <= size.seconds and taken <= size.mib
    passed = passed and not right.startswith("BROKEN")
    print(
        f"{name}: {line}; gap {max(gaps):.3%} (at most {size.most_gap:.1%}) in {spent:.2f} s (at most "
        f"{size.seconds:g}), {taken:.0f} MiB over {loaded:.0f}; {right}; {'passes' if passed else 'MISSES'}"
    )
    if straight and name in STRAIGHT:
        print(f"{name}: straight HiGHS {by_highs(bank, by, size.gap, straight)}")
    return passed


def by_highs(bank: Bank, by: Blueprint, gap: float, limit: float) -> str:
    """The same rows as one program, solved by HiGHS, in words."""
    started = time.process_time()
    program = compile_blueprint(bank, by, by.forms, 1).program()
    solution = highs.solve(program, seed=1, gap=gap, time_limit=limit)
    spent = time.process_time() - started
    found = (
        "no forms" if solution.objective is None else f"{solution.objective:.4f}, bound {solution.bound:.4f}"
    )
    return f"{found} in {spent:.1f} s with its rows ({program.size})"


def main(arguments: list[str]) -> int:
    """Each size in a process of its own; 1 when one misses its target."""
    if arguments[:1] == ["--one"]:
        return 0 if run(arguments[1], float(arguments[2])) else 1
    straight = 0.0
    if arguments[:1] == ["--straight"]:
        straight, arguments = float(arguments[1]), arguments[2:]
    print(machine(), flush=True)
    status = 0
    for name in arguments or SIZES:
        command = [sys.executable, __file__, "--one", name, str(straight)]
        status |= subprocess.run(command, check=False).returncode
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
