"""The pairs of items of which one gives the key of the other away; known ones are not looked for again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from qbank.model.earlier import Earlier, joined
from qbank.model.item import Item, MultipleChoice
from qbank.rules.bank._targets import Asking, Target, pairs, words_of
from qbank.similarity.join import Rows, gathered, numbering
from qbank.similarity.kinds import canonical
from qbank.similarity.renewed import (
    Packed,
    among,
    flagged,
    found_in,
    holding,
    listed,
    numbers_of,
    packed,
    renewed,
)

if TYPE_CHECKING:
    from qbank.similarity.join import Ints
    from qbank.similarity.renewed import Flags

_NAME = "cue-between-items"
_MOST_NEW = 0.2
"""Where a larger part of the bank is new all pairs are looked for."""

_MOST_STALE = 1.5
"""So many times the words of a bank are kept at most, with those of items that are gone."""


class _Kept(msgspec.Struct, array_like=True):
    """What is kept of a bank.

    `digests` of its items; `words` and the `bases` by which they are counted; for every item the numbers of
    the words of its stem (`stems`) and that of the word of its key that is looked for (`asked`, -1 for none).
    `used` is how many words there were when all were new; `found` holds the pairs, target and other.
    """

    digests: bytes = b""
    words: list[str] = []
    bases: list[str] = []
    used: int = 0
    stems: Packed = Packed()
    asked: bytes = b""
    counts: dict[str, int] = {}
    limit: float = 0
    found: list[tuple[int, int]] = []


def met(items: Sequence[Item], asking: Asking, earlier: Earlier) -> Iterator[tuple[MultipleChoice, Item]]:
    """The pairs, target and other, in order of the other."""
    if earlier.digests:
        found = _Known(items, asking, earlier).pairs()
    else:
        found = list(pairs(_targets(range(len(items)), items, asking), items, range(len(items))))
    for target, other in sorted(found, key=lambda pair: (pair[1], pair[0])):
        item = items[target]
        assert isinstance(item, MultipleChoice)
        yield item, items[other]


def _targets(places: Iterable[int], items: Sequence[Item], asking: Asking) -> list[Target]:
    found = (asking.target(place, items[place]) for place in places)
    return [one for one in found if one is not None]


class _Known:
    """The pairs of a bank of which most items were there before.

    A pair is decided by its two items and by which words of the target's stem are rare. So the pairs of items
    that have not changed, and of whose words the same are rare, are what they were.
    """

    def __init__(self, items: Sequence[Item], asking: Asking, earlier: Earlier) -> None:
        self._items, self._asking, self._earlier = items, asking, earlier

    def pairs(self) -> list[tuple[int, int]]:
        """The places of all pairs, target and other; what is needed to know them is kept."""
        before, places = self._before()
        words = numbering()
        words.update(zip(before.words, range(len(before.words)), strict=True))
        new = (places < 0).nonzero()[0]
        fresh = [[words[word] for word in {*words_of(self._items[place])}] for place in new.tolist()]
        stems = renewed(before.stems.rows, listed(fresh), places)
        dirty = (places < 0) | holding(stems, self._turned(before))
        targets = self._targets(dirty)
        asked = numbers_of(before.asked, places)
        asked[dirty] = -1
        for one in targets:
            asked[one.place] = words[one.asked]
        words.default_factory = None
        others = holding(stems, among(asked[dirty], len(words))).nonzero()[0]
        found = [*_still(before, places, dirty), *pairs(targets, self._items, others.tolist())]
        in_new = among(gathered(stems, new).values, len(words) + 1)  # -1 is the last, and in none
        found += pairs(self._targets(~dirty & in_new[asked]), self._items, new.tolist())
        self._keep(before, [*words], stems, asked, found)
        return found

    def _before(self) -> tuple[_Kept, Ints]:
        """What was kept, and the place in it of every item; nothing where it is of little use."""
        data = self._earlier.recall(_NAME)
        found = _Kept() if data is None else msgspec.msgpack.decode(data, type=_Kept)
        places = found_in(self._earlier.digests, found.digests)
        few = int((places < 0).sum()) <= _MOST_NEW * len(places)
        if few and found.limit == self._asking.limit and len(found.words) <= _MOST_STALE * found.used:
            return found, places
        return _Kept(), found_in(self._earlier.digests, b"")

    def _turned(self, before: _Kept) -> Flags:
        """Which of the words that were known are rare now and were not, or the other way round."""
        old, now, is_rare = before.counts, self._asking.frequencies.by_base, self._asking.is_rare
        turned = {
            base for base in old.keys() | now.keys() if is_rare(old.get(base, 0)) != is_rare(now.get(base, 0))
        }
        return flagged(map(turned.__contains__, before.bases))

    def _targets(self, wanted: Flags) -> list[Target]:
        return _targets(wanted.nonzero()[0].tolist(), self._items, self._asking)

    def _keep(
        self, before: _Kept, words: list[str], stems: Rows, asked: Ints, found: list[tuple[int, int]]
    ) -> None:
        kept = _Kept(
            joined(self._earlier.digests),
            words,
            [*before.bases, *map(canonical, words[len(before.bases) :])],
            before.used or len(words),
            packed(stems),
            asked.astype("i4").tobytes(),
            dict(self._asking.frequencies.by_base),
            self._asking.limit,
            found,
        )
        self._earlier.keep(_NAME, lambda: msgspec.msgpack.encode(kept))


def _still(before: _Kept, places: Ints, dirty: Flags) -> Iterator[tuple[int, int]]:
    """The pairs of items that were there, with a target that is what it was."""
    now = {place: number for number, place in enumerate(places.tolist()) if place >= 0}
    for target, other in before.found:
        if target in now and other in now and not dirty[now[target]]:
            yield now[target], now[other]
