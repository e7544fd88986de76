"""Which version of QTI a file is of: by its root's namespace, or by what the manifest of a package says."""

from __future__ import annotations

import re

from qbank.formats.contract import Source, Unreadable
from qbank.formats.safe_zip import Members, looks_like_zip

_HEAD = 4096
_ROOTS = (
    b"assessmentItem",
    b"assessmentTest",
    b"qti-assessment-",
    b"assessmentSection",
    b"assessmentStimulus",
)
_VERSION = re.compile(rb"imsqti(?:asi)?_v([23])p([0-9])|imsqti_(?:item|test|section)_xmlv([23])p([0-9])")


def recognised(source: Source) -> str:
    """The version, such as "2.1"; "" for a file that is no QTI 2 or 3."""
    try:
        return _of_zip(source) if looks_like_zip(source.data) else _of_xml(source.data)
    except Unreadable:
        return ""


def _of_zip(source: Source) -> str:
    members = Members(source.data, source.name)
    manifests = [name for name in members if name.rpartition("/")[2].lower() == "imsmanifest.xml"]
    if not manifests:
        names = [name for name in members if name.lower().endswith(".xml")][:20]
        return next((found for name in names if (found := _of_xml(members[name]))), "")
    data = members[min(manifests, key=len)]
    for match in re.finditer(
        rb'type\s*=\s*["\']imsqti_[a-z]*(?:item|test|section)[a-z]*_xmlv([23])p([0-9])', data
    ):
        return f"{match[1].decode()}.{match[2].decode()}"
    return ""


def _of_xml(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", "replace").encode()
    head = data[:_HEAD]
    if not any(b"<" + root in head or b":" + root in head for root in _ROOTS):
        return ""
    match = _VERSION.search(head)
    if match is None:
        return "3.0" if b"qti-assessment-" in head else "2.1"
    return f"{(match[1] or match[3]).decode()}.{(match[2] or match[4]).decode()}"
