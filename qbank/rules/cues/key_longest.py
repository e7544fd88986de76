"""Rule key-longest."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice
from qbank.rule import rule
from qbank.rules.cues._options import is_title, key_and_distractors
from qbank.rules.stem._wording import is_about_wording
from qbank.screening import key_exceeds

_ABBREVIATION = re.compile(r" ?\((?=[^)]{0,10}[A-Z]{2})[\w-]{2,10}\)")
_PARTICLES = re.compile(
    r"\b(?:de|da|di|do|du|del|della|la|le|van|von|der|den|dos|ten|ter|zu|al|bin|ibn|y|e)\s+"
)
_ABOUT_OTHERS = re.compile(
    r"\W*(?:all|both|none|neither)\s+of\s+(?:these|those|them|the)(?:\s+(?!(?:are|is|were|was)\b)\w+){0,2}\W*",
    re.IGNORECASE,
)
_INSIDE = re.compile(r"\w(?:.*\w)?", re.DOTALL)
_OPENING, _CLOSING = frozenset("“\"‘'"), frozenset("”\"’'")


@rule(Severity.WARNING, screen=key_exceeds(1.6))
def key_longest(item: MultipleChoice, *, ratio: float = 1.6, words: int = 4) -> Iterator[Finding]:
    """The key is much longer than every other option.

    Writers qualify the right answer until nothing can be said against it, and test-wise candidates know
    that. It fires when the key has at least `ratio` times as many characters as the next longest option,
    and `words` words or more. An abbreviation in parentheses, as in "heart failure (HF)", does not count,
    and keys that are names, titles, quotations, numbers or claims about the others ("all of these
    countries") stay silent: they cannot be shortened.

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
    text = _ABBREVIATION.sub("", " ".join(item.options[key].split()))
    longest = max(len(" ".join(item.options[id].split())) for id in distractors)
    if len(text) >= ratio * longest and len(text.split()) >= words and not _is_fixed(item.stem, text):
        yield Finding(
            item.at("options", key),
            f"the key has {len(text)} characters, the longest distractor {longest}",
            hint="Shorten the key, or write distractors of the same length and care.",
        )


def _is_fixed(stem: str, text: str) -> bool:
    """Whether a key is what it is: a name, title, quotation, number, formula, or a claim about the others."""
    letters = sum(map(str.isalpha, text))
    return (
        is_title(_PARTICLES.sub("", text))
        or _is_quoted(text)
        or 2 * letters < len(text)
        or _ABOUT_OTHERS.fullmatch(text) is not None
        or is_about_wording(stem)
    )


def _is_quoted(text: str) -> bool:
    """Whether a quotation mark stands before the first word, and one behind the last."""
    found = _INSIDE.search(text)
    if found is None:
        return False
    before, after = text[: found.start()], text[found.end() :]
    return not _OPENING.isdisjoint(before) and not _CLOSING.isdisjoint(after)
