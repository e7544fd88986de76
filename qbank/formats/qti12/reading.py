"""A document or a package of QTI 1.x → records: tolerant, and all that is not understood is told."""

from __future__ import annotations

import contextlib
import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import msgspec

from qbank.formats.contract import Imported, Source, Unread, Unreadable
from qbank.formats.qti12.canvas import META
from qbank.formats.qti12.read_base import Read, metadata
from qbank.formats.qti12.read_item import read_item
from qbank.formats.qti12.read_stimulus import shown
from qbank.formats.qti12.recognition import is_document, may_be_document
from qbank.formats.qti12.vocabulary import OWN, owned
from qbank.formats.qti_common.gathering import Gathering
from qbank.formats.qti_common.package_files import Files
from qbank.formats.qti_common.read_lom import Known
from qbank.formats.qti_common.read_text import Context
from qbank.formats.safe_xml import local, parse
from qbank.formats.safe_zip import Members, looks_like_zip

if TYPE_CHECKING:
    from qbank.formats.safe_xml import Element

_TYPES = ("imsqti_xmlv1p", "assessment/x-bb-qti")
_FULL = "non_cc_assessments/"
_FOLDERS = ("", "web_resources/", "csfiles/home_dir/")
"""Where files stand that a document names by the root of the package."""

_OF_TESTS = {
    "section": "sections",
    "duration": "time limits",
    "outcomes_processing": "scoring of the whole",
    "rubric": "instructions",
}


def read(source: Source) -> Imported:
    """The items, stimuli and media of a file. Raises Unreadable when nothing of it can be had."""
    if looks_like_zip(source.data):
        return _Package(Members(source.data, source.name), source.name).read()
    root = parse(source.data, source.name)
    if local(root) != "questestinterop":
        raise Unreadable(f"{source.name} holds no QTI 1.x: it is a {local(root) or 'file of another kind'}")
    return _Package({source.name: source.data}, source.name).read()


class _PackageFiles(Files):
    """Files as the documents of QTI 1.x name them: beside the document, or by the root of the package."""

    def find(self, document: str, address: str) -> str | None:
        """The member that an address in a document means."""
        plain = unquote(address.partition("?")[0]).replace("\\", "/")
        mark, _, rest = plain.partition("IMS-CC-FILEBASE$")
        if mark == "$" and rest:
            names = [posixpath.join(self.base, folder, rest.lstrip("/.")) for folder in _FOLDERS]
            return next((found for name in names if (found := self.member(name)) is not None), None)
        found = super().find(document, address.partition("?")[0])
        return found or (
            None if ":" in plain or ".." in plain else self.member(posixpath.join(self.base, plain))
        )


