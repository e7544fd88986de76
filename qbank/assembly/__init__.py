"""From a bank and a blueprint to finished forms, and back: assemble, audit, coverage.

`assemble` compiles the blueprint into a neutral 0-1 program, solves it, decodes and orders forms and
audits them; `audit` judges finished forms and knows nothing of solvers; `coverage` counts supply and
demand. Kinds of constraints and objectives are files in `constraints/` and `objectives/`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qbank.assembly.auditing import audit
    from qbank.assembly.carrying import Inventory, carries
    from qbank.assembly.inventory import CoverageRow, coverage
    from qbank.assembly.mistakes import check
    from qbank.assembly.problems import Problem
    from qbank.assembly.registry import constraint_kinds, objective_kinds
    from qbank.assembly.run import Assembled, Status, assemble

__all__ = [
    "Assembled",
    "CoverageRow",
    "Inventory",
    "Problem",
    "Status",
    "assemble",
    "audit",
    "carries",
    "check",
    "constraint_kinds",
    "coverage",
    "objective_kinds",
]

_HOMES = {
    "Assembled": "run",
    "CoverageRow": "inventory",
    "Inventory": "carrying",
    "Problem": "problems",
    "Status": "run",
    "assemble": "run",
    "audit": "auditing",
    "carries": "carrying",
    "check": "mistakes",
    "constraint_kinds": "registry",
    "coverage": "inventory",
    "objective_kinds": "registry",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
