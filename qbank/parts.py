"""Bytes kept by name, each in a file of its own: read when asked for, checked when read, written when new.

They may be large: they are looked at in the file, not read into memory, and written without being joined.
"""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

Pieces = Sequence[bytes | memoryview]
"""Bytes that belong together, not joined."""
_LARGE = 1 << 16
"""From so many bytes on they are a piece of their own; msgpack then writes their number in 32 bits."""
_BYTES = b"\xc6"
_ARRAY, _MAP, _FEW = (0x90, b"\xdc", b"\xdd"), (0x80, b"\xde", b"\xdf"), 15
_ENCODE = msgspec.msgpack.Encoder().encode
_SUM = 4
_IS_MAPPED = os.name == "posix"
"""Elsewhere a file that is looked at cannot be replaced by a new one."""


class Parts:
    """What is kept beside a file, by name; a part that is not what was written is not there.

    Each part stands for itself: after a run that was stopped, one may be newer than another.
    """

    def __init__(self, beside: Path) -> None:
        self._beside = beside

    def get(self, name: str) -> bytes | memoryview | None:
        """What was kept under a name, None when there is nothing."""
        return read_whole(self._file(name))

    def write(self, made: Mapping[str, Callable[[], Pieces]]) -> None:
        """Write what is new; other parts stay as they are. Raises OSError."""
        for name, make in made.items():
            pieces = make()
            if not self._is_there(name, pieces):
                write_whole(self._file(name), pieces)

    def _is_there(self, name: str, pieces: Pieces) -> bool:
        """Whether a part is what is to be written; only one of its length is read."""
        with contextlib.suppress(OSError):
            if self._file(name).stat().st_size == sum(map(len, pieces)) + _SUM:
                found = self.get(name)  # as bytes, for views are compared one by one
                return found is not None and bytes(found) == b"".join(pieces)
        return False

    def _file(self, name: str) -> Path:
        short = hashlib.blake2b(name.encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()
        return self._beside.with_suffix(f".{short}.part")


def delete_parts(beside: Path) -> None:
    """Delete all that is kept beside a file. Raises OSError."""
    for old in beside.parent.glob(f"{beside.stem}.*.part"):
        old.unlink(missing_ok=True)


def read_whole(path: Path) -> bytes | memoryview | None:
    """What `write_whole` wrote, None when it is damaged or not there.

    It stays what it is when the file is replaced or deleted.
    """
    try:
        data = memoryview(_mapped(path) if _IS_MAPPED else path.read_bytes())
    except (OSError, ValueError):  # an empty file cannot be mapped
        return None
    kept = data[:-_SUM]
    return kept if len(data) >= _SUM and data[-_SUM:] == _checksum(path, [kept]) else None


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def write_whole(path: Path, pieces: Pieces) -> None:
    """Write a file with its checksum, whole or not at all. Raises OSError."""
    temporary = path.with_suffix(f".{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.writelines((*pieces, _checksum(path, pieces)))
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def in_pieces(value: Any) -> Pieces:
    """A value as msgpack, of which large bytes are not copied.

    Structs in it are those that are arrays, without a tag; views are views of bytes. Joined the pieces are
    what msgspec writes of it.
    """
    found: list[bytes | memoryview] = []
    _add(value, found)
    return found


def _add(value: Any, found: list[bytes | memoryview]) -> None:
    if isinstance(value, bytes | memoryview) and len(value) >= _LARGE:
        found += (_BYTES + len(value).to_bytes(4, "big"), value)
    elif isinstance(value, msgspec.Struct):
        fields = [getattr(value, name) for name in value.__struct_fields__]
        found.append(_start(_ARRAY, len(fields)))
        for field in fields:
            _add(field, found)
    elif isinstance(value, tuple | list) and value and isinstance(value[0], memoryview):
        found.append(_start(_ARRAY, len(value)))
        for one in value:
            _add(one, found)
    elif isinstance(value, dict) and isinstance(next(iter(value.values()), None), msgspec.Struct):
        found.append(_start(_MAP, len(value)))
        for key, one in value.items():
            found.append(_ENCODE(key))
            _add(one, found)
    else:
        found.append(_ENCODE(value))


def _start(kind: tuple[int, bytes, bytes], size: int) -> bytes:
    """How msgpack begins an array or a map: a few members are told with its kind in one byte."""
    few, some, many = kind
    if size <= _FEW:
        return bytes((few + size,))
    return some + size.to_bytes(2, "big") if size < _LARGE else many + size.to_bytes(4, "big")


def _checksum(path: Path, pieces: Iterable[bytes | memoryview]) -> bytes:
    """A sum that shows damage, or another's name; what lies beside a bank is as safe as the bank itself."""
    found = zlib.crc32(os.fsencode(path.name))
    for piece in pieces:
        found = zlib.crc32(piece, found)
    return found.to_bytes(_SUM, "big")
