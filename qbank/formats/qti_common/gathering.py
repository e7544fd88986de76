"""What reading a package of any QTI gathers: records, files, titles that have no place, and its manifest."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from qbank.formats.contract import Imported, Unread, Unreadable
from qbank.formats.qti_common.package_files import Files
from qbank.formats.qti_common.read_lom import area_tree, package_facts
from qbank.formats.qti_common.structure import MANIFEST
from qbank.formats.safe_xml import parse

if TYPE_CHECKING:
    from qbank.formats.safe_xml import Element

_SHOWN_TITLES, _SHOWN = 3, 200


def manifests(names: Iterable[str]) -> list[str]:
    """The manifests of a package, the outermost first."""
    found = (name for name in names if posixpath.basename(name).lower() == MANIFEST)
    return sorted(found, key=lambda name: (len(name), name))


class Gathering:
    """One package while it is read: what is found is gathered here."""

    def __init__(self, members: Mapping[str, bytes], name: str, files: type[Files] = Files) -> None:
        self.members, self.name = members, name
        self.unread: list[Unread] = []
        self.told: list[str] = []
        self.files = files(members, self.unread)
        self.items: list[dict[str, Any]] = []
        self.stimuli: dict[str, dict[str, Any]] = {}
        self.bank: dict[str, Any] = {}
        self.titles: list[str] = []

    def manifest(self) -> Element | None:
        """The root of the outermost manifest, None without one; what it says of the bank is kept."""
        name = next(iter(manifests(self.members)), None)
        if name is None:
            return None
        try:
            root = parse(self.members[name], name)
        except Unreadable as error:
            self.unread.append(Unread(message=str(error), where=name))
            return None
        self.files.base = posixpath.dirname(name)
        self.bank = package_facts(root)
        return root

    def gathered(self, items: str, areas: Mapping[str, str]) -> Imported:
        """All that was found; `items` names what there should be. Raises Unreadable when there is none."""
        if not self.items and not self.stimuli:
            why = f": {self.unread[0].message}" if self.unread else ""
            raise Unreadable(f"{self.name} holds no {items} that can be read{why}")
        if self.titles:
            more = " …" if len(self.titles) > _SHOWN_TITLES else ""
            some = "; ".join(self.titles[:_SHOWN_TITLES]) + more
            message = f"items of a bank have no titles; left out: {len(self.titles)} ({some[:_SHOWN]})"
            self.unread.append(Unread(message=message))
        if areas:
            self.bank["content_areas"] = area_tree(areas)
        return Imported(
            items=tuple(self.items),
            stimuli=tuple(self.stimuli.values()),
            bank=self.bank,
            media=self.files.media,
            unread=tuple(self.unread),
            told=tuple(self.told),
        )
