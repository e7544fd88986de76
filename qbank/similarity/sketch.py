"""An item as the duplicate rules see it: normalised texts, words, and what its key says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING

import msgspec

from qbank.model.item import Item, Matching, MultipleChoice, Numeric, Ordering, ShortAnswer, TrueFalse
from qbank.similarity.kinds import Kind, canonical, kind_of
from qbank.similarity.normalise import normalise
from qbank.similarity.tokens import tokens
from qbank.similarity.words import REPHRASED, SIDES

if TYPE_CHECKING:
    from qbank.similarity.rows import Ints

_GENERIC_KEY = re.compile(
    r"true|false|yes|no|(?:all|none|both|any|neither)(?: of (?:these|them|the above)(?: \w+)?)?"
    r"|(?:option )?[a-z] and [a-z]"
)
GENERIC_OPENINGS = frozenset(
    ("true", "false", "yes", "no", "all", "none", "both", "any", "neither", "option")
)
"""The words that open a key that says nothing, beside single letters."""

_INSIDE = re.compile(r"""(?<=[^\s.!?:"“”(])\s+(\S+)""")  # a word that does not open a sentence

_REPHRASED = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(REPHRASED, key=len, reverse=True)))})\b")
_SIGN = re.compile(r"[^\w\s.,;:?!'\"()*-]")

FACTS = (Kind.NUMBER, Kind.CODE)
"""Words that make another question when another stands in their place."""


@cache
def _meaning(token: str) -> str:
    """The one word for all words of its meaning; nothing for a function word."""
    return "" if kind_of(token) is Kind.FUNCTION else canonical(token)


def is_generic(text: str) -> bool:
    """Whether a normalised key says nothing by itself: true, no, all of the above."""
    return _GENERIC_KEY.fullmatch(text.rstrip(".")) is not None


class Sketch(msgspec.Struct, frozen=True, dict=True):
    """The texts of an item as they are compared, each made when it is asked for."""

    item: Item
    number: int

    @cached_property
    def stem(self) -> str:
        """The stem."""
        return normalise(self.item.stem)

    @cached_property
    def options(self) -> tuple[str, ...]:
        """The options, sorted."""
        return tuple(sorted(map(normalise, self.item.option_texts.values())))

    @cached_property
    def prompts(self) -> tuple[str, ...]:
        """The prompts, sorted."""
        return tuple(sorted(map(normalise, getattr(self.item, "prompts", {}).values())))

    @cached_property
    def key(self) -> tuple[str, ...]:
        """What is keyed; () without a key."""
        return tuple(map(normalise, key_texts(self.item)))

    @cached_property
    def stem_tokens(self) -> list[str]:
        """The words of the stem in order."""
        return tokens(self.stem)

    @cached_property
    def rephrased(self) -> list[str]:
        """The words of the stem, with one phrase for all that people write for it."""
        stem, count = _REPHRASED.subn(lambda found: REPHRASED[found.group()], self.stem)
        return tokens(stem) if count else self.stem_tokens

    @cached_property
    def signs(self) -> list[str]:
        """The signs of the stem that are no punctuation, sorted."""
        return sorted(_SIGN.findall(self.stem))

    @cached_property
    def capitalised(self) -> frozenset[str]:
        """The words of the stem that are written with a capital inside a sentence."""
        inside = (word for word in _INSIDE.findall(self.item.stem) if word[0].isupper())
        return frozenset(token for word in inside for token in tokens(normalise(word)))

    @cached_property
    def sides(self) -> list[str]:
        """The sides (left, right, both) in the order in which the stem names them."""
        return [token for token in self.stem_tokens if token in SIDES]

    @cached_property
    def gist(self) -> tuple[str, ...]:
        """The content words of the stem, one word for each meaning, sorted."""
        return tuple(sorted(filter(None, map(_meaning, self.stem_tokens))))

    @cached_property
    def key_tokens(self) -> frozenset[str]:
        """The words of the key by meaning; its function words only when there is no other."""
        found = {token for text in self.key for token in tokens(text)}
        return frozenset(filter(None, map(_meaning, found))) or frozenset(found)

    @property
    def content(self) -> tuple[object, ...]:
        """What two items must share to ask the same with the same options: all but the key."""
        return self.item.type, self.stem, self.options, self.prompts, self.item.stimulus

    def repeats(self, other: Sketch) -> bool:
        """Whether it is the other item under another id; a missing key contradicts no other."""
        same_key = self.key == other.key or not self.key or not other.key
        return (
            same_key and self.content == other.content and self.item.id.casefold() != other.item.id.casefold()
        )

    @cached_property
    def has_generic_key(self) -> bool:
        """Whether the key says nothing by itself: true, no, all of the above, no key at all."""
        return all(map(is_generic, self.key))


class Sketches:
    """The sketches of some items, each made when it is asked for, and once.

    `places` are the places of the items in the bank; None for all of the bank.
    """

    def __init__(self, items: Sequence[Item], places: Ints | None = None) -> None:
        self.items = items
        self.places = places
        self._made: dict[int, Sketch] = {}

    def __len__(self) -> int:
        return len(self.items if self.places is None else self.places)

    def __getitem__(self, number: int) -> Sketch:
        place = number if self.places is None else int(self.places[number])
        if place not in self._made:
            self._made[place] = sketch(self.items[place], place)
        return self._made[place]

    def of(self, places: Ints) -> Sketches:
        """Those of the items at some places of the bank; a sketch that both make is one."""
        result = Sketches(self.items, places)
        result._made = self._made
        return result


def sketch(item: Item, number: int) -> Sketch:
    """The sketch of the item that stands at some place of its bank."""
    return Sketch(item, number)


def key_texts(item: Item) -> tuple[str, ...]:
    """What is keyed, as texts: independent of option ids and, where order means nothing, sorted."""
    options = item.option_texts
    if isinstance(item, MultipleChoice) and isinstance(item.key, str):
        return (options.get(item.key, item.key),)
    if isinstance(item, TrueFalse):
        return () if item.key is None else (str(item.key).lower(),)
    if isinstance(item, Numeric):
        key = item.key
        if key is None:
            return ()
        bounds = [key.value, key.minimum, key.maximum]
        return (" ".join([*(f"{bound:g}" for bound in bounds if bound is not None), key.unit]).strip(),)
    if isinstance(item, ShortAnswer):
        return tuple(sorted(item.key or ()))
    if isinstance(item, Matching):
        pairs = (item.key or {}).items()
        return tuple(sorted(f"{item.prompts.get(a, a)} = {options.get(b, b)}" for a, b in pairs))
    texts = [options.get(id, id) for id in item.key_ids]
    return tuple(texts) if isinstance(item, Ordering) else tuple(sorted(texts))
