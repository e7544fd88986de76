"""An item as the duplicate rules see it: normalised texts, words, and what its key says."""

from __future__ import annotations

import re
from functools import cache, cached_property

import msgspec

from qbank.model.item import Item, Matching, Numeric, Ordering, ShortAnswer, TrueFalse
from qbank.similarity.kinds import Kind, canonical, is_common, kind_of
from qbank.similarity.normalise import normalise
from qbank.similarity.tokens import tokens

_GENERIC_KEY = re.compile(
    r"true|false|yes|no|(?:all|none|both|any|neither)(?: of (?:these|them|the above)(?: \w+)?)?"
    r"|(?:option )?[a-z] and [a-z]"
)


FACTS = (Kind.NUMBER, Kind.CODE)
"""Words that make another question when another stands in their place."""


@cache
def _meaning(token: str) -> str:
    """The one word for all words of its meaning; nothing for a function word."""
    return "" if kind_of(token) is Kind.FUNCTION else canonical(token)


@cache
def _masked(token: str) -> str:
    """The same, with a question mark for every number, code and rare word."""
    kind = kind_of(token)
    return "?" if kind in FACTS or (kind is Kind.WORD and not is_common(token)) else _meaning(token)


@cache
def _without_fact(token: str) -> str:
    return "?" if kind_of(token) in FACTS else token


class Sketch(msgspec.Struct, frozen=True, dict=True):
    """The texts of an item as they are compared. `key` holds what is keyed, () without a key."""

    item: Item
    number: int
    stem: str
    options: tuple[str, ...]
    prompts: tuple[str, ...]
    key: tuple[str, ...]

    @cached_property
    def stem_tokens(self) -> list[str]:
        """The words of the stem in order."""
        return tokens(self.stem)

    @cached_property
    def facts(self) -> frozenset[str]:
        """The numbers and codes of the stem."""
        return frozenset(token for token in self.stem_tokens if kind_of(token) in FACTS)

    @cached_property
    def sides(self) -> list[str]:
        """The sides (left, right, both) in the order in which the stem names them."""
        return [token for token in self.stem_tokens if kind_of(token) is Kind.SIDE]

    @cached_property
    def gist(self) -> tuple[str, ...]:
        """The content words of the stem, one word for each meaning, sorted."""
        return tuple(sorted(filter(None, map(_meaning, self.stem_tokens))))

    @property
    def template(self) -> tuple[str, ...]:
        """The content words of the stem, each number, code and rare word as a question mark."""
        return tuple(sorted(filter(None, map(_masked, self.stem_tokens))))

    @property
    def fact_template(self) -> tuple[str, ...]:
        """The words of the stem in order, each number and code as a question mark."""
        return tuple(map(_without_fact, self.stem_tokens))

    @cached_property
    def rare(self) -> dict[str, str]:
        """The content words of the stem that are no everyday language, by their canonical form."""
        words = (token for token in self.stem_tokens if kind_of(token) is Kind.WORD)
        return {canonical(word): word for word in words if not is_common(word)}

    @cached_property
    def key_tokens(self) -> frozenset[str]:
        """The words of the key that are no function words (all of them when there is no other)."""
        found = {token for text in self.key for token in tokens(text)}
        return frozenset(token for token in found if kind_of(token) is not Kind.FUNCTION) or frozenset(found)

    @property
    def all_tokens(self) -> frozenset[str]:
        """The words of stem, prompts and options."""
        return frozenset(self.stem_tokens).union(
            *(tokens(text) for text in self.options), *(tokens(text) for text in self.prompts)
        )

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

    @property
    def has_generic_key(self) -> bool:
        """Whether the key says nothing by itself: true, no, all of the above, no key at all."""
        return all(_GENERIC_KEY.fullmatch(text.rstrip(".")) for text in self.key)


def sketch(item: Item, number: int) -> Sketch:
    """The sketch of the item that stands at some place of its bank."""
    return Sketch(
        item=item,
        number=number,
        stem=normalise(item.stem),
        options=tuple(sorted(normalise(text) for text in item.option_texts.values())),
        prompts=tuple(sorted(normalise(text) for text in getattr(item, "prompts", {}).values())),
        key=tuple(normalise(text) for text in key_texts(item)),
    )


def key_texts(item: Item) -> tuple[str, ...]:
    """What is keyed, as texts: independent of option ids and, where order means nothing, sorted."""
    options = item.option_texts
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
