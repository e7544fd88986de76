"""What a blueprint asks for: its own rows, the rows it implies, and its objective.

Both sides read the duties here, the compiler of rows and the audits; how each judges them they do not share.
"""

from __future__ import annotations

from qbank.assembly.constraints.attribute_sum import AttributeSum
from qbank.assembly.constraints.length import Length
from qbank.assembly.constraints.overlap import Overlap
from qbank.assembly.kinds import ConstraintKind, ObjectiveKind
from qbank.model.blueprint import Blueprint
from qbank.model.form import OPERATIONAL

CUT_SCORE = "cut score"
"""The label of the row that a cut score implies."""

EARLIER_FORMS = "earlier forms"
"""The label of the row that earlier forms imply when no row speaks of them."""


def implied(blueprint: Blueprint) -> tuple[ConstraintKind, ...]:
    """The rows that `length`, `roles`, `cut_score`, `forms` and earlier forms imply, with those labels."""
    rows: list[ConstraintKind] = []
    if not blueprint.roles:
        rows.append(Length(label="length", minimum=blueprint.length, maximum=blueprint.length))
    for role, count in blueprint.roles.items():
        rows.append(Length(label=role, role=role, minimum=count, maximum=count))
    cut = blueprint.cut_score
    if cut is not None and cut.of is not None:
        where = {"role": OPERATIONAL}
        rows.append(
            AttributeSum(label=CUT_SCORE, attribute="points", where=where, minimum=cut.of, maximum=cut.of)
        )
    if not any(isinstance(one, Overlap) for one in blueprint.constraints):
        rows.append(Overlap(label="forms", maximum=0))
    limits = (one.with_earlier(1) for one in blueprint.constraints if isinstance(one, Overlap))
    if blueprint.earlier.forms and all(limit is None for limit in limits):
        rows.append(Overlap(label=EARLIER_FORMS, maximum=blueprint.length, earlier=0))
    return tuple(rows)


def stated(blueprint: Blueprint) -> tuple[ConstraintKind, ...]:
    """The blueprint's own rows. Raises TypeError for one that no kind of constraint made."""
    rows = []
    for row in blueprint.constraints:
        if not isinstance(row, ConstraintKind):
            raise TypeError(f"{row.label}: {row.kind} is no kind of constraint")
        rows.append(row)
    return tuple(rows)


def objective(blueprint: Blueprint) -> ObjectiveKind:
    """The blueprint's objective. Raises TypeError when no kind of objective made it."""
    if not isinstance(blueprint.objective, ObjectiveKind):
        raise TypeError(f"{blueprint.objective.kind} is no kind of objective")
    return blueprint.objective
