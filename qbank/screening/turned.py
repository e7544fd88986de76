"""Options that are equal but for a word and its opposite, or but for a negation: by the letters they hold."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from qbank.screening.choices import of_letters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qbank.screening.batch import Batch
    from qbank.screening.choices import Choices
    from qbank.screening.words import Words

    Ints = NDArray[np.int64]

_LETTERS = 40
"""Bits of the number that stands for the letters of an option."""
_MASK = (1 << _LETTERS) - 1
_PAIRS = 10


def turned(batch: Batch, halves: Words, pairs: Sequence[tuple[str, str]], negations: Words) -> set[int]:
    """Items two of whose options may differ by a pair of words only, or by a negation.

    The literals of `halves` are the words of the pairs. Looked at are the letters and digits that are left,
    whatever their order. Items with characters beyond ASCII and a word of a pair, or a negation, may always.
    """
    choices = batch.choices
    halved, negated = batch.in_options(halves), batch.in_options(negations)
    opposed = _opposed(choices, *halved, _sides(_bare(halves), tuple(pairs)))
    denied = _denied(choices, *negated, _bare(negations))
    odd = np.zeros(len(batch.items), dtype=bool)
    odd[choices.owners[choices.odd]] = True
    any_of = choices.owners[np.append(halved[1], negated[1])]
    return {*opposed.tolist(), *denied.tolist(), *any_of[odd[any_of]].tolist()}


def _opposed(
    choices: Choices, places: Ints, options: Ints, sides: tuple[tuple[Ints, Ints, Ints], ...]
) -> Ints:
    """Items with two options that are equal without the two words of a pair."""
    letters = _letters(choices)
    told = []
    for half, pair, worth in sides:
        hit, which = np.nonzero(places[:, None] == half[None, :])
        left = (letters[options[hit]] - worth[which]) & _MASK
        told.append((choices.owners[options[hit]] << _PAIRS | pair[which]) << _LETTERS | left)
    found: Ints = np.intersect1d(told[0], told[1]) >> (_LETTERS + _PAIRS)
    return found


def _denied(choices: Choices, places: Ints, options: Ints, words: tuple[str, ...]) -> Ints:
    """Items with two options that are equal without a negation in one of them."""
    letters = _letters(choices)
    left = (letters[options] - np.array(list(map(of_letters, words)), dtype=np.int64)[places]) & _MASK
    those = choices.owners[options] << _LETTERS | left
    found: Ints = np.intersect1d(those, choices.owners << _LETTERS | letters) >> _LETTERS
    return found


def _letters(choices: Choices) -> Ints:
    found: Ints = (choices.letters & _MASK).astype(np.int64)
    return found


def _bare(condition: Words) -> tuple[str, ...]:
    return tuple(str(one).strip("|") for one in condition.literals)


@functools.lru_cache(maxsize=4)
def _sides(
    halves: tuple[str, ...], pairs: tuple[tuple[str, str], ...]
) -> tuple[tuple[Ints, Ints, Ints], ...]:
    """Of the two sides of each pair: the place of its word in `halves`, its pair, and the word's letters."""
    places = {half: place for place, half in enumerate(halves)}
    return tuple(
        (
            np.array([places[pair[side]] for pair in pairs]),
            np.arange(len(pairs)),
            np.array([of_letters(pair[side]) for pair in pairs]),
        )
        for side in (0, 1)
    )
