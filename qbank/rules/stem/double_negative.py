"""Rule double-negative."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules.cues._options import is_title, unquoted
from qbank.rules.options._above import about_others
from qbank.rules.stem._negative import NEGATES, negative
from qbank.rules.stem._wording import is_about_wording

_NEGATION = re.compile(
    r"(?<![\w-])(?:not|never|cannot|no|none|nobody|nothing|neither|without)(?![\w-])|n[’']t\b", re.IGNORECASE
)
_NO_CLAIM = re.compile(r"\W*(?:no|none|nothing|neither)\W*|no\W+\d+\W*", re.IGNORECASE)
_NONE_OF = about_others("none|neither")
_CLAUSE = re.compile(
    r"\b(?:if|when|where|because|since|that|who|which|whose|but|although|though|while|unless|say|says|said|saying)\b",
    re.IGNORECASE,
)


@rule(Severity.INFO, screen=NEGATES)
def double_negative(item: MultipleChoice | MultipleResponse) -> Iterator[Finding]:
    """The lead-in asks for the exception, and an option is a negation: two turns in one thought.

    "Which is NOT true? C: It does not conduct heat." A candidate must undo one negation with the other,
    which is hard for reasons that have nothing to do with the subject.

    Only the claim of the option itself counts, not a clause in it ("… if there is no other food"), and no
    title or quotation.

    Ask for what is so, or word the option without its "not".

    Source: Haladyna, Downing & Rodriguez (2002), guidelines 17 and 27.
    """
    if not negative(item.stem) or is_about_wording(item.stem):
        return
    for id, text in item.options.items():
        found = _negation(text)
        if found and not _NO_CLAIM.fullmatch(text) and not _NONE_OF.fullmatch(text.strip()):
            yield Finding(
                item.at("options", id),
                f"a negative lead-in and {found[0]!r} in option {id}",
                hint="Ask for what is so, or word the option without the negation.",
            )
            return


def _negation(text: str) -> re.Match[str] | None:
    """The first negation of an option's main clause; None in a title, a quotation or a clause."""
    found = _NEGATION.search(unquoted(text))
    if found is None or is_title(text) or _CLAUSE.search(found.string, 0, found.start()):
        return None
    return found
