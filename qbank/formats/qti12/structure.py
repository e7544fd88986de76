"""Our own structural checks: a package that fails them is our bug, never the user's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote

from qbank.formats.qti12.vocabulary import FILE_BASE, OWN
from qbank.formats.qti_common.structure import PackageError
from qbank.formats.qti_common.xml import parse

if TYPE_CHECKING:
    from qbank.formats.safe_xml import Element

_SECRETS = ("resprocessing", "itemfeedback", "outcomes_processing")
_FOR_ALL = {f"{OWN}{name}" for name in ("type", "ids", "stimulus", "title", "reuse", "unit")}


def verify(members: Mapping[str, bytes], audience: str) -> None:
    """Raise PackageError unless identifiers, references, keys and files agree."""
    documents = {
        name: parse(data)
        for name, data in members.items()
        if name.endswith(".xml") and not name.startswith("media/")
    }
    wrong = [*_manifest(documents["imsmanifest.xml"], members)]
    for name, root in documents.items():
        items = list(root.iter("{*}item"))
        sections = list(root.iter("{*}section"))
        wrong += [
            f"{name}: {id} twice" for id in _twice(str(one.get("ident")) for one in (*items, *sections))
        ]
        wrong += [fault for item in items for fault in _item(item)]
        wrong += _addresses(name, root, members)
        if audience == "candidate":
            wrong += _secrets(name, root)
    if wrong:
        raise PackageError("; ".join(wrong))


def _manifest(root: Element, members: Mapping[str, bytes]) -> Iterator[str]:
    ids = [str(one.get("identifier")) for one in root.iter("{*}resource")]
    yield from (f"manifest: {id} twice" for id in _twice(ids))
    for needed in root.iter("{*}dependency"):
        if needed.get("identifierref") not in ids:
            yield f"manifest: {needed.get('identifierref')} is no resource"
    files = {unquote(str(one.get("href"))) for one in root.iter("{*}file")}
    for name in sorted({*files, "imsmanifest.xml"} ^ set(members)):
        yield f"manifest and files differ in {name}"


def _item(item: Element) -> Iterator[str]:
    name = item.get("ident")
    labels: dict[str, set[str]] = {}
    for tag in ("response_lid", "response_str", "response_num"):
        for response in item.iter(f"{{*}}{tag}"):
            own = [str(one.get("ident")) for one in response.iter("{*}response_label")]
            yield from (f"{name}: option {id} twice" for id in _twice(own))
            labels[str(response.get("ident"))] = set(own)
    shown = {str(one.get("ident")) for one in item.iter("{*}itemfeedback")}
    yield from (f"{name}: feedback {id} is not there" for id in sorted(_links(item) - shown))
    for test in (one for one in item.iter() if one.get("respident") is not None):
        given = str(test.get("respident"))
        if given not in labels:
            yield f"{name}: {given} is no response"
        elif labels[given] and test.text is not None and test.text not in labels[given]:
            yield f"{name}: the key {test.text} is no option"


def _links(item: Element) -> set[str]:
    return {str(one.get("linkrefid")) for one in item.iter("{*}displayfeedback")}


def _addresses(name: str, root: Element, members: Mapping[str, bytes]) -> Iterator[str]:
    for node in root.iter("{*}matimage", "{*}mataudio", "{*}matvideo"):
        address = str(node.get("uri")).removeprefix(FILE_BASE)
        if unquote(address) not in members:
            yield f"{name}: {address} is not in the package"


def _secrets(name: str, root: Element) -> Iterator[str]:
    yield from (
        f"{name}: {tag} in a package for candidates"
        for tag in _SECRETS
        if root.find(f".//{{*}}{tag}") is not None
    )
    for label in root.iter("{*}fieldlabel"):
        text = str(label.text)
        if text.startswith(OWN) and text not in _FOR_ALL:
            yield f"{name}: {text} in a package for candidates"


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, number in Counter(names).items() if number > 1]
