"""QTI 3 trees ↔ QTI 2 trees: names of elements and attributes, and what version 2 puts elsewhere.

The writer builds every document as QTI 3; `as_version` makes a document of QTI 2.1 or 2.2 of it. The
reader turns documents of QTI 2 into trees of QTI 3 names (`modern`), so that there is one reader too.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from qbank.formats.media import media_type
from qbank.formats.qti_common.versions import QTI_3, Version
from qbank.formats.qti_common.xml import XML, XSI

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_NAMES = """
a abbr acronym address article aside audio b bdi bdo big blockquote br caption cite code col colgroup dd
details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img kbd label li main nav
object ol p param picture pre q rb rp rt ruby samp section small source span strong sub summary sup table
tbody td tfoot th thead tr track tt u ul var video
"""
HTML = frozenset(_NAMES.split())
"""Elements that are HTML in every version of QTI and keep their names."""

_OBJECT = {"audio": "audio/mpeg", "video": "video/mp4"}
_BLOCKS = frozenset(
    {"address", "blockquote", "div", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre"}
    | {"table", "ul"}
)
_MATHML = "{http://www.w3.org/1998/Math/MathML}"
_MATHML_2 = {
    "mspace": ("width", "height", "depth"),
    "mrow": (),
    "mpadded": ("width", "height", "depth", "lspace"),
    "mstyle": ("mathvariant", "mathsize", "mathcolor", "mathbackground", "displaystyle", "scriptlevel"),
}
"""Elements of MathML of which version 2 has fewer attributes than 3: those that stay."""


def q(tag: str) -> str:
    """A name in the namespace of QTI 3."""
    return f"{{{QTI_3}}}{tag}"


def as_version(document: bytes, version: Version) -> bytes:
    """A document of version 3 in a version: for 3.0 as it is, for 2.x parsed and its elements renamed."""
    from lxml import etree

    if version.is_3:
        return document
    root = _renamed(etree.fromstring(document), version)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _renamed(root: Element, version: Version) -> Element:
    _stems(root)
    _rubrics(root)
    _media(root)
    for node in root.iter():
        _rename(node, version)
    root.set(f"{{{XSI}}}schemaLocation", f"{version.qti} {version.qti_location}")
    return _with_default_namespace(root, version)


def _stems(root: Element) -> None:
    """A prompt of version 2 holds no blocks: one paragraph stays in it, more stand before the interaction."""
    for prompt in list(root.iter(q("qti-prompt"))):
        blocks = [kid for kid in prompt if str(kid.tag).rpartition("}")[2] in _BLOCKS]
        if not blocks:
            continue
        interaction = prompt.getparent()
        assert interaction is not None
        only = prompt[0]
        if len(prompt) == 1 and only.tag == q("p") and not only.attrib and not _text(prompt.text, only.tail):
            prompt.text = only.text
            prompt[:] = list(only)
        else:
            parent = interaction.getparent()
            assert parent is not None
            interaction.remove(prompt)
            prompt.tag = q("div")
            prompt.set("class", "qbank-stem")
            parent.insert(parent.index(interaction), prompt)


def _text(*parts: str | None) -> str:
    return "".join(part or "" for part in parts).strip()


def _rubrics(root: Element) -> None:
    """A rubric holds its blocks itself, and a test has none: its first section takes it."""
    for content in list(root.iter(q("qti-content-body"))):
        block = content.getparent()
        assert block is not None
        block.text = content.text
        block[:] = list(content)
    if root.tag == q("qti-assessment-test"):
        section = next(root.iter(q("qti-assessment-section")), None)
        for number, block in enumerate(root.findall(q("qti-rubric-block"))):
            if section is not None:
                section.insert(number, block)


def _media(root: Element) -> None:
    """Sound and film are objects."""
    for tag in _OBJECT:
        for node in root.iter(q(tag)):
            source = node.get("src") or ""
            node.tag = q("object")
            node.attrib.clear()
            node.set("data", source)
            node.set("type", media_type(source) or _OBJECT[tag])


def _rename(node: Element, version: Version) -> None:
    tag = str(node.tag)
    if tag.startswith(_MATHML):
        _mathml_2(node, tag.removeprefix(_MATHML))
        return
    name = tag.removeprefix(f"{{{QTI_3}}}")
    if name.startswith("qti-"):
        given = list(node.attrib.items())
        node.attrib.clear()
        for attribute, value in given:
            attribute = attribute if isinstance(attribute, str) else attribute.decode()
            if (name, attribute, version.number) not in _LATER:
                node.set(_camel(attribute) if not attribute.startswith(("{", "data-")) else attribute, value)
        name = _camel(name.removeprefix("qti-"))
    else:
        _html(node, version)
    node.tag = f"{{{version.qti}}}{name}"


_LATER = frozenset({("qti-outcome-declaration", "external-scored", "2.1")})
"""Attributes that a version does not have yet: element, attribute, version."""


def _html(node: Element, version: Version) -> None:
    language = node.get("lang")
    if language is not None:
        del node.attrib["lang"]
        node.set(f"{{{XML}}}lang", language)
    if version.number == "2.1" and node.get("dir") is not None:
        del node.attrib["dir"]


def _mathml_2(node: Element, name: str) -> None:
    if name in _MATHML_2:
        for attribute in set(node.attrib) - set(_MATHML_2[name]):
            del node.attrib[attribute]


def _with_default_namespace(root: Element, version: Version) -> Element:
    """The tree under a root that declares the version's namespace as its default."""
    from lxml import etree

    prefixes: dict[str | None, str] = {None: version.qti, "xsi": XSI}
    made = etree.Element(root.tag, root.attrib, nsmap=prefixes)  # type: ignore[arg-type]
    made.text = root.text
    made[:] = list(root)
    etree.cleanup_namespaces(made, keep_ns_prefixes=["xsi"])
    return made


def modern(root: Element) -> Element:
    """A document of any version with the names of QTI 3, in place. Names that QTI 3 has stay."""
    own = str(root.tag).rpartition("}")[0].removeprefix("{")
    for node in root.iter():
        if not isinstance(node.tag, str):
            continue
        namespace, _, name = node.tag.rpartition("}")
        if namespace.removeprefix("{") not in (own, QTI_3) or namespace == _MATHML[:-1]:
            continue
        if name in HTML or name.startswith("qti-"):
            node.tag = q(name)
            continue
        node.tag = q(f"qti-{_kebab(name)}")
        given = list(node.attrib.items())
        node.attrib.clear()
        for attribute, value in given:
            text = attribute if isinstance(attribute, str) else attribute.decode()
            node.set(text if text.startswith(("{", "data-")) else _kebab(text), value)
    return root


def as_written(node: Element, is_2: bool) -> Element:
    """A copy of an element with the names that its file has, without namespaces: for reports."""
    from copy import deepcopy

    from lxml import etree

    copy = deepcopy(node)
    copy.tail = None
    for one in copy.iter():
        name = str(one.tag).rpartition("}")[2]
        if is_2 and name.startswith("qti-"):
            given = [(str(attribute), value) for attribute, value in one.attrib.items()]
            one.attrib.clear()
            for attribute, value in given:
                one.set(attribute if attribute.startswith("{") else _camel(attribute), value)
            name = _camel(name.removeprefix("qti-"))
        one.tag = name
    etree.cleanup_namespaces(copy)
    return copy


@cache
def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(part.capitalize() for part in rest)


@cache
def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"-\1", name).lower()
