"""HiGHS: the only module that imports highspy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from qbank.assembly.solution import Outcome, Solution, relative_gap

if TYPE_CHECKING:
    from qbank.assembly.program import Floats, Program

NODE_LIMIT = 200_000


class Linear(msgspec.Struct, frozen=True):
    """The optimum of a program whose columns are all continuous, with the duals of its rows."""

    objective: float
    values: Floats
    duals: Floats


def solve_linear(program: Program) -> Linear | None:
    """The optimum of a linear program; None when it has no solution or no columns.

    Raises RuntimeError when HiGHS ends in another way.
    """
    import highspy
    import numpy as np

    if not len(program.variables):
        return None
    module: Any = highspy
    highs = module.Highs()
    for name, value in {"output_flag": False, "threads": 1}.items():
        highs.setOptionValue(name, value)
    _pass(highs, module, program)
    highs.run()
    state = highs.getModelStatus()
    if state in (module.HighsModelStatus.kInfeasible, module.HighsModelStatus.kUnboundedOrInfeasible):
        return None
    if state != module.HighsModelStatus.kOptimal:
        raise RuntimeError(f"HiGHS ended with {highs.modelStatusToString(state)}")
    solution = highs.getSolution()
    return Linear(
        float(highs.getInfo().objective_function_value),
        np.asarray(solution.col_value, dtype=np.float64),
        np.asarray(solution.row_dual, dtype=np.float64),
    )


def solve(
    program: Program,
    *,
    seed: int = 0,
    gap: float = 1e-4,
    time_limit: float | None = None,
    node_limit: int = NODE_LIMIT,
    heuristics: bool = True,
) -> Solution:
    """Solve a program with one thread, silently. Raises RuntimeError when HiGHS reports an error.

    Without `heuristics` a small program is solved faster.
    """
    import highspy

    module: Any = highspy
    highs = module.Highs()
    options: dict[str, Any] = {
        "output_flag": False,
        "threads": 1,
        "random_seed": seed % 2**31,
        "mip_rel_gap": gap,
        "mip_abs_gap": 1e-6,
        "mip_max_nodes": node_limit,
    }
    if not heuristics:
        options |= {
            "mip_heuristic_effort": 0.0,
            "mip_heuristic_run_feasibility_jump": False,
            "mip_detect_symmetry": False,
        }
    if time_limit is not None:
        options["time_limit"] = float(time_limit)
    for name, value in options.items():
        highs.setOptionValue(name, value)
    _pass(highs, module, program)
    highs.run()
    return _solution(highs, module, program)


def prices(program: Program, time_limit: float) -> Floats | None:
    """What each row costs (its dual value) when columns need not be whole; None without an optimum."""
    import highspy
    import numpy as np

    module: Any = highspy
    highs = module.Highs()
    for name, value in (("output_flag", False), ("threads", 1), ("time_limit", float(time_limit))):
        highs.setOptionValue(name, value)
    variables = program.variables
    free = msgspec.structs.replace(variables, integer=np.zeros(len(variables), dtype=np.bool_))
    _pass(highs, module, msgspec.structs.replace(program, variables=free))
    highs.run()
    if highs.getModelStatus() != module.HighsModelStatus.kOptimal:
        return None
    return np.asarray(highs.getSolution().row_dual, dtype=np.float64)


def _pass(highs: Any, highspy: Any, program: Program) -> None:
    import numpy as np

    variables = program.variables
    sense = highspy.ObjSense.kMinimize if program.sense == "minimise" else highspy.ObjSense.kMaximize
    status = highs.passModel(
        len(variables),
        len(program.lower),
        len(program.columns),
        int(highspy.MatrixFormat.kRowwise),
        int(sense),
        0.0,
        program.cost,
        variables.lower,
        variables.upper,
        program.lower,
        program.upper,
        program.starts.astype(np.int32),
        program.columns.astype(np.int32),
        program.values,
        variables.integer.astype(np.int32),
    )
    if status == highspy.HighsStatus.kError:
        raise RuntimeError("HiGHS refused the program")


def _solution(highs: Any, highspy: Any, program: Program) -> Solution:
    import numpy as np

    states = highspy.HighsModelStatus
    state = highs.getModelStatus()
    info = highs.getInfo()
    if state in (states.kInfeasible, states.kUnboundedOrInfeasible):
        return Solution(solver="highs", outcome=Outcome.INFEASIBLE)
    if state == states.kModelEmpty:
        # HiGHS does not look at the rows of a program without columns
        if (program.lower > 0).any() or (program.upper < 0).any():
            return Solution(solver="highs", outcome=Outcome.INFEASIBLE)
        values = np.zeros(len(program.variables))
        return Solution(
            solver="highs", outcome=Outcome.OPTIMAL, values=values, objective=0.0, bound=0.0, gap=0.0
        )
    limits = (states.kTimeLimit, states.kSolutionLimit, states.kIterationLimit, states.kInterrupt)
    if state != states.kOptimal and state not in limits:
        raise RuntimeError(f"HiGHS ended with {highs.modelStatusToString(state)}")
    outcome = Outcome.OPTIMAL if state == states.kOptimal else Outcome.STOPPED
    by_clock = state == states.kTimeLimit
    nodes = max(0, int(info.mip_node_count))
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Solution(solver="highs", outcome=outcome, by_clock=by_clock, nodes=nodes)
    objective = round(float(info.objective_function_value), 6)
    # a program without integer columns has no dual bound of its own
    bound = round(float(info.mip_dual_bound if program.variables.integer.any() else objective), 6)
    return Solution(
        solver="highs",
        outcome=outcome,
        values=np.asarray(highs.getSolution().col_value, dtype=np.float64),
        objective=objective,
        bound=bound,
        gap=relative_gap(objective, bound),
        by_clock=by_clock,
        nodes=nodes,
    )
