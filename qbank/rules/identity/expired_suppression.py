"""Rule expired-suppression."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.rule import SuppressionUse, rule


@rule(Severity.WARNING)
def expired_suppression(use: SuppressionUse) -> Iterator[Finding]:
    """A `lint_ignore` entry is past its `until`.

    It silences nothing any more: somebody set the date in order to look again.

    Correct the item and remove the entry, or look again and set a later date.

    Source: exam practice: an exception to a writing rule is granted for a time.
    """
    if use.expired:
        entry = use.suppression
        yield Finding(
            use.item.at("lint_ignore", use.number, "until"),
            f"this exception to {entry.rule} ended on {entry.until}",
            hint="Correct the item and remove the entry, or set a later date.",
        )
