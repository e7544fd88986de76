"""cue-between-items."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Related, Severity
from qbank.model.bank import Bank
from qbank.model.earlier import Earlier
from qbank.model.item import Item, MultipleChoice
from qbank.rule import rule
from qbank.rules.bank._met import met
from qbank.rules.bank._targets import Asking
from qbank.rules.cues._frequencies import StemWords


@rule(Severity.INFO)
def cue_between_items(
    bank: Bank,
    frequencies: StemWords,
    earlier: Earlier,
    *,
    shared: int = 2,
    share: float = 0.01,
    part: float = 0.5,
    words: int = 50,
) -> Iterator[Finding]:
    """The stem of one item holds the key of another, and both are about the same thing.

    Who meets both on a form reads the answer of one in the other. It fires when the whole key stands in
    another stem, none of the distractors does, and that stem has at least `shared` of the rare words of
    the item's own, and `part` of them all. Rare are words in at most `share` of the stems.
    Keys of items with `words` words or more are not looked for: a long case shares words with every other.
    Items that are enemies already, or hang on one stimulus, are let alone.

    Make the two enemies, so that no form holds both, or reword one of them.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 3 (independent items); NBME item-writing guide.
    """
    asking = Asking(frequencies, shared, share, part, words)
    for item, other in met(bank.items, asking, earlier):
        yield _finding(item, other)


def _finding(item: MultipleChoice, other: Item) -> Finding:
    key = item.key_ids[0]
    return Finding(
        other.at("stem"),
        f"the stem holds the key of {item.id}, {item.options[key].strip()!r}",
        related=(Related(item.at("options", key), "the key"),),
        hint=f"Make the two enemies: enemies: [{item.id}].",
    )
