"""Which option (or prompt) of the old item is which of the new one: by what it says, then by its id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from unicodedata import normalize

import msgspec

from qbank.comparison.changes import Change
from qbank.comparison.words import words

_GONE = "\0"


class Pairing(msgspec.Struct, frozen=True):
    """Old id → new id; the ids that have no partner; whether the order differs."""

    pairs: dict[str, str]
    removed: tuple[str, ...]
    added: tuple[str, ...]
    reordered: bool

    def follow(self, id: str) -> str:
        """What an old id is called in the new item; a name that nothing has when it was removed."""
        return _GONE + id if id in self.removed else self.pairs.get(id, id)


def pair(old: Mapping[str, str], new: Mapping[str, str]) -> Pairing:
    """Pair two sets of labelled texts.

    First the same text under the same id; then a text that only one of each side has, wherever it went;
    then the same id, whose text was changed; the rest was removed and added.
    """
    left, right = {id: _nfc(text) for id, text in old.items()}, {id: _nfc(text) for id, text in new.items()}
    pairs = {id: id for id, text in left.items() if right.get(id) == text}
    pairs |= _by_text(_without(left, pairs), _without(right, pairs.values()))
    taken = set(pairs.values())
    pairs |= {id: id for id in left if id not in pairs and id in right and id not in taken}
    taken = set(pairs.values())
    places = {id: number for number, id in enumerate(new)}
    order = [places[pairs[id]] for id in old if id in pairs]
    return Pairing(
        {id: pairs[id] for id in old if id in pairs},
        tuple(id for id in old if id not in pairs),
        tuple(id for id in new if id not in taken),
        order != sorted(order),
    )


def changes(
    what: str,
    old: Mapping[str, str],
    new: Mapping[str, str],
    pairing: Pairing,
    keys: tuple[Collection[str], Collection[str]] = ((), ()),
) -> Iterator[Change]:
    """The changes of a set of labelled texts (`what`: option or prompt); `keys` are the ids of both keys.

    Where the order alone differs, letters that were dealt out anew are no change of their own.
    """
    for id, now in pairing.pairs.items():
        before, after = old[id], new[now]
        if _nfc(before) != _nfc(after):
            yield Change(
                kind=f"{what}-text",
                at=now,
                old=before,
                new=after,
                words=words(before, after),
                keyed=id in keys[0] or now in keys[1],
            )
    for id in pairing.removed:
        yield Change(kind=f"{what}-removed", at=id, old=old[id], keyed=id in keys[0])
    for id in pairing.added:
        yield Change(kind=f"{what}-added", at=id, new=new[id], keyed=id in keys[1])
    if not (pairing.reordered and set(old) == set(new)):
        for id, now in pairing.pairs.items():
            if id != now:
                yield Change(kind=f"{what}-renamed", at=now, old=id, new=now, new_text=new[now])
    if pairing.reordered:
        names = {now: id for id, now in pairing.pairs.items()}
        yield Change(kind=f"{what}-order", old=list(old), new=[names.get(id, id) for id in new])


def _by_text(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Pairs of the texts that exactly one entry of each side has."""
    left, right = Counter(old.values()), Counter(new.values())
    places = {text: id for id, text in new.items()}
    return {id: places[text] for id, text in old.items() if left[text] == 1 and right[text] == 1}


def _without(texts: Mapping[str, str], ids: Iterable[str]) -> dict[str, str]:
    taken = set(ids)
    return {id: text for id, text in texts.items() if id not in taken}


def _nfc(text: str) -> str:
    return text if text.isascii() else normalize("NFC", text)
