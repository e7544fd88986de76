"""Archives of other people: opened under limits, every member judged by its name before it is unpacked."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from qbank.formats.contract import Unreadable

MOST_MEMBERS = 50_000
"""As many as can be judged in a second. MOST_OF_ONE ends our own packages sooner: their manifest takes some
6 kB an item, so that about 20,000 items fit."""
MOST_BYTES = 512 * 2**20
MOST_OF_ONE = 128 * 2**20
MOST_RATIO = 200
SMALL = 2**20
"""A member that unpacks to no more than this may have any ratio: an empty page compresses well."""
LONGEST_NAME = 1024
DEEPEST = 32


class Members(Mapping[str, bytes]):
    """The files of an archive by name; each is unpacked when it is asked for, never beyond the limits."""

    def __init__(self, data: bytes, name: str = "the archive") -> None:
        """Raises Unreadable when the bytes are no zip, or one that breaks a limit."""
        self._name = name
        count = data.count(b"PK\x01\x02")  # counted first: to list a million takes ten seconds
        if count > MOST_MEMBERS:
            raise Unreadable(_many(name, count))
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
            raise Unreadable(f"{name} is no zip archive that can be read: {error}") from None
        if len(infos) > MOST_MEMBERS:
            raise Unreadable(_many(name, len(infos)))
        self._entries: dict[str, zipfile.ZipInfo] = {}
        total = 0
        for info in infos:
            if info.is_dir():
                continue
            why = refused(info)
            if why:
                raise Unreadable(f"{name}: the member {info.filename[:80]!r} {why}; nothing was read")
            total += info.file_size
            if total > MOST_BYTES:
                raise Unreadable(f"{name} unpacks to more than {MOST_BYTES >> 20} MiB; nothing was read")
            if info.filename in self._entries:
                raise Unreadable(f"{name} holds {info.filename[:80]!r} twice; nothing was read")
            self._entries[info.filename] = info

    def __getitem__(self, name: str) -> bytes:
        info = self._entries[name]
        try:
            with self._zip.open(info) as file:
                data = file.read(info.file_size + 1)
        except Exception as error:  # zipfile and zlib raise whatever a broken member makes them raise
            raise Unreadable(f"{self._name}: the member {name!r} cannot be unpacked: {error}") from None
        if len(data) > info.file_size:
            raise Unreadable(f"{self._name}: the member {name!r} is longer than it says; nothing was read")
        return data

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def get_folded(self, name: str) -> str | None:
        """The member that a path means when capitals and a leading ./ do not count; None for none."""
        plain = name.replace("\\", "/").removeprefix("./").lstrip("/")
        if plain in self._entries:
            return plain
        return next((one for one in self._entries if one.lower() == plain.lower()), None)


def _many(name: str, count: int) -> str:
    return f"{name} holds {count:,} files; more than {MOST_MEMBERS:,} are not read. Export it in parts."


def refused(info: zipfile.ZipInfo) -> str:
    """Why a member is not to be unpacked, "" when it may be."""
    name = info.filename
    parts = name.replace("\\", "/").split("/")
    if not name or len(name) > LONGEST_NAME or "\0" in name:
        return "has a name that is empty or too long"
    if name.startswith(("/", "\\")) or (len(name) > 1 and name[1] == ":"):
        return "has an absolute path"
    if ".." in parts:
        return "leaves the folder that it is unpacked in"
    if len(PurePosixPath(name).parts) > DEEPEST:
        return "lies in too many folders"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link"
    if info.flag_bits & 0x1:
        return "is encrypted"
    if info.file_size > MOST_OF_ONE:
        return f"unpacks to more than {MOST_OF_ONE >> 20} MiB"
    if info.file_size > SMALL and info.file_size > MOST_RATIO * max(1, info.compress_size):
        return f"unpacks to more than {MOST_RATIO} times its size"
    return ""


def looks_like_zip(data: bytes) -> bool:
    """Whether bytes begin as an archive does."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")
