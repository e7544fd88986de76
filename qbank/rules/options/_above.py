"""What stands at the end of "all of …" and "none of …" when it means the other options."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding
from qbank.model.item import MultipleChoice, MultipleResponse, Option
from qbank.rules._patterns import compiled

_OTHERS = (
    r"(?:the\s+|these\s+|those\s+)?(?:above|these|those|them|following|others|rest"
    r"|(?:other\s+|above\s+|previous\s+|listed\s+)?(?:options?|answers?|choices?|statements?|alternatives?|responses?)"
    r"(?:\s+(?:above|listed|given|are\s+\w+))?)"
)
_FINITE = (
    r"(?:\s+(?:are|is|was|were|can|could|may|might|will|would|apply|applies|have|has|do|does)\b.{0,40})?"
)
_CLAIM = r"(?:\s+(?:mentioned|listed|given|above|options?|answers?|choices?|statements?|reasons?))?"
_TRUE = r"(?:\s+(?:is|are)\s+(?:correct|true|right|wrong|false|incorrect))?"
_END = r"\s*[.!]?"


def about_others(opening: str) -> re.Pattern[str]:
    """A pattern for an option that is nothing but a claim about the other options."""
    return compiled(
        rf"[*_]*(?:{opening})\s+(?:(?:of\s+)?{_OTHERS}{_CLAIM}{_TRUE}|of\s+(?:these|the\s+above){_FINITE}){_END}[*_]*",
        re.IGNORECASE,
    )


def claims_about_others(
    option: Option, patterns: tuple[re.Pattern[str], ...], why: str, advice: str
) -> Iterator[Finding]:
    """The finding about an option that one of the patterns describes as a whole."""
    if not isinstance(option.item, MultipleChoice | MultipleResponse) or len(option.text) > 60:
        return
    text = option.text.strip()
    if any(pattern.fullmatch(text) for pattern in patterns):
        keeps = option.id in option.item.fixed or not option.item.shuffle
        yield Finding(
            option.item.at("options", option.id),
            f"option {option.id} is {text!r}: {why}",
            hint=advice + ("" if keeps else f" If it must stay, keep its place with fixed: [{option.id}]."),
        )
