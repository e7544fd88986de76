"""Zip archives of which the same input gives the same bytes: fixed times, order, level, attributes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from typing import BinaryIO

import msgspec

EPOCH = (1980, 1, 1, 0, 0, 0)
LEVEL = 9
FIRST = ("mimetype", "[Content_Types].xml", "imsmanifest.xml")

_UNIX = 3
_PLAIN_FILE = 0o100644 << 16
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_STAMP = re.compile(rb"(<dcterms:(created|modified)\b[^>]*>)[^<]*(</dcterms:\2>)")


class Member(msgspec.Struct, frozen=True):
    """A file of an archive: its content in pieces, and about how large it may get (0: small)."""

    name: str
    parts: Iterable[bytes]
    size: int = 0


def write_zip(out: BinaryIO, members: Iterable[Member]) -> None:
    """A zip of members, one after the other, into a file that can be sought; none is kept in memory.

    Names are relative, with /. They come in the order of `rank`. Raises ValueError for a name that would
    leave the folder it is unpacked in, or that comes too late.
    """
    last = (-1, "")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            if (this := rank(member.name)) <= last:
                raise ValueError(f"{member.name} stands after {last[1]} in an archive")
            last, entry = this, _entry(member.name)
            entry.file_size = member.size  # a hint: large members need the larger fields
            with archive.open(entry, "w") as file:
                for part in member.parts:
                    file.write(part)


def zip_bytes(members: Mapping[str, bytes]) -> bytes:
    """A zip of `members` (name → content), whatever their order, the clock or the system.

    Names are relative, with /. imsmanifest.xml comes first (also what other containers want first),
    the rest sorted. Raises ValueError for a name that would leave the folder it is unpacked in.
    """
    out = io.BytesIO()
    write_zip(out, (Member(name, (members[name],)) for name in sorted(members, key=rank)))
    return out.getvalue()


def unzip(data: bytes) -> dict[str, bytes]:
    """The members of a zip that we or a library wrote, by name (folders left out)."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}


def rezip(data: bytes, replace: Mapping[str, Callable[[bytes], bytes]] | None = None) -> bytes:
    """A zip written by a library, normalised; `replace` maps a member's name to old → new content.

    Raises KeyError when a member to be replaced is not there.
    """
    members = unzip(data)
    for name, change in (replace or {}).items():
        members[name] = change(members[name])
    return zip_bytes(members)


def core_dates(moment: str) -> Callable[[bytes], bytes]:
    """A change for `rezip`: sets both dates of an Office file's docProps/core.xml.

    `moment` is written as 2026-11-22T00:00:00Z.
    """
    if not _MOMENT.fullmatch(moment):
        raise ValueError(f"{moment!r} is not written as 2026-11-22T00:00:00Z")
    text = moment.encode("ascii")
    return lambda content: _STAMP.sub(lambda found: found[1] + text + found[3], content)


def rank(name: str) -> tuple[int, str]:
    """Where a member stands in an archive: what containers want first comes first, the rest sorted."""
    return (FIRST.index(name) if name in FIRST else len(FIRST), name)


def _entry(name: str) -> zipfile.ZipInfo:
    if not name or "\\" in name or "\0" in name or any(part in ("", ".", "..") for part in name.split("/")):
        raise ValueError(f"{name!r} is no name for a member of an archive")
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system = _UNIX
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry._compresslevel = LEVEL  # type: ignore[attr-defined]  # public, as compress_level, from Python 3.13
    entry.external_attr = _PLAIN_FILE
    return entry
