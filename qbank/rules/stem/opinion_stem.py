"""Rule opinion-stem."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules.stem._lead_in import lead_in
from qbank.screening import Field, mentions

_QUICK = re.compile(r"you|opinion", re.IGNORECASE)
_OPINION = re.compile(
    r"\b(?:do|would)\s+you\s+(?:personally\s+)?(?:think|believe|feel|prefer|like|agree|favou?r)\b"
    r"|\byou\s+(?:personally\s+)?(?:think|believe|feel)\s+(?:is|are|was|were|that|should|would)\b"
    r"|\bin\s+your\s+(?:own\s+)?(?:opinion|view|judge?ment|experience)\b"
    r"|\b(?:what(?:\s+is|[’']s)|give|state)\s+your\s+(?:own\s+)?(?:opinion|view|impression)\b"
    r"|\b(?:best|better|most\s+reasonable)\s+opinion\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“][^\"“”]*[\"”]")


@rule(Severity.INFO, screen=mentions("|you", "opinion", fields=Field.STEM))
def opinion_stem(item: MultipleChoice | MultipleResponse) -> Iterator[Finding]:
    """The lead-in asks what the candidate thinks: "which do you think", "in your opinion".

    To a question about an opinion no answer is wrong, and a candidate who is marked down has a case. Only the
    sentence that asks is judged, and what somebody says in quotation marks is left out.

    Ask for the fact, or name the authority: "Which treatment does the guideline recommend?"

    Source: Haladyna, Downing & Rodriguez (2002), guideline 6: avoid opinion-based items.
    """
    asked = lead_in(item.stem)
    found = _OPINION.search(_QUOTED.sub(" ", asked)) if _QUICK.search(asked) else None
    if found:
        yield Finding(
            item.at("stem"),
            f"{found[0]!r} asks for an opinion, to which no answer is wrong",
            hint="Ask for the fact, or name the authority whose view counts.",
        )
