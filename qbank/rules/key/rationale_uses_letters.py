"""Rule rationale-uses-letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules.key._letters import named

_QUICK = re.compile(r"(?<![\w'’.-])[A-Z](?![\w'’-]|\.\w)")
_PLAIN = " .()*_"


@rule(Severity.WARNING)
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
    letters = [id for id in item.options if len(id) == 1]
    if not letters or set(letters) <= set(item.fixed):
        return
    texts = {text.strip(_PLAIN).casefold() for text in item.options.values()}
    parts = {"": item.rationale} if isinstance(item.rationale, str) else item.rationale
    for id, text in parts.items():
        if not _QUICK.search(text):
            continue
        for words, ids in named(text, letters):
            if any(one.casefold() in texts or _in_stem(one, item.stem) for one in ids):
                continue
            if not set(ids) <= set(item.fixed):
                yield Finding(
                    item.at("rationale", id) if id else item.at("rationale"),
                    f"{words!r} means another option when the options are shuffled",
                    hint="Name the option by what it says, or write shuffle: false.",
                )
                break


def _in_stem(letter: str, stem: str) -> bool:
    """Whether the stem uses a letter as a name; the article A at the start of a sentence does not count."""
    after = r"(?!\s+[a-z])" if letter == "A" else ""
    return re.search(rf"(?<![\w'’.-]){letter}(?![\w'’-]|\.\w){after}", stem) is not None
