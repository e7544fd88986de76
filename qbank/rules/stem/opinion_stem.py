"""Rule opinion-stem."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules.stem._lead_in import LONGEST, lead_in

_QUICK = re.compile(r"\byou\b|\byour\b|opinion|\bview\b", re.IGNORECASE)
_OPINION = re.compile(
    r"\b(?:do|would)\s+you\s+(?:personally\s+)?(?:think|believe|feel|prefer|like|agree|favou?r)\b"
    r"|\byou\s+(?:personally\s+)?(?:think|believe|feel)\s+(?:is|are|was|were|that|should|would)\b"
    r"|\bin\s+your\s+(?:own\s+)?(?:opinion|view|judge?ment|experience)\b"
    r"|\b(?:what(?:\s+is|[’']s)|give|state)\s+your\s+(?:own\s+)?(?:opinion|view|impression)\b"
    r"|\b(?:best|better|most\s+reasonable)\s+opinion\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“][^\"“”]*[\"”]")


@rule(Severity.INFO)
def opinion_stem(item: MultipleChoice | MultipleResponse) -> Iterator[Finding]:
    """The lead-in asks what the candidate thinks: "which do you think", "in your opinion".

    To a question about an opinion no answer is wrong, and a candidate who is marked down has a case. Only the
    sentence that asks is judged, and what somebody says in quotation marks is left out.

    Ask for the fact, or name the authority: "Which treatment does the guideline recommend?"

    Source: Haladyna, Downing & Rodriguez (2002), guideline 6: avoid opinion-based items.
    """
    end = item.stem[-LONGEST:]
    if not _QUICK.search(end) or not _OPINION.search(end):
        return
    found = _OPINION.search(_QUOTED.sub(" ", lead_in(item.stem)))
    if found:
        yield Finding(
            item.at("stem"),
            f"{found[0]!r} asks for an opinion, to which no answer is wrong",
            hint="Ask for the fact, or name the authority whose view counts.",
        )
