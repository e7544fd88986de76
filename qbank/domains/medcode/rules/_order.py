"""Keyed answers that are code strings: several codes in an order that counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from qbank.domains.medcode.rules._declared import Declared, answers, declared, in_order, place
from qbank.model.item import Item, Matching, MultipleResponse, Ordering, ShortAnswer

_BETWEEN = re.compile(
    r"\s*(?:,|;|→|->|>|/|\+|then|and\s+then|followed\s+by|,\s*(?:and\s+)?then)\s*", re.IGNORECASE
)
_ANY_ORDER = re.compile(
    r"\bany\s+order\b|\border\s+(?:does\s+not|doesn['’]t)\s+(?:matter|count)\b|\b(?:regardless|irrespective)\s+of\s+"
    r"(?:the\s+)?(?:order|sequence)\b",
    re.IGNORECASE,
)


def strings(item: Item) -> Iterator[list[Declared]]:
    """The ICD-10-CM codes of each keyed answer that puts two or more in an order.

    A string of codes is in order when commas, arrows or words such as "then" are all that stands between
    them, and nothing in the stem says that the order does not count.
    """
    if _ANY_ORDER.search(item.stem) or isinstance(item, MultipleResponse | Matching):
        return
    if isinstance(item, Ordering):
        texts = [item.options.get(id, "") for id in item.key_ids]
        known = list(declared(item, "icd10cm"))
        firsts = [in_order(text, known)[:1] for text in texts]
        if len(texts) > 1 and all(firsts):
            yield [one for first in firsts for one in first]
        return
    if isinstance(item, ShortAnswer):
        texts = list(item.key or ())
    else:
        texts = [item.option_texts.get(id, "") for id in item.key_ids[:1]]
    for text, keyed in zip(texts, answers(item, "icd10cm"), strict=False):
        if len(keyed) > 1 and _is_string(text, keyed):
            yield keyed


def _is_string(text: str, keyed: list[Declared]) -> bool:
    spans = [place(text, one.code) for one in keyed]
    return all(_BETWEEN.fullmatch(text[end:start]) for (_, end), (start, _) in pairwise(spans))
