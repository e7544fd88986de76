"""The end of a run as HTML for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbank.assembly.summary import summarise
from qbank.model import notebook

if TYPE_CHECKING:
    from qbank.assembly.run import Assembled


def assembled_html(made: Assembled) -> str:
    """Status, findings, and the tables of the forms."""
    parts = [notebook.heading(f"{made.status.value}: {len(made.forms)} forms")]
    if made.solver is not None:
        solver = made.solver
        told = (("objective", solver.objective), ("bound", solver.bound), ("gap", solver.gap))
        numbers = ", ".join(f"{name} {value:g}" for name, value in told if value is not None)
        parts.append(notebook.line(", ".join(filter(None, (f"{solver.name} {solver.status}", numbers)))))
    if made.findings:
        rows = [(one.severity.value, one.message, one.hint) for one in made.findings]
        parts.append(notebook.table(("severity", "what", "what to do"), rows))
    if made.forms and made.bank is not None and made.blueprint is not None:
        parts.append(summarise(made.forms, made.bank, made.blueprint)._repr_html_())
    return "".join(parts)
