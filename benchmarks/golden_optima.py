"""Known optima of published instances through qbank's own blueprint files, beside bare HiGHS, in one run.

The instances are those of TestDesign (choi-phd/TestDesign) and eatATA (beckerbenj/eatATA) in `ata/` under
the folder that QBANK_TEST_DATA names; their README says what each is. Each is written as a bank (JSON Lines
with statistics) and a blueprint file into a temporary folder and read back; then `assemble` runs on the
loaded values in a warm process. Bare HiGHS gets a ready matrix: that of TestDesign where there is one (its
item sets have plain rows), otherwise one made here, and besides the matrix that qbank itself makes. Everybody
has one thread, the same seed, no gap and 20 seconds at most. An instance passes when the optimum has every
digit that is known, is proved, and `assemble` takes at most 1.5 times bare HiGHS and 25 ms, on either matrix;
for TD-R, at most half of bare HiGHS on the plain rows. Printed are medians of CPU milliseconds. Run
`python benchmarks/golden_optima.py [INSTANCE…]`.
"""

from __future__ import annotations

import csv
import json
import math
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from qbank import api
from qbank.assembly.compile import compile_blueprint
from qbank.assembly.program import Program, Variables
from qbank.assembly.solvers import highs

RUNS = 3
GAP = 0.0
SECONDS = 20.0
"""How long a search may take; one that is stopped has proved nothing, and the instance does not pass."""
FACTOR, EXTRA, PLAIN_FACTOR = 1.5, 0.025, 0.5
Json = dict[str, Any]


