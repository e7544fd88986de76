"""The package as a whole: refuse, build, verify, zip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import BinaryIO

from qbank.diagnostics import Finding, Location
from qbank.formats.archive import Member, write_zip
from qbank.formats.contract import ExportInput, Format, Loss, Placed, Refused, Stream, Streamed
from qbank.formats.features import FEATURES, of_item
from qbank.formats.media import bank_path
from qbank.formats.presenting import shown_texts
from qbank.formats.qti_common.assessment import TEST_HREF, test_document
from qbank.formats.qti_common.dialects import CONFIG, CONFIG_NAME, DIALECTS, STRICT, Rules
from qbank.formats.qti_common.items import (
    item_document,
    item_href,
    stimulus_document,
    stimulus_href,
)
from qbank.formats.qti_common.legacy import as_version
from qbank.formats.qti_common.manifest import Resource, manifest
from qbank.formats.qti_common.media import content, member, stimulus_files
from qbank.formats.qti_common.refusals import refusals
from qbank.formats.qti_common.structure import MANIFEST, Checks
from qbank.formats.qti_common.versions import Version
from qbank.formats.qti_common.xml import Element, serialise
from qbank.markup import images

_LARGEST_RESOURCE = 8192
"""Bytes of the manifest for one file, at most about so many."""
_IGNORED_HINT = "The package holds it; see to it after the import, or leave such items out."


def stream(input: ExportInput, format: Format, version: Version) -> Streamed | Refused:
    """The package of a form, made while it is written, or the findings that keep it from being one."""
    found = refusals(input, format)
    if found:
        return Refused(found)
    rules = DIALECTS.get(input.dialect, STRICT)
    lost = tuple(_ignored(input, rules))
    package = Stream(lambda out: _Package(input, version, rules).write(out))
    return Streamed(((format.file_name(input), package),), tuple(_losses(input, lost)), lost)


class _Package:
    """A package that is written file by file; only names are kept of what was written."""

    def __init__(self, input: ExportInput, version: Version, rules: Rules) -> None:
        self.input, self.version, self.rules = input, version, rules
        self.placed = tuple(input.placed())
        self.stimuli = {one.stimulus.id: one.stimulus for one in self.placed if one.stimulus is not None}
        shown = {path for one in self.placed for path in _item_files(one, input.audience)}
        hung = {path for stimulus in self.stimuli.values() for path in stimulus_files(stimulus)}
        self.media = sorted(shown | hung)
        self.checks = Checks(self._names(), input.audience)

    def write(self, out: BinaryIO) -> None:
        """Write the package. Raises PackageError when it contradicts itself, OSError for a medium."""
        size = _LARGEST_RESOURCE * len(self.checks.names)
        write_zip(out, chain([Member(MANIFEST, self._manifest(), size)], self._documents()))
        self.checks.close()

    def _names(self) -> Iterator[str]:
        yield MANIFEST
        if self._has_config:
            yield CONFIG_NAME
        yield from (item_href(one.item.id) for one in self.placed)
        yield from map(member, self.media)
        if self.version.is_3:
            yield from map(stimulus_href, self.stimuli)
        if not self.input.is_bank:
            yield TEST_HREF

    @property
    def _has_config(self) -> bool:
        return self.rules.config and not self.input.is_bank

    def _documents(self) -> Iterator[Member]:
        """All members but the manifest, in the order of the archive."""
        input, version = self.input, self.version
        if self._has_config:
            yield Member(CONFIG_NAME, (CONFIG,))
        for one in sorted(self.placed, key=lambda one: item_href(one.item.id)):
            yield self._document(item_href(one.item.id), item_document(input, one, version, self.rules))
        for path in self.media:
            yield Member(member(path), (content(input.media_root, path),))
        for id, stimulus in sorted(self.stimuli.items(), key=lambda one: stimulus_href(one[0])):
            if version.is_3:
                document = stimulus_document(stimulus, input.bank.info.language)
                yield self._document(stimulus_href(id), document)
        if not input.is_bank:
            yield self._document(TEST_HREF, test_document(input))

    def _document(self, name: str, root: Element) -> Member:
        data = as_version(serialise(root), self.version)
        self.checks.document(name, data)
        return Member(name, (data,))

    def _manifest(self) -> Iterator[bytes]:
        for part in manifest(self.input, self._resources(), self.version):
            self.checks.manifest(part)
            yield part

    def _resources(self) -> Iterator[tuple[Resource, Placed | None]]:
        input, kind = self.input, self.version.resource
        media = {path: f"media-{number}" for number, path in enumerate(self.media, 1)}
        if not input.is_bank:
            items = tuple(f"item-{one.item.id}" for one in self.placed)
            yield Resource(f"test-{input.form.id}", f"imsqti_test_{kind}", TEST_HREF, items), None
        for one in self.placed:
            id, needs = one.item.id, tuple(self._needs(one, media))
            yield Resource(f"item-{id}", f"imsqti_item_{kind}", item_href(id), needs), one
        for id, stimulus in self.stimuli.items() if self.version.is_3 else ():
            files = tuple(media[path] for path in stimulus_files(stimulus))
            yield Resource(f"stimulus-{id}", f"imsqti_stimulus_{kind}", stimulus_href(id), files), None
        for path, identifier in media.items():
            yield Resource(identifier, "webcontent", member(path)), None

    def _needs(self, one: Placed, media: Mapping[str, str]) -> list[str]:
        needs = [media[path] for path in _item_files(one, self.input.audience)]
        if one.stimulus is None:
            return needs
        if self.version.is_3:
            return [f"stimulus-{one.stimulus.id}", *needs]
        return list(dict.fromkeys([*(media[path] for path in stimulus_files(one.stimulus)), *needs]))


def _item_files(placed: Placed, audience: str) -> tuple[str, ...]:
    paths = (bank_path(address) for text in shown_texts(placed.item, audience) for address in images(text))
    return tuple(dict.fromkeys(paths))


def _ignored(input: ExportInput, rules: Rules) -> Iterator[Loss]:
    """What a platform is known to pass over, item by item."""
    if not (rules.unscored or rules.ignores):
        return
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
