"""The package as a whole: refuse, build, verify, zip."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Location
from qbank.formats.archive import zip_bytes
from qbank.formats.contract import Export, ExportInput, Format, Placed, Refused
from qbank.formats.qti30.assessment import TEST_HREF, test_document
from qbank.formats.qti30.items import (
    item_document,
    item_href,
    shown_texts,
    stimulus_document,
    stimulus_href,
)
from qbank.formats.qti30.manifest import Resource, manifest_document
from qbank.formats.qti30.media import bank_path, images, load, member, stimulus_files
from qbank.formats.qti30.refusals import refusals
from qbank.formats.qti30.structure import verify
from qbank.formats.qti30.xml import serialise
from qbank.model.stimulus import Stimulus

MANIFEST = "imsmanifest.xml"


def write(input: ExportInput, format: Format) -> Export | Refused:
    """The package of a form, or the findings that keep it from being one."""
    found = refusals(input, format)
    if found:
        return Refused(found)
    members = build(input)
    verify(members, input.audience)
    return Export(((format.file_name(input), zip_bytes(members)),), tuple(_losses(input)))


def build(input: ExportInput) -> dict[str, bytes]:
    """The members of the package by name."""
    placed = tuple(input.placed())
    stimuli = {one.stimulus.id: one.stimulus for one in placed if one.stimulus is not None}
    files = {path for one in placed for path in _item_files(one, input.audience)}
    files |= {path for stimulus in stimuli.values() for path in stimulus_files(stimulus)}
    members = load(input.media_root, files)
    language = input.bank.info.language
    members[TEST_HREF] = serialise(test_document(input))
    for one in placed:
        members[item_href(one.item.id)] = serialise(item_document(input, one))
    for stimulus in stimuli.values():
        members[stimulus_href(stimulus.id)] = serialise(stimulus_document(stimulus, language))
    resources = _resources(input, placed, stimuli, sorted(files))
    by_resource = {f"item-{one.item.id}": one for one in placed}
    members[MANIFEST] = serialise(manifest_document(input, resources, by_resource))
    return members


def _resources(
    input: ExportInput, placed: tuple[Placed, ...], stimuli: dict[str, Stimulus], files: list[str]
) -> Iterator[Resource]:
    media = {path: f"media-{number}" for number, path in enumerate(files, 1)}
    items = tuple(f"item-{one.item.id}" for one in placed)
    yield Resource(f"test-{input.form.id}", "imsqti_test_xmlv3p0", TEST_HREF, items)
    for one in placed:
        needs = [f"stimulus-{one.stimulus.id}"] if one.stimulus is not None else []
        needs += [media[path] for path in _item_files(one, input.audience)]
        id = one.item.id
        yield Resource(f"item-{id}", "imsqti_item_xmlv3p0", item_href(id), tuple(needs))
    for id, stimulus in stimuli.items():
        needs = [media[path] for path in stimulus_files(stimulus)]
        yield Resource(f"stimulus-{id}", "imsqti_stimulus_xmlv3p0", stimulus_href(id), tuple(needs))
    for path, identifier in media.items():
        yield Resource(identifier, "webcontent", member(path))


def _item_files(placed: Placed, audience: str) -> tuple[str, ...]:
    paths = (bank_path(address) for text in shown_texts(placed.item, audience) for address in images(text))
    return tuple(dict.fromkeys(paths))


def _losses(input: ExportInput) -> Iterator[Finding]:
    cut = input.form.cut_score
    if cut is not None and cut.scale != "raw" and input.audience == "staff":
        yield Finding(
            Location(f"{input.form.id}.form.json"),
            f"the cut score is on the scale {cut.scale}, so the package has no PASSED outcome",
            hint="Give the cut score in raw points if the delivery system is to decide.",
        )
