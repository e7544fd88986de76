"""Rule option-count."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import BankRecord
from qbank.model.item import MultipleChoice
from qbank.rule import rule
from qbank.rules.options.true_false_options import true_false_options
from qbank.screening import limited


@rule(Severity.INFO, screen=limited("options"))
def option_count(item: MultipleChoice, bank: BankRecord, *, options: int = 0) -> Iterator[Finding]:
    """A single-answer item has another number of options than the bank asks for.

    Answer sheets, key positions and the chance of a guess assume one number. The bank says it with
    `limits: {options: 4}`, or the configuration with `options`, which wins; without either the rule is
    silent. Items whose options are true and false have a rule of their own.

    Add a plausible option, or leave out the one that nobody chooses.

    Source: exam practice: forms and answer sheets with a fixed number of options.
    """
    wanted = options or bank.limits.get("options", 0)
    count = len(item.options)
    if wanted and count != wanted and not any(true_false_options(item)):
        yield Finding(
            item.at("options"),
            f"there are {count} options; the bank asks for {wanted:g}",
            hint="Add an option, or leave out the one that nobody chooses.",
        )
