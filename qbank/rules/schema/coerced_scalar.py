"""Rule coerced-scalar."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import ReadProblem
from qbank.rule import rule


@rule(Severity.ERROR)
def coerced_scalar(problem: ReadProblem) -> Iterator[Finding]:
    """A text without quotes means something else to YAML than what was typed.

    `1.50` is the number 1.5 to YAML, `1e3` is 1000.0 and `0x1F` is 31. qbank keeps what was typed, but the
    next tool that reads the file will not.

    Put the text in quotes.

    Source: YAML 1.2.2, section 10.3.2 (tag resolution of the core schema).
    """
    if problem.rule == "coerced-scalar":
        yield problem.finding
