"""Rule article-cue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import BankRecord
from qbank.model.item import MultipleChoice
from qbank.rule import rule
from qbank.rules.cues._options import key_and_distractors
from qbank.screening import stem_ends

# lower case only: "vitamin A" and "hepatitis A" are names; "a/an" and "a(n)" fit every option
_ENDS = re.compile(r"(?<![\w/(\-'’$`*])(a|an)[\s_.…:*-]*$")
_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")
_LIKE_YOU = re.compile(
    r"(?:uni(?!n|m)|us(?:e|u|a)|ut(?:e|i)|ur(?:e(?!a$)|i|o)|ubiq|uv|eu|ewe|one(?!i)|once|ukr|uran|uk\b)"
)
_SILENT_H = re.compile(r"(?:hour|honest|hono|heir)")
_LETTERS_WITH_VOWEL = frozenset("AEFHILMNORSX")
_AN_NUMBER = re.compile(r"8\d*|1[18](?!\d)|1[18]\d{3}(?!\d)")
_ACRONYM = re.compile(r"[A-Z]{2,}[a-z]?\d*|[A-Z](?![a-z])\d*")
_BEGINS_OTHERWISE_TEXT = "a an the some any no none all both each every any this that these those"
_BEGINS_OTHERWISE = frozenset(_BEGINS_OTHERWISE_TEXT.split())


@rule(Severity.INFO, screen=stem_ends(("a", "an"), "_.…:*-"))
def article_cue(item: MultipleChoice, bank: BankRecord) -> Iterator[Finding]:
    """The stem ends in "a" or "an", and only some of the options go on with that sound.

    Grammar strikes distractors out. The sound counts, not the letter: an hour, a unit, an MRI, an 8.
    "a/an" and "a(n)" fit every option, and the A of vitamin A is no article. It speaks of English banks.

    End the stem in "a/an", or let every option begin with its own article.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 28d (grammatical clues); NBME item-writing
    guide; SAQUET.
    """
    found = _ENDS.search(item.stem[-12:])
    key, distractors = key_and_distractors(item)
    if found is None or not distractors or not bank.language.startswith("en"):
        return
    fits = {id: _article(item.options[id]) for id in (key, *distractors)}
    if any(not article for article in fits.values()) or len(set(fits.values())) == 1:
        return
    misfits = ", ".join(id for id in item.options if fits[id] != found[1])
    yield Finding(
        item.at("stem"),
        f"the stem ends in {found[1]!r}, which does not fit "
        + (f"the key {key}" if fits[key] != found[1] else f"option {misfits}"),
        hint='End the stem in "a/an", or let every option begin with its own article.',
    )


def _article(text: str) -> str:
    """The article that an option would take by its sound; "" when it takes none."""
    found = _WORD.search(text)
    if found is None or found[0].casefold() in _BEGINS_OTHERWISE:
        return ""
    word = found[0]
    if word[0].isdigit():
        return "an" if _AN_NUMBER.match(word) else "a"
    if _ACRONYM.fullmatch(word):
        return "an" if word[0] in _LETTERS_WITH_VOWEL else "a"
    lower = word.casefold()
    vowel = _SILENT_H.match(lower) or (lower[0] in "aeiou" and not _LIKE_YOU.match(lower))
    return "an" if vowel else "a"