class Instance(msgspec.Struct, frozen=True):
    """A bank and a blueprint as records, the optimum with the digits that are known, and a bare program."""

    name: str
    optimum: str
    fields: list[str]
    items: list[Json]
    statistics: list[Json]
    blueprint: Json
    bare: Program


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of a shared file."""
    path = next(Path(os.environ["QBANK_TEST_DATA"], "ata").glob(name))
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


# --- TestDesign's tables → records ----------------------------------------------------------------------


def field(name: str) -> str:
    """The attribute of a column; a prefix keeps it apart from the fields that every item has."""
    return f"td_{name.lower()}"


def scalar(text: str) -> str | float:
    """A number where the text is one."""
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text


def parameters(row: dict[str, str]) -> Json:
    """Item response parameters: a, b, c, or a and then thresholds. D is 1."""
    numbers = [float(row[name]) for name in sorted(row) if name.startswith("PAR") and row[name]]
    if row["MODEL"] == "3PL":
        return {"model": "3PL", "a": numbers[0], "b": numbers[1], "c": numbers[2]}
    return {"model": {"GR": "GRM", "GPC": "GPC"}[row["MODEL"]], "a": numbers[0], "thresholds": numbers[1:]}


def where_of(condition: str) -> Json:
    """A condition of R as a `where`: A == x, A %in% c(x, y), A >= x, A < x, !is.na(A), joined by &."""
    where: Json = {}
    for part in filter(None, condition.split(" & ")):
        if found := re.fullmatch(r"!is\.na\((\w+)\)", part):
            where[field(found[1])] = {"present": True}
        elif found := re.fullmatch(r"(\w+) %in% c\((.*)\)", part):
            where[field(found[1])] = [scalar(one.strip('" ')) for one in found[2].split(",")]
        elif found := re.fullmatch(r"(\w+) (==|>=|<) (.+)", part):
            value = scalar(found[3].strip('"'))
            tests: Json = {"==": value, ">=": {"minimum": value}}
            below = math.nextafter(value, -math.inf) if isinstance(value, float) else None
            where[field(found[1])] = tests.get(found[2], {"maximum": below})
        else:
            raise ValueError(f"cannot read the condition {condition!r}")
    return where


def ids_of(condition: str) -> list[str]:
    """The ids of `ID %in% c("…", "…")`."""
    return re.findall(r'"(\w+)"', condition)


def constraint_rows(table: list[dict[str, str]]) -> Iterator[Json]:
    """The rows of a blueprint; those about order are left out, as the optima are those of the others."""
    sets: Json = {"label": "item sets", "kind": "item_set"}
    for row in table:
        label, condition = f"{row['CONSTRAINT_ID']} {row['CONDITION']}", row["CONDITION"]
        bounds = {"minimum": int(row["LB"]), "maximum": int(row["UB"])} if row["LB"] else {}
        match row["TYPE"], row["WHAT"]:
            case "Number", "Stimulus":
                sets["sets"] = bounds
            case "Number", _ if condition == "Per Stimulus":
                sets["items_per_set"] = bounds
            case "Number", _ if re.fullmatch(r"\w+", condition):
                yield {"label": label, "kind": "content", "where": {}, "each": field(condition), **bounds}
            case "Number", _ if condition:
                yield {"label": label, "kind": "content", "where": where_of(condition), **bounds}
            case "Include", _:
                yield {"label": label, "kind": "inclusion", "items": ids_of(condition)}
            case "Exclude", _:
                yield {"label": label, "kind": "exclusion", "where": where_of(condition)}
            case "AllOrNone", _:
                yield {"label": label, "kind": "all_or_none", "items": ids_of(condition)}
    if len(sets) > 2:
        yield sets
    if any(row["TYPE"] == "Enemy" for row in table):
        yield {"label": "enemies apart", "kind": "enemies"}


def item(id: str, attributes: Json, **more: Any) -> Json:
    """A record without content: only its numbers matter here."""
    return {"id": id, "type": "essay", "stem": id, "rubric": "none", "attributes": attributes, **more}


def test_design(name: str, pool: str, optimum: str) -> Instance:
    """An instance of TestDesign: the most information at -1 and 1."""
    table = rows_of(f"testdesign_constraints_{pool}_*.csv")
    attributes = rows_of(f"testdesign_itemattrib_{pool}_*.csv")
    enemies: dict[str, list[str]] = {}
    for row in table:
        if row["TYPE"] == "Enemy":
            first, second = ids_of(row["CONDITION"])
            enemies.setdefault(first, []).append(second)
    names = [one for one in attributes[0] if one not in ("ID", "STID", "KEY")]
    items = [
        item(
            row["ID"],
            {field(one): scalar(row[one]) for one in names if row[one] not in ("", "NA")},
            **{"stimulus": row["STID"]} if row.get("STID") else {},
            **{"enemies": enemies[row["ID"]]} if row["ID"] in enemies else {},
        )
        for row in attributes
    ]
    length = next(int(row["LB"]) for row in table if row["TYPE"] == "Number" and not row["CONDITION"])
    return Instance(
        name=name,
        optimum=optimum,
        fields=[field(one) for one in names],
        items=items,
        statistics=[
            {"item": row["ID"], "irt": parameters(row)}
            for row in rows_of(f"testdesign_itempool_{pool}_*.csv")
        ],
        blueprint={
            "length": length,
            "constraints": list(constraint_rows(table)),
            "objective": {"kind": "maximum_information", "theta": [-1.0, 1.0]},
        },
        bare=mip_of(pool),
    )


# --- eatATA's tables → records --------------------------------------------------------------------------


def shortest() -> Instance:
    """EA-1: one form of 10 items in the shortest time."""
    rows = rows_of("eatATA_items_mini.csv")
    times = [float(row["time"]) for row in rows]
    return Instance(
        name="EA-1",
        optimum="226.72966",
        fields=["seconds"],
        items=[item(f"i{row['item']}", {"seconds": time}) for row, time in zip(rows, times, strict=True)],
        statistics=[],
        blueprint={
            "length": 10,
            "constraints": [],
            "objective": {"kind": "minimum_sum", "attribute": "seconds"},
        },
        bare=program([(range(30), [1.0] * 30)], [10.0], [10.0], times, "minimise"),
    )


def capped() -> Instance:
    """EA-2: two forms of 55 without a common item, capped maximin of the information at 0, with D = 1.7."""
    rows = rows_of("eatATA_items_diao.csv")
    known = [float(row["theta.0"]) for row in rows_of("eatATA_diao_IIF.csv")]
    n = len(rows)
    forms = [range(n), range(n, 2 * n)]
    matrix: list[tuple[Any, list[float]]] = [(form, [1.0] * n) for form in forms]
    matrix += [((one, one + n), [1.0, 1.0]) for one in range(n)]
    matrix += [((*form, 2 * n), [*known, -1.0]) for form in forms]
    matrix += [((*form, 2 * n, 2 * n + 1), [*known, -1.0, -1.0]) for form in forms]
    lower = [55.0] * 2 + [-math.inf] * n + [0.0] * 2 + [-math.inf] * 2
    upper = [55.0] * 2 + [1.0] * n + [math.inf] * 2 + [0.0] * 2
    return Instance(
        name="EA-2",
        optimum="17.66832",
        fields=[],
        items=[item(f"i{row['item']}", {}) for row in rows],
        statistics=[
            {
                "item": f"i{row['item']}",
                "irt": {"model": "3PL", "D": 1.7, **{name: float(row[name]) for name in "abc"}},
            }
            for row in rows
        ],
        blueprint={
            "length": 55,
            "forms": 2,
            "constraints": [],
            "objective": {"kind": "capped_maximin_information", "theta": [0.0]},
        },
        bare=program(matrix, lower, upper, [0.0] * 2 * n + [1.0, -1.0], "maximise", free=2),
    )


# --- bare programs --------------------------------------------------------------------------------------


def program(
    matrix: list[tuple[Any, list[float]]],
    lower: list[float],
    upper: list[float],
    cost: list[float],
    sense: Any,
    free: int = 0,
) -> Program:
    """A program of 0-1 columns, the last `free` of them continuous and without an upper bound."""
    count = len(cost)
    bounds = np.ones(count)
    whole = np.ones(count, dtype=np.bool_)
    if free:
        bounds[-free:], whole[-free:] = np.inf, False
    return Program(
        variables=Variables(np.zeros(count), bounds, whole),
        cost=np.array(cost),
        sense=sense,
        starts=np.cumsum([0, *(len(values) for _, values in matrix)]),
        columns=np.concatenate([np.array(list(columns), dtype=np.int64) for columns, _ in matrix]),
        values=np.concatenate([np.array(values) for _, values in matrix]),
        lower=np.array(lower),
        upper=np.array(upper),
    )


def mip_of(pool: str) -> Program:
    """The 0-1 model that TestDesign makes, with the information at -1 and 1 as its objective."""
    path = Path(os.environ["QBANK_TEST_DATA"], "ata", f"testdesign_mip_{pool}.json")
    made = json.loads(path.read_text(encoding="utf-8"))
    matrix: list[tuple[list[int], list[float]]] = [([], []) for _ in made["dir"]]
    for row, column, value in zip(made["i"], made["j"], made["v"], strict=True):
        matrix[row][0].append(column)
        matrix[row][1].append(float(value))
    lower = [-math.inf if one == "<=" else float(b) for one, b in zip(made["dir"], made["rhs"], strict=True)]
    upper = [math.inf if one == ">=" else float(b) for one, b in zip(made["dir"], made["rhs"], strict=True)]
    at = [made["theta"].index(theta) for theta in (-1, 1)]
    cost = [sum(made["info"][k][one] for k in at) for one in range(made["ni"])] + [0.0] * made["ns"]
    return program(matrix, lower, upper, cost, "maximise")


# --- files, runs, report --------------------------------------------------------------------------------


def written(one: Instance, folder: Path) -> Path:
    """The bank and the blueprint as files; the path of the blueprint."""
    kinds = {name: {type(record["attributes"].get(name)) for record in one.items} for name in one.fields}
    types = {name: "string" if str in kinds[name] else "number" for name in one.fields}
    stimuli = sorted({record["stimulus"] for record in one.items if "stimulus" in record})
    bank = {
        "id": f"golden-{one.name.lower()}",
        "items": ["items.jsonl"],
        "stimuli": ["stimuli.jsonl"] if stimuli else [],
        "attributes": {name: {"type": kind} for name, kind in types.items()},
    }
    blueprint = {"id": one.name.lower(), "bank": "bank", "eligible": {}, "order": ["seed"], **one.blueprint}
    (folder / "bank").mkdir(parents=True)
    (folder / "bank" / "bank.yaml").write_bytes(msgspec.json.format(msgspec.json.encode(bank)))
    lines = {"items": one.items, "statistics": one.statistics}
    lines["stimuli"] = [{"id": id, "title": id, "text": id} for id in stimuli]
    for name, records in lines.items():
        if records:
            text = b"".join(msgspec.json.encode(record) + b"\n" for record in records)
            (folder / "bank" / f"{name}.jsonl").write_bytes(text)
    path = folder / "blueprint.json"
    path.write_bytes(msgspec.json.encode(blueprint))
    return path


class Run(msgspec.Struct, frozen=True):
    """What one side found and the CPU seconds it took."""

    objective: float
    proved: bool
    seconds: float


def timed(function: Callable[[], tuple[float, bool]]) -> Run:
    """One run of one side."""
    started = time.process_time()
    objective, proved = function()
    return Run(objective, proved, time.process_time() - started)


def measured(one: Instance, folder: Path) -> dict[str, list[Run]]:
    """All sides in turns, after one form was made to warm up."""
    blueprint = api.load_blueprint(written(one, folder))
    bank, problems = api.load_bank(api.bank_path(blueprint))
    if problems:
        raise ValueError("; ".join(problem.finding.message for problem in problems))

    def through_qbank() -> tuple[float, bool]:
        made = api.assemble(bank, blueprint, gap=GAP, time_limit=SECONDS)
        if made.solver is None or made.solver.objective is None:
            raise ValueError("; ".join(problem.message for problem in made.findings))
        return made.solver.objective, made.solver.status == "optimal"

    def bare(matrix: Program) -> tuple[float, bool]:
        solution = highs.solve(matrix, seed=1, gap=GAP, time_limit=SECONDS)
        return solution.objective or 0.0, solution.outcome == "optimal"

    own = compile_blueprint(bank, blueprint, blueprint.forms, 1).program()
    sides: dict[str, Callable[[], tuple[float, bool]]] = {
        "assemble": through_qbank,
        "bare": lambda: bare(one.bare),
        "own": lambda: bare(own),
    }
    api.assemble(bank, blueprint, gap=0.01)
    runs = [{side: timed(function) for side, function in sides.items()} for _ in range(RUNS)]
    return {side: [run[side] for run in runs] for side in sides}


def report(one: Instance, runs: dict[str, list[Run]]) -> bool:
    """Print a line; whether the instance passes."""
    seconds = {side: statistics.median(run.seconds for run in some) for side, some in runs.items()}
    digits = len(one.optimum.split(".")[1])
    found = {f"{run.objective:.{digits}f}" for run in runs["assemble"]}
    exact = found == {one.optimum} and all(run.proved for run in runs["assemble"])
    plain = one.name == "TD-R"
    limit = PLAIN_FACTOR * seconds["bare"] if plain else FACTOR * seconds["bare"] + EXTRA
    in_time = seconds["assemble"] <= limit and seconds["assemble"] <= FACTOR * seconds["own"] + EXTRA
    bare = sorted({f"{run.objective:.{digits}f}" for run in runs["bare"]})
    print(
        f"{one.name:<5} {'/'.join(sorted(found)):>10} {'proved' if exact else 'NOT AS KNOWN':<12} "
        f"assemble {1000 * seconds['assemble']:7.1f} ms  bare {1000 * seconds['bare']:7.1f} ms "
        f"({'/'.join(bare)})  bare on qbank's matrix {1000 * seconds['own']:7.1f} ms  "
        f"ratio {seconds['assemble'] / seconds['bare']:5.2f}  "
        f"{'in time' if in_time else f'TOO SLOW, at most {1000 * limit:.0f} ms'}"
    )
    return exact and in_time


INSTANCES: dict[str, Callable[[], Instance]] = {
    "TD-S": lambda: test_design("TD-S", "science", "26.489951"),
    "TD-R": lambda: test_design("TD-R", "reading", "20.457661"),
    "TD-F": lambda: test_design("TD-F", "fatigue", "69.518551"),
    "EA-1": shortest,
    "EA-2": capped,
}


def main(names: list[str]) -> int:
    """Print the figures; 1 when an instance does not pass."""
    if "QBANK_TEST_DATA" not in os.environ:
        print("skipped: QBANK_TEST_DATA names no folder with the shared instances")
        return 0
    passed = []
    for name in names or INSTANCES:
        one = INSTANCES[name]()
        with tempfile.TemporaryDirectory() as folder:
            passed.append(report(one, measured(one, Path(folder, "golden"))))
    return int(not all(passed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
