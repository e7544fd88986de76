"""contradicting-near-duplicate."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Related, Severity
from qbank.model.bank import Bank
from qbank.rule import rule
from qbank.rules.duplicates._alike import is_retired
from qbank.similarity.pairs import SimilarItems


@rule(Severity.ERROR)
def contradicting_near_duplicate(bank: Bank, alike: SimilarItems) -> Iterator[Finding]:
    """Two items ask the same in other words, and their keys cannot both be right.

    Why: whoever answers both the same way is marked wrong once; one of the keys is wrong. It is said only
    where each item offers and rejects what the other one keys (or: true against false, another order of the
    same steps, another partner of one prompt, numbers more than 5 % apart), and where the stems differ in
    harmless words only: articles, inflections, words of one meaning, an everyday word more; over the same
    three options or more also other function words and common rewordings (because of, due to). Items of
    different stimuli, stems that point at a picture, and retired items are left alone. With equal stems and
    options it is a key-conflict. The word lists are English.

    What to do: find out which key is right, correct the other, and keep one of the items.

    Source: Haladyna, Downing & Rodriguez 2002 (one right answer; each item independent of the others).
    """
    del bank
    for pair in alike.contradictions:
        earlier, later = pair.earlier.item, pair.later.item
        if not is_retired(earlier, later) and pair.earlier.content != pair.later.content:
            yield Finding(
                later.at("key"),
                f"{later.id} asks the same as {earlier.id}, but keys {_short(pair.keys.other)} "
                f"where that keys {_short(pair.keys.one)}",
                (Related(earlier.at("key"), f"keys {_short(pair.keys.one)}"),),
                "One of the two keys is wrong: correct it, then keep one of the items.",
            )


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:59] + "…")
