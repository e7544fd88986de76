"""Our own structural checks: a package that fails them is our bug, never the user's."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote

from qbank.formats.qti_common.dialects import CONFIG_NAME
from qbank.formats.qti_common.legacy import modern
from qbank.formats.qti_common.xml import QTI, local, parse

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SECRET = ("qti-correct-response", "qti-mapping", "qti-response-processing", "qti-outcome-processing")
_CHOICES = ("qti-simple-choice", "qti-simple-associable-choice")
_MANY = {"multiple", "ordered"}


class PackageError(Exception):
    """A package that contradicts itself; the message lists every contradiction."""


def verify(members: Mapping[str, bytes], audience: str) -> None:
    """Raise PackageError unless identifiers, references, keys, cardinalities and files agree."""
    documents = {name: _parsed(name, data) for name, data in members.items() if _ours(name)}
    wrong = [
        *_manifest(documents["imsmanifest.xml"], members),
        *(_test(documents["test.xml"], documents) if "test.xml" in documents else ()),
        *(fault for name, root in documents.items() for fault in _addresses(name, root, members)),
        *(fault for name, root in documents.items() for fault in _item(name, root)),
    ]
    if audience == "candidate":
        wrong += [fault for name, root in documents.items() for fault in _secrets(name, root)]
    if wrong:
        raise PackageError("; ".join(wrong))


def _ours(name: str) -> bool:
    return name.endswith(".xml") and not name.startswith("media/") and name != CONFIG_NAME


def _parsed(name: str, data: bytes) -> Element:
    return parse(data) if name == "imsmanifest.xml" else modern(parse(data))


def _manifest(root: Element, members: Mapping[str, bytes]) -> Iterator[str]:
    resources = list(root.iter("{*}resource"))
    ids = [str(resource.get("identifier")) for resource in resources]
    yield from (f"manifest: {id} twice" for id in _twice(ids))
    for dependency in root.iter("{*}dependency"):
        if dependency.get("identifierref") not in ids:
            yield f"manifest: {dependency.get('identifierref')} is no resource"
    files = [unquote(str(file.get("href"))) for file in root.iter("{*}file")]
    yield from (f"manifest: {name} twice" for name in _twice(files))
    for name in sorted({*files, "imsmanifest.xml"} ^ set(members) - {CONFIG_NAME}):
        yield f"manifest and files differ in {name}"


def _test(root: Element, documents: Mapping[str, Element]) -> Iterator[str]:
    refs = list(root.iter(f"{{{QTI}}}qti-assessment-item-ref"))
    named = [*refs, *root.iter(f"{{{QTI}}}qti-assessment-section", f"{{{QTI}}}qti-test-part")]
    yield from (f"test: {id} twice" for id in _twice(str(one.get("identifier")) for one in named))
    for ref in refs:
        item = documents.get(str(ref.get("href")))
        if item is None or item.get("identifier") != ref.get("identifier"):
            yield f"test: {ref.get('href')} is not the item {ref.get('identifier')}"


def _addresses(name: str, root: Element, members: Mapping[str, bytes]) -> Iterator[str]:
    if not str(root.tag).startswith(f"{{{QTI}}}"):
        return
    for node in root.iter(f"{{{QTI}}}*"):
        for attribute in ("src", "href", "data"):
            address = node.get(attribute)
            if address is not None and _target(name, address) not in members:
                yield f"{name}: {address} is not in the package"


def _target(name: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(address)))


def _item(name: str, root: Element) -> Iterator[str]:
    if local(root) != "qti-assessment-item":
        return
    declared = {str(one.get("identifier")): one for one in root.iter(f"{{{QTI}}}qti-response-declaration")}
    for node in root.iter(f"{{{QTI}}}*"):
        used = node.get("response-identifier")
        if used is not None and used not in declared:
            yield f"{name}: {used} is not declared"
    choices = [str(one.get("identifier")) for tag in _CHOICES for one in root.iter(f"{{{QTI}}}{tag}")]
    yield from (f"{name}: choice {id} twice" for id in _twice(choices))
    for declaration in declared.values():
        yield from _correct(name, declaration, set(choices))
    processing = root.find(f"{{{QTI}}}qti-response-processing")
    if processing is not None and not processing.get("template") and not _scored(root):
        yield f"{name}: the response processing sets no SCORE"


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
