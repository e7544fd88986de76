"""Metadata of a manifest → fields of items and of the bank: our scheme whole, other LOM as far as it goes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from qbank.formats.qti_common.lom import OWN
from qbank.formats.safe_xml import local
from qbank.model.item import Status

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_AREA = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_AREAS = {"discipline", "educational objective", "idea"}
STATUSES: tuple[str, ...] = get_args(Status)
_LEVELS = {"skill level", "educational level"}


class Known(msgspec.Struct, frozen=True):
    """What a manifest says of an item: fields, titles of content areas, what was not understood."""

    fields: Mapping[str, Any] = {}
    areas: tuple[tuple[str, str], ...] = ()
    shuffle: bool | None = None
    unread: tuple[str, ...] = ()


def known_of_item(resource: Element) -> Known:
    """The metadata of an item's resource."""
    fields: dict[str, Any] = {}
    areas: dict[str, str] = {}
    unread: list[str] = []
    shuffle: bool | None = None
    for lom in (node for node in resource.iter() if local(node) == "lom"):
        tags = [text for node in lom.iter() if local(node) == "keyword" for text in _strings(node)]
        if tags:
            fields["tags"] = list(dict.fromkeys(tags))
        status = _status(lom)
        if status:
            fields["status"] = status
        for node in (one for one in lom.iter() if local(one) == "classification"):
            source, purpose = _purpose(node)
            paths = [_path(one) for one in node if local(one).lower() == "taxonpath"]
            if source == OWN and purpose == "presentation":
                shuffle = True if any(("shuffle", "true") in taxons for _, taxons in paths) else shuffle
            elif source == OWN and purpose == "attributes":
                fields["attributes"] = {id: value for _, taxons in paths for id, value in _attribute(taxons)}
            elif source == OWN and purpose == "codes":
                fields["codes"] = [_code(system, taxons) for system, taxons in paths if taxons]
            else:
                _classified(purpose, paths, fields, areas, unread)
    return Known(fields, tuple(areas.items()), shuffle, tuple(unread))


def _status(lom: Element) -> str:
    """The status of an item; of the words of LOM only draft means the same in a bank."""
    node = lom.find("{*}lifeCycle/{*}status")
    if node is None:
        return ""
    value = _child(node, "value")
    known = STATUSES if _child(node, "source") == OWN else ("draft",)
    return value if value in known else ""


def _classified(
    purpose: str,
    paths: Iterable[tuple[str, list[tuple[str, str]]]],
    fields: dict[str, Any],
    areas: dict[str, str],
    unread: list[str],
) -> None:
    for _, taxons in paths:
        if not taxons:
            continue
        if purpose in _LEVELS and "cognitive_level" not in fields:
            fields["cognitive_level"] = taxons[-1][0] or taxons[-1][1]
        elif (purpose in _AREAS or not purpose) and "content_area" not in fields:
            named = _area(taxons)
            areas.update(named)
            fields["content_area"] = named[-1][0]
        else:
            words = " / ".join(entry or id for id, entry in taxons)
            unread.append(f"the classification {purpose or 'without a purpose'}: {words[:200]} has no place")


def _area(taxons: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The path of every taxon with its title: ours by its ids, others by what they are called."""
    ids = [id for id, _ in taxons]
    ours = all(_AREA.fullmatch(id) for id in ids) and all(
        low == high.rpartition("/")[0] for low, high in pairwise(ids)
    )
    if ours and "/" not in ids[0]:
        return [(id, entry or id.rpartition("/")[2]) for id, entry in taxons]
    slugs = [_slug(entry or id) for id, entry in taxons]
    return [("/".join(slugs[: number + 1]), entry or id) for number, (id, entry) in enumerate(taxons)]


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.").lower() or "area"


def _attribute(taxons: list[tuple[str, str]]) -> Iterable[tuple[str, Any]]:
    if not taxons:
        return
    (name, value), rest = taxons[0], dict(taxons[1:])
    try:
        match rest.get("type", ""):
            case "integer":
                yield name, int(value)
            case "number":
                yield name, float(value)
            case "boolean":
                yield name, value == "true"
            case _:
                yield name, value
    except ValueError:
        yield name, value


def _code(system: str, taxons: list[tuple[str, str]]) -> dict[str, str]:
    rest = dict(taxons[1:])
    named = {"system": system, "code": taxons[0][0]}
    return {**named, **{name: rest[name] for name in ("role", "expect") if rest.get(name)}}


def _purpose(classification: Element) -> tuple[str, str]:
    for node in classification:
        if local(node) == "purpose":
            return _child(node, "source"), _child(node, "value").lower()
    return "", ""


def _child(node: Element, name: str) -> str:
    found = next((kid for kid in node if local(kid).lower() == name), None)
    return "" if found is None else " ".join("".join(found.itertext()).split())  # type: ignore[arg-type]


def _path(node: Element) -> tuple[str, list[tuple[str, str]]]:
    """The source of a path of taxons, and id and entry of each; taxons may stand one in the other."""
    taxons = [(_child(one, "id"), _child(one, "entry")) for one in node.iter() if local(one) == "taxon"]
    return _child(node, "source"), taxons


def _strings(node: Element) -> list[str]:
    texts = [one for one in node.iter() if local(one) in ("string", "langstring")] or [node]
    found = (" ".join((one.text or "").split()) for one in texts)
    return [text for text in found if text]


def package_facts(manifest: Element) -> dict[str, Any]:
    """What a manifest says of the package, as parts of a bank record."""
    lom = manifest.find("{*}metadata/{*}lom")
    if lom is None:
        return {}
    facts: dict[str, Any] = {}
    general = lom.find("{*}general")
    if general is not None:
        identifier = general.find("{*}identifier")
        if identifier is not None:
            facts["id"] = _child(identifier, "catalog")
        for name, field in (("title", "title"), ("description", "notice")):
            node = general.find(f"{{*}}{name}")
            if node is not None:
                facts[field] = " ".join(_strings(node))
        facts["language"] = _child(general, "language")
    rights = lom.find("{*}rights/{*}description")
    if rights is not None:
        facts["licence"] = " ".join(_strings(rights))
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]{0,63}", str(facts.get("id", ""))):
        facts.pop("id", None)
    return {name: value for name, value in facts.items() if value}


def area_tree(areas: Mapping[str, str]) -> list[dict[str, Any]]:
    """Content areas by path as a bank declares them, titles kept."""
    tree: dict[str, Any] = {}
    for path in sorted(areas):
        node = tree
        for part in path.split("/"):
            node = node.setdefault(part, {})
    return _branch(tree, "", areas)


def _branch(tree: Mapping[str, Any], prefix: str, areas: Mapping[str, str]) -> list[dict[str, Any]]:
    made = []
    for id, below in tree.items():
        entry: dict[str, Any] = {"id": id, "title": areas.get(f"{prefix}{id}", id)}
        if below:
            entry["children"] = _branch(below, f"{prefix}{id}/", areas)
        made.append(entry)
    return made