class _Package(Gathering):
    """One package while it is read."""

    def __init__(self, members: Mapping[str, bytes], name: str) -> None:
        super().__init__(members, name, _PackageFiles)
        self.parents: dict[str, str] = {}
        self.copies: dict[int, str] = {}
        self.areas: dict[str, str] = {}
        self.with_statistics = 0

    def read(self) -> Imported:
        """All that the package holds."""
        manifest = self.manifest()
        for name in self._order(manifest):
            self._document(name)
        self._attach()
        self._drop_copies()
        if self.with_statistics:
            self.told.append(
                f"statistics of {self.with_statistics} items are not read: a bank has its own file"
            )
        return self.gathered("item of QTI 1.x", self.areas)

    # which files

    def _order(self, manifest: Element | None) -> list[str]:
        """The documents of the manifest in its order, then those that it does not name."""
        if len(self.members) == 1:
            return list(self.members)
        listed = [] if manifest is None else list(dict.fromkeys(self._of_manifest(manifest)))
        full = {
            posixpath.basename(name).partition(".")[0] for name in self.members if f"/{_FULL}" in f"/{name}"
        }
        rest = [
            name
            for name in sorted(self.members)
            if name not in listed and may_be_document(name) and is_document(self.members[name])
        ]
        names = [*listed, *rest]
        twice = [name for name in names if self._folder(name) in full and f"/{_FULL}" not in f"/{name}"]
        if twice:
            message = "the package holds questions twice; read is the fuller form in"
            self.told.append(f"{message} {_FULL.rstrip('/')}, not {', '.join(twice[:5])}")
        return [name for name in names if name not in twice]

    @staticmethod
    def _folder(name: str) -> str:
        return posixpath.basename(posixpath.dirname(name))

    def _of_manifest(self, manifest: Element) -> Iterator[str]:
        for resource in manifest.iter("{*}resource"):
            if not (resource.get("type") or "").startswith(_TYPES):
                continue
            given = [
                resource.get("href") or "",
                *(one.get("href") or "" for one in resource.iterfind("{*}file")),
            ]
            blackboard = [
                str(value) for name, value in resource.attrib.items() if str(name).endswith("}file")
            ]
            for href in dict.fromkeys(one for one in (*given, *blackboard) if one):
                name = self.files.member(posixpath.join(self.files.base, unquote(str(href))))
                if name is None:
                    message = f"the manifest names {href}, which is not in the package"
                    self.unread.append(Unread(message=message, where="imsmanifest.xml"))
                elif may_be_document(name) and is_document(self.members[name]):
                    yield name

    # documents

    def _document(self, name: str) -> None:
        try:
            root = parse(self.members[name], name)
        except Unreadable as error:
            self.unread.append(Unread(message=str(error), where=name))
            return
        context = Context(
            name=name,
            unread=self.unread,
            place=self.files.place,
            keep=self._keep,
            has=self.files.has,
            known=Known(),
        )
        for part in root:
            match local(part):
                case "assessment":
                    self._assessment(part, context)
                case "objectbank":
                    self._facts(part)
                    self._walk(part, context, "")
                case "section" | "item":
                    self._part(part, context, "")
                case "qticomment":
                    pass
                case other:
                    context.tell(f"{other} is not understood", part)

    def _assessment(self, node: Element, context: Context) -> None:
        self._facts(node)
        title = (node.get("title") or "").strip()
        if title:
            self.bank.setdefault("title", title)
        found = {local(one) for one in node.iter() if isinstance(one.tag, str)}
        parts = ", ".join(word for tag, word in _OF_TESTS.items() if tag in found)
        meta = self.files.member(posixpath.join(posixpath.dirname(context.name), META))
        parts += f"{', ' if parts else ''}settings of the quiz in {META}" if meta is not None else ""
        message = "a bank holds no tests: of this one only its items are read"
        self.unread.append(
            Unread(message=f"{message}{f', not {parts}' if parts else ''}", where=context.name)
        )
        self._walk(node, context, "")

    def _facts(self, node: Element) -> None:
        """What an assessment or a bank says of itself."""
        given = metadata(node)
        if given.get("bank_title"):
            self.bank.setdefault("title", given["bank_title"].strip())
        with contextlib.suppress(msgspec.DecodeError, RecursionError):
            self.areas |= msgspec.json.decode(given.get(f"{OWN}areas", "{}"), type=dict[str, str])

    def _walk(self, node: Element, context: Context, stimulus: str) -> None:
        for part in node:
            if local(part) in ("section", "item", "itemref", "sectionref", "selection_ordering"):
                self._part(part, context, stimulus)

    def _part(self, node: Element, context: Context, stimulus: str) -> None:
        context.item = ""
        match local(node):
            case "section":
                self._section(node, context, stimulus)
            case "item":
                self._take(read_item(node, context), node, stimulus)
            case name:
                context.tell(f"{name}: {_drawn(node)}", node)

    def _section(self, node: Element, context: Context, stimulus: str) -> None:
        given = metadata(node)
        material = node.find("{*}presentation_material")
        if material is not None:
            record = {
                "id": given.get(f"{OWN}stimulus") or node.get("ident") or "",
                "title": given.get(f"{OWN}title", ""),
            }
            if f"{OWN}stimulus" not in given:
                record["title"] = (node.get("title") or "").strip()
            stimulus = self._keep(shown(record, dict(owned(given)), material, context))
        before = len(self.items)
        self._walk(node, context, stimulus)
        worth = node.findtext(".//{*}selection_extension/{*}points_per_item")
        for item in self.items[before:] if worth and node.find("{*}selection_ordering") is not None else ():
            try:
                points = float(worth or "")
            except ValueError:
                break
            item["points"] = int(points) if points == int(points) else points

    def _take(self, made: Read, node: Element, stimulus: str) -> None:
        if made.stimulus is not None:
            self.parents[node.get("ident") or ""] = self._keep(made.stimulus)
        title = " ".join((node.get("title") or "").split())
        for item in made.items:
            if not item:
                continue
            if stimulus:
                item["stimulus"] = stimulus
            if made.parent:
                item["stimulus"] = f"\0{made.parent}"
            if made.copy_of:
                self.copies[len(self.items)] = made.copy_of
            self.with_statistics += made.statistics
            self.items.append(item)
        if made.items and title not in ("", "Question", node.get("ident")) and not title.isdigit():
            self.titles.append(title)

    def _keep(self, stimulus: dict[str, Any]) -> str:
        """A stimulus kept once; another one of the same name is told."""
        id = str(stimulus.get("id", ""))
        there = self.stimuli.setdefault(id, stimulus)
        if there != stimulus:
            message = f"the stimulus {id} stands in the package twice, with other content; the first is kept"
            self.unread.append(Unread(message=message))
        return id

    # afterwards

    def _attach(self) -> None:
        """Items to the stimuli that they name by the identifiers of the file."""
        used = {item.get("stimulus") for item in self.items}
        for item in self.items:
            wanted = str(item.get("stimulus", ""))
            if wanted.startswith("\0"):
                item.pop("stimulus")
                if wanted[1:] in self.parents:
                    item["stimulus"] = self.parents[wanted[1:]]
                else:
                    message = f"the stimulus {wanted[1:][:80]} is not in the package"
                    self.unread.append(Unread(message=message, item=str(item.get("id", ""))))
        for ident, id in self.parents.items():
            if f"\0{ident}" not in used:
                message = (
                    f"a text between questions is the stimulus {id} now; which items need it is not said"
                )
                self.unread.append(Unread(message=message, item=id, hint="Write `stimulus` in those items."))

    def _drop_copies(self) -> None:
        """Questions of a quiz that are copies of those of a bank in the same package are read once."""
        by_id = {item["id"]: (place, item) for place, item in enumerate(self.items)}
        gone = set()
        for place, original in self.copies.items():
            there = by_id.get(original)
            if there is not None and there[0] != place and _same(self.items[place], there[1]):
                gone.add(place)
        if gone:
            self.told.append(f"{len(gone)} questions are copies of questions of a bank; they are read once")
            self.items = [item for place, item in enumerate(self.items) if place not in gone]


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return {**one, "id": ""} == {**other, "id": ""}


def _drawn(node: Element) -> str:
    """What a rule that draws items says, in words."""
    if local(node) != "selection_ordering":
        kind = local(node).removesuffix("ref")
        return f"the {kind} {node.get('linkrefid', '')} stands elsewhere and is not followed"
    number = node.findtext(".//{*}selection_number")
    bank = node.findtext(".//{*}sourcebank_ref")
    words = f"a rule that draws {number or 'some'} items by chance"
    words += f" from the bank {bank}" if bank else ""
    return f"{words}: a bank holds the items, a blueprint says what is drawn"
