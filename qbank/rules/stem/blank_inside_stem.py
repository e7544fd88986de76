"""Rule blank-inside-stem."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules._patterns import compiled
from qbank.rules.stem._wording import is_about_wording
from qbank.screening import Field, mentions

_BLANK = compiled(
    r"(?<![^\W_])(?:\\?_){2,}(?![^\W_])|(?<![^\s(\"“‘'])\.{4,}+(?!\w)|\[\s*+(?:(?:_++|blank|gap)\s*+)?\]|(?<=\s)-{4,}(?=\s)",
    re.IGNORECASE,
)
_SERIES_BEFORE = compiled(r"[\d=+*/×÷<>(^-][\s,;)]*$")
_SERIES_AFTER = compiled(r"[\s,;(]*[\d=+*/×÷<>^]")
_GIVEN_TEXT = compiled(
    r"\bmissing\s+(?:words?|phrase)\b|\b(?:words?|phrase)\s+(?:is|are)\s+missing\b"
    r"|\b(?:poems?|verses?|rhymes?|hymns?|songs?|titles?|dialogues?|conversations?|clich[eé]s?|jokes?)\b"
    r"|,[ \t]*\n[ \t]*[A-Z]"  # lines of verse
    r"|\blines?\s+(?:from|of)\b|\b(?:this|these|the\s+following)\s+(?:sentences?|phrase|lines?)\b",
    re.IGNORECASE,
)
_WORD = compiled(r"[^\W\d_]{2,}")
_ASIDE = compiled(r"\([^()]*\)")
_WORDS_AFTER = 2
_NEAR = 200


@rule(Severity.INFO, screen=mentions("__", "....", "[", "\\_", "----", fields=Field.STEM))
def blank_inside_stem(item: MultipleChoice | MultipleResponse) -> Iterator[Finding]:
    """The gap stands in the middle of the stem.

    Candidates must keep the sentence open in mind, go to the options and come back for each of them; those
    who read slowly lose by it. A gap at the end is a completion and fine; a gap in a series of numbers, a
    formula, or a given text (a saying, a quotation, verse, a sentence to complete) is the question itself.

    Turn the sentence so that the gap comes last, or ask a question.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 14; SAQUET: no blank inside the stem.
    """
    stem = item.stem
    if "__" not in stem and "...." not in stem and "[" not in stem and "_" not in stem and "----" not in stem:
        return
    if is_about_wording(stem) or _GIVEN_TEXT.search(stem):
        return
    for found in _BLANK.finditer(stem):
        before = stem[max(0, found.start() - _NEAR) : found.start()]
        after = stem[found.end() : found.end() + _NEAR]
        if before.endswith("(") and after.startswith(")"):
            before, after = before[:-1], after[1:]
        if _SERIES_BEFORE.search(before) or _SERIES_AFTER.match(after):
            continue
        sentence = re.split(r"[.?!](?:\s|$)", _ASIDE.sub(" ", after), maxsplit=1)[0]
        if _WORD.search(before) and len(_WORD.findall(sentence)) >= _WORDS_AFTER:
            yield Finding(
                item.at("stem").within(found.start()),
                "the gap stands inside the sentence",
                hint="Turn the sentence so that the gap comes last, or ask a question.",
            )
            return
