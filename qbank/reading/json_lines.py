"""JSON Lines → batches of lines, and their trees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import add
from typing import Any, NamedTuple

import msgspec

from qbank.reading import bulk, json_text

_DECODE = msgspec.json.Decoder().decode
_BYTES = 2**16
_BYTES_KNOWN = 2**20
_FEW = 8
_PARTS = 16
_MARK = b"\xef\xbb\xbf"


class Batch(NamedTuple):
    """Some lines of a file: as one text, one by one (without line feeds), and the offset of the first.

    `digests` are the hashes of the lines, where somebody asked for them.
    """

    text: bytes
    lines: list[bytes]
    start: int
    digests: Sequence[bytes] = ()

    def spans(self) -> tuple[list[int], list[int]]:
        """The starts and the ends (bytes) of the lines in the file."""
        sizes = list(map(len, self.lines))
        starts = list(map(add, accumulate(sizes, initial=self.start), range(len(sizes))))
        return starts, list(map(add, starts, sizes))


def batches(data: bytes, *, known: bool = False) -> Iterator[Batch]:
    """The lines of a file, some at a time; without its byte-order mark.

    Many at a time where most are `known`: the few others are looked at together.
    """
    start = len(_MARK) if data.startswith(_MARK) else 0
    size = _BYTES_KNOWN if known else _BYTES
    while start < len(data):
        end = data.find(b"\n", start + size)
        end = len(data) if end < 0 else end
        text = data[start:end]
        if end == len(data):
            text = text.removesuffix(b"\n")
        yield Batch(text, text.split(b"\n"), start)
        start = end + 1


def parts(batch: Batch) -> Iterator[Batch]:
    """The lines of a batch in smaller batches: a part of many, a few each, or one each when they are few."""
    size = max(_FEW, len(batch.lines) // _PARTS) if len(batch.lines) > _FEW else 1
    start = batch.start
    for at in range(0, len(batch.lines), size):
        lines = batch.lines[at : at + size]
        text = b"\n".join(lines)
        yield Batch(text, lines, start, batch.digests[at : at + size])
        start += len(text) + 1


def chosen(batch: Batch, numbers: Sequence[int]) -> Batch:
    """Some lines of a batch as if there were no others; they stand at the start of it."""
    lines = [batch.lines[number] for number in numbers]
    return Batch(b"\n".join(lines), lines, batch.start)


def trees(batch: Batch) -> tuple[list[Any], bytes] | None:
    """The trees of lines that hold one value each, and these written again.

    None when some line is no JSON, and when a value may not be all that its line says (a repeated key).
    """
    try:
        found = [_DECODE(line) for line in batch.lines]
        written = bulk.written(found)
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError):
        return None
    return (found, written) if json_text.is_plain(written[:-1], batch.text) else None
