"""Lines that hold sound items → the items, without the trees of the lines.

The items are decoded at once and written again. What is written lacks all that the decoder passed over (a
repeated key, a field that its type does not have, null) and all that is the default. So where it says as much
as the lines, but for defaults that stand in them, each item is all that its line says, and what its type does
not ask of it is asked of the item. Lines of which that cannot be told in this way are not refused: their
trees are looked at, like those of every other kind of record.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain, repeat
from operator import and_, attrgetter, contains, is_, not_
from typing import Any

import msgspec

from qbank.model.as_read import Head
from qbank.model.item import Essay, Item, MultipleChoice, MultipleResponse, Ordering, TrueFalse
from qbank.reading import bulk
from qbank.reading.json_lines import Batch, chosen
from qbank.reading.known_lines import KnownLines

_DECODE = msgspec.json.Decoder().decode
_IDS = re.compile(r"(?:[A-Za-z][A-Za-z0-9._-]{0,63}\n)*")
_AREA = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,63}){0,7}")
_NAME = re.compile("[A-Za-z][A-Za-z0-9_]{0,15}")
_WRITTEN_OUT = re.compile(
    rb'"(?:status": ?"active"|shuffle": ?true|(?:author|rationale)": ?""|attributes": ?{}'
    rb'|(?:references|enemies|codes|tags|review|lint_ignore)": ?\[\])'
)
"""Defaults of fields that items of all types have, as they often stand in lines."""
_NONE = TrueFalse(id="none")
_WITH_OPTIONS = (MultipleChoice, MultipleResponse, Ordering)
_KINDS = {*_WITH_OPTIONS, TrueFalse, Essay}
_RARE = (*("enemies", "stimulus", "codes", "review", "lint_ignore", "approval", "calculation", "record"),)
_USUAL = attrgetter(*_RARE)(_NONE)
_COLUMNS = attrgetter("stem", "content_area", "rationale", "references", "tags", "points", "scoring", *_RARE)
_POINTS = attrgetter("points")
_OPTIONS = attrgetter("options", "fixed")
_SCALARS = {str, bool, int}
_LEAST, _MOST = 2, 2**53
_KEPT = 10_000
_VAIN = 1000
"""So many lines are tried in vain, and three more for each that is taken, before no more are tried."""


class _Default(msgspec.Struct, frozen=True):
    """A default as it stands in lines: the field, and how it is spelt."""

    name: str
    spelt: bytes

    @property
    def written(self) -> bytes:
        """How it would be written if it were not left out."""
        return self.spelt.replace(b'": ', b'":')

    def count(self, items: list[Any], lines: list[bytes]) -> int:
        """In how many lines it stands although the item is written without it."""
        values = map(attrgetter(self.name), items)
        left_out = map(not_, values) if self.name == "attributes" else map(is_, values, repeat(self.value))
        return sum(map(and_, map(contains, lines, repeat(self.spelt)), left_out))

    @property
    def value(self) -> Any:
        return getattr(_NONE, self.name)


class ItemLines:
    """The items of one file: knows which defaults stand in its lines, and whether it is in vain to go on.

    `known` are lines that were taken in an earlier run: they are taken again without another look.
    """

    def __init__(self, known: KnownLines | None = None) -> None:
        self._known = known or KnownLines()
        self._defaults: tuple[_Default, ...] = ()
        self._names: set[str] = set()
        self._areas: set[str] = set()
        self._left = _VAIN

    @property
    def hopeful(self) -> bool:
        """Whether it is worth to try."""
        return self._left > 0

    def values(self, batch: Batch, digests: Sequence[bytes] = ()) -> list[Any] | None:
        """The items of some lines; None unless all are surely sound, each once and all of its line.

        Hashes of the lines (`digests`) are needed to tell which are known: of those only the heads are read.
        """
        fresh = self._known.fresh(digests) if digests else range(len(batch.lines))
        some = batch if len(fresh) == len(batch.lines) else chosen(batch, fresh)
        try:
            items: list[Item] = list(map(bulk.item, some.lines))
            is_taken = not items or self._are_sound(some, items)
        except (msgspec.MsgspecError, ValueError, TypeError, RecursionError):
            is_taken = False
        self._left += 3 * len(fresh) if is_taken else -len(fresh)
        if not is_taken or some is batch:
            return items if is_taken else None
        found: list[Item | Head] = list(map(bulk.head, batch.lines))
        for number, item in zip(fresh, items, strict=True):
            found[number] = item
        return found

    def _are_sound(self, batch: Batch, items: list[Any]) -> bool:
        """Whether the items of some lines are surely sound, each once and all of its line."""
        doubtful = self._doubtful(items)
        if not self._is_all(batch, items, plain=not doubtful):
            return False
        ids = "\n".join([item.id for item in items])
        if ids.count("\n") != len(items) - 1 or not _IDS.fullmatch(ids + "\n"):
            return False
        trees = [_DECODE(batch.lines[number]) for number in doubtful]
        return not trees or bulk.are_valid("item", trees)

    def _is_all(self, batch: Batch, items: list[Any], *, plain: bool) -> bool:
        """Whether the items are all that the lines say, but for defaults that stand there."""
        written = bulk.written(items)
        if _is_rest(batch, items, written, self._defaults, plain):
            return True
        spelt = sorted(set(_WRITTEN_OUT.findall(batch.text)))
        defaults = tuple(_Default(one[1 : one.index(b'"', 1)].decode(), one) for one in spelt)
        if defaults == self._defaults or not _is_rest(batch, items, written, defaults, plain):
            return False
        self._defaults = defaults
        return True

    def _doubtful(self, items: list[Any]) -> range:
        """The numbers of some items without which all are plain."""
        first, last = 0, len(items)
        if self._are_plain(items):
            return range(0)
        while (middle := (first + last) // 2) > first:
            if self._are_plain(items[first:middle]):
                first = middle
            elif self._are_plain(items[middle:last]):
                last = middle
            else:
                break
        return range(first, last)

    def _are_plain(self, items: list[Any]) -> bool:
        """Whether items that are all of their lines have the shape that the schema asks for, but for ids.

        False says nothing. In plain items no name in a mapping is that of a field.
        """
        kinds = set(map(type, items))
        if not kinds <= _KINDS:
            return False
        columns = zip(*map(_COLUMNS, items), strict=True)
        stems, areas, rationales, references, tags, points, scorings, *rare = columns
        texts = [one for one in rationales if one.__class__ is not str]
        several = [one for one in tags if len(one) > 1]
        return (
            all(column.count(usual) == len(items) for column, usual in zip(rare, _USUAL, strict=True))
            and all(map(is_, scorings, repeat(_NONE.scoring)))
            and all(stems)
            and min(points) >= 0
            and max(points) < _MOST
            and all(chain.from_iterable(references))
            and all(chain.from_iterable(tags))
            and all(len(set(one)) == len(one) for one in several)
            and (self._areas.issuperset(areas) or all(map(self._is_area, areas)))
            and self._are_attributes([item.attributes for item in items])
            and self._are_choices([item for item in items if type(item) in _WITH_OPTIONS], texts)
        )

    def _are_choices(self, items: list[Any], texts: list[dict[str, str]]) -> bool:
        """Whether the options of some items, which all have options, and more named texts are sound."""
        if items:
            options, fixed = zip(*map(_OPTIONS, items), strict=True)
            numbers = [
                item.choose for item in items if type(item) is MultipleResponse and item.choose is not None
            ]
            if any(fixed) or min(map(len, options)) < _LEAST or not all(0 < one <= _MOST for one in numbers):
                return False
            texts += options
        return all(chain.from_iterable(map(dict.values, texts))) and self._are_names(texts)

    def _are_attributes(self, attributes: list[dict[str, Any]]) -> bool:
        """Whether all are texts, truth values or whole numbers, with names that an option could have."""
        values = list(chain.from_iterable(map(dict.values, attributes)))
        kinds = set(map(type, values))
        return (
            kinds <= _SCALARS
            and (int not in kinds or all(-_MOST <= one <= _MOST for one in values if type(one) is int))
            and self._are_names(attributes)
        )

    def _are_names(self, named: list[dict[str, Any]]) -> bool:
        """Whether all names could be ids of options and are not names of fields."""
        known = self._names
        return known.issuperset(chain.from_iterable(named)) or all(
            map(self._is_name, chain.from_iterable(named))
        )

    def _is_name(self, name: str) -> bool:
        found = name not in _NONE.__struct_fields__ and _NAME.fullmatch(name) is not None
        if found and len(self._names) < _KEPT:
            self._names.add(name)
        return found

    def _is_area(self, area: str) -> bool:
        found = area == "" or _AREA.fullmatch(area) is not None
        if found and len(self._areas) < _KEPT:
            self._areas.add(area)
        return found


def _is_rest(
    batch: Batch, items: list[Any], written: bytes, defaults: tuple[_Default, ...], plain: bool
) -> bool:
    """Whether what was written is all that the lines say, but for some defaults.

    Nothing is written with more quotes than it has in its line, unless one was typed as an escape, and
    nothing with more bytes but numbers with a point, of which plain items have none but their points. A
    default that stands in a line whose item is written without it is gone. So if no more is gone than these,
    nothing else is.
    """
    if len({one.name for one in defaults}) < len(defaults):
        return False
    text = batch.text
    counts = [one.count(items, batch.lines) for one in defaults]
    if plain and all(map(is_, map(_POINTS, items), repeat(_NONE.points))):
        commas = sum(counts)
        gone = sum(count * len(one.spelt) for count, one in zip(counts, defaults, strict=True))
        if len(written) + gone + commas == len(text) + 1:  # what was written ends with a line feed
            return True
    elif any(one.written in written for one in defaults):
        return False  # it might be counted where it stands in something that is not gone
    gone = sum(count * one.spelt.count(b'"') for count, one in zip(counts, defaults, strict=True))
    quotes = written.count(b'"') + gone
    return quotes == text.count(b'"') and (b"\\" not in text or b"\\u0022" not in text)
