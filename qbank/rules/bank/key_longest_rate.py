"""key-longest-rate."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import Bank
from qbank.model.earlier import Earlier
from qbank.model.item import Item, MultipleChoice
from qbank.rule import rule


@rule(Severity.WARNING)
def key_longest_rate(
    bank: Bank, earlier: Earlier, *, minimum_items: int = 40, z: float = 3.0, excess: float = 0.05
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
    counts = Counter(earlier.column("key-longest-rate", bank.items, _told))
    hits = sum(counts[told] for told in counts if told > 0)
    options = Counter[int]()
    for told, number in counts.items():
        options[abs(told)] += number
    del options[0]
    count = options.total()
    if count < minimum_items:
        return
    expected = math.fsum(number / size for size, number in options.items())
    spread = math.fsum(number / size * (1 - 1 / size) for size, number in options.items())
    statistic = (hits - expected) / math.sqrt(spread)
    if statistic >= z and hits - expected >= excess * count:
        yield Finding(
            bank.info.at(),
            f"the key is the longest option in {hits} of {count} items ({hits / count:.1%}); "
            f"chance is {expected / count:.1%} (z = {statistic:.1f})",
            hint="Shorten keys or lengthen distractors.",
        )


def _told(items: Sequence[Item]) -> list[int]:
    """Of each item that counts the number of options, negative where the key is not the longest; else 0."""
    return [
        _options(item) if isinstance(item, MultipleChoice) and item.status != "retired" else 0
        for item in items
    ]


def _options(item: MultipleChoice) -> int:
    ids = item.key_ids
    key = item.options.get(ids[0]) if len(ids) == 1 else None
    if key is None or len(item.options) < 2:
        return 0
    lengths = [*map(len, item.options.values())]
    longest = max(lengths)
    if lengths.count(longest) > 1:
        return 0
    return len(lengths) if len(key) == longest else -len(lengths)
