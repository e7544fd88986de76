"""Rule opinion-stem."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules._patterns import compiled
from qbank.rules.stem._lead_in import lead_in
from qbank.rules.stem._wording import is_about_wording
from qbank.screening import Field, mentions

_QUICK = compiled(r"you|opinion", re.IGNORECASE)
_OPINION = compiled(
    r"(?<!\bhow )\b(?-i:[Dd]o|[Ww]ould)\s+(?-i:you)\s+"
    r"(?:personally\s+)?(?:think|believe|feel|prefer|like|agree|favou?r)\b"
    r"|\b(?-i:[Dd]o)\s+(?-i:you)\s+consider\b|\byou\s+(?:personally\s+)?(?:think|believe|feel)\s+(?:is|are|was|were|that|should|would)\b"
    r"|\bin\s+your\s+(?:own\s+)?(?:opinion|view|judge?ment|experience)\b"
    r"|\b(?:what(?:\s+is|[’']s)|give|state)\s+your\s+(?:own\s+)?(?:opinion|view|impression)\b"
    r"|\b(?:best|better|most\s+reasonable)\s+opinion\b",
    re.IGNORECASE,
)
_QUOTED = compiled(r"[\"“][^\"“”]*[\"”]")


@rule(Severity.INFO, screen=mentions("|you", "opinion", fields=Field.STEM))
def opinion_stem(item: MultipleChoice | MultipleResponse) -> Iterator[Finding]:
    """The lead-in asks what the candidate thinks: "which do you think", "in your opinion".

    To a question about an opinion no answer is wrong, and a candidate who is marked down has a case. Only the
    sentence that asks is judged, and what somebody says in quotation marks, or is quoted with, is left out.

    Ask for the fact, or name the authority: "Which treatment does the guideline recommend?"

    Source: Haladyna, Downing & Rodriguez (2002), guideline 6: avoid opinion-based items.
    """
    if not _QUICK.search(item.stem):
        return
    found = _OPINION.search(lead_in(_QUOTED.sub(" ", item.stem)))
    if found and not is_about_wording(item.stem):
        yield Finding(
            item.at("stem"),
            f"{found[0]!r} asks for an opinion, to which no answer is wrong",
            hint="Ask for the fact, or name the authority whose view counts.",
        )
