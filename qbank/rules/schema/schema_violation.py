"""Rule schema-violation."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import ReadProblem
from qbank.rule import rule


@rule(Severity.ERROR)
def schema_violation(problem: ReadProblem) -> Iterator[Finding]:
    """A record does not have the shape that its JSON Schema describes.

    A misspelt field, a text where a number belongs or a missing stem means that the item is not what
    its author meant; the item is left out of every other check and of every form.

    Correct the field that is named; `qbank schema item` prints the whole shape.

    Source: schemas/item.schema.json and its neighbours, the public contract of the native format.
    """
    if problem.rule == "schema-violation":
        yield problem.finding
