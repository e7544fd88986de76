"""The items of a bank as they were read: of some no more than a few fields, until the rest is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import compress, count
from operator import attrgetter
from typing import Any, overload

import msgspec

from qbank.model.item import Code, Item, Status, Suppression

LISTS = ("enemies", "codes", "tags", "attributes", "lint_ignore")
"""Fields of `Head` that are empty in most items."""


class Head(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What is read of an item at once; its fields are those of the item.

    They are the fields by which an item is counted or passed over without a look at its texts.
    """

    id: str
    status: Status = "active"
    content_area: str = ""
    attributes: dict[str, Any] = {}
    stimulus: str = ""
    enemies: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    tags: tuple[str, ...] = ()
    author: str = ""
    lint_ignore: tuple[Suppression, ...] = ()
    record: int = -1


class AsRead(Sequence[Item]):
    """The items of a bank as they were read, in order; equal to a tuple of them, and put together like one.

    `digests` holds for each the hash of the text that it was read from, where that says all of it; b"" of
    others. Whoever changes an item makes a tuple, which has none: what is told is true of these items.
    Of some, which are known to be sound, only the head was read; `texts` holds theirs, and `read` makes the
    item of such a text.
    """

    def __init__(
        self,
        items: Sequence[Item | Head],
        digests: Sequence[bytes],
        texts: Sequence[bytes] = (),
        read: Callable[[bytes, Head], Item] | None = None,
    ) -> None:
        self.digests = digests
        self._items, self._texts, self._read = list(items), texts, read
        self._heads: Sequence[Item | Head] = items

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Item, ...]: ...
    def __getitem__(self, place: int | slice) -> Item | tuple[Item, ...]:
        if isinstance(place, slice):
            return tuple(map(self.__getitem__, range(*place.indices(len(self._items)))))
        found = self._items[place]
        if isinstance(found, Head):
            assert self._read is not None
            found = self._items[place] = self._read(self._texts[place], found)
        return found

    def __iter__(self) -> Iterator[Item]:
        return map(self.__getitem__, range(len(self._items)))

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, tuple | AsRead) else NotImplemented

    def __add__(self, other: object) -> tuple[Any, ...]:
        return (*self, *other) if isinstance(other, tuple | AsRead) else NotImplemented

    def __radd__(self, other: object) -> tuple[Any, ...]:
        return (*other, *self) if isinstance(other, tuple) else NotImplemented

    def __repr__(self) -> str:
        return repr(tuple(self))

    @property
    def heads(self) -> Sequence[Item | Head]:
        """Every item, or its head where no more was read."""
        return self._heads

    @cached_property
    def odd(self) -> list[int]:
        """The places of the items in which a field of `LISTS` is not empty."""
        values = map(attrgetter(*LISTS), self._heads)
        return list(compress(count(), map(any, values)))


def each(items: Sequence[Item], field: str) -> Iterator[Any]:
    """What every item has in one of the fields of `Head`; nothing else is read for that."""
    return map(attrgetter(field), items.heads if isinstance(items, AsRead) else items)


def holding(items: Sequence[Item], *fields: str) -> Iterator[Item]:
    """The items that have something in one of some fields, which are of `LISTS`."""
    heads, odd = (items.heads, items.odd) if isinstance(items, AsRead) else (items, range(len(items)))
    some = [heads[place] for place in odd]
    found = {place for field in fields for place in compress(odd, map(attrgetter(field), some))}
    return map(items.__getitem__, sorted(found))
