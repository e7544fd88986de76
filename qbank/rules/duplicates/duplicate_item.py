"""duplicate-item."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Related, Severity
from qbank.model.bank import Bank
from qbank.rule import rule
from qbank.rules.duplicates import _alike  # noqa: F401 - provides SimilarItems
from qbank.similarity.pairs import SimilarItems


@rule(Severity.ERROR)
def duplicate_item(bank: Bank, alike: SimilarItems) -> Iterator[Finding]:
    """An item is in the bank twice, under two ids.

    Why: a form that draws both asks one question twice and scores it twice; exposure and statistics
    are split between the two. Items are equal when type, stimulus, stem, options in any order, prompts
    and key are equal after NFKC, case and white space are evened out (10² stays unlike 102). With
    another key it is a key-conflict.

    What to do: keep one, and retire or remove the other; do not reuse its id.

    Source: Haladyna, Downing & Rodriguez 2002 (each item independent of the others); exam practice.
    """
    del bank
    for group in alike.groups:
        for number, later in enumerate(group):
            earlier = next((one for one in group[:number] if later.repeats(one)), None)
            if earlier is not None:
                yield Finding(
                    later.item.at("stem"),
                    f"{later.item.id} is the same item as {earlier.item.id}",
                    (Related(earlier.item.at("stem"), "first seen here"),),
                    "Keep one of them; retire or remove the other.",
                )
