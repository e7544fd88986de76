"""Texts and media that several items share: material of a section, or a text of Canvas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qbank.formats.qti12.read_base import Record
from qbank.formats.qti12.read_text import html_of, players, text_of
from qbank.formats.qti_common.read_text import Context

if TYPE_CHECKING:
    from qbank.formats.safe_xml import Element

_OURS = re.compile(
    r'<(p|div) class="qbank-media">(.*?)</\1>(?=\s*(?:<(?:p|div) class="qbank-media">|\Z))', re.DOTALL
)
_FILE = re.compile(r'<(?:img|audio|video)\b[^>]*?\bsrc="([^"]*)"')
_ALT = re.compile(r'\balt="([^"]*)"')
_SAID = re.compile(r"<p>(.*?)</p>", re.DOTALL)


def shown(record: Record, known: Mapping[str, Any], node: Element, context: Context) -> Record:
    """A stimulus with what an element shows."""
    media = list(players(node, context))
    html = html_of(node, context)
    text, beside = _media_in_html(html, context)
    record["text"] = text_of(text, context)
    record["media"] = [*media, *beside]
    if known.get("attributes"):
        record["attributes"] = known["attributes"]
    return {name: value for name, value in record.items() if value}


def _media_in_html(html: str, context: Context) -> tuple[str, list[Record]]:
    """HTML that our writer made for Canvas without the files at its end, and these files."""
    from html import unescape
    from urllib.parse import unquote

    media: list[Record] = []
    for found in _OURS.finditer(html):
        source = _FILE.search(found[2])
        said = _ALT.search(found[2]) or _SAID.search(found[2])
        if source is None:
            continue
        address = unescape(source[1])
        path = address if found[1] == "p" else context.place(context.name, address, "the file")
        if path:
            alt = unescape(said[1]) if said is not None else ""
            media.append(
                {"file": unquote(path) if found[1] == "p" else path, **({"alt": alt} if alt else {})}
            )
    return _OURS.sub("", html), media
