"""Metadata of items as LOM in the manifest: what a bank knows of an item beside its text.

The scheme: tags are keywords; a status other than active is that of the life cycle, with the source
"qbank". The content area is a classification of purpose "discipline", the cognitive level one of "skill
level" (both of LOMv1.0), whose taxons are named by path and titled. Purposes of the source "qbank" hold the
rest. "attributes": a path for each, of one taxon whose id is the attribute's name and whose entry its
value; a second taxon "type" says when the value is no text. "codes": a path for each code, whose source is
the code system; the id of the first taxon is the code, further taxons "role" and "expect" say what the bank
says of it. "presentation": taxons of one path; "shuffle" with the entry "true" is an item whose options may
be shuffled although the form has them in an order of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from qbank.formats.contract import ExportInput
from qbank.formats.qti_common.xml import Element, el, number
from qbank.model.bank import BankRecord
from qbank.model.item import Item, Matching, MultipleChoice, MultipleResponse

STANDARD = "LOMv1.0"
OWN = "qbank"


def package_lom(input: ExportInput) -> Element:
    """What a package is: the bank it comes from, title, language, licence; of a bank its notice too."""
    info = input.bank.info
    general = [
        _identifier(info.id, input.form.id),
        lom("title", string(input.form.title or input.form.id, info.language)),
        lom("language", info.language or "en"),
    ]
    if input.is_bank and info.notice:
        general.append(lom("description", string(info.notice, info.language)))
    parts = [lom("general", *general)]
    if info.licence:
        parts.append(lom("rights", lom("description", string(info.licence, "en"))))
    return lom("lom", *parts)


def item_lom(item: Item, info: BankRecord, in_form: bool) -> Element:
    """What the bank knows of an item, for staff; in a form its options have the form's order."""
    keywords = (lom("keyword", string(tag, info.language)) for tag in item.tags)
    general = lom("general", _identifier(info.id, item.id), lom("language", info.language or "en"), *keywords)
    status = [] if item.status == "active" else [_status(item.status)]
    return lom("lom", general, *status, *_classifications(item, info, in_form))


def _status(status: str) -> Element:
    return lom("lifeCycle", lom("status", lom("source", OWN), lom("value", status)))


def _classifications(item: Item, info: BankRecord, in_form: bool) -> Iterator[Element]:
    scheme = info.title or info.id or "qbank"
    if item.content_area:
        path = _path(scheme, _areas(item.content_area, info), info)
        yield _classification(STANDARD, "discipline", [path])
    if item.cognitive_level:
        level = [(item.cognitive_level, item.cognitive_level)]
        yield _classification(STANDARD, "skill level", [_path(scheme, level, info)])
    if item.attributes:
        named = (_attribute(name, value) for name, value in item.attributes.items())
        yield _classification(OWN, "attributes", [_path(scheme, taxons, info) for taxons in named])
    if item.codes:
        paths = []
        for code in item.codes:
            more = [(name, value) for name, value in (("role", code.role), ("expect", code.expect)) if value]
            paths.append(_path(code.system, [(code.code, ""), *more], info))
        yield _classification(OWN, "codes", paths)
    if in_form and item.shuffle and isinstance(item, MultipleChoice | MultipleResponse | Matching):
        yield _classification(OWN, "presentation", [_path(scheme, [("shuffle", "true")], info)])


def _attribute(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, str):
        return [(name, value)]
    if isinstance(value, bool):
        return [(name, str(value).lower()), ("type", "boolean")]
    if isinstance(value, int):
        return [(name, str(value)), ("type", "integer")]
    return [(name, number(value)), ("type", "number")] if isinstance(value, float) else [(name, str(value))]


def _areas(area: str, info: BankRecord) -> list[tuple[str, str]]:
    titles = info.area_titles()
    parts = area.split("/")
    paths = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    return [(path, titles.get(path, part)) for path, part in zip(paths, parts, strict=True)]


def _classification(source: str, purpose: str, paths: Iterable[Element]) -> Element:
    return lom("classification", lom("purpose", lom("source", source), lom("value", purpose)), *paths)


def _path(source: str, taxons: Iterable[tuple[str, str]], info: BankRecord) -> Element:
    named = (
        lom("taxon", lom("id", id), *([lom("entry", string(entry, info.language))] if entry else []))
        for id, entry in taxons
    )
    return lom("taxonPath", lom("source", string(source, info.language)), *named)


def _identifier(catalog: str, entry: str) -> Element:
    parts = [lom("catalog", catalog)] if catalog else []
    return lom("identifier", *parts, lom("entry", entry))


def string(value: str, language: str) -> Element:
    """A text of LOM with its language."""
    return el("lom:string", {"language": language or "en"}, value)


def lom(tag: str, *kids: Element | str) -> Element:
    """An element of LOM."""
    return el(f"lom:{tag}", None, *kids)
