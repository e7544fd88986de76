"""The versions of QTI: namespaces, schemas, names of resources."""

from __future__ import annotations

import msgspec

_PURL = "https://purl.imsglobal.org/spec"
LOM = "http://ltsc.ieee.org/xsd/LOM"
QTI_3 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """What a version calls things: `qti`, `cp` and `qmd` are namespaces of items, manifest and metadata.

    The locations name schemas, `schema` and `bank_schema` what a manifest says it is, `resource` the end of
    the types of its resources.
    """

    number: str
    qti: str
    qti_location: str
    cp: str
    cp_location: str
    qmd: str
    qmd_location: str
    lom_location: str
    schema: str
    bank_schema: str
    schema_version: str
    resource: str

    @property
    def is_3(self) -> bool:
        """Whether elements are written the way of QTI 3: qti-item-body, not itemBody."""
        return self.number.startswith("3")

    @property
    def manifest_locations(self) -> str:
        """The value of the manifest's schemaLocation."""
        pairs = ((self.cp, self.cp_location), (LOM, self.lom_location), (self.qmd, self.qmd_location))
        return " ".join(f"{namespace} {location}" for namespace, location in pairs)


V30 = Version(
    number="3.0",
    qti=QTI_3,
    qti_location=f"{_PURL}/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd",
    cp="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    cp_location=f"{_PURL}/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd",
    qmd="http://www.imsglobal.org/xsd/imsqti_metadata_v3p0",
    qmd_location=f"{_PURL}/qti/v3p0/schema/xsd/imsqti_metadatav3p0_v1p0.xsd",
    lom_location=f"{_PURL}/md/v1p3/schema/xsd/imsmd_loose_v1p3p2.xsd",
    schema="QTI Package",
    bank_schema="QTI Item Bank",
    schema_version="3.0.0",
    resource="xmlv3p0",
)

_V2 = "http://www.imsglobal.org/xsd"

V22 = Version(
    number="2.2",
    qti=f"{_V2}/imsqti_v2p2",
    qti_location=f"{_V2.replace('http:', 'https:')}/qti/qtiv2p2/imsqti_v2p2p4.xsd",
    cp=f"{_V2}/imscp_v1p1",
    cp_location=f"{_V2}/qti/qtiv2p2/qtiv2p2_imscpv1p2_v1p0.xsd",
    qmd=f"{_V2}/imsqti_metadata_v2p2",
    qmd_location=f"{_V2}/qti/qtiv2p2/imsqti_metadata_v2p2.xsd",
    lom_location=f"{_V2}/imsmd_loose_v1p3p2.xsd",
    schema="QTIv2.2 Package",
    bank_schema="QTIv2.2 Item Bank Package",
    schema_version="1.0.0",
    resource="xmlv2p2",
)

V21 = Version(
    number="2.1",
    qti=f"{_V2}/imsqti_v2p1",
    qti_location=f"{_V2}/qti/qtiv2p1/imsqti_v2p1p1.xsd",
    cp=f"{_V2}/imscp_v1p1",
    cp_location=f"{_V2}/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd",
    qmd=f"{_V2}/imsqti_metadata_v2p1",
    qmd_location=f"{_V2}/qti/qtiv2p1/imsqti_metadata_v2p1.xsd",
    lom_location=f"{_V2}/imsmd_loose_v1p3p2.xsd",
    schema="QTIv2.1 Package",
    bank_schema="QTIv2.1 Package",
    schema_version="1.0.0",
    resource="xmlv2p1",
)
