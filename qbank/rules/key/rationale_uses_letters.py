"""Rule rationale-uses-letters."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules.key._letters import ALONE, has_letter, named, stands_in
from qbank.screening import Field, mentions

_NOUNS = ("statement", "text", "wording", "claim", "term", "description", "code", "value", "number", "drug")
WORDS = (
    *ALONE,
    *("option", "choice", "alternative", "distractor", "answer", "response", "key", "ans.", "ans:", "ans is"),
    *("see a|", "unlike a|", "than in a|", "as in a|"),
    *(
        f"{noun} {place} a|"
        for noun in (*_NOUNS, *(f"{noun}s" for noun in _NOUNS), "those", "that", "one", "ones")
        for place in ("in", "of", "under")
    ),
)
"""Without one of these in a rationale, whatever the case, no option is named; `|` is the edge of a word."""
_PLAIN = " .()*_"


@rule(Severity.WARNING, screen=mentions(*WORDS, fields=Field.RATIONALE))
def rationale_uses_letters(item: MultipleChoice | MultipleResponse) -> Iterator[Finding]:
    """A rationale names options by letter, and the options may be shuffled.

    "Option B is wrong because …" speaks of another option as soon as the options stand in another order:
    on every shuffled form, and after an edit that moves one. Letters that are an option's text, or that
    the stem uses as names (plan A, vitamin B), are no references.

    Name the option by what it says, write one rationale for each option, or write `shuffle: false`.

    Source: exam practice: forms with shuffled options.
    """
    if not item.shuffle or not item.rationale:
        return
    parts = {"": item.rationale} if isinstance(item.rationale, str) else item.rationale
    if not has_letter("\n".join(parts.values()), item.options):
        return
    letters = [id for id in item.options if len(id) == 1]
    if not letters or set(letters) <= set(item.fixed):
        return
    texts = {text.strip(_PLAIN).casefold() for text in item.options.values()}
    for id, text in parts.items():
        if not has_letter(text, item.options):
            continue
        for said in named(text, letters):
            in_stem = not said.noun and all(stands_in(one, item.stem) for one in said.ids)
            if in_stem or any(one.casefold() in texts for one in said.ids):
                continue
            if not set(said.ids) <= set(item.fixed):
                yield Finding(
                    item.at("rationale", id) if id else item.at("rationale"),
                    f"{said.words!r} means another option when the options are shuffled",
                    hint="Name the option by what it says, or write shuffle: false.",
                )
                break
