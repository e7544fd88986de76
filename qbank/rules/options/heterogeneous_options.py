"""Rule heterogeneous-options."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.rule import rule
from qbank.rules.options._plain import is_about_others, plain
from qbank.rules.options._quantity import quantities
from qbank.screening import option_count
from qbank.similarity.words import UNITS

_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sep|sept|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    rf"\d{{4}}-\d\d-\d\d|\d\d?[/.]\d\d?[/.]\d{{2,4}}|(?:\d\d?(?:st|nd|rd|th)?\s+)?{_MONTH}"
    r"(?:\s+\d\d?(?:st|nd|rd|th)?)?(?:,?\s+\d{4})?",
)
_CODES = {
    "an ICD-10-CM code": re.compile(r"[a-z]\d[0-9a-z](?:\.[0-9a-z]{1,4})?|[a-z]\d[0-9a-z]{5}"),
    "a HCPCS or CPT code": re.compile(r"[a-v]\d{4}|\d{4}[tfum]"),
}
_NAMES_A_NUMBER = re.compile(
    r"\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty|forty"
    r"|fifty|hundred|thousand|millions?|billions?|half|third|quarter|once|twice|thrice|double|triple|none|no|never"
    r"|nothing|infinit\w*|unlimited|always|same|equal|more|less|fewer|any|all|many|both|neither|depends"
    r"|unknown|undefined|unchanged|cannot|not|centur\w+|decades?|years?|months?|weeks?|days?|hours?|minutes?"
    r"|seconds?|noon|midnight|daily|weekly|monthly|yearly|annually|immediately|pi|unity|error|true|false|null"
    r"|degrees?)\b"
)
_FIVE_DIGITS = re.compile(r"\d{5}")  # a number or a CPT code
_SHORT_NAME = re.compile(r"[A-Z0-9]{1,4}")  # modifiers: 26, TC; genes, symbols
_ENOUGH = 3
_LONGEST = 60


@rule(Severity.INFO, screen=option_count(_ENOUGH, digits="any"))
def heterogeneous_options(item: MultipleChoice | MultipleResponse) -> Iterator[Finding]:
    """The options are of mixed kinds: numbers among phrases, codes of one system among those of another.

    What is of another kind than the question asks for is struck out without knowledge; what is left has
    fewer options than it shows. Numbers with and without a unit are of one kind, and so are numbers in
    words, "none", "it depends" and the like.

    Replace the options that stand out by ones of the kind that the stem asks for.

    Source: Haladyna, Downing & Rodriguez (2002), guideline 23 (keep options homogeneous in content and
    grammatical structure); NBME item-writing guide; SAQUET.
    """
    texts = item.options
    if len(texts) < _ENOUGH or not any(map(_has_digit, texts.values())):
        return
    if all(_SHORT_NAME.fullmatch(text.strip()) for text in texts.values()):
        return
    kinds: dict[str, list[str]] = {}
    for id, text in texts.items():
        kind = _kind(text)
        if kind is None:
            return
        if kind:
            kinds.setdefault(kind, []).append(id)
    if len(kinds) > 1:
        said = "; ".join(f"{', '.join(ids)}: {kind}" for kind, ids in sorted(kinds.items(), key=_size))
        yield Finding(
            item.at("options"),
            f"the options are of mixed kinds ({said})",
            hint="Replace the options that stand out by ones of the kind that the stem asks for.",
        )


_has_digit = re.compile(r"\d").search


def _size(one: tuple[str, list[str]]) -> tuple[int, str]:
    return -len(one[1]), one[0]


def _kind(text: str) -> str | None:
    """The kind of an option; "" when it goes with every other, None when nobody can tell."""
    if is_about_others(text):
        return ""
    bare = plain(text)
    if _FIVE_DIGITS.fullmatch(bare):
        return ""
    if not bare or len(text) > _LONGEST:
        return None
    for kind, pattern in _CODES.items():
        if pattern.fullmatch(bare):
            return kind
    if _DATE.fullmatch(bare):
        return "a date"
    found = quantities([text])
    if found is not None and _is_unit(found[0].unit):
        return "a number"
    return None if _NAMES_A_NUMBER.search(bare) else "a phrase"


def _is_unit(unit: str) -> bool:
    """Whether it is no name that begins with a digit: 5 mg, $5, 5%; not 30S ribosome, 3rd arch."""
    if unit.startswith("%") and len(unit) > 1:
        return False
    first = unit.lstrip("$€£¥").split("/")[0].split(" ")[0]
    return not first or first in UNITS or f"{first}s" in UNITS
