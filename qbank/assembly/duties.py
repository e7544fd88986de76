"""What a blueprint asks for: its own rows, the rows it implies, and its objective.

Both sides read the duties here, the compiler of rows and the audits; how each judges them they do not share.
"""

from __future__ import annotations

from collections.abc import Iterator

from qbank.assembly.constraints.attribute_sum import AttributeSum
from qbank.assembly.constraints.length import Length
from qbank.assembly.constraints.overlap import Overlap
from qbank.assembly.kinds import ConstraintKind, ObjectiveKind
from qbank.assembly.sections import section_lengths, section_rows
from qbank.diagnostics import Pointer
from qbank.model.blueprint import Blueprint, Constraint
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
    rows.extend(section_lengths(blueprint))
    if not any(isinstance(one, Overlap) for one in blueprint.constraints):
        rows.append(Overlap(label="forms", maximum=0))
    limits = (one.with_earlier(1) for one in blueprint.constraints if isinstance(one, Overlap))
    if blueprint.earlier.forms and all(limit is None for limit in limits):
        rows.append(Overlap(label=EARLIER_FORMS, maximum=blueprint.length, earlier=0))
    return tuple(rows)


def all_rows(blueprint: Blueprint) -> tuple[ConstraintKind, ...]:
    """The rows that a blueprint implies, then those that it states. Raises TypeError as `stated` does."""
    return (*implied(blueprint), *stated(blueprint))


def lengths(blueprint: Blueprint) -> list[str]:
    """The labels of the rows that say how many items a form has: in all, in each role, in each section."""
    return [row.label for row in implied(blueprint) if row.kind == "length"]


def stated(blueprint: Blueprint) -> tuple[ConstraintKind, ...]:
    """The rows of a blueprint and of its sections. Raises TypeError for one that no kind made."""
    return tuple(row for _, row in stated_at(blueprint))


def stated_at(blueprint: Blueprint) -> Iterator[tuple[Pointer, ConstraintKind]]:
    """The rows that are stated, each with its place in the blueprint. Raises TypeError as `stated` does."""
    for number, row in enumerate(blueprint.constraints):
        yield ("constraints", number), _of_a_kind(row)
    for plan in blueprint.sections:
        for row in plan.constraints:
            _of_a_kind(row)
    yield from section_rows(blueprint)


def _of_a_kind(row: Constraint) -> ConstraintKind:
    if not isinstance(row, ConstraintKind):
        raise TypeError(f"{row.label}: {row.kind} is no kind of constraint")
    return row


def objective(blueprint: Blueprint) -> ObjectiveKind:
    """The blueprint's objective. Raises TypeError when no kind of objective made it."""
    if not isinstance(blueprint.objective, ObjectiveKind):
        raise TypeError(f"{blueprint.objective.kind} is no kind of objective")
    return blueprint.objective
