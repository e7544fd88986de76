"""Rule unreadable-file."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import ReadProblem
from qbank.rule import rule


@rule(Severity.ERROR)
def unreadable_file(problem: ReadProblem) -> Iterator[Finding]:
    """A file of the bank, or a part of it, cannot be read.

    Broken syntax, a tab as indentation, an encoding other than UTF-8, a YAML tag, a number that is not
    finite, a link or a path out of the bank: what cannot be read cannot be checked, and the rest of the
    bank is checked without it.

    Correct the place that is named.

    Source: docs/file-formats.md, what a bank may hold.
    """
    if problem.rule == "unreadable-file":
        yield problem.finding
