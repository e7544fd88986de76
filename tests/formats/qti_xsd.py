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
_CP_2 = "http://www.imsglobal.org/xsd/imscp_v1p1"
_BY_NAMESPACE = {
    "http://www.imsglobal.org/xsd/ims_qtiasiv1p2": "qti12/domainProfile_4/ims_qtiasiv1p2.xsd",
    "http://www.imsglobal.org/xsd/imsqtiasi_v3p0": ASI,
    "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1": MANIFEST,
    "http://www.imsglobal.org/xsd/imsqti_v2p2": "schemes/qtiv2p2p4/imsqti_v2p2p4.xsd",
    "http://www.imsglobal.org/xsd/imsqti_v2p1": "schemes/qtiv2p1p1/imsqti_v2p1p1.xsd",
    "http://www.imsglobal.org/xsd/imsqti_metadata_v2p1": "schemes/qtiv2p1/imsqti_metadata_v2p1.xsd",
    "http://ltsc.ieee.org/xsd/LOM": "schemes/imsmd_loose_v1p3p2.xsd",
}
_MANIFEST_22 = "schemes/qtiv2p2/qtiv2p2_imscpv1p2_v1p0.xsd"
_MANIFEST_21 = "schemes/imscp_v1p1.xsd"


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
    namespace = document.tag[1:].partition("}")[0]
    if namespace != _CP_2:
        return _errors(name, document, _BY_NAMESPACE[namespace])
    if b"QTIv2.2" in data:
        return _errors(name, document, _MANIFEST_22)
    # the manifest schema of 2.1 looks at metadata laxly, so they are held against their own
    parts = document.iter("{http://ltsc.ieee.org/xsd/LOM}lom", "{*}qtiMetadata")
    inner = [error for part in parts for error in _errors(name, part, _BY_NAMESPACE[_space(part)])]
    return [*_errors(name, document, _MANIFEST_21), *inner]


def _space(node: Any) -> str:
    return str(node.tag)[1:].partition("}")[0]


def _errors(name: str, document: Any, path: str) -> list[str]:
    chosen = schema(path)
    if chosen.validate(document):
        return []
    log: Any = chosen.error_log
    return [f"{name}:{entry.line}: {entry.message}" for entry in list(log)]


def package_errors(members: dict[str, bytes]) -> list[str]:
    """The same for all XML members of a package, media apart."""
    own = {
        name: data
        for name, data in members.items()
        if name.endswith(".xml") and not name.startswith("media/") and name != "QTI21PackageConfig.xml"
    }
    return [error for name, data in own.items() for error in errors(name, data)]
