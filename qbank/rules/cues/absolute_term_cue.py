"""Rule absolute-term-cue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice
from qbank.rule import rule
from qbank.rules.cues._options import is_title, key_and_distractors, unquoted
from qbank.rules.options._plain import words
from qbank.screening import Field, mentions

_CLAIM = re.compile(
    # not "has never", "that never ends", "almost always", which tell a fact or take it back
    r"(?<!\bnot )(?<!\bhas )(?<!\bhad )(?<!\bhave )(?<!\bwas )(?<!\bwere )"
    r"(?<!\bthat )(?<!\bwho )(?<!\bwhich )(?<!\balmost )(?<!\bnearly )"
    r"\b(always|never|invariably|absolutely|under\s+no\s+circumstances|without\s+exception"
    r"|in\s+(?:all|every|no)\s+(?:cases?|patients?|circumstances))\b",
    re.IGNORECASE,
)
_LEAST = 3
_QUICK_TEXT = "always never invariably absolutely exception circumstances cases case patients patient"
_QUICK = frozenset(_QUICK_TEXT.split())


@rule(Severity.INFO, screen=mentions(*_QUICK_TEXT.split(), fields=Field.OPTIONS))
def absolute_term_cue(item: MultipleChoice) -> Iterator[Finding]:
    """Always, never and the like stand in distractors and not in the key, or in the key alone.

    Hardly anything is always so: test-wise candidates strike such options out without knowledge. Titles,
    quotations and code are not the option's own claim; where the stem uses the word, or the key and a
    distractor share it, it gives nothing away.

    Take the word out, or use it in the key and in distractors alike.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 28a (specific determiners); NBME item-writing
    guide; SAQUET.
    """
    if all(_QUICK.isdisjoint(words(text)) for text in item.options.values()):
        return
    key, distractors = key_and_distractors(item)
    if not distractors:
        return
    found = {id: _term(item.options[id]) for id in (key, *distractors)}
    absolute = [id for id in distractors if found[id]]
    if bool(found[key]) == bool(absolute) or _CLAIM.search(item.stem):
        return
    first = key if found[key] else absolute[0]
    claims = ", ".join(f"option {id} says {found[id]!r}" for id in absolute)
    yield Finding(
        item.at("options", first),
        f"{claims}; the key says nothing so strong" if claims else f"only the key says {found[key]!r}",
        hint="Take the word out, or use it in key and distractors alike.",
    )


def _term(text: str) -> str:
    """The absolute term that an option claims with, in lower case, "" without one."""
    found = _CLAIM.search(unquoted(text))
    if found is None or len(words(text)) < _LEAST or is_title(text):
        return ""
    return " ".join(found[1].casefold().split())
