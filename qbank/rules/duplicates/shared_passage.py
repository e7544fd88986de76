"""shared-passage."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Related, Severity
from qbank.model.bank import Bank
from qbank.rule import rule
from qbank.rules.duplicates._alike import is_intended
from qbank.similarity.pairs import SimilarItems


@rule(Severity.INFO)
def shared_passage(bank: Bank, alike: SimilarItems, *, words: int = 30) -> Iterator[Finding]:
    """The stems of several items hold the same long passage, word for word, and no stimulus does.

    Why: a form that draws two of them makes candidates read the passage twice; a correction in one is
    forgotten in the other; the items are an item set that nobody declared. `words` (30) says from how many
    words on end a passage is long; case, white space and punctuation do not count. Items on one stimulus,
    retired items, and pairs that are written enemies (they never meet on a form) are left alone. Every
    item is reported with the first that has its passage.

    What to do: make the passage a stimulus and let the items hang on it; or make them enemies.

    Source: Haladyna, Downing & Rodriguez 2002 (context-dependent item sets); exam practice.
    """
    del bank
    reported: set[int] = set()
    for pair in alike.passages(words):
        earlier, later = pair.earlier.item, pair.later.item
        together = earlier.stimulus == later.stimulus != ""
        if not together and not is_intended(earlier, later) and pair.later.number not in reported:
            reported.add(pair.later.number)
            yield Finding(
                later.at("stem"),
                f"{later.id} has a passage of {pair.words} words in common with {earlier.id}",
                (Related(earlier.at("stem"), "the same passage"),),
                "Make the passage a stimulus and name it in `stimulus:` of both; or make them enemies.",
            )
