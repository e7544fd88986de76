"""A package or a single file of QTI 2 or 3 → records: tolerant, and all that is not understood is told."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from qbank.formats.contract import Imported, Source, Unread, Unreadable
from qbank.formats.qti_common.gathering import Gathering
from qbank.formats.qti_common.legacy import modern
from qbank.formats.qti_common.read_item import read_item, read_stimulus
from qbank.formats.qti_common.read_lom import Known, known_of_item
from qbank.formats.qti_common.read_text import Context
from qbank.formats.safe_xml import local, namespace, parse, raw
from qbank.formats.safe_zip import Members, looks_like_zip

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_OF_TESTS = {
    "qti-assessment-section": "sections",
    "qti-time-limits": "time limits",
    "qti-rubric-block": "instructions",
    "qti-selection": "rules that draw items by chance",
    "qti-branch-rule": "branches",
    "qti-outcome-processing": "scoring of the whole",
}
_ITEM, _STIMULUS = "qti-assessment-item", "qti-assessment-stimulus"


def read(source: Source) -> Imported:
    """The items, stimuli and media of a file. Raises Unreadable when nothing of it can be had."""
    if looks_like_zip(source.data):
        return _Package(Members(source.data, source.name), source.name).read()
    root = modern(parse(source.data, source.name))
    if local(root) not in (_ITEM, _STIMULUS):
        raise Unreadable(f"{source.name} holds no item: it is a {local(root) or 'file of another kind'}")
    return _Package({source.name: source.data}, source.name).read()


class _Package(Gathering):
    """One package while it is read."""

    def __init__(self, members: Mapping[str, bytes], name: str) -> None:
        super().__init__(members, name)
        self.known: dict[str, Known] = {}

    def read(self) -> Imported:
        manifest = self.manifest()
        names = sorted(self.members) if manifest is None else self._order(manifest)
        for name in names:
            if len(self.members) == 1 or name.lower().endswith(".xml"):
                self._document(name)
        areas = {path: title for known in self.known.values() for path, title in known.areas}
        return self.gathered("QTI item", areas)

    def _order(self, manifest: Element) -> list[str]:
        """The files of the manifest: in the order of a test when there is one, the others after."""
        files: list[str] = []
        tests: list[str] = []
        for resource in manifest.iter("{*}resource"):
            href = self.files.member(posixpath.join(self.files.base, unquote(resource.get("href") or "")))
            type = resource.get("type") or ""
            if href is None:
                if resource.get("href"):
                    message = f"the manifest names {resource.get('href')}, which is not in the package"
                    self.unread.append(Unread(message=message, where="imsmanifest.xml"))
                continue
            (tests if "test" in type or "section" in type else files).append(href)
            self.known[href] = known_of_item(resource)
            for what in self.known[href].unread:
                self.unread.append(Unread(message=what, where=href))
        listed = [self.files.member(name) for test in tests for name in self._of_test(test)]
        known = set(files)
        first = [name for name in listed if name in known]
        rest = sorted(set(self.members) - set(files) - set(tests))
        extra = [name for name in rest if name.lower().endswith(".xml") and self._is_item(name)]
        return list(dict.fromkeys([*first, *files, *extra]))

    def _is_item(self, name: str) -> bool:
        return any(mark in self.members[name][:2000] for mark in (b"assessmentItem", b"qti-assessment-item"))

    def _of_test(self, test: str) -> Iterator[str]:
        try:
            root = modern(parse(self.members[test], test))
        except Unreadable as error:
            self.unread.append(Unread(message=str(error), where=test))
            return
        message = "a bank holds no tests: of this one only the order of its items is read"
        found = {local(node) for node in root.iter()}
        parts = ", ".join(word for tag, word in _OF_TESTS.items() if tag in found)
        self.unread.append(Unread(message=f"{message}{f', not {parts}' if parts else ''}", where=test))
        for node in root.iter("{*}qti-assessment-item-ref"):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(test), unquote(node.get("href") or "")))

    def _document(self, name: str) -> None:
        try:
            root = parse(self.members[name], name)
        except Unreadable as error:
            self.unread.append(Unread(message=str(error), where=name))
            return
        is_2 = not local(root).startswith("qti-")
        modern(root)
        context = Context(
            name=name,
            unread=self.unread,
            place=self.files.place,
            keep=self._keep,
            has=self.files.has,
            known=self.known.get(name, Known()),
            is_2=is_2,
        )
        match local(root):
            case "qti-assessment-item":
                title = " ".join((root.get("title") or "").split())
                record = read_item(root, context)
                if record is not None:
                    self.items.append(record)
                    if title and title != record["id"] and not title.isdigit():
                        self.titles.append(title)
            case "qti-assessment-stimulus":
                self._keep(read_stimulus(root, context))
            case "qti-assessment-test" | "qti-assessment-section" | "manifest":
                pass
            case other:
                if "imsqti" in namespace(root) or "qti" in other:
                    self.unread.append(
                        Unread(message=f"{other} is not understood", where=name, raw=raw(root, 400))
                    )

    def _keep(self, stimulus: dict[str, Any]) -> str:
        """A stimulus kept once; another one of the same name is told."""
        id = str(stimulus["id"])
        there = self.stimuli.setdefault(id, stimulus)
        if there != stimulus:
            message = f"the stimulus {id} stands in the package twice, with other content; the first is kept"
            self.unread.append(Unread(message=message))
        return id
