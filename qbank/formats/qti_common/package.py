"""The package as a whole: refuse, build, verify, zip."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qbank.diagnostics import Finding, Location
from qbank.formats.archive import zip_bytes
from qbank.formats.contract import Export, ExportInput, Format, Loss, Placed, Refused
from qbank.formats.features import FEATURES, of_item
from qbank.formats.qti_common.assessment import TEST_HREF, test_document
from qbank.formats.qti_common.dialects import CONFIG, CONFIG_NAME, DIALECTS, STRICT, Rules
from qbank.formats.qti_common.items import (
    item_document,
    item_href,
    shown_texts,
    stimulus_document,
    stimulus_href,
)
from qbank.formats.qti_common.legacy import as_version
from qbank.formats.qti_common.manifest import Resource, manifest_document
from qbank.formats.qti_common.media import bank_path, images, load, member, stimulus_files
from qbank.formats.qti_common.refusals import refusals
from qbank.formats.qti_common.structure import verify
from qbank.formats.qti_common.versions import Version
from qbank.formats.qti_common.xml import indent, serialise
from qbank.model.stimulus import Stimulus

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MANIFEST = "imsmanifest.xml"
_IGNORED_HINT = "The package holds it; see to it after the import, or leave such items out."


def write(input: ExportInput, format: Format, version: Version) -> Export | Refused:
    """The package of a form, or the findings that keep it from being one."""
    found = refusals(input, format)
    if found:
        return Refused(found)
    rules = DIALECTS.get(input.dialect, STRICT)
    members = build(input, version, rules)
    verify(members, input.audience)
    lost = tuple(_ignored(input, rules))
    return Export(((format.file_name(input), zip_bytes(members)),), tuple(_losses(input, lost)), lost)


def build(input: ExportInput, version: Version, rules: Rules = STRICT) -> dict[str, bytes]:
    """The members of the package by name."""
    placed = tuple(input.placed())
    stimuli = {one.stimulus.id: one.stimulus for one in placed if one.stimulus is not None}
    files = {path for one in placed for path in _item_files(one, input.audience)}
    files |= {path for stimulus in stimuli.values() for path in stimulus_files(stimulus)}
    members = load(input.media_root, files)
    language = input.bank.info.language
    if not input.is_bank:
        members[TEST_HREF] = _document(test_document(input), version)
    for one in placed:
        members[item_href(one.item.id)] = _document(item_document(input, one, version, rules), version)
    if version.is_3:
        for stimulus in stimuli.values():
            members[stimulus_href(stimulus.id)] = _document(stimulus_document(stimulus, language), version)
    if rules.config and not input.is_bank:
        members[CONFIG_NAME] = CONFIG
    resources = _resources(input, placed, stimuli, sorted(files), version)
    by_resource = {f"item-{one.item.id}": one for one in placed}
    members[MANIFEST] = serialise(indent(manifest_document(input, resources, by_resource, version)))
    return members


def _document(root: Element, version: Version) -> bytes:
    return serialise(as_version(indent(root), version))


def _resources(
    input: ExportInput,
    placed: tuple[Placed, ...],
    stimuli: dict[str, Stimulus],
    files: list[str],
    version: Version,
) -> Iterator[Resource]:
    media = {path: f"media-{number}" for number, path in enumerate(files, 1)}
    items = tuple(f"item-{one.item.id}" for one in placed)
    kind = version.resource
    if not input.is_bank:
        yield Resource(f"test-{input.form.id}", f"imsqti_test_{kind}", TEST_HREF, items)
    for one in placed:
        needs = [media[path] for path in _item_files(one, input.audience)]
        if one.stimulus is not None and version.is_3:
            needs.insert(0, f"stimulus-{one.stimulus.id}")
        elif one.stimulus is not None:
            needs = list(dict.fromkeys([*(media[path] for path in stimulus_files(one.stimulus)), *needs]))
        id = one.item.id
        yield Resource(f"item-{id}", f"imsqti_item_{kind}", item_href(id), tuple(needs))
    for id, stimulus in stimuli.items() if version.is_3 else ():
        needs = [media[path] for path in stimulus_files(stimulus)]
        yield Resource(f"stimulus-{id}", f"imsqti_stimulus_{kind}", stimulus_href(id), tuple(needs))
    for path, identifier in media.items():
        yield Resource(identifier, "webcontent", member(path))


def _item_files(placed: Placed, audience: str) -> tuple[str, ...]:
    paths = (bank_path(address) for text in shown_texts(placed.item, audience) for address in images(text))
    return tuple(dict.fromkeys(paths))


def _ignored(input: ExportInput, rules: Rules) -> Iterator[Loss]:
    """What a platform is known to pass over, item by item."""
    for one in input.placed():
        item = one.item
        if item.type in rules.unscored:
            message = (
                f"{rules.title} imports {item.type} without its right answers, as a question to be marked"
            )
            yield Loss(record=item.id, field="key", feature="key", message=message)
        if input.audience == "candidate":
            continue
        for use in of_item(item):
            if use.feature in rules.ignores:
                field = "/".join(str(part) for part in use.pointer)
                message = f"{rules.title} passes over {FEATURES[use.feature].title}"
                yield Loss(record=item.id, field=field, feature=use.feature, message=message)


def _losses(input: ExportInput, lost: tuple[Loss, ...]) -> Iterator[Finding]:
    for message in sorted({one.message for one in lost}):
        first, *more = (one.record for one in lost if one.message == message)
        others = f" and {len(more)} more" if more else ""
        yield Finding(input.items[first].at(), f"{message}: {first}{others}", hint=_IGNORED_HINT)
    cut = input.form.cut_score
    if cut is not None and cut.scale != "raw" and input.audience == "staff":
        yield Finding(
            Location(f"{input.form.id}.form.json"),
            f"the cut score is on the scale {cut.scale}, so the package has no PASSED outcome",
            hint="Give the cut score in raw points if the delivery system is to decide.",
        )
