"""QTI 2.1 package: manifest, test, one file per item, media."""

from __future__ import annotations

from qbank.formats.qti_common.dialects import ABOUT
from qbank.formats.qti_common.format import qti_format
from qbank.formats.qti_common.versions import V21
from qbank.formats.qti_common.words import NOTES_2

FORMAT = qti_format(V21, NOTES_2, older=("2.0",), dialects=ABOUT)
