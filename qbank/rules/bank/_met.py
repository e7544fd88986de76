"""The pairs of items of which one gives the key of the other away; known ones are not looked for again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from qbank.model.earlier import Earlier, joined
from qbank.model.item import Item, MultipleChoice
from qbank.rules.bank._targets import Asking, Numbered, counts_in_short, given_away, tells
from qbank.similarity.crossing import Crossing, Kinds, rare_words
from qbank.similarity.join import Rows, numbering
from qbank.similarity.kinds import canonical
from qbank.similarity.renewed import Packed, flagged, found_in, holding, listed, packed, renewed

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

    `digests` of its items; `words`, the `bases` by which they are counted, and flags of those that tell and
    of those that count in a short stem; for every item the numbers of the words of its stem, of those of its
    key (none where nothing can give it away), and of the rare words of the stem. `used` is how many words
    there were when all were new; `found` holds the pairs, target and other.
    """

    digests: bytes = b""
    words: list[str] = []
    bases: list[str] = []
    tells: bytes = b""
    short: bytes = b""
    used: int = 0
    stems: Packed = Packed()
    keys: Packed = Packed()
    rare: Packed = Packed()
    counts: dict[str, int] = {}
    limit: float = 0
    found: list[tuple[int, int]] = []


def met(items: Sequence[Item], asking: Asking, earlier: Earlier) -> Iterator[tuple[MultipleChoice, Item]]:
    """The pairs, target and other, in order of the other."""
    found = _Met(items, asking, earlier).pairs()
    for target, other in sorted(found, key=lambda pair: (pair[1], pair[0])):
        item = items[target]
        assert isinstance(item, MultipleChoice)
        yield item, items[other]


class _Met:
    """The pairs of a bank of which most items may have been there before.

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
        is_new = places < 0
        new = is_new.nonzero()[0]
        fresh = [self._items[place] for place in new.tolist()]
        pieces = Numbered(words)
        has_key = self._asking.has_key
        asked = [pieces.of(one.options[one.key_ids[0]]) if has_key(one) else () for one in fresh]
        stems, keys = (
            renewed(old.rows, listed(rows), places)
            for old, rows in (
                (before.stems, [pieces.of(one.stem) for one in fresh]),
                (before.keys, asked),
            )
        )
        words.default_factory = None
        kept = self._looked_at(before, [*words])
        dirty = is_new | holding(stems, self._turned(before))
        rare = self._rare(kept, before.rare.rows, places, stems, dirty)
        told = flagged(kept.tells), self._asking.shared, self._asking.part
        asking = Crossing(keys, rare, stems, *told)
        live = flagged(item.status != "retired" for item in self._items)
        found = [*_still(before, places, dirty)]
        for targets, others in ((dirty, live), (~dirty, live & is_new)):
            candidates = asking.found(targets.nonzero()[0], others.nonzero()[0])
            found += given_away(candidates, self._items, self._asking)
        found = sorted({*found})
        if self._earlier.digests:
            self._keep(kept, stems, keys, rare, found)
        return found

    def _before(self) -> tuple[_Kept, Ints]:
        """What was kept, and the place in it of every item; nothing where it is of little use."""
        if not self._earlier.digests:
            return _Kept(), found_in([b"-"] * len(self._items), b"")
        data = self._earlier.recall(_NAME)
        found = _Kept() if data is None else msgspec.msgpack.decode(data, type=_Kept)
        places = found_in(self._earlier.digests, found.digests)
        few = int((places < 0).sum()) <= _MOST_NEW * len(places)
        if few and found.limit == self._asking.limit and len(found.words) <= _MOST_STALE * found.used:
            return found, places
        return _Kept(), found_in(self._earlier.digests, b"")

    def _looked_at(self, before: _Kept, words: list[str]) -> _Kept:
        """What is known of all words; the new ones are looked at."""
        new = words[len(before.words) :]
        return msgspec.structs.replace(
            before,
            words=words,
            bases=[*before.bases, *map(canonical, new)],
            tells=before.tells + bytes(map(tells, new)),
            short=before.short + bytes(map(counts_in_short, new)),
            used=before.used or len(words),
        )

    def _rare(self, kept: _Kept, old: Rows, places: Ints, stems: Rows, dirty: Flags) -> Rows:
        """The rare words of all stems: what they were, but for items that are not what they were."""
        counts, asking = self._asking.frequencies.by_base, self._asking
        rare = {base for base, count in counts.items() if asking.is_rare(count)}
        is_rare = flagged(kept.tells) & flagged(map(rare.__contains__, kept.bases))
        kinds = Kinds(is_rare, flagged(kept.short))
        clean = places.copy()
        clean[dirty] = -1
        return renewed(old, rare_words(stems, dirty.nonzero()[0], kinds, asking.shared), clean)

    def _turned(self, before: _Kept) -> Flags:
        """Which of the words that were known are rare now and were not, or the other way round."""
        old, now, is_rare = before.counts, self._asking.frequencies.by_base, self._asking.is_rare
        turned = {
            base for base in old.keys() | now.keys() if is_rare(old.get(base, 0)) != is_rare(now.get(base, 0))
        }
        return flagged(map(turned.__contains__, before.bases))

    def _keep(self, looked: _Kept, stems: Rows, keys: Rows, rare: Rows, found: list[tuple[int, int]]) -> None:
        kept = msgspec.structs.replace(
            looked,
            digests=joined(self._earlier.digests),
            stems=packed(stems),
            keys=packed(keys),
            rare=packed(rare),
            counts=dict(self._asking.frequencies.by_base),
            limit=self._asking.limit,
            found=found,
        )
        self._earlier.keep(_NAME, lambda: msgspec.msgpack.encode(kept))


def _still(before: _Kept, places: Ints, dirty: Flags) -> Iterator[tuple[int, int]]:
    """The pairs of items that were there, with a target that is what it was."""
    now = {place: number for number, place in enumerate(places.tolist()) if place >= 0}
    for target, other in before.found:
        if target in now and other in now and not dirty[now[target]]:
            yield now[target], now[other]
