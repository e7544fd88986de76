"""Pictures of a bank: where they are, of what kind, and the ones that a paper shows."""

from __future__ import annotations

from pathlib import Path

from qbank.formats.booklet.paper import Image
from qbank.formats.media import bank_path, extension, kind, leads_out
from qbank.markup.characters import relative

_UNPRINTABLE = {"audio": "Sound", "video": "Film"}


def _ending(address: str) -> str:
    """The extension of a file in small letters, without its point."""
    return extension(bank_path(address)).removeprefix(".")


def unprintable(address: str) -> str:
    """What a file is that paper cannot hold: "Sound", "Film", or "" for everything else."""
    return _UNPRINTABLE.get(kind(bank_path(address)), "")


def problem(root: str, address: str, kinds: frozenset[str]) -> str:
    """Why a picture cannot be printed, "" when it can."""
    if not relative(address):
        return "leaves the bank's folder"
    file = Path(root) / bank_path(address)
    if not file.is_file():
        return "is not there"
    if leads_out(root, address):
        return "leaves the bank's folder by a link"
    ending = _ending(address)
    if ending not in kinds:
        return f"is of a kind that cannot be printed here ({', '.join(sorted(kinds))} can)"
    return "" if ending == "svg" or _begins(file, ending) else f"is no {ending} file"


_BEGINNINGS = {
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
    "gif": b"GIF8",
    "webp": b"RIFF",
}


def _begins(file: Path, ending: str) -> bool:
    with file.open("rb") as opened:
        return opened.read(8).startswith(_BEGINNINGS[ending])


class Album:
    """The pictures that a paper shows, each read once, and whether one lacks its words."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.silent: list[str] = []
        self._names: dict[str, str] = {}

    def put(self, address: str, alt: str) -> str:
        """The name of a picture in the paper, which shows it from now on."""
        path = bank_path(address)
        if not alt.strip() and path not in self.silent:
            self.silent.append(path)
        return self._names.setdefault(path, f"picture-{len(self._names) + 1}.{_ending(path)}")

    def images(self) -> tuple[Image, ...]:
        """All pictures with their bytes. Raises OSError when one cannot be read."""
        return tuple(
            Image(name, path, (Path(self.root) / path).read_bytes()) for path, name in self._names.items()
        )
