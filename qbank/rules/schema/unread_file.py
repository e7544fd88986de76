"""Rule unread-file."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import ReadProblem
from qbank.rule import rule


@rule(Severity.WARNING)
def unread_file(problem: ReadProblem) -> Iterator[Finding]:
    """A file among the items or stimuli is matched by no pattern of the bank record.

    A file `items/new.yml` beside the pattern `items/**/*.yaml` is never read: its items are not checked and
    come into no form. Looked at are the folders in which the patterns search, for YAML, JSON and JSON Lines
    files; hidden files and the bank's own folder are left alone.

    Name the file under `items` or `stimuli`, rename it, or move it elsewhere.

    Source: docs/file-formats.md, the bank record.
    """
    if problem.rule == "unread-file":
        yield problem.finding
