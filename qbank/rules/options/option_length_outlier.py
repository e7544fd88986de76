"""Rule option-length-outlier."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules.options._plain import is_about_others
from qbank.screening import longest_exceeds

_ENOUGH = 3


@rule(Severity.INFO, screen=longest_exceeds(3.0, _ENOUGH))
def option_length_outlier(
    item: MultipleChoice | MultipleResponse, *, ratio: float = 3.0, words: int = 4
) -> Iterator[Finding]:
    """One option is far longer than the others, key or not.

    What looks different is chosen, or struck out, for its looks. It fires when the longest option has
    more than `ratio` times the characters of the median one, and `words` words or more: a single long
    name cannot be shortened. When the long one is the key, key-longest says so with more weight.

    Shorten it, or write the others with the same care.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 24 (keep the length of options about equal).
    """
    if len(item.options) < _ENOUGH:
        return
    lengths = {id: len(text) for id, text in item.options.items()}
    longest = max(lengths, key=lengths.__getitem__)
    middle = median(lengths.values())
    text = item.options[longest]
    if lengths[longest] > ratio * middle and len(text.split()) >= words and not is_about_others(text):
        yield Finding(
            item.at("options", longest),
            f"option {longest} has {lengths[longest]} characters, the middle of the options {middle:g}",
            hint="Shorten it, or write the others at the same length.",
        )
