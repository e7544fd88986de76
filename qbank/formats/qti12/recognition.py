"""Whether a file is of QTI 1.x: by its root, or by what a package holds."""

from __future__ import annotations

import re

from qbank.formats.contract import Source, Unreadable
from qbank.formats.qti_common.gathering import manifests
from qbank.formats.safe_zip import Members, looks_like_zip

_HEAD = 4096
_MOST = 60
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?questestinterop\b")
_RESOURCE = re.compile(rb"""type\s*=\s*["'](?:imsqti_xmlv1p|assessment/x-bb-qti)""")


def recognised(source: Source) -> bool:
    """Whether there is something for us to read."""
    try:
        if not looks_like_zip(source.data):
            return is_document(source.data)
        members = Members(source.data, source.name)
        if any(_RESOURCE.search(members[name]) for name in manifests(members)):
            return True
        return any(is_document(members[name]) for name in sorted(members)[:_MOST] if may_be_document(name))
    except Unreadable:
        return False


def may_be_document(name: str) -> bool:
    """Whether a member is named as documents of QTI are; those of Blackboard end in .dat."""
    return name.lower().endswith((".xml", ".qti", ".dat"))


def is_document(data: bytes) -> bool:
    """Whether a text begins as a document of QTI 1.x does."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data[: 2 * _HEAD].decode("utf-16", "replace").encode()
    return _ROOT.search(data[:_HEAD]) is not None
