"""Rule missing-option-rationale."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import BankRecord
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules.identity._required import has_rationale, required
from qbank.screening import asked_for


@rule(Severity.WARNING, screen=asked_for("option_rationale"))
def missing_option_rationale(
    item: MultipleChoice | MultipleResponse, bank: BankRecord, *, always: bool = False
) -> Iterator[Finding]:
    """An option has no rationale of its own, and the bank asks for one.

    A distractor for which no error can be named that leads to it is chosen by nobody, or is right. It
    speaks only when the bank record says `require: [option_rationale]` (or the option `always` is set), and
    not of drafts and retired items; where no rationale is there at all, missing-rationale says so.

    Write, under `rationale`, one text for each option id.

    Source: Haladyna, Downing & Rodriguez (2002), guidelines 29 and 30 (typical errors).
    """
    if not required("option_rationale", item, bank, always):
        return
    if not has_rationale(item) and required("rationale", item, bank, False):
        return
    if isinstance(item.rationale, str):
        if item.options:
            yield Finding(
                item.at("rationale"),
                "the options have no rationale each",
                hint="Write, under rationale:, one text for each option id.",
            )
        return
    missing = [id for id in item.options if not item.rationale.get(id, "").strip()]
    if missing:
        yield Finding(
            item.at("rationale"),
            f"no rationale for option{'s' if len(missing) > 1 else ''} {', '.join(missing)}",
            hint="Write why it is right, or which error leads to it.",
        )
