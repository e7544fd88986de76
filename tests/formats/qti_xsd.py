"""Validation against the official XSDs, offline: they are read from QBANK_TEST_DATA, never copied here."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
from lxml import etree

_HOSTS = ("purl.imsglobal.org", "www.imsglobal.org", "www.w3.org")
_W3 = {
    "xml.xsd": "qti30/w3/xml.xsd",
    "XInclude.xsd": "qti30/w3/XInclude.xsd",
    "mathml3.xsd": "qti30/w3/mathml3.xsd",
    "ssmlv1p1-core.xsd": "qti30/w3/ssmlv1p1-core.xsd",
    "xlink.xsd": "schemes/w3/xlink.xsd",
    "imsmd_loose_v1p3p2.xsd": "schemes/imsmd_loose_v1p3p2.xsd",
    "imsmd_loose_v1p3p3.xsd": "schemes/imsmd_loose_v1p3p2.xsd",
}
ASI = "qti30/imsqti_asiv3p0_v1p0.xsd"
MANIFEST = "schemes/qtiv3p0/imsqtiv3p0_imscpv1p2_v1p0.xsd"


def folder() -> Path:
    """The folder of the XSDs; skips the test when the shared data is not there."""
    data = os.environ.get("QBANK_TEST_DATA", "")
    if not data:
        pytest.skip("QBANK_TEST_DATA is not set: the official QTI schemas are not in this project")
    return Path(data) / "qti-xsd"


class _Offline(etree.Resolver):
    """Maps the addresses of the schemas to local files and refuses all others."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root

    def resolve(self, system_url: str, public_id: str, context: Any = None) -> Any:
        parsed = urlparse(system_url)
        if parsed.scheme in ("", "file"):
            return None
        name = Path(parsed.path).name
        path = self.root / (_W3.get(name) or f"schemes/qtiv3p0/{name}")
        if parsed.netloc not in _HOSTS or not path.is_file():
            raise etree.XMLSchemaError(f"{system_url} is not among the local schemas")
        return self.resolve_filename(str(path), context)  # type: ignore[attr-defined]


@cache
def schema(name: str) -> etree.XMLSchema:
    """A compiled schema, once a process: the large one takes seconds."""
    root = folder()
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Offline(root))
    return etree.XMLSchema(etree.parse(str(root / name), parser))


def errors(name: str, data: bytes) -> list[str]:
    """What the official schema of a package's member says against it; [] when it is valid."""
    document = etree.fromstring(data)
    chosen = schema(MANIFEST if name == "imsmanifest.xml" else ASI)
    if chosen.validate(document):
        return []
    log: Any = chosen.error_log
    return [f"{name}:{entry.line}: {entry.message}" for entry in list(log)]


def package_errors(members: dict[str, bytes]) -> list[str]:
    """The same for all XML members of a package, media apart."""
    own = {
        name: data
        for name, data in members.items()
        if name.endswith(".xml") and not name.startswith("media/")
    }
    return [error for name, data in own.items() for error in errors(name, data)]
