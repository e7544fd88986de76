"""Rule idle-pattern."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import ReadProblem
from qbank.rule import rule


@rule(Severity.WARNING)
def idle_pattern(problem: ReadProblem) -> Iterator[Finding]:
    """A pattern under `items` or `stimuli` of the bank record matches no file.

    It is misspelt, or its files were moved: items that people believe to be in the bank are missing from
    every form, and nothing else says so.

    Correct the pattern, or remove it.

    Source: docs/file-formats.md, the bank record.
    """
    if problem.rule == "idle-pattern":
        yield problem.finding
