"""Rule key-longest."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice
from qbank.rule import rule
from qbank.rules.cues._options import is_title, key_and_distractors
from qbank.screening import key_exceeds

_ABBREVIATION = re.compile(r"\s*\((?=[^)]*[A-Z]{2})[\w-]{2,10}\)")
_QUOTED = re.compile(r"\W*[“\"‘'].*[”\"’']\W*", re.DOTALL)


@rule(Severity.WARNING, screen=key_exceeds(1.6))
def key_longest(item: MultipleChoice, *, ratio: float = 1.6, words: int = 4) -> Iterator[Finding]:
    """The key is much longer than every other option.

    Writers qualify the right answer until nothing can be said against it, and test-wise candidates know
    that. It fires when the key has at least `ratio` times as many characters as the next longest option,
    and `words` words or more. An abbreviation in parentheses, as in "heart failure (HF)", does not count,
    and keys that are names, titles, quotations or numbers stay silent: they cannot be shortened.

    Shorten the key, moving its reasons into the rationale, or write distractors of the same care.

    Source: Haladyna, Downing & Rodriguez (2002), guidelines 24 and 28c; NBME item-writing guide; SAQUET.
    """
    key, distractors = key_and_distractors(item)
    if not distractors:
        return
    length = len(item.options[key])
    longest = max([len(item.options[id]) for id in distractors])
    if length < ratio * longest:  # nearly every item: nothing to count more exactly
        return
    text = " ".join(_ABBREVIATION.sub("", item.options[key]).split())
    longest = max(len(" ".join(item.options[id].split())) for id in distractors)
    if len(text) >= ratio * longest and len(text.split()) >= words and not _is_name(text):
        yield Finding(
            item.at("options", key),
            f"the key has {len(text)} characters, the longest distractor {longest}",
            hint="Shorten the key, or write distractors of the same length and care.",
        )


def _is_name(text: str) -> bool:
    """Whether a text is what it is: a title, a quotation, a number or formula."""
    letters = sum(map(str.isalpha, text))
    return is_title(text) or _QUOTED.fullmatch(text) is not None or 2 * letters < len(text)
