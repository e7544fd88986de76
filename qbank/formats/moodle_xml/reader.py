"""Moodle XML → records: tolerant, and all that is not understood is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from qbank.formats.contract import Imported, Source, Unread, Unreadable
from qbank.formats.moodle_xml.fields import Fields
from qbank.formats.moodle_xml.questions import READERS, Unfit, common
from qbank.formats.moodle_xml.stimuli import stimulus
from qbank.formats.safe_xml import local, parse, raw

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_AREA = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PARTING = re.compile(r"(?<!/)/(?!/)")
_HEAD = re.compile(rb"<quiz\b[^>]*>")
_QUESTION = re.compile(rb"<question\b[^>]*\btype\s*=")
_WHY_UNREAD = {
    "cloze": "answers inside the text have no item type",
    "multianswer": "answers inside the text have no item type",
    "random": "a question drawn by chance is no item",
    "calculated": "a formula with values drawn by chance has no item type",
    "calculatedsimple": "a formula with values drawn by chance has no item type",
    "calculatedmulti": "a formula with values drawn by chance has no item type",
}


def imported(source: Source) -> Imported:
    """All questions, descriptions and files. Raises Unreadable when there is none."""
    root = parse(source.data, source.name)
    if local(root) != "quiz":
        raise Unreadable(f"{source.name} is no Moodle XML: its root is {local(root)}, not quiz")
    return _Quiz(source.name).read(root)


class _Quiz:
    """One file while it is read: what is found is gathered here."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.area = ""
        self.titles: dict[str, str] = {}
        self.items: list[dict[str, Any]] = []
        self.stimuli: dict[str, dict[str, Any]] = {}
        self.media: dict[str, bytes] = {}
        self.unread: list[Unread] = []
        self.often: dict[str, list[str]] = {}

    def read(self, root: Element) -> Imported:
        for question in root:
            if local(question) == "question":
                self._question(question)
            elif local(question):
                message = f"{local(question)} is not understood"
                self.unread.append(Unread(message=message, line=_line(question), raw=raw(question)))
        self._lone_stimuli()
        if not self.items and not self.stimuli:
            why = f": {self.unread[0].message}" if self.unread else ""
            raise Unreadable(f"{self.name} holds no question that can be read{why}")
        for what, ids in self.often.items():
            shown = ", ".join(id for id in ids[:3] if id)
            told = f" ({shown}{' …' if len(ids) > 3 else ''})" if shown else ""
            self.unread.append(Unread(message=f"{what} is not carried over, in {len(ids)} questions{told}"))
        return Imported(
            items=tuple(self.items),
            stimuli=tuple(self.stimuli.values()),
            bank={"content_areas": _areas(self.titles)} if self.titles else {},
            media=self.media,
            unread=tuple(self.unread),
        )

    def _question(self, question: Element) -> None:
        type = (question.get("type") or "").strip().lower()
        fields = Fields(question, self.media)
        if type == "category":
            self._category(fields)
            return
        id = fields.word("idnumber") or ""
        try:
            if type == "description":
                self._stimulus(fields)
            elif type in READERS:
                self._item(type, fields)
            else:
                why = _WHY_UNREAD.get(type, "no item type of a bank is like it")
                raise Unfit(f"a question of the type {type or 'without a name'} is left out: {why}")
        except Unfit as error:
            self.unread.append(
                Unread(message=str(error), line=_line(question), item=id, raw=raw(question, 2000))
            )
            return
        self._told(fields, question, id)

    def _item(self, type: str, fields: Fields) -> None:
        record = {**common(fields), **READERS[type](fields)}
        if record["type"] != "multiple-response":
            record.pop("choose", None)
        if rationale := fields.rationale(record):
            record["rationale"] = rationale
        if self.area:
            record["content_area"] = self.area
        self.items.append(record)

    def _stimulus(self, fields: Fields) -> None:
        record = stimulus(fields)
        there = self.stimuli.setdefault(record["id"], record)
        if there != record:
            raise Unfit(f"another description is called {record['id']}; the first is kept")

    def _told(self, fields: Fields, question: Element, id: str) -> None:
        for what in dict.fromkeys(fields.lost):
            message = f"{what} is not carried over"
            self.unread.append(Unread(message=message, line=_line(question), item=id))
        for what in fields.notes:
            self.unread.append(Unread(message=what, line=_line(question), item=id))
        for what in fields.unused():
            self.often.setdefault(what, []).append(id or fields.name())

    def _category(self, fields: Fields) -> None:
        names = [name.replace("//", "/").strip() for name in _PARTING.split(fields.nested("category"))]
        names = [name for name in names if name and name != "top" and not re.fullmatch(r"\$\w+\$", name)]
        steps = [_step(name) for name in names]
        info = fields.shown("info")
        for number, name in enumerate(names, 1):
            path = "/".join(steps[:number])
            title = info if number == len(names) and info and _AREA.fullmatch(name) else name
            if path not in self.titles or title != name:
                self.titles[path] = title
        self.area = "/".join(steps)

    def _lone_stimuli(self) -> None:
        used = {one.get("stimulus") for one in self.items}
        for one in self.items:
            if one.get("stimulus") and one["stimulus"] not in self.stimuli:
                message = f"the description {one['stimulus']} that a tag names is not in the file"
                self.unread.append(Unread(message=message, item=one.get("id", "")))
                del one["stimulus"]
        lone = [id for id in self.stimuli if id not in used]
        if lone:
            message = (
                f"descriptions become stimuli on which no item hangs, since Moodle does not say which do: "
                f"{len(lone)} ({', '.join(lone[:3])}{' …' if len(lone) > 3 else ''})"
            )
            self.unread.append(Unread(message=message))


def _line(element: Element) -> int:
    found = element.sourceline
    return found if isinstance(found, int) else 0


def _step(name: str) -> str:
    """A category's name as a step of a content area."""
    if _AREA.fullmatch(name):
        return name
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._").lower() or "area"


def _areas(titles: Mapping[str, str]) -> list[dict[str, Any]]:
    tree: dict[str, Any] = {}
    for path in sorted(titles):
        node = tree
        for step in path.split("/"):
            node = node.setdefault(step, {})
    return list(_branch(tree, "", titles))


def _branch(tree: Mapping[str, Any], prefix: str, titles: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    for id, below in tree.items():
        entry: dict[str, Any] = {"id": id, "title": titles.get(f"{prefix}{id}", id)}
        if below:
            entry["children"] = list(_branch(below, f"{prefix}{id}/", titles))
        yield entry


def likely(source: Source) -> int:
    """Whether a file is a quiz of questions with a type: 95, else 0."""
    head = source.data[:200_000]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    quiz = _HEAD.search(head)
    return 95 if quiz and _QUESTION.search(head, quiz.end()) else 0
