"""What a workbook looked like when it was made: a fingerprint of every cell, so that edits can be told.

A fingerprint is 48 bits of SHA-256 in base64, "" for an empty cell; a row's is that of all its cells. White
space around a text and the kind of its line ends do not count, since spreadsheets change them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from qbank.tables.rows import normal

_EMPTY = "."
"""Stands for an empty cell where fingerprints are listed, since programs trim spaces."""


class Base(msgspec.Struct, frozen=True):
    """The fingerprints of the cells of some rows: kind of record → id → column → fingerprint."""

    columns: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, Mapping[str, str]]

    def cells(self, kind: str, id: str) -> dict[str, str] | None:
        """Column → fingerprint of a record as it was; None for one that was not there."""
        packed = self.rows.get(kind, {}).get(id)
        if packed is None:
            return None
        prints = ("" if one == _EMPTY else one for one in packed.split(" "))
        return dict(zip(self.columns[kind], prints, strict=False))


def fingerprint(text: str) -> str:
    """The fingerprint of a cell."""
    plain = normal(text)
    if not plain:
        return ""
    return base64.urlsafe_b64encode(
        hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()[:6]
    ).decode()


def packed(row: Mapping[str, str], columns: Sequence[str]) -> str:
    """The fingerprints of the cells of a row, in the order of the columns."""
    return " ".join(fingerprint(row.get(column, "")) or _EMPTY for column in columns)


def row_hash(pack: str) -> str:
    """The hash of a row by the fingerprints of its cells."""
    return hashlib.sha256(pack.encode()).hexdigest()[:16]


def read(columns: Mapping[str, Sequence[str]], rows: Iterable[tuple[str, str, str, str]]) -> Base:
    """The base of a workbook from (kind, id, row hash, fingerprints). Raises ValueError for a torn one."""
    found: dict[str, dict[str, str]] = {kind: {} for kind in columns}
    for kind, id, hash, pack in rows:
        if kind not in found or row_hash(pack) != hash:
            raise ValueError(f"the base of {id[:80]} was changed")
        found[kind][id] = pack
    return Base({kind: tuple(titles) for kind, titles in columns.items()}, found)
