"""Rule repeated-key."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import ReadProblem
from qbank.rule import rule


@rule(Severity.ERROR)
def repeated_key(problem: ReadProblem) -> Iterator[Finding]:
    """A mapping has the same key twice.

    Most readers keep one of the two values and say nothing, so an option or a whole stem disappears.

    Remove one of the two, or give it the name it should have.

    Source: YAML 1.2.2, section 3.2.1.1: the keys of a mapping are unique; RFC 8259, section 4, for JSON.
    """
    if problem.rule == "repeated-key":
        yield problem.finding
