"""Item texts as material: HTML in `mattext`, as all readers of QTI 1.2 know it; media of stimuli."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape, unescape

from qbank.formats.media import bank_path, kind, media_type
from qbank.formats.qti12.vocabulary import FILE_BASE, q
from qbank.formats.qti_common.items import MEDIUM
from qbank.formats.qti_common.media import href, member
from qbank.formats.qti_common.xml import Element
from qbank.markup import features, images, to_inline_xhtml, to_plain, to_xhtml
from qbank.markup.characters import legal
from qbank.model.stimulus import Media, Stimulus

_IMAGE = re.compile(r'(<img\b[^>]*?\bsrc=")([^"]*)(")')
_MARKED = frozenset({"formatting", "tables", "maths", "images", "paragraphs"})
_ELEMENTS = {
    "img": ("matimage", "imagtype"),
    "audio": ("mataudio", "audiotype"),
    "video": ("matvideo", "videotype"),
}

Address = Callable[[str], str]
"""The path of a file relative to the bank → its address in a document."""


def address(canvas: bool) -> Address:
    """How documents name files of the package: Canvas has a mark for its root."""
    return (lambda path: FILE_BASE + href(member(path))) if canvas else (lambda path: href(member(path)))


def html(text: str, place: Address, *, inline: bool = False) -> str:
    """An item text as XHTML, images with their addresses in the package."""
    xhtml = to_inline_xhtml(text) if inline else to_xhtml(text)
    return _IMAGE.sub(lambda found: found[1] + escape(place(bank_path(unescape(found[2])))) + found[3], xhtml)


def blocks(text: str, place: Address) -> Element:
    """A material of paragraphs."""
    return material(html(text, place))


def phrase(text: str, place: Address) -> Element:
    """A material of an option or the like: plain where there is no mark-up, since some read only that."""
    if features(text) & _MARKED:
        return material(html(text, place, inline=True))
    return material(" ".join(to_plain(text).split()), "text/plain")


def material(text: str, type: str = "text/html", **attributes: str) -> Element:
    """A material with one text."""
    return q("material", {**attributes}, q("mattext", {"texttype": type}, legal(text)))


def stimulus_materials(stimulus: Stimulus, place: Address) -> Iterator[Element]:
    """What a stimulus shows: its text, then files that the text does not show, as elements of QTI."""
    if stimulus.text or not stimulus.media:
        yield blocks(stimulus.text, place)
    for medium in _beside(stimulus):
        path = bank_path(medium.file)
        tag, type = _ELEMENTS[kind(path)]
        shown = {
            "uri": place(path),
            "label": medium.alt or None,
            type: media_type(path),
        }
        yield q("material", None, q(tag, shown))


def stimulus_html(stimulus: Stimulus, place: Address) -> str:
    """The same as HTML."""
    return html(stimulus.text, place) + "".join(_medium_html(one, place) for one in _beside(stimulus))


def _beside(stimulus: Stimulus) -> Iterator[Media]:
    inside = {bank_path(address) for address in images(stimulus.text)}
    return (medium for medium in stimulus.media if bank_path(medium.file) not in inside)


def _medium_html(medium: Media, place: Address) -> str:
    path, alt = bank_path(medium.file), escape(" ".join(medium.alt.split()))
    source, tag = escape(place(path)), kind(path)
    if tag == "img":
        return f'<p class="{MEDIUM}"><img src="{source}" alt="{alt}"/></p>'
    words = f"<p>{alt}</p>" if alt else ""
    return f'<div class="{MEDIUM}">{words}<{tag} src="{source}" controls="controls"></{tag}></div>'
