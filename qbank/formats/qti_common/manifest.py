"""The manifest: every file of the package, what depends on what, and metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from qbank.formats.contract import ExportInput, Placed
from qbank.formats.qti_common.items import interaction
from qbank.formats.qti_common.lom import item_lom, package_lom
from qbank.formats.qti_common.media import href
from qbank.formats.qti_common.versions import LOM, Version
from qbank.formats.qti_common.xml import element, root
from qbank.model.item import Essay

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


class Resource(msgspec.Struct, frozen=True):
    """A resource of the manifest: one file, and the resources it needs."""

    identifier: str
    type: str
    name: str
    dependencies: tuple[str, ...] = ()


def manifest_document(
    input: ExportInput, resources: Iterable[Resource], placed: Mapping[str, Placed], version: Version
) -> Element:
    """The manifest; `placed` maps the identifiers of item resources to their items."""
    write = _Writer(input, version)
    node = root(
        version.cp,
        "manifest",
        version.manifest_locations,
        {"identifier": f"manifest-{input.form.id}"},
        {"lom": LOM, "qmd": version.qmd},
    )
    node.append(
        write.cp(
            "metadata",
            None,
            write.cp("schema", None, version.bank_schema if input.is_bank else version.schema),
            write.cp("schemaversion", None, version.schema_version),
            package_lom(input),
        )
    )
    node.append(write.cp("organizations"))
    entries = (write.resource(one, placed.get(one.identifier)) for one in resources)
    node.append(write.cp("resources", None, *entries))
    return node


class _Writer:
    """The parts of one manifest, in the namespaces of its version."""

    def __init__(self, input: ExportInput, version: Version) -> None:
        self.input, self.version = input, version

    def resource(self, resource: Resource, placed: Placed | None) -> Element:
        address = href(resource.name)
        given = {"identifier": resource.identifier, "type": resource.type, "href": address}
        node = self.cp("resource", given)
        if placed is not None:
            node.append(self.cp("metadata", None, *self.item_metadata(placed)))
        node.append(self.cp("file", {"href": address}))
        node.extend(self.cp("dependency", {"identifierref": name}) for name in resource.dependencies)
        return node

    def item_metadata(self, placed: Placed) -> Iterator[Element]:
        item, staff = placed.item, self.input.audience == "staff"
        scored = "human" if isinstance(item, Essay) else "responseprocessing" if staff else "externalmachine"
        modes = [] if self.version.number == "2.1" else [self.qmd("scoringMode", scored)]
        yield self.qmd(
            "qtiMetadata",
            self.qmd("timeDependent", "false"),
            self.qmd("interactionType", interaction(item)),
            self.qmd("feedbackType", "none"),
            self.qmd("solutionAvailable", "true" if staff and not isinstance(item, Essay) else "false"),
            *modes,
        )
        if staff:
            yield item_lom(placed.item, self.input.bank.info, not self.input.is_bank)

    def cp(self, tag: str, attributes: Mapping[str, str] | None = None, *kids: Element | str) -> Element:
        return element(self.version.cp, tag, attributes, *kids)

    def qmd(self, tag: str, *kids: Element | str) -> Element:
        return element(self.version.qmd, tag, None, *kids)
