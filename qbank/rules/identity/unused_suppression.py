"""Rule unused-suppression."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Drop, Finding, Fix, Severity
from qbank.rule import SuppressionUse, rule


@rule(Severity.WARNING, fixable=True)
def unused_suppression(use: SuppressionUse) -> Iterator[Finding]:
    """A `lint_ignore` entry silences nothing.

    The flaw was corrected, or the rule's name is misspelt. An entry that stays will hide the next flaw of
    its kind, which nobody has looked at. Entries for rules that did not run are not judged.

    Remove the entry, or correct the name of its rule.

    Source: unused suppressions as reported by ruff (RUF100) and ESLint.
    """
    if use.expired or use.silenced:
        return
    name = use.suppression.rule
    if not use.known:
        hint = f"Did you mean {use.near}?" if use.near else "See `qbank rule` for the names of all rules."
        yield Finding(use.item.at("lint_ignore", use.number, "rule"), f"there is no rule {name!r}", hint=hint)
    elif use.checked:
        yield Finding(
            use.item.at("lint_ignore", use.number),
            f"{name} finds nothing here, so this entry silences nothing",
            hint="Remove the entry.",
            fix=Fix((Drop(use.item.at("lint_ignore", use.number)),), safe=False),
        )
