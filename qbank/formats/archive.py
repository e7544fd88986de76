"""Zip archives of which the same input gives the same bytes: fixed times, order, level, attributes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping

EPOCH = (1980, 1, 1, 0, 0, 0)
LEVEL = 9
FIRST = ("mimetype", "[Content_Types].xml", "imsmanifest.xml")

_UNIX = 3
_PLAIN_FILE = 0o100644 << 16
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_STAMP = re.compile(rb"(<dcterms:(created|modified)\b[^>]*>)[^<]*(</dcterms:\2>)")


def zip_bytes(members: Mapping[str, bytes]) -> bytes:
    """A zip of `members` (name → content), whatever their order, the clock or the system.

    Names are relative, with /. imsmanifest.xml comes first (also what other containers want first),
    the rest sorted. Raises ValueError for a name that would leave the folder it is unpacked in.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(members, key=_rank):
            archive.writestr(_entry(name), members[name], zipfile.ZIP_DEFLATED, LEVEL)
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


def _rank(name: str) -> tuple[int, str]:
    return (FIRST.index(name) if name in FIRST else len(FIRST), name)


def _entry(name: str) -> zipfile.ZipInfo:
    if not name or "\\" in name or "\0" in name or any(part in ("", ".", "..") for part in name.split("/")):
        raise ValueError(f"{name!r} is no name for a member of an archive")
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system = _UNIX
    entry.external_attr = _PLAIN_FILE
    return entry
