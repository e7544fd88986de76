"""The manifest: every file of the package, what depends on what, and metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from qbank.formats.contract import ExportInput, Placed
from qbank.formats.qti30.items import interaction
from qbank.formats.qti30.media import href
from qbank.formats.qti30.xml import element, root
from qbank.model.bank import BankRecord
from qbank.model.item import Essay

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

CP = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
LOM = "http://ltsc.ieee.org/xsd/LOM"
QMD = "http://www.imsglobal.org/xsd/imsqti_metadata_v3p0"

_XSD = "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd"
_LOCATION = " ".join(
    (
        f"{CP} {_XSD}/imsqtiv3p0_imscpv1p2_v1p0.xsd",
        f"{LOM} https://purl.imsglobal.org/spec/md/v1p3/schema/xsd/imsmd_loose_v1p3p2.xsd",
        f"{QMD} {_XSD}/imsqti_metadatav3p0_v1p0.xsd",
    )
)


class Resource(msgspec.Struct, frozen=True):
    """A resource of the manifest: one file, and the resources it needs."""

    identifier: str
    type: str
    name: str
    dependencies: tuple[str, ...] = ()


def manifest_document(
    input: ExportInput, resources: Iterable[Resource], placed: Mapping[str, Placed]
) -> Element:
    """The manifest; `placed` maps the identifiers of item resources to their items."""
    node = root(
        CP, "manifest", _LOCATION, {"identifier": f"manifest-{input.form.id}"}, {"lom": LOM, "qmd": QMD}
    )
    node.append(
        _cp(
            "metadata",
            None,
            _cp("schema", None, "QTI Package"),
            _cp("schemaversion", None, "3.0.0"),
            _package_lom(input),
        )
    )
    node.append(_cp("organizations"))
    entries = (_resource(one, placed.get(one.identifier), input) for one in resources)
    node.append(_cp("resources", None, *entries))
    return node


def _resource(resource: Resource, placed: Placed | None, input: ExportInput) -> Element:
    address = href(resource.name)
    node = _cp("resource", {"identifier": resource.identifier, "type": resource.type, "href": address})
    if placed is not None:
        node.append(_cp("metadata", None, *_item_metadata(placed, input)))
    node.append(_cp("file", {"href": address}))
    node.extend(_cp("dependency", {"identifierref": name}) for name in resource.dependencies)
    return node


def _item_metadata(placed: Placed, input: ExportInput) -> Iterator[Element]:
    item, staff = placed.item, input.audience == "staff"
    scored = "human" if isinstance(item, Essay) else "responseprocessing" if staff else "externalmachine"
    yield _qmd(
        "qtiMetadata",
        _qmd("timeDependent", "false"),
        _qmd("interactionType", interaction(item)),
        _qmd("feedbackType", "none"),
        _qmd("solutionAvailable", "true" if staff and not isinstance(item, Essay) else "false"),
        _qmd("scoringMode", scored),
    )
    if staff:
        yield _item_lom(placed, input.bank.info)


def _package_lom(input: ExportInput) -> Element:
    info = input.bank.info
    parts = [
        _lom(
            "general",
            _identifier(info.id, input.form.id),
            _lom("title", _string(input.form.title or input.form.id, info.language)),
            _lom("language", info.language or "en"),
        )
    ]
    if info.licence:
        parts.append(_lom("rights", _lom("description", _string(info.licence, "en"))))
    return _lom("lom", *parts)


def _item_lom(placed: Placed, info: BankRecord) -> Element:
    item = placed.item
    parts = [_lom("general", _identifier(info.id, item.id), _lom("language", info.language or "en"))]
    if item.content_area:
        taxons = _taxons(item.content_area, info)
        parts.append(_classification("discipline", info, taxons))
    if item.cognitive_level:
        level = _taxon(item.cognitive_level, item.cognitive_level, info)
        parts.append(_classification("skill level", info, [level]))
    return _lom("lom", *parts)


def _classification(purpose: str, info: BankRecord, taxons: Iterable[Element]) -> Element:
    named = _lom("purpose", _lom("source", "LOMv1.0"), _lom("value", purpose))
    source = _lom("source", _string(info.title or info.id or "qbank", info.language))
    return _lom("classification", named, _lom("taxonPath", source, *taxons))


def _taxons(area: str, info: BankRecord) -> Iterator[Element]:
    titles = info.area_titles()
    parts = area.split("/")
    for end in range(1, len(parts) + 1):
        path = "/".join(parts[:end])
        yield _taxon(path, titles.get(path, parts[end - 1]), info)


def _taxon(id: str, entry: str, info: BankRecord) -> Element:
    return _lom("taxon", _lom("id", id), _lom("entry", _string(entry, info.language)))


def _identifier(catalog: str, entry: str) -> Element:
    parts = [_lom("catalog", catalog)] if catalog else []
    return _lom("identifier", *parts, _lom("entry", entry))


def _string(value: str, language: str) -> Element:
    return element(LOM, "string", {"language": language or "en"}, value)


def _cp(tag: str, attributes: Mapping[str, str] | None = None, *kids: Element | str) -> Element:
    return element(CP, tag, attributes, *kids)


def _lom(tag: str, *kids: Element | str) -> Element:
    return element(LOM, tag, None, *kids)


def _qmd(tag: str, *kids: Element | str) -> Element:
    return element(QMD, tag, None, *kids)
