"""The elements of one question as item texts: formats of text, embedded files, feedback, and what is left."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from html import escape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from qbank.formats import moodle_text as texts
from qbank.formats.moodle_xml.media import place
from qbank.formats.moodle_xml.words import MEDIA_CLASS, REFERENCE_CLASS
from qbank.formats.safe_xml import local, raw
from qbank.markup import from_plain
from qbank.markup.from_html import Text

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_ADDRESS = re.compile(rf"{re.escape(texts.PLUGIN_FILE)}/([^\"'\s<>?#)]+)(?:\?[^\"'\s<>)]*)?")
_MARKER = re.compile(rf'<(div|p) class="(?:{MEDIA_CLASS}|{REFERENCE_CLASS})">')
_DEFAULTS = {
    "your answer is correct.",
    "your answer is partially correct.",
    "your answer is incorrect.",
}
_OF_NO_USE = frozenset(
    {"name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden", "idnumber", "tags"}
    | {"coursetags", "answernumbering", "showstandardinstruction", "shownumcorrect", "responsefieldlines"}
    | {"responserequired", "showunits", "unitsleft", "unitpenalty", "showgrading", "numberingstyle"}
    | {
        "single",
        "shuffleanswers",
        "layouttype",
        "minwordlimit",
        "maxwordlimit",
        "maxbytes",
        "filetypeslist",
        "attachmentsrequired",
    }
)
"""Elements of Moodle that say nothing about what is asked, or are read for every question."""

_WORDS = {
    "hint": "a hint for another try",
    "correctfeedback": "feedback on the whole answer",
    "partiallycorrectfeedback": "feedback on the whole answer",
    "incorrectfeedback": "feedback on the whole answer",
    "responsetemplate": "the text that an answer starts with",
    "attachments": "the number of files to hand in",
    "instructions": "instructions on units",
}


class Fields:
    """A question while it is read; `lost` are parts of texts, `notes` whole sentences on what changed."""

    def __init__(self, question: Element, media: dict[str, bytes]) -> None:
        self.question, self.media = question, media
        self.lost: list[str] = []
        self.notes: list[str] = []
        self.said: dict[str, str] = {}
        self.asked: set[str] = set()

    def children(self, name: str) -> list[Element]:
        """The elements of a name right under the question."""
        self.asked.add(name)
        return [one for one in self.question if local(one) == name]

    def word(self, name: str, default: str | None = None) -> str | None:
        """The text of an element without mark-up, the default without one."""
        found = self.children(name)
        if not found:
            return default
        return " ".join("".join(map(str, found[0].itertext())).split())

    def truth(self, name: str, default: bool) -> bool:
        """An element that says true or false, as words or numbers."""
        value = self.word(name, "") or ""
        return default if not value else value.lower() not in ("false", "0", "no")

    def nested(self, name: str) -> str:
        """The words of the text of an element."""
        found = self.children(name)
        return content(found[0]).strip() if found else ""

    def name(self) -> str:
        """What Moodle calls the question."""
        return " ".join(self.nested("name").split())

    def shown(self, name: str) -> str:
        """The item text of an element under the question, "" without one."""
        found = self.children(name)
        return self.text(found[0]) if found else ""

    def format(self, element: Element) -> str:
        """The format of an element's text: its own, else that of the question."""
        stem = next((one for one in self.question if local(one) == "questiontext"), None)
        inherited = stem.get("format") if stem is not None else None
        return (element.get("format") or inherited or "html").strip()

    def html(self, element: Element) -> str:
        """An element's text with the addresses of the bank; its files are kept."""
        places = self._files(element)

        def address(found: re.Match[str]) -> str:
            path = unquote(found[1])
            if path not in places:
                self.lost.append(f"the file {path[:80]}, which is not embedded,")
            return quote(places.get(path, path), safe="/-_.~")

        return _ADDRESS.sub(address, content(element))

    def text(self, element: Element) -> str:
        """The item text of an element; what it cannot carry is noted."""
        return self.made(self.html(element), self.format(element))

    def made(self, written: str, format: str = "html") -> str:
        """The item text of a text in one of Moodle's formats."""
        written = written.strip()
        if not written:
            return ""
        found = _converted(written, format)
        self.lost += found.lost
        return found.text

    def _files(self, element: Element) -> dict[str, str]:
        """Path in Moodle → path in the bank, of the files embedded in an element."""
        places: dict[str, str] = {}
        for file in (one for one in element if local(one) == "file"):
            name, folder = file.get("name") or "", file.get("path") or "/"
            data, path = _decoded(file), place(folder, name)
            if data is None or not path:
                why = "cannot be decoded" if data is None else "is of a kind or place that no bank has"
                self.lost.append(f"the embedded file {name[:80]!r}, which {why},")
                continue
            if self.media.get(path, data) != data:
                whole = PurePosixPath(path)
                path = str(whole.with_name(f"{hashlib.sha256(data).hexdigest()[:10]}-{whole.name}"))
            self.media[path] = data
            places[f"{folder}/{name}".lstrip("/").replace("//", "/")] = path
        return places

    def feedback(self, answer: Element, id: str) -> None:
        """Keep the feedback of an answer as the rationale of an option."""
        found = next((one for one in answer if local(one) == "feedback"), None)
        if found is not None and (text := self.text(found)):
            self.said[id] = text

    def rationale(self, record: dict[str, Any]) -> str | dict[str, str]:
        """The rationales of a question; references at the end of the general feedback go into the record."""
        found = self.children("generalfeedback")
        html = self.html(found[0]) if found else ""
        format = self.format(found[0]) if found else "html"
        general, references = marked(html) if format == "html" else (html, [])
        if references:
            record["references"] = [text for one in references if (text := self.made(one))]
        text = self.made(general, format)
        if record["type"] not in ("multiple-choice", "multiple-response", "true-false"):
            return "\n\n".join(dict.fromkeys(part for part in (text, *self.said.values()) if part))
        if not self.said or not text:
            return self.said or text
        ids = record.get("key") if record["type"] != "true-false" else str(record["key"]).lower()
        id = ids if isinstance(ids, str) else ids[0] if isinstance(ids, list) else ""
        self.notes.append(f"general feedback stands with the rationale of the right answer {id}")
        self.said[id] = "\n\n".join(part for part in (self.said.get(id, ""), text) if part)
        return self.said

    def unused(self) -> Iterator[str]:
        """What a question holds besides, in words; each once."""
        names = dict.fromkeys(local(one) for one in self.question if _says(one))
        rest = [name for name in names if name and name not in self.asked | _OF_NO_USE]
        yield from dict.fromkeys(_WORDS.get(name, f"the element {name}") for name in rest)


