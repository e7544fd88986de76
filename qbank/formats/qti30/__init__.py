"""QTI 3.0 package: manifest, test, one file per item and stimulus, media."""

from __future__ import annotations

from qbank.formats.qti_common.format import qti_format
from qbank.formats.qti_common.versions import V30
from qbank.formats.qti_common.words import NOTES

FORMAT = qti_format(V30, NOTES)
