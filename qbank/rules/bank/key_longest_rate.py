"""key-longest-rate."""

from __future__ import annotations

import math
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import Bank
from qbank.model.item import MultipleChoice
from qbank.rule import rule


@rule(Severity.WARNING)
def key_longest_rate(
    bank: Bank, *, minimum_items: int = 40, z: float = 3.0, excess: float = 0.05
) -> Iterator[Finding]:
    """Over the whole bank the key is the longest option far more often than chance would have it.

    Who always chooses the longest option gains points without knowledge, even when no single key is long
    enough for key-longest. Counted are single-answer items with one longest option of two or more; chance
    is 1 in the number of options of each item. It fires from `minimum_items` items on, when the z of the
    count reaches `z` and the share is at least `excess` above chance. Retired items are left out.

    Shorten keys, moving reasons into the rationale, or lengthen distractors, beginning with the items
    where the difference is largest.

    Source: Haladyna, Downing & Rodriguez (2002), guidelines 24 and 28c; NBME item-writing guide.
    """
    chances = []
    hits = 0
    for item in bank.items:
        if not isinstance(item, MultipleChoice) or item.status == "retired" or len(item.key_ids) != 1:
            continue
        key = item.options.get(item.key_ids[0])
        lengths = [len(text) for text in item.options.values()]
        if key is None or len(lengths) < 2 or lengths.count(max(lengths)) > 1:
            continue
        chances.append(1 / len(lengths))
        hits += len(key) == max(lengths)
    count = len(chances)
    if count < minimum_items:
        return
    expected = sum(chances)
    statistic = (hits - expected) / math.sqrt(sum(chance * (1 - chance) for chance in chances))
    if statistic >= z and hits - expected >= excess * count:
        yield Finding(
            bank.info.at(),
            f"the key is the longest option in {hits} of {count} items ({hits / count:.1%}); "
            f"chance is {expected / count:.1%} (z = {statistic:.1f})",
            hint="Shorten keys or lengthen distractors.",
        )
