"""Sheet Blueprint: each row of the blueprint beside what the form has. Staff only."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Location
from qbank.formats.contract import Check, ExportInput
from qbank.formats.xlsx.limits import form_location
from qbank.formats.xlsx.table import Column, Highlight, Row, Table, Value, scalar, text

# sums of decimals miss their bound by a rounding error, never by this much
_TOLERANCE = 1e-9

_COLUMNS = (
    Column("Label", 40, least=40),
    Column("Kind", 20),
    Column("Target", 52, least=52, widest=100),
    Column("Minimum", 11, "number"),
    Column("Maximum", 11, "number"),
    Column("Actual", 11, "number"),
    Column("Gap", 11, "number"),
    Column("OK", 8, "mark"),
)


def blueprint_sheet(input: ExportInput) -> Table:
    """The sheet, one row a check; rows outside their bounds are red."""
    return Table(
        name="Blueprint",
        columns=_COLUMNS,
        rows=tuple(Row(tuple(_cells(check, _where(input)))) for check in input.checks),
        highlights=(Highlight("OK", "no", "bad", whole_row=True), Highlight("OK", "yes", "good")),
    )


def gap(check: Check) -> float | None:
    """How far outside its bounds a row is: below 0 too few, above 0 too many, 0 inside."""
    if check.actual is None or (check.minimum is None and check.maximum is None):
        return None
    if check.minimum is not None and check.actual < check.minimum - _TOLERANCE:
        return round(check.actual - check.minimum, 9)
    if check.maximum is not None and check.actual > check.maximum + _TOLERANCE:
        return round(check.actual - check.maximum, 9)
    return 0


def _cells(check: Check, where: Location) -> Iterator[Value]:
    place, distance = f"blueprint row {check.label}", gap(check)
    yield text(check.label, where, f"{place}, label")
    yield text(check.kind, where, f"{place}, kind")
    yield text(check.target, where, f"{place}, target")
    for name, value in (("minimum", check.minimum), ("maximum", check.maximum), ("actual", check.actual)):
        yield scalar(value, where, f"{place}, {name}")
    yield scalar(distance, where, f"{place}, gap")
    yield text("" if distance is None else "no" if distance else "yes", where, f"{place}, ok")


def _where(input: ExportInput) -> Location:
    return Location(input.blueprint.path) if input.blueprint.path else form_location(input)
