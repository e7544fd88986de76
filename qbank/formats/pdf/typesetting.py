"""Papers → PDF: the only door to typst, which sees a folder with the paper's pictures and nothing else."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from qbank.formats.booklet.paper import Image, Key, Paper

if TYPE_CHECKING:
    import typst

ACCESSIBLE: Literal["ua-1"] = "ua-1"
_EPOCH = 0  # of the dates that typst writes into a file, in seconds since 1970
_PROBE = "#set page(width: auto, height: auto)\n#set text(font: ({fonts}))\n#str.from-unicode({code})\n"
_FONTS = '"Libertinus Serif", "DejaVu Sans Mono"'
_PICTURE = '#image("{name}", alt: "x")\n'


class NotSet(Exception):
    """A paper that typst could not set; the message is typst's own."""


def available() -> bool:
    """Whether typst is installed: the extra `print` brings it."""
    try:
        import typst  # noqa: F401
    except ImportError:
        return False
    return True


def pdfs(
    papers: Mapping[str, Paper], images: Sequence[Image], *, accessible: bool
) -> tuple[tuple[str, bytes], ...]:
    """Papers by file name as PDF files, tagged; as PDF/UA-1 when `accessible`. Raises NotSet."""
    return tuple((name, _pdf(paper, images, accessible)) for name, paper in papers.items())


def _pdf(paper: Paper, images: Sequence[Image], accessible: bool) -> bytes:
    source = files("qbank.formats.pdf").joinpath("paper.typ").read_bytes()
    inputs = {
        "kind": "key" if isinstance(paper, Key) else "booklet",
        "paper": msgspec.json.encode(paper).decode("utf-8"),
    }
    return _compiled(source, images, inputs, [ACCESSIBLE] if accessible else [])


def unset_characters(characters: Iterable[str], most: int) -> tuple[str, ...]:
    """Those characters that no font of typst has or PDF/UA allows, the first `most` of them."""
    found: list[str] = []
    for one in sorted(set(characters)):
        source = _PROBE.format(fonts=_FONTS, code=ord(one))
        try:
            _compiled(_titled(source), (), {}, [ACCESSIBLE])
        except NotSet:
            found.append(one)
        if len(found) == most:
            break
    return tuple(found)


def unset_images(images: Iterable[Image]) -> tuple[Image, ...]:
    """Those pictures that typst cannot read."""
    return tuple(one for one in images if not _shown(one))


def _shown(image: Image) -> bool:
    try:
        _compiled(_titled(_PICTURE.format(name=image.name)), (image,), {}, [])
    except NotSet:
        return False
    return True


def _titled(source: str) -> bytes:
    return f'#set document(title: "x")\n{source}'.encode()


def _compiled(
    source: bytes, images: Iterable[Image], inputs: dict[str, str], standards: list[typst.PDFStandard]
) -> bytes:
    import typst

    with tempfile.TemporaryDirectory(prefix="qbank-") as root:
        for image in images:
            (Path(root) / image.name).write_bytes(image.data)
        main = Path(root) / "main.typ"
        main.write_bytes(source)
        try:
            made = typst.compile(
                main,
                root=Path(root),
                format="pdf",
                ignore_system_fonts=True,
                sys_inputs=inputs,
                pdf_standards=standards,
                timestamp=_EPOCH,
                package_path=Path(root),
                package_cache_path=Path(root),
            )
        except typst.TypstError as error:
            raise NotSet(str(error.message)) from None
    assert isinstance(made, bytes)
    return made
