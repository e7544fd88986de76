"""Whether two items ask the same and key what cannot both be right.

This is said as an error, so in doubt it is not said: the stems may differ in harmless words only, and each
item must offer, and reject, what the other one keys.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from qbank.model.item import Item, Matching, Numeric, NumericKey, Ordering, TrueFalse
from qbank.similarity import words
from qbank.similarity.columns import LEAST_OPTIONS
from qbank.similarity.evidence import differing
from qbank.similarity.kinds import Kind, canonical, contrasts, is_common, kind_of
from qbank.similarity.normalise import normalise
from qbank.similarity.sketch import Sketch

LEAST_WORDS = 3
"""A question with fewer content words hangs on its options."""

ROUNDING = 0.05
"""Two numbers that differ by no more than this share may be one number, rounded."""

LEAST_STEM = 8
"""So many words such a stem has at least."""

LEAST_CASE = 30
"""A stem that points at a picture has so many, and tells enough by itself."""

_CONTEXT = re.compile(
    r"(?:all|none|both|any|neither)\b.*|.*\b(?:above|below)\b.*|(?:option )?[a-z] (?:and|or) [a-z]\.?"
)


class Contradiction(NamedTuple):
    """What the first item keys and the second rejects, and the reverse."""

    one: str
    other: str


def contradiction(one: Sketch, other: Sketch) -> Contradiction | None:
    """The keys of two items that ask the same and cannot both be right."""
    if one.item.stimulus != other.item.stimulus:
        return None
    found = keys_apart(one.item, other.item)
    if found is None or not (asks_the_same(one, other) or asks_over_the_same_options(one, other)):
        return None
    return found


def asks_the_same(one: Sketch, other: Sketch) -> bool:
    """Whether two stems differ in harmless words only; a stem that points at a picture tells too little."""
    if one.signs != other.signs:
        return False
    if not words.POINTING.isdisjoint(one.stem_tokens) or len(set(one.gist)) < LEAST_WORDS:
        return False
    left, right = differing(one.stem_tokens, other.stem_tokens)
    statement = one.has_generic_key or other.has_generic_key
    harmless = words.ARTICLES if statement else words.HARMLESS
    telling = [[word for word in side if word not in harmless] for side in (left, right)]
    if (statement and any(telling)) or all(telling):
        return False
    if not all(kind_of(word) is Kind.WORD and is_common(word) for side in telling for word in side):
        return False
    return _order(one, {*telling[0]}) == _order(other, {*telling[1]})


def asks_over_the_same_options(one: Sketch, other: Sketch) -> bool:
    """Whether two items with the same three options or more ask the same when rewordings are undone.

    Over the same options more may differ than else: any function word that is not opposed, and phrases that
    people write for one another (`words.REPHRASED`). Facts, negations and other content words may not.
    """
    options = frozenset(one.item.option_texts.values())
    if len(options) < LEAST_OPTIONS or options != frozenset(other.item.option_texts.values()):
        return False
    left, right = one.rephrased, other.rephrased
    if min(len(left), len(right)) < LEAST_STEM or len(set(one.gist)) < LEAST_WORDS:
        return False
    pointing = not words.POINTING.isdisjoint((*left, *right))
    if pointing and min(len(left), len(right)) < LEAST_CASE:
        return False
    return _differ_in_wording(left, right)


def _differ_in_wording(left: list[str], right: list[str]) -> bool:
    only, only_there = differing(left, right)
    if any(not contrasts(word).isdisjoint(contrasts(there)) for word in only for there in only_there):
        return False
    telling = [{word for word in side if kind_of(word) is not Kind.FUNCTION} for side in (only, only_there)]
    if all(telling) or not all(
        kind_of(word) is Kind.WORD and is_common(word) for word in set().union(*telling)
    ):
        return False
    return _content_order(left, telling[0]) == _content_order(right, telling[1])


def _content_order(stem: list[str], without: set[str]) -> list[str]:
    kept = (word for word in stem if kind_of(word) is not Kind.FUNCTION and word not in without)
    return [canonical(word)[:5] for word in kept]


def _order(one: Sketch, without: set[str]) -> list[str]:
    return [
        canonical(word)[:5]
        for word in one.stem_tokens
        if kind_of(word) is not Kind.FUNCTION and word not in without and word not in words.HARMLESS
    ]


def keys_apart(one: Item, other: Item) -> Contradiction | None:
    """What one of two items keys and the other, which offers it, does not, in both directions."""
    if isinstance(one, TrueFalse) and isinstance(other, TrueFalse):
        if one.key is None or other.key is None or one.key == other.key:
            return None
        return Contradiction(str(one.key).lower(), str(other.key).lower())
    if isinstance(one, Numeric) and isinstance(other, Numeric):
        return _numbers(one.key, other.key)
    if isinstance(one, Matching) and isinstance(other, Matching):
        return _pairs(one, other)
    if isinstance(one, Ordering) and isinstance(other, Ordering):
        return _orders(one, other)
    if isinstance(one, Matching | Ordering) or isinstance(other, Matching | Ordering):
        return None
    return _choices(one, other)


def _choices(one: Item, other: Item) -> Contradiction | None:
    offered, there = _texts(one), _texts(other)
    keyed = {offered[id]: None for id in one.key_ids if id in offered}
    keyed_there = {there[id]: None for id in other.key_ids if id in there}
    left, right = set(offered.values()), set(there.values())
    ours = [text for text in keyed if text in right and text not in keyed_there]
    theirs = [text for text in keyed_there if text in left and text not in keyed]
    if left != right:  # "all of the above" means something else over other options
        ours, theirs = ([text for text in texts if not _CONTEXT.fullmatch(text)] for texts in (ours, theirs))
    return Contradiction(ours[0], theirs[0]) if ours and theirs else None


def _pairs(one: Matching, other: Matching) -> Contradiction | None:
    shared = set(_texts(one).values()) & set(_texts(other).values())
    ours, theirs = _matched(one), _matched(other)
    for prompt, text in ours.items():
        there = theirs.get(prompt, text)
        if there != text and {text, there} <= shared:
            return Contradiction(f"{prompt} = {text}", f"{prompt} = {there}")
    return None


def _orders(one: Ordering, other: Ordering) -> Contradiction | None:
    ours, theirs = ([_texts(item).get(id, "") for id in item.key_ids] for item in (one, other))
    ours, theirs = [text for text in ours if text in theirs], [text for text in theirs if text in ours]
    for text, there in zip(ours, theirs, strict=False):
        if text != there:
            return Contradiction(f"{text} before {there}", f"{there} before {text}")
    return None


def _numbers(one: NumericKey | None, other: NumericKey | None) -> Contradiction | None:
    bounds, there = _bounds(one), _bounds(other)
    if bounds is None or there is None or one is None or other is None or one.unit != other.unit:
        return None
    gap = max(bounds[0], there[0]) - min(bounds[1], there[1])
    if gap <= ROUNDING * max(map(abs, (*bounds, *there))):
        return None
    return Contradiction(*(f"{key.minimum if key.value is None else key.value:g}" for key in (one, other)))


def _bounds(key: NumericKey | None) -> tuple[float, float] | None:
    if key is None:
        return None
    if key.value is not None:
        return key.value - key.tolerance, key.value + key.tolerance
    return None if key.minimum is None or key.maximum is None else (key.minimum, key.maximum)


def _texts(item: Item) -> dict[str, str]:
    return {id: normalise(text) for id, text in item.option_texts.items()}


def _matched(item: Matching) -> dict[str, str]:
    texts = _texts(item)
    return {
        normalise(item.prompts[prompt]): texts[id]
        for prompt, id in (item.key or {}).items()
        if prompt in item.prompts and id in texts
    }
