"""What differs decides whether two alike items ask the same question.

Word overlap alone is about 15 % precise: siblings that differ on purpose in a number, a side, a code or a
name overlap most of all. So differences are typed. Items whose keys agree and that are no siblings ask the
same when there is evidence enough in their stems.
"""

from __future__ import annotations

import enum
from collections.abc import Container
from typing import NamedTuple

from qbank.similarity.evidence import (
    Difference,
    difference,
    evidence,
    is_name,
    is_number,
    shared_weight,
    total_weight,
)
from qbank.similarity.kinds import Kind, contrasts, kind_of
from qbank.similarity.sketch import Sketch
from qbank.similarity.template import slots
from qbank.similarity.vocabulary import Vocabulary
from qbank.similarity.words import PREPOSITIONS

PASTED_WORDS = 8
"""From this many words on, two equal stems are no coincidence."""

LEAST_ALIKE = 0.2
"""Stems that share a smaller part of their content words are not looked at."""

ENOUGH = 10.7
"""The evidence from which on two stems with the same key ask the same."""

ENOUGH_FOR_LIKE_KEYS = 12.7
"""The same for keys of which one says more: Mozart, Wolfgang Amadeus Mozart."""

LIKE_KEYS = 0.5
"""The share of common words from which on two keys of several words are alike."""

LEAST_LIKE = 2
"""So many common words they have at least, where neither says more than the other."""

MOST_MORE = 3
"""So many words more may one of two alike keys have; a longer one is a list or a sentence."""

LEAST_SAID = 2.0
"""The weight that two statements must share when one of them says more."""

RARE = 0.7
"""The weight from which on a word in lower case may be a name: metformin."""


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
    """Whether two items key the same thing.

    LIKE: one key says more than the other. NEUTRAL: the same, but it says nothing (true, all of these).
    """

    SAME = "same"
    LIKE = "like"
    NEUTRAL = "neutral"
    OTHER = "other"


def decide(one: Sketch, other: Sketch, vocabulary: Vocabulary, siblings: bool = True) -> Decision:
    """What two items with different content are to each other, in a bank of such words.

    Who does not ask for siblings is told that they are unrelated, sooner.
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
    if sorted(one.sides) == sorted(other.sides) and one.sides != other.sides:  # left and right changed places
        return Decision(Verdict.SIBLINGS, Kind.SIDE)
    if both_hang:
        same = one.options == other.options and one.gist == other.gist
        return Decision(Verdict.REWORDED if same else Verdict.UNRELATED)
    return _asked(difference(one, other), relation, vocabulary, siblings)


def _asked(found: Difference, relation: KeyRelation, vocabulary: Vocabulary, siblings: bool) -> Decision:
    """What two items whose keys agree are to each other: their stems decide."""
    words = (*sorted(found.left), *sorted(found.right))
    same = _same_question(found, relation, vocabulary)
    kind = _sibling_kind(found, vocabulary) if same or siblings else None
    if kind is not None:
        return Decision(Verdict.SIBLINGS, kind, words)
    return Decision(Verdict.REWORDED if same else Verdict.UNRELATED, None, words)


def _same_question(found: Difference, relation: KeyRelation, vocabulary: Vocabulary) -> bool:
    """Whether two stems that are no siblings say enough of the same."""
    if relation is KeyRelation.NEUTRAL:
        return _says_the_same(found, vocabulary)
    if relation is KeyRelation.SAME and found.one.gist == found.other.gist:
        return True
    wanted = ENOUGH if relation is KeyRelation.SAME else ENOUGH_FOR_LIKE_KEYS
    return evidence(found, vocabulary, wanted) >= wanted


def key_relation(one: Sketch, other: Sketch) -> KeyRelation:
    """Whether two items key the same thing, function words apart."""
    if one.key == other.key or (bool(one.key) and one.key_tokens == other.key_tokens):
        return KeyRelation.NEUTRAL if one.has_generic_key else KeyRelation.SAME
    if one.has_generic_key or other.has_generic_key or len(one.key) != len(other.key):
        return KeyRelation.OTHER
    shared, all_words = one.key_tokens & other.key_tokens, one.key_tokens | other.key_tokens
    inside = shared in (one.key_tokens, other.key_tokens) and any(map(_tells, shared))
    says_more = inside and len(all_words) - len(shared) <= MOST_MORE
    like = says_more or len(shared) >= max(LEAST_LIKE, LIKE_KEYS * len(all_words))
    return KeyRelation.LIKE if like else KeyRelation.OTHER


def _sibling_kind(found: Difference, vocabulary: Vocabulary) -> Kind | None:
    """The kind of difference that makes siblings of two questions with one key; None when there is none.

    A side decides wherever it stands, a negation when the content is otherwise the same; any other fact
    when it has the place of another one.
    """
    kinds = {kind_of(word) for word in (*found.left, *found.right)} - {Kind.FUNCTION}
    if Kind.SIDE in kinds:
        return Kind.SIDE
    if kinds == {Kind.NEGATION}:
        return Kind.NEGATION
    for slot in slots(found.one, found.other):
        named = _names(slot.one, found.one, found.left, vocabulary)
        if slot.kind is not Kind.NAME or (named and _names(slot.other, found.other, found.right, vocabulary)):
            return slot.kind
    return None


def _names(text: str, one: Sketch, only: Container[str], vocabulary: Vocabulary) -> bool:
    """Whether a slot names what the other stem has not: a number, a name, or a word rare in the bank."""
    return any(
        is_number(word) or is_name(word, one, vocabulary) or vocabulary.weight(word) >= RARE
        for word in text.split()
        if word in only
    )


def _says_the_same(found: Difference, vocabulary: Vocabulary) -> bool:
    """Whether two stems over a key that says nothing say the same, or one of them only says more."""
    if found.one.options != found.other.options:
        return False
    if found.one.gist == found.other.gist:
        return True
    less, more = sorted(total_weight(words, vocabulary) for words in (found.left, found.right))
    facts = any(map(_turns, (*found.left, *found.right)))
    enough = shared_weight(found, vocabulary) >= max(LEAST_SAID, more)
    return less == 0 and not facts and enough


def _turns(word: str) -> bool:
    """Whether a word more may make a statement another one: a negation, one of two opposites."""
    return kind_of(word) is Kind.NEGATION or (bool(contrasts(word)) and word not in PREPOSITIONS)


def _tells(word: str) -> bool:
    """Whether a word of a key may be all of another key: a content word, a year."""
    return kind_of(word) is Kind.WORD or (len(word) == 4 and word.isdecimal())
