"""Rule key-longest."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice
from qbank.rule import rule


@rule(Severity.WARNING)
def key_longest(item: MultipleChoice, *, ratio: float = 1.6, words: int = 4) -> Iterator[Finding]:
    """The key is much longer than every other option.

    Writers qualify the right answer until nothing can be said against it, and test-wise candidates know
    that. It fires when the key has at least `ratio` times as many characters as the next longest option,
    and `words` words or more.

    Shorten the key, moving its reasons into the rationale, or write distractors of the same care.

    Source: Haladyna, Downing & Rodriguez (2002), guidelines 24 and 28c; NBME item-writing guide; SAQUET.
    """
    if len(item.key_ids) != 1 or item.key_ids[0] not in item.options or len(item.options) < 2:
        return
    key = item.key_ids[0]
    lengths = {id: len(" ".join(text.split())) for id, text in item.options.items()}
    longest = max(length for id, length in lengths.items() if id != key)
    if lengths[key] >= ratio * longest and len(item.options[key].split()) >= words:
        yield Finding(
            item.at("options", key),
            f"the key has {lengths[key]} characters, the longest distractor {longest}",
            hint="Shorten the key, or write distractors of the same length and care.",
        )
