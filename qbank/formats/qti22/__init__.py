"""QTI 2.2 package: manifest, test, one file per item, media."""

from __future__ import annotations

from qbank.formats.qti_common.format import qti_format
from qbank.formats.qti_common.versions import V22
from qbank.formats.qti_common.words import NOTES_2

FORMAT = qti_format(V22, NOTES_2)
