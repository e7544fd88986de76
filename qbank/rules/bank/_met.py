"""The pairs of items of which one gives the key of the other away; known ones are not looked for again."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from qbank.model.as_read import each
from qbank.model.earlier import Earlier, nowhere
from qbank.model.item import Item, MultipleChoice
from qbank.parts import in_pieces
from qbank.rules.bank._targets import Asking, Numbered, counts_in_short, given_away, is_rare, tells
from qbank.similarity.compact import Compact
from qbank.similarity.crossing import Crossing, Kinds, rare_words, still
from qbank.similarity.kinds import canonical
from qbank.similarity.renewed import Packed, as_text, flagged, holding, numbered, packed, renewed, texts_of
from qbank.similarity.rows import Rows, numbering

if TYPE_CHECKING:
    from qbank.similarity.renewed import Flags
    from qbank.similarity.rows import Ints

_NAME = "cue-between-items"
_MOST_NEW = 0.2
"""Where a larger part of the bank is new all pairs are looked for."""

_MOST_STALE = 1.5
"""So many times the words of a bank are kept at most, with those of items that are gone."""


class _Kept(msgspec.Struct, array_like=True):
    """What is kept of a bank.

    `words`, joined, by number; of those that tell the `bases` by which they are counted ("" of the others);
    flags of those that tell, of those that count in a short stem, and of those that are rare; for every item
    the numbers of the words of its stem, of those of its key (none where nothing can give it away), and, of
    one with a key, of the rare words of the stem. `used` is how many words there were when all were new;
    rare was what has `counts` up to the `limit`; `targets` and `others` are the places of the pairs.
    """

    words: str = ""
    bases: str = ""
    tells: bytes = b""
    short: bytes = b""
    is_rare: bytes = b""
    used: int = 0
    stems: Compact = Compact()
    keys: Packed = Packed()
    rare: Packed = Packed()
    counts: dict[str, int] = {}
    limit: float = 0
    targets: bytes = b""
    others: bytes = b""


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

    def pairs(self) -> set[tuple[int, int]]:
        """The places of all pairs, target and other; what is needed to know them is kept."""
        before, places = self._before()
        is_new = places < 0
        fresh = [self._items[place] for place in is_new.nonzero()[0].tolist()]
        words = numbering()
        pieces = Numbered(words)
        new_stems, new_keys = (
            pieces.rows(texts) for texts in ([one.stem for one in fresh], [*map(self._asking.key, fresh)])
        )
        words.default_factory = None
        new, numbers = numbered(words, texts_of(before.words))
        kept = before.stems.renewed(Rows(numbers[new_stems.values], new_stems.starts), places)
        stems = kept.rows
        keys = renewed(before.keys.rows, Rows(numbers[new_keys.values], new_keys.starts), places)
        turned = self._turned(before)
        looked = self._looked_at(before, new, turned)
        dirty = is_new | holding(stems, turned)
        rare = self._rare(looked, before.rare.rows, places, stems, keys, dirty)
        crossing = Crossing(keys, rare, stems, flagged(looked.tells), self._asking.shared, self._asking.part)
        live = flagged(map("retired".__ne__, each(self._items, "status")))
        found = {*still(places, before.targets, before.others, dirty)}
        for targets, others in ((dirty, live), (~dirty, live & is_new)):
            candidates = crossing.found(targets.nonzero()[0], others.nonzero()[0])
            found.update(given_away(candidates, self._items, self._asking))
        if self._earlier.digests:
            self._keep(looked, kept, keys, rare, found)
        return found

    def _before(self) -> tuple[_Kept, Ints]:
        """What was kept, and the place in it of every item; nothing where it is of little use."""
        data = self._earlier.recall(_NAME)
        if data is not None and len(self._earlier.new) <= _MOST_NEW * len(self._items):
            found = msgspec.msgpack.decode(data, type=_Kept)
            if len(found.tells) <= _MOST_STALE * found.used:
                return found, self._earlier.places
        return _Kept(), nowhere(len(self._items))

    def _turned(self, before: _Kept) -> Flags:
        """Which of the words that were known are rare now and were not, or the other way round."""
        old, now, limit = before.counts, self._asking.frequencies.by_base, self._asking.limit
        counts = old.items() ^ now.items() if before.limit == limit else old.items() | now.items()
        turned = {
            base
            for base, _ in counts
            if is_rare(old.get(base, 0), before.limit) != is_rare(now.get(base, 0), limit)
        }
        if not turned:
            return flagged(bytes(len(before.tells)))
        return flagged(map(turned.__contains__, texts_of(before.bases)))

    def _looked_at(self, before: _Kept, new: list[str], turned: Flags) -> _Kept:
        """What is known of all words, some of which have turned; the new ones are looked at."""
        telling = bytes(map(tells, new))
        bases = [canonical(word) if is_telling else "" for word, is_telling in zip(new, telling, strict=True)]
        counts = self._asking.frequencies.by_base
        rare = bytes(self._asking.is_rare(counts.get(base, 0)) for base in bases)
        return msgspec.structs.replace(
            before,
            words=before.words + as_text(new),
            bases=before.bases + as_text(bases),
            tells=before.tells + telling,
            short=before.short + bytes(map(counts_in_short, new)),
            is_rare=(flagged(before.is_rare) ^ turned).tobytes() + rare,
            used=before.used or len(new),
        )

    def _rare(self, kept: _Kept, old: Rows, places: Ints, stems: Rows, keys: Rows, dirty: Flags) -> Rows:
        """The rare words of the stems of items with a key: what they were, but for items that are dirty."""
        kinds = Kinds(flagged(kept.is_rare), flagged(kept.short))
        clean = places.copy()
        clean[dirty] = -1
        found = rare_words(stems, dirty.nonzero()[0], keys.sizes > 0, kinds, self._asking.shared)
        return renewed(old, found, clean)

    def _keep(
        self, looked: _Kept, stems: Compact, keys: Rows, rare: Rows, found: set[tuple[int, int]]
    ) -> None:
        pairs = sorted(found)
        kept = msgspec.structs.replace(
            looked,
            stems=stems,
            keys=packed(keys),
            rare=packed(rare),
            counts=dict(self._asking.frequencies.by_base),
            limit=self._asking.limit,
            targets=array("i", (target for target, _ in pairs)).tobytes(),
            others=array("i", (other for _, other in pairs)).tobytes(),
        )
        self._earlier.keep(_NAME, lambda: in_pieces(kept))
