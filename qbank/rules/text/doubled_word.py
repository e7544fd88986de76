"""Rule doubled-word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import repeat

from qbank.diagnostics import Finding, Severity
from qbank.model.bank import BankRecord
from qbank.model.text import Text
from qbank.rule import rule
from qbank.screening import doubled_words

_DOUBLED = re.compile(
    r"(?<![\w'’.-])([^\W\d_]+(?:['’][^\W\d_]+)*)(?:[ \t]+|[ \t]*\n[ \t]*)(\1)(?![\w'’-])",
    re.IGNORECASE,
)
# pairs that English writes on purpose; dances, places and diseases are mostly capitalised or named here
_ON_PURPOSE_TEXT = (
    "that had very so no bye knock ha hear tut pooh never now yes well please long far many "
    "much too more her great good sweet really alas yum beri cha tom aye baden bora duran walla sing pago "
    "berber chop hush ta choo blah yada big dada mama papa couscous dum tsk yo goody can-can again round"
)
_ARTICLES = frozenset({"the", "an"})  # "the The Hague"
_ON_PURPOSE = frozenset(_ON_PURPOSE_TEXT.split())


@rule(Severity.WARNING, screen=doubled_words)
def doubled_word(passage: Text, bank: BankRecord) -> Iterator[Finding]:
    """A word stands twice in a row: "the the".

    It is left over from editing. Names (Walla Walla), numbers, single letters (but for a) and pairs that
    English writes on purpose (had had, that that) are let alone. It speaks of English banks.

    Take one of the two out.

    Source: exam practice: copy-editing.
    """
    text = passage.text
    if not bank.language.startswith("en"):
        return
    words = text.lower().split()
    if not any(map(str.startswith, words[1:], map(str.lstrip, words, repeat("([\"“‘'")))):
        return
    for found in _DOUBLED.finditer(text):
        if _is_slip(found[1], found[2]):
            pair = f"'{found[1]} {found[2]}'"
            yield Finding(
                passage.within(found.start()),
                f"{pair}: the word stands twice",
                hint="Take one of the two out.",
            )


def _is_slip(first: str, second: str) -> bool:
    """Whether nobody doubles that word on purpose, and it is no name."""
    if first == second == "a":
        return True
    names = second[0].isupper() and second.lower() not in _ARTICLES  # "star in In Her Shoes" is none
    return len(first) > 1 and not names and second.lower() not in _ON_PURPOSE
