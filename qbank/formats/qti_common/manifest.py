"""The manifest: every file of the package, what depends on what, and metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from qbank.formats.contract import ExportInput, Placed
from qbank.formats.qti_common.items import interaction
from qbank.formats.qti_common.lom import item_lom, package_lom
from qbank.formats.qti_common.media import href
from qbank.formats.qti_common.versions import LOM, Version
from qbank.formats.qti_common.xml import Element, el, opening, piece, root
from qbank.model.item import Essay


class Resource(msgspec.Struct, frozen=True):
    """A resource of the manifest: one file, and the resources it needs."""

    identifier: str
    type: str
    name: str
    dependencies: tuple[str, ...] = ()


def manifest(
    input: ExportInput, resources: Iterable[tuple[Resource, Placed | None]], version: Version
) -> Iterator[bytes]:
    """The manifest in pieces; each resource with the item that it is, None for other files."""
    write = _Writer(input, version)
    kind = version.bank_schema if input.is_bank else version.schema
    about = (el("schema", None, kind), el("schemaversion", None, version.schema_version), package_lom(input))
    yield opening(
        root(
            version.cp,
            "manifest",
            version.manifest_locations,
            {"identifier": f"manifest-{input.form.id}"},
            {"lom": LOM, "qmd": version.qmd},
        )
    )
    yield piece(el("metadata", None, *about), 1)
    yield piece(el("organizations"), 1) + b"\n  <resources>"
    for resource, placed in resources:
        yield piece(write.resource(resource, placed), 2)
    yield b"\n  </resources>\n</manifest>\n"


class _Writer:
    """The parts of one manifest, in the namespaces of its version."""

    def __init__(self, input: ExportInput, version: Version) -> None:
        self.input, self.version = input, version

    def resource(self, resource: Resource, placed: Placed | None) -> Element:
        address = href(resource.name)
        node = el("resource", {"identifier": resource.identifier, "type": resource.type, "href": address})
        if placed is not None:
            node.append(el("metadata", None, *self.item_metadata(placed)))
        node.append(el("file", {"href": address}))
        node.extend([el("dependency", {"identifierref": name}) for name in resource.dependencies])
        return node

    def item_metadata(self, placed: Placed) -> Iterator[Element]:
        item, staff = placed.item, self.input.audience == "staff"
        scored = "human" if isinstance(item, Essay) else "responseprocessing" if staff else "externalmachine"
        modes = [] if self.version.number == "2.1" else [_qmd("scoringMode", scored)]
        yield _qmd(
            "qtiMetadata",
            _qmd("timeDependent", "false"),
            _qmd("interactionType", interaction(item)),
            _qmd("feedbackType", "none"),
            _qmd("solutionAvailable", "true" if staff and not isinstance(item, Essay) else "false"),
            *modes,
        )
        if staff:
            yield item_lom(placed.item, self.input.bank.info, not self.input.is_bank)


def _qmd(tag: str, *kids: Element | str) -> Element:
    return el(f"qmd:{tag}", None, *kids)
