"""Rule repeated-words-in-options."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules.options._plain import words
from qbank.screening import one_head

_ENOUGH = 3


@rule(Severity.INFO, screen=one_head)
def repeated_words_in_options(
    item: MultipleChoice | MultipleResponse, *, minimum: int = 3
) -> Iterator[Finding]:
    """All options begin with the same three words or more.

    Candidates read them again and again before they come to what differs. `minimum` sets how many words
    count.

    Move the words into the stem.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 14 (put the central idea and most of the words
    into the stem).
    """
    texts = list(item.options.values())
    if len(texts) < _ENOUGH or len({text[:2] for text in texts}) > 1:
        return
    # of the shortest option at least one word must be left
    columns = zip(*(words(text)[:-1] for text in texts), strict=False)
    shared = [column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns)]
    if len(shared) >= minimum:
        yield Finding(
            item.at("options"),
            f"all options begin with {' '.join(shared)!r}",
            hint="Move these words into the stem.",
        )
