"""near-duplicate-item."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Related, Severity
from qbank.model.bank import Bank
from qbank.rule import rule
from qbank.rules.duplicates._alike import is_intended
from qbank.similarity.decide import Verdict
from qbank.similarity.pairs import SimilarItems

_SAYS = {
    Verdict.REWORDED: (
        "asks the same as {other} in other words",
        "Keep one, or write that they are enemies.",
    ),
    Verdict.PASTED_STEM: (
        "has the same stem as {other} over other options",
        "Was the stem pasted and not changed? If both are meant, write that they are enemies.",
    ),
}


@rule(Severity.WARNING)
def near_duplicate_item(bank: Bank, alike: SimilarItems) -> Iterator[Finding]:
    """An item asks the same as another one in other words, or has its stem over other options.

    Why: a form that draws both asks one question twice. Overlap of words is only the first stage;
    what differs decides. Items that differ on purpose in a number, dose, code, side, negation, opposite or
    name are siblings and are not reported, nor are items that key something else, unless their stems of
    eight words or more are identical. Of the others those are reported whose stems share enough words that
    are rare in the bank, and names above all. Items of different stimuli, retired items, and pairs that are
    written down as enemies are left alone. Among 300 items or more of one template only those are compared
    whose stems, or stems and keys, are alike without the words that half of them have. The word lists are
    English.

    What to do: keep the better one; or, when both are wanted, make them enemies of each other.

    Source: Haladyna, Downing & Rodriguez 2002 (each item independent of the others); that what differs
    decides was found by reading pairs of public banks.
    """
    del bank
    for pair in alike.pairs:
        earlier, later = pair.earlier.item, pair.later.item
        if not is_intended(earlier, later):
            message, hint = _SAYS[pair.decision.verdict]
            yield Finding(
                later.at("stem"),
                f"{later.id} {message.format(other=earlier.id)}",
                (Related(earlier.at("stem"), "first seen here"),),
                hint,
            )
