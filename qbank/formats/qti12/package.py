"""The package as a whole: refuse, build, verify, zip."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import msgspec

from qbank.diagnostics import Finding
from qbank.formats.archive import zip_bytes
from qbank.formats.contract import Export, ExportInput, Format, Loss, Refused
from qbank.formats.media import bank_path
from qbank.formats.presenting import shown_texts
from qbank.formats.qti12.assessment import document
from qbank.formats.qti12.canvas import META, META_TYPE, ignored, meta_document
from qbank.formats.qti12.structure import verify
from qbank.formats.qti12.vocabulary import CP, RESOURCE
from qbank.formats.qti_common.lom import package_lom
from qbank.formats.qti_common.media import content, href, member, stimulus_files
from qbank.formats.qti_common.refusals import refusals
from qbank.formats.qti_common.structure import MANIFEST
from qbank.formats.qti_common.versions import LOM
from qbank.formats.qti_common.xml import Element, el, root, serialise_all
from qbank.markup import images

_HINT = "The package holds it; see to it after the import, or leave such items out."
_LOCATIONS = f"{CP} http://www.imsglobal.org/xsd/imscp_v1p1.xsd {LOM} http://www.imsglobal.org/xsd/imsmd_loose_v1p3p2.xsd"


class _Resource(msgspec.Struct, frozen=True):
    """A resource of the manifest: one file, and the resources it needs."""

    identifier: str
    type: str
    name: str
    needs: tuple[str, ...] = ()


def write(input: ExportInput, format: Format) -> Export | Refused:
    """The package of a form or bank, or the findings that keep it from being one."""
    found = refusals(input, format)
    if found:
        return Refused(found)
    members = build(input)
    verify(members, input.audience)
    lost = tuple(ignored(input)) if input.dialect == "canvas" else ()
    return Export(((format.file_name(input), zip_bytes(members)),), tuple(_told(input, lost)), lost)


def build(input: ExportInput) -> dict[str, bytes]:
    """The members of the package by name."""
    canvas = input.dialect == "canvas"
    ident = f"g{sha256(input.form.id.encode()).hexdigest()[:32]}" if canvas else input.form.id
    main = f"{ident}/{ident}.xml" if canvas else ("bank.xml" if input.is_bank else "assessment.xml")
    files = sorted(set(_files(input)))
    members = {member(path): content(input.media_root, path) for path in files}
    members[main] = _bytes(document(input, ident))
    media = tuple(
        _Resource(f"media-{number}", "webcontent", member(path)) for number, path in enumerate(files, 1)
    )
    needs = [one.identifier for one in media]
    resources = []
    if canvas and not input.is_bank:
        members[f"{ident}/{META}"] = _bytes(meta_document(input, ident))
        resources.append(_Resource(f"{ident}_meta", META_TYPE, f"{ident}/{META}"))
        needs.insert(0, f"{ident}_meta")
    resources.insert(0, _Resource(f"resource-{ident}", RESOURCE, main, tuple(needs)))
    members[MANIFEST] = _bytes(_manifest(input, [*resources, *media]))
    return members


def _bytes(node: Element) -> bytes:
    """A document, indented: white space means nothing between elements of QTI 1.2."""
    return serialise_all(node)


def _files(input: ExportInput) -> Iterator[str]:
    """The bank paths of all files that are shown."""
    for one in input.placed():
        for text in shown_texts(one.item, input.audience):
            yield from (bank_path(address) for address in images(text))
        if one.stimulus is not None:
            yield from stimulus_files(one.stimulus)


def _manifest(input: ExportInput, resources: list[_Resource]) -> Element:
    node = root(CP, "manifest", _LOCATIONS, {"identifier": f"manifest-{input.form.id}"}, {"lom": LOM})
    schema = (el("schema", None, "IMS Content"), el("schemaversion", None, "1.1.3"))
    node.append(el("metadata", None, *schema, package_lom(input)))
    node.append(el("organizations"))
    node.append(el("resources", None, *(_resource(one) for one in resources)))
    return node


def _resource(one: _Resource) -> Element:
    address = href(one.name)
    node = el("resource", {"identifier": one.identifier, "type": one.type, "href": address})
    node.append(el("file", {"href": address}))
    node.extend(el("dependency", {"identifierref": name}) for name in one.needs)
    return node


def _told(input: ExportInput, lost: tuple[Loss, ...]) -> Iterator[Finding]:
    for message in sorted({one.message for one in lost}):
        first, *more = (one.record for one in lost if one.message == message)
        others = f" and {len(set(more) - {first})} more" if set(more) - {first} else ""
        yield Finding(input.items[first].at(), f"{message}: {first}{others}", hint=_HINT)
    sections = len(input.form.sections)
    if input.dialect == "canvas" and sections > 1 and not input.is_bank:
        form = input.form.id
        message = f"Canvas has no sections: those of {form} ({sections}) are one list of questions"
        yield Finding(next(input.placed()).item.at(), message, hint="The order of the questions is kept.")