def _says(element: Element) -> bool:
    """Whether an element says anything, beyond a number 0 and what Moodle writes by itself."""
    words = " ".join("".join(map(str, element.itertext())).split())
    plain = re.sub(r"<[^>]*>", "", words).strip()
    return bool(plain) and plain != "0" and plain.lower() not in _DEFAULTS


def content(element: Element) -> str:
    """The content of the text of an element; mark-up that nobody escaped is taken as text."""
    text = next((one for one in element if local(one) == "text"), element)
    inner = (raw(one, 2**20) + (one.tail or "") for one in text if local(one) not in ("text", "file"))
    return (text.text or "") + ("".join(inner) if text is not element else "")


def marked(html: str) -> tuple[str, list[str]]:
    """HTML up to the parts that our writer marked by their class, and what stands in each of these."""
    starts = list(_MARKER.finditer(html))
    if not starts:
        return html, []
    ends = [one.start() for one in starts[1:]] + [len(html)]
    parts = [html[one.end() : end].strip() for one, end in zip(starts, ends, strict=True)]
    closing = [f"</{one[1]}>" for one in starts]
    return html[: starts[0].start()], [
        part.removesuffix(end) for part, end in zip(parts, closing, strict=True)
    ]


def _converted(written: str, format: str) -> Text:
    match format:
        case "plain_text":
            return Text(from_plain(written), ())
        case "markdown":
            return Text(written, ())
        case "moodle_auto_format":
            lines = re.sub(r"\r\n?", "\n", written)
            broken = re.sub(r"(?<!>)\n(?!\s*<)", "<br>\n", re.sub(r"\n[ \t]*\n", "<br><br>", lines))
            return texts.to_text(broken)
        case "html":
            return texts.to_text(written)
        case _:
            found = texts.to_text(written)
            return Text(found.text, (*found.lost, f"the format of text {escape(format)[:40]}"))


def _decoded(file: Element) -> bytes | None:
    """The bytes of an embedded file; None when they are none."""
    encoding = (file.get("encoding") or "base64").strip().lower()
    text = re.sub(r"\s+", "", "".join(map(str, file.itertext())))
    if encoding != "base64" or not text:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
