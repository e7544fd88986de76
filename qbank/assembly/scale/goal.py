"""The aim of a run in the program of all forms: its columns, its costs and the rows that tie them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbank.assembly.scale.task import Rows, Task

if TYPE_CHECKING:
    from qbank.assembly.program import Floats, Ints


def goal_columns(task: Task) -> tuple[Floats, Floats, Floats]:
    """Lower bounds, upper bounds and costs of the columns that measure the aim, to be maximised."""
    import numpy as np

    match task.aim.kind:
        case "least":
            return np.array([-np.inf]), np.array([np.inf]), np.array([1.0])
        case "near":
            return np.zeros(1), np.array([np.inf]), np.array([-1.0])
        case "capped":
            return np.array([-np.inf, 0.0]), np.array([np.inf, np.inf]), np.array([1.0, -1.0])
        case _:
            return np.zeros(0), np.zeros(0), np.zeros(0)


def slot_costs(task: Task) -> Floats:
    """What a slot adds to the objective by itself, to be maximised."""
    import numpy as np

    match task.aim.kind:
        case "most":
            return task.table[:, 0]
        case "fewest":
            return -task.table[:, 0]
        case "spread":
            return _commonness(task)
        case _:
            return np.zeros(task.shape.slots)


def _commonness(task: Task) -> Floats:
    """How near an item is to the others of its class: forms of common items are easily made alike."""
    import numpy as np

    classes = task.shape.class_of
    size = np.maximum(np.bincount(classes), 1.0)[:, None]
    mean = np.stack([np.bincount(classes, weights=column) for column in task.table.T], axis=1) / size
    scale = np.maximum(task.table.std(axis=0), 1e-12)
    distance: Floats = -(np.abs(task.table - mean[classes]) / scale).max(axis=1)
    return distance


def goal_rows(task: Task, rows: Rows, table: Floats, columns: Ints, first: int) -> int:
    """Rows that tie the aim's columns (from `first` on) to the sums of all forms; the first row's number."""
    import numpy as np

    if task.aim.kind not in ("least", "near", "capped"):
        return rows.count
    f, k = float(task.forms), table.shape[1]
    every = np.arange(k)
    target = np.array(task.aim.target or (0.0,) * k) * f
    least = rows.dense(table.T, columns, target if task.aim.kind == "near" else 0.0, np.inf)
    # Σ I X + F t ≥ F target, or Σ I X - F t ≥ 0
    sign = f if task.aim.kind == "near" else -f
    rows.more(every + least, np.full(k, first), sign)
    if task.aim.kind == "near":
        most = rows.dense(table.T, columns, -np.inf, target)
        rows.more(every + most, np.full(k, first), -f)
    if task.aim.kind == "capped":
        most = rows.dense(table.T, columns, -np.inf, 0.0)
        rows.more(every + most, np.full(k, first), -f)
        rows.more(every + most, np.full(k, first + 1), -f)
    return least
