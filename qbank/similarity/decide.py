"""What differs decides whether two alike items ask the same question.

Word overlap alone is about 15 % precise: siblings that differ on purpose in a number, a side, a code or a
name overlap most of all. So differences are typed, and judged by whether the same thing is keyed.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Container
from difflib import SequenceMatcher
from typing import NamedTuple

from qbank.similarity.kinds import Kind, canonical, contrasts, is_common, kind_of
from qbank.similarity.sketch import FACTS, Sketch

PASTED_WORDS = 8
"""From this many words on, two equal stems are no coincidence."""

STEM_SIMILARITY = 0.6
"""How alike the content words of two stems with the same key must be."""

LONG_KEY = 3
"""A key of this many content words is seldom the answer to two questions, so stems may differ more."""

LONG_KEY_SIMILARITY = 0.4


class Verdict(enum.Enum):
    """What two alike items are to each other."""

    REWORDED = "the same question in other words"
    PASTED_STEM = "the same stem over other options"
    SIBLINGS = "one template, another fact"
    UNRELATED = "different questions"


class Decision(NamedTuple):
    """The verdict, what decided it, and the words in which the stems differ."""

    verdict: Verdict
    decided_by: Kind | None = None
    differing: tuple[str, ...] = ()


class KeyRelation(enum.Enum):
    """Whether two items key the same thing; NEUTRAL: the same, but it says nothing (true, all of these)."""

    SAME = "same"
    NEUTRAL = "neutral"
    OTHER = "other"


def decide(one: Sketch, other: Sketch, lower_case: Container[str]) -> Decision:
    """What two items with different content are to each other.

    `lower_case` holds the words that the bank writes in lower case somewhere; others are names.
    """
    stimuli = {one.item.stimulus, other.item.stimulus}
    if len(stimuli) == 2 and "" not in stimuli:
        return Decision(Verdict.UNRELATED)
    both_hang = "" not in stimuli
    relation = key_relation(one, other)
    pasted = one.stem == other.stem and one.options != other.options and not both_hang
    if relation is not KeyRelation.SAME and pasted and len(one.stem_tokens) >= PASTED_WORDS:
        return Decision(Verdict.PASTED_STEM)
    if relation is KeyRelation.OTHER:
        return Decision(Verdict.UNRELATED)
    if one.facts - other.facts and other.facts - one.facts:  # most siblings: no need to look closer
        return Decision(Verdict.SIBLINGS, Kind.NUMBER)
    if sorted(one.sides) == sorted(other.sides) and one.sides != other.sides:  # left and right changed places
        return Decision(Verdict.SIBLINGS, Kind.SIDE)
    if relation is KeyRelation.NEUTRAL or both_hang:
        same = one.options == other.options and one.gist == other.gist
        return Decision(Verdict.REWORDED if same else Verdict.UNRELATED)
    return _same_key(one, other, lower_case)


def _same_key(one: Sketch, other: Sketch, lower_case: Container[str]) -> Decision:
    """What two items with one telling key are to each other: their stems decide."""
    if len(one.key_tokens) < LONG_KEY and _have_other_names(one.rare, other.rare):
        return Decision(Verdict.SIBLINGS, Kind.NAME)  # the usual case, without a closer look
    left, right = differing(one.stem_tokens, other.stem_tokens)
    words = (*sorted(left), *sorted(right))
    kind = deciding_kind(left, right, lower_case)
    plain = all(word in lower_case or kind_of(word) is Kind.FUNCTION for word in words)
    if kind is Kind.NAME and plain and _is_rewritten(one, other):
        kind = None
    if kind is not None:
        return Decision(Verdict.SIBLINGS, kind, words)
    wanted = LONG_KEY_SIMILARITY if len(one.key_tokens) >= LONG_KEY else STEM_SIMILARITY
    same = _similarity(one, left, right) >= wanted
    return Decision(Verdict.REWORDED if same else Verdict.UNRELATED, None, words)


def key_relation(one: Sketch, other: Sketch) -> KeyRelation:
    """Whether two items key the same thing, function words apart."""
    same = one.key == other.key or (bool(one.key) and one.key_tokens == other.key_tokens)
    if not same:
        return KeyRelation.OTHER
    return KeyRelation.NEUTRAL if one.has_generic_key else KeyRelation.SAME


def deciding_kind(left: Counter[str], right: Counter[str], lower_case: Container[str]) -> Kind | None:
    """The kind of difference that makes siblings of two questions; None when it is rewording only.

    `left` and `right` are the words that only one of the stems has. A negation or a side decides even
    when only one stem has it; a number, code, unit or name when both have one of their own.
    """
    kinds = {kind_of(word) for word in left}, {kind_of(word) for word in right}
    for kind in (Kind.NEGATION, Kind.SIDE):
        if kind in kinds[0] or kind in kinds[1]:
            return kind
    for kind in (*FACTS, Kind.UNIT):
        if kind in kinds[0] and kind in kinds[1]:
            return kind
    if not _contrasts(left).isdisjoint(_contrasts(right)):
        return Kind.CONTRAST
    if _has_name(left, lower_case) and _has_name(right, lower_case):
        return Kind.NAME
    return None


def differing(words: list[str], others: list[str]) -> tuple[Counter[str], Counter[str]]:
    """The words that only one of two texts has; inflections and words of one meaning count as equal."""
    left, right = _only(words, others), _only(others, words)
    for word in list(left):
        kin = next((other for other in right if are_kin(word, other)), None)
        if kin is not None:
            del left[word], right[kin]
    return left, right


def are_kin(word: str, other: str) -> bool:
    """Whether two long words part only in their ends: concentrating, concentration."""
    longer = max(len(word), len(other))
    return longer >= 8 and word[: -(-4 * longer // 5)] == other[: -(-4 * longer // 5)]


def _only(words: list[str], others: list[str]) -> Counter[str]:
    there = Counter(canonical(word) for word in others)
    found: Counter[str] = Counter()
    for word in words:
        base = canonical(word)
        if there[base]:
            there[base] -= 1
        else:
            found[word] += 1
    return found


def _contrasts(words: Counter[str]) -> set[int]:
    return {number for word in words for number in contrasts(word)}


def _has_name(words: Counter[str], lower_case: Container[str]) -> bool:
    """Whether some word is a name, a code or a content word that is no everyday language."""
    return any(
        kind_of(word) in (Kind.NUMBER, Kind.CODE)
        or (kind_of(word) is Kind.WORD and (word not in lower_case or not is_common(word)))
        for word in words
    )


def _have_other_names(left: dict[str, str], right: dict[str, str]) -> bool:
    """Whether both stems have rare words of their own, none of them akin to one of the other's."""
    ours = [word for base, word in left.items() if base not in right]
    theirs = [word for base, word in right.items() if base not in left]
    return bool(ours and theirs) and not any(are_kin(word, other) for word in ours for other in theirs)


def _is_rewritten(one: Sketch, other: Sketch) -> bool:
    """Whether a long key and all options are the same and the stems differ in more than one slot."""
    if len(one.key_tokens) < LONG_KEY or one.options != other.options:
        return False
    matcher = SequenceMatcher(None, one.stem_tokens, other.stem_tokens, autojunk=False)
    slots = {
        (tuple(one.stem_tokens[a:b]), tuple(other.stem_tokens[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    }
    return len(slots) > 1


def _similarity(one: Sketch, left: Counter[str], right: Counter[str]) -> float:
    """The share of content words that two stems have in common; `left` and `right` differ."""
    alone, there = _content(left), _content(right)
    shared = _content(Counter(one.stem_tokens)) - alone
    return shared / (shared + alone + there) if shared + alone + there else 1.0


def _content(found: Counter[str]) -> int:
    """How many words are no function words."""
    return sum(count for word, count in found.items() if kind_of(word) is not Kind.FUNCTION)
