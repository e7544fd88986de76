"""Descriptions → stimuli: title, text and the files that our writer set below."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import unquote

from qbank.formats.moodle_xml.fields import Fields, marked
from qbank.formats.moodle_xml.questions import Unfit
from qbank.formats.moodle_xml.words import TITLE_CLASS

_TITLE = re.compile(rf'\s*<h3 class="{TITLE_CLASS}">(.*?)</h3>', re.DOTALL)
_SOURCE = re.compile(r'<(?:img|source)\b[^>]*?\bsrc="([^"]*)"')
_WORDS = re.compile(r'<(?:img|audio|video)\b[^>]*?\b(?:alt|title)="([^"]*)"')
_LICENCE = re.compile(r"<small>(.*?)</small>", re.DOTALL)


def stimulus(fields: Fields) -> dict[str, Any]:
    """The record of a description. Raises Unfit for one without content."""
    found = fields.children("questiontext")
    html = fields.html(found[0]) if found else ""
    format = fields.format(found[0]) if found else "html"
    text, media = marked(html) if format == "html" else (html, [])
    title = _TITLE.match(text)
    name = fields.name()
    number = fields.word("idnumber") or ""
    record: dict[str, Any] = {"id": number or name}
    if title or (name and name != number):
        record["title"] = _words(title[1]) if title else name
    record["text"] = fields.made(text[title.end() :] if title else text, format)
    shown = [one for part in media if (one := _media(part))]
    if shown:
        record["media"] = shown
    if not record["text"] and not shown:
        raise Unfit("a description without content is left out")
    return record


def _media(part: str) -> dict[str, str]:
    source, words, licence = _SOURCE.search(part), _WORDS.search(part), _LICENCE.search(part)
    if source is None:
        return {}
    record = {"file": unquote(unescape(source[1]))}
    if words and words[1]:
        record["alt"] = unescape(words[1])
    if licence:
        record["licence"] = _words(licence[1])
    return record


def _words(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html)).strip()
