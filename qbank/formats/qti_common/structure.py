"""Our own structural checks: a package that fails them is our bug, never the user's."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from qbank.formats.qti_common.dialects import CONFIG_NAME
from qbank.formats.qti_common.legacy import modern
from qbank.formats.qti_common.xml import QTI, local, parse

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SECRET = ("qti-correct-response", "qti-mapping", "qti-response-processing", "qti-outcome-processing")
_CHOICES = (f"{{{QTI}}}qti-simple-choice", f"{{{QTI}}}qti-simple-associable-choice")
MANIFEST = "imsmanifest.xml"
_MANY = {"multiple", "ordered"}


class PackageError(Exception):
    """A package that contradicts itself; the message lists every contradiction."""


def verify(members: Mapping[str, bytes], audience: str) -> None:
    """Raise PackageError unless identifiers, references, keys, cardinalities and files agree."""
    checks = Checks(members, audience)
    for name in sorted(members):
        if name == MANIFEST:
            checks.manifest(members[name])
        elif _ours(name):
            checks.document(name, members[name])
    checks.close()


def _ours(name: str) -> bool:
    return name.endswith(".xml") and not name.startswith("media/") and name != CONFIG_NAME


class Checks:
    """What is held against a package while its files are made; `names` are those of all its members.

    The test comes after its items. The manifest may come in pieces.
    """

    def __init__(self, names: Iterable[str], audience: str) -> None:
        self.names, self.audience = frozenset(names), audience
        self.wrong: list[str] = []
        self.identifiers: dict[str, str] = {}
        self.listed = _Manifest()

    def document(self, name: str, data: bytes) -> None:
        """Look at an item, a stimulus or the test."""
        root = parse(data)
        if not str(root.tag).startswith(f"{{{QTI}}}"):
            root = modern(root)
        if "test.xml" in self.names:
            self.identifiers[name] = str(root.get("identifier"))
        self.wrong += _addresses(name, root, self.names)
        if local(root) == "qti-assessment-item":
            self.wrong += _item(name, root)
        elif local(root) == "qti-assessment-test":
            self.wrong += _test(root, self.identifiers)
        if self.audience == "candidate":
            self.wrong += _secrets(name, root)

    def manifest(self, part: bytes) -> None:
        """Look at a piece of the manifest."""
        self.listed.feed(part)

    def close(self) -> None:
        """Raise PackageError when anything was wrong."""
        wrong = [*self.listed.close(self.names), *self.wrong]
        if wrong:
            raise PackageError("; ".join(wrong))


class _Manifest:
    """Reads a manifest as it comes, and keeps names only."""

    def __init__(self) -> None:
        from lxml import etree

        self.parser = etree.XMLPullParser(("end",), tag=("{*}resource", "{*}dependency", "{*}file"))
        self.resources: set[str] = set()
        self.files: set[str] = set()
        self.needed: set[str] = set()
        self.wrong: list[str] = []

    def feed(self, part: bytes) -> None:
        self.parser.feed(part)
        for _, read in self.parser.read_events():
            node: Any = read  # lxml's types allow for other events
            match local(node):
                case "resource":
                    self._once(self.resources, str(node.get("identifier")))
                    node.clear()
                    for before in node.itersiblings(preceding=True):
                        node.getparent().remove(before)
                case "file":
                    self._once(self.files, unquote(str(node.get("href"))))
                case _:
                    self.needed.add(str(node.get("identifierref")))

    def _once(self, known: set[str], name: str) -> None:
        if name in known:
            self.wrong.append(f"manifest: {name} twice")
        known.add(name)

    def close(self, names: frozenset[str]) -> Iterator[str]:
        self.parser.close()
        yield from self.wrong
        yield from (f"manifest: {name} is no resource" for name in sorted(self.needed - self.resources))
        for name in sorted((self.files | {MANIFEST}) ^ (names - {CONFIG_NAME})):
            yield f"manifest and files differ in {name}"


def _test(root: Element, identifiers: Mapping[str, str]) -> Iterator[str]:
    refs = list(root.iter(f"{{{QTI}}}qti-assessment-item-ref"))
    named = [*refs, *root.iter(f"{{{QTI}}}qti-assessment-section", f"{{{QTI}}}qti-test-part")]
    yield from (f"test: {id} twice" for id in _twice(str(one.get("identifier")) for one in named))
    for ref in refs:
        if identifiers.get(str(ref.get("href"))) != ref.get("identifier"):
            yield f"test: {ref.get('href')} is not the item {ref.get('identifier')}"


def _addresses(name: str, root: Element, names: Collection[str]) -> Iterator[str]:
    for address in _xpath()(root):
        if _target(name, str(address)) not in names:
            yield f"{name}: {address} is not in the package"


@cache
def _xpath() -> Any:
    """The addresses of a document."""
    from lxml import etree

    return etree.XPath("//@src | //@href | //@data")


def _target(name: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(address)))


def _item(name: str, root: Element) -> Iterator[str]:
    declared = {str(one.get("identifier")): one for one in root.iter(f"{{{QTI}}}qti-response-declaration")}
    for used in _responses()(root):
        if used not in declared:
            yield f"{name}: {used} is not declared"
    choices = [str(one.get("identifier")) for one in root.iter(*_CHOICES)]
    yield from (f"{name}: choice {id} twice" for id in _twice(choices))
    for declaration in declared.values():
        yield from _correct(name, declaration, set(choices))
    processing = root.find(f"{{{QTI}}}qti-response-processing")
    if processing is not None and not processing.get("template") and not _scored(root):
        yield f"{name}: the response processing sets no SCORE"


@cache
def _responses() -> Any:
    from lxml import etree

    return etree.XPath("//@response-identifier")


def _correct(name: str, declaration: Element, choices: set[str]) -> Iterator[str]:
    values = [str(one.text) for one in declaration.iter(f"{{{QTI}}}qti-value")]
    if len(values) > 1 and declaration.get("cardinality") not in _MANY:
        yield f"{name}: several correct values for one response"
    if declaration.get("base-type") in ("identifier", "directedPair"):
        named = {part for value in values for part in value.split()}
        yield from (f"{name}: the key {id} is no choice" for id in sorted(named - choices))


def _scored(root: Element) -> bool:
    if next(root.iter(f"{{{QTI}}}qti-extended-text-interaction"), None) is not None:
        return True  # people score it
    return any(one.get("identifier") == "SCORE" for one in root.iter(f"{{{QTI}}}qti-set-outcome-value"))


def _secrets(name: str, root: Element) -> Iterator[str]:
    for tag in _SECRET:
        if next(root.iter(f"{{{QTI}}}{tag}"), None) is not None:
            yield f"{name}: {tag} in a package for candidates"
    for block in root.iter(f"{{{QTI}}}qti-rubric-block"):
        if block.get("view") != "candidate":
            yield f"{name}: a rubric block for {block.get('view')} in a package for candidates"


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, number in Counter(names).items() if number > 1]
