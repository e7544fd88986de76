"""Rule contained-option."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Related, Severity
from qbank.model.item import MultipleChoice
from qbank.rule import rule
from qbank.rules.options._many import MOST
from qbank.rules.options._plain import is_about_others, plain
from qbank.screening import contained_options

_NAMELIKE = re.compile(r"[\d`$_(){}\[\]<>=;\\@#|/]|\w\.\w")
_ADDS = re.compile(
    r",\s|\s(?:and|with|plus|together|along|followed\s+by|by|due\s+to|in|on|for|from|to|of|without|only|or|after"
    r"|before|because|if|when|that|which|until|as)\b"
)
_SHORTEST = 4


@rule(Severity.INFO, screen=contained_options)
def contained_option(item: MultipleChoice) -> Iterator[Finding]:
    """One option is another with something added: "insulin" and "insulin and glucose".

    If the longer one is right, so is the shorter one, at least in part: the two are not exclusive, and
    candidates argue about it. Often it also shows which option the writer cared for. Options with digits
    or signs, such as codes, stay silent, and so do items of more than a hundred options.

    Make the options exclusive, or say in the stem what distinguishes them ("the most complete").

    Source: Haladyna, Downing & Rodriguez (2002), guideline 21 (options independent, not overlapping);
    NBME item-writing guide.
    """
    if len(item.options) > MOST:
        return
    texts = {id: plain(text) for id, text in item.options.items()}
    for id, short in texts.items():
        if len(short) < _SHORTEST:
            continue
        for other, long in texts.items():
            if long != short and short in long and _is_part(short, long):
                yield Finding(
                    item.at("options", other),
                    f"option {other} is option {id} with something added",
                    related=(Related(item.at("options", id), f"option {id}"),),
                    hint="Make the two exclusive.",
                )


def _is_part(short: str, long: str) -> bool:
    """Whether the longer text says the shorter one and more."""
    if _NAMELIKE.search(short) or is_about_others(long):
        return False
    return long.startswith(short) and _ADDS.match(long, len(short)) is not None
